/// A short name in lower case: letters and digits, and between them also `-`, `_` and `.`; 1 to 64 bytes.
public struct Slug: Hashable, Sendable {
  public static let byteCountMax = 64

  public let text: String

  /// - Returns: nil when the text is no such name.
  public init?(_ text: some StringProtocol) {
    let bytes = text.utf8
    guard 1...Self.byteCountMax ~= bytes.count, bytes.allSatisfy({ Self.isAlphanumeric($0) || Self.isJoint($0) }),
      let first = bytes.first, Self.isAlphanumeric(first), let last = bytes.reversed().first, Self.isAlphanumeric(last)
    else { return nil }
    self.text = String(text)
  }

  fileprivate init(constant: StaticString) { text = constant.description }

  static func isAlphanumeric(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x61...0x7A ~= byte }

  static func isJoint(_ byte: UInt8) -> Bool { byte == 0x2D || byte == 0x2E || byte == 0x5F }
}

extension Slug: CustomStringConvertible {
  public var description: String { text }
}

/// What a document is for. An open set: any slug is one, and a layer above adds its own.
public struct DocumentKind: Hashable, Sendable {
  public let slug: Slug

  public init(_ slug: Slug) { self.slug = slug }

  private init(_ text: StaticString) { slug = Slug(constant: text) }

  public static let template = DocumentKind("template")
  public static let workflow = DocumentKind("workflow")
  public static let ruleset = DocumentKind("ruleset")
  public static let table = DocumentKind("table")
  public static let vocabulary = DocumentKind("vocabulary")
  public static let messages = DocumentKind("messages")
  public static let config = DocumentKind("config")
  public static let schema = DocumentKind("schema")
  public static let refdata = DocumentKind("refdata")
  public static let mapping = DocumentKind("mapping")

  /// Those that have a name here.
  public static let known: [DocumentKind] = [
    .template, .workflow, .ruleset, .table, .vocabulary, .messages, .config, .schema, .refdata, .mapping,
  ]
}

extension DocumentKind: CustomStringConvertible {
  public var description: String { slug.text }
}
