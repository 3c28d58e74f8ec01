/// What somebody wants to keep as a version.
public struct Draft: Hashable, Sendable {
  public static let textByteCountMax = 1 << 20
  public static let messageByteCountMax = 2_000
  /// Of the canonical form, which can be longer than the text.
  public static let contentByteCountMax = 4 << 20

  /// In UTF-8, kept as it is. At most 1 MiB; of YAML what `DocumentLimits` allows.
  public var text: [UInt8]
  public var syntax: Version.Syntax
  /// Why: at most 2,000 bytes.
  public var message: String
  public var label: Label?
  /// Whether money can change by this document whatever its kind. It stays so in all that follows.
  public var movesMoney: Bool

  public init(
    _ text: [UInt8], _ syntax: Version.Syntax, message: String, label: Label? = nil, movesMoney: Bool = false
  ) {
    self.text = text
    self.syntax = syntax
    self.message = message
    self.label = label
    self.movesMoney = movesMoney
  }
}
