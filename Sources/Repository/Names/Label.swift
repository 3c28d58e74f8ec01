/// What a version is called by its makers: a semantic version (semver.org 2.0.0), `1.4.0-rc.1+b7`, of at most 64 bytes.
public struct Label: Hashable, Sendable {
  public static let byteCountMax = 64

  public let text: String

  /// - Returns: nil when the text is no semantic version.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.byteCountMax else { return nil }
    let build = text.utf8.split(separator: 0x2B, maxSplits: 1, omittingEmptySubsequences: false)
    let release = build[0].split(separator: 0x2D, maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = release[0].split(separator: 0x2E, omittingEmptySubsequences: false)
    guard numbers.count == 3, numbers.allSatisfy({ Self.isNumber($0) }),
      release.count == 1 || Self.isList(release[1], ofNumbersWithoutZeros: true),
      build.count == 1 || Self.isList(build[1], ofNumbersWithoutZeros: false)
    else { return nil }
    self.text = text
  }

  /// Digits without a zero in front.
  private static func isNumber(_ part: Substring.UTF8View) -> Bool {
    !part.isEmpty && part.allSatisfy { 0x30...0x39 ~= $0 } && (part.count == 1 || part.first != 0x30)
  }

  /// Parts between dots, of letters, digits and hyphens.
  private static func isList(_ text: Substring.UTF8View, ofNumbersWithoutZeros isStrict: Bool) -> Bool {
    text.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { part in
      let isWord = part.allSatisfy { Slug.isAlphanumeric($0) || 0x41...0x5A ~= $0 || $0 == 0x2D }
      let isDigits = part.allSatisfy { 0x30...0x39 ~= $0 }
      return !part.isEmpty && isWord && (!isStrict || !isDigits || isNumber(part))
    }
  }
}

extension Label: CustomStringConvertible {
  public var description: String { text }
}
