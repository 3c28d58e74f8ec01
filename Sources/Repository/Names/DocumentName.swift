/// What a document is called: a slug, with at most two folders in front: `construction/villa/shell`.
public struct DocumentName: Hashable, Sendable {
  /// The name and its folders.
  public static let partCountMax = 3

  public let text: String

  /// - Returns: nil unless there are 1 to 3 slugs with a `/` between them.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: Self.partCountMax, omittingEmptySubsequences: false)
    guard parts.count <= Self.partCountMax, parts.allSatisfy({ Slug($0) != nil }) else { return nil }
    self.text = String(text)
  }
}

extension DocumentName: CustomStringConvertible {
  public var description: String { text }
}

extension DocumentName: Comparable {
  /// By bytes, as the tables sort them.
  public static func < (left: DocumentName, right: DocumentName) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
