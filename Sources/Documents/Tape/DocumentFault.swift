/// Why a text is no document, and where.
public struct DocumentFault: Error, Hashable, Sendable {
  /// Stable: texts, tests and programs know faults by it.
  public enum Code: String, CaseIterable, Sendable {
    case tooLarge = "document.too-large"
    case tooDeep = "document.too-deep"
    case tooManyValues = "document.too-many-values"
    case notUTF8 = "document.not-utf8"
    case byteOrderMark = "document.byte-order-mark"
    case empty = "document.empty"
    case cut = "document.cut"
    case trailingText = "document.trailing-text"
    /// The second place is that of the first member of the name.
    case duplicateName = "document.duplicate-name"
    case numberOutOfBounds = "document.number-out-of-bounds"

    case unexpected = "json.unexpected"
    case unexpectedWord = "json.unexpected-word"
    case controlCharacter = "json.control-character"
    case badEscape = "json.bad-escape"
    case loneSurrogate = "json.lone-surrogate"
    case badNumber = "json.bad-number"

    case yamlSyntax = "yaml.syntax"
    case yamlCharacter = "yaml.character"
    /// Anchor, alias or tag.
    case yamlIndicator = "yaml.indicator"
    case yamlMergeKey = "yaml.merge-key"
    case yamlDirective = "yaml.directive"
    case yamlSeveralDocuments = "yaml.several-documents"
    case yamlKey = "yaml.key"
    case yamlNotFinite = "yaml.not-finite"
  }

  public let code: Code
  public let place: TextPlace
  /// Where the other part of the fault is, when it has two.
  public let otherPlace: TextPlace?
  /// For the text by `code`.
  public let arguments: [String: JSONValue]

  init(
    _ code: Code, at offset: Int, and other: Int? = nil, of text: [UInt8], _ arguments: [String: JSONValue] = [:]
  ) {
    self.code = code
    place = TextPlace(of: offset, in: text)
    otherPlace = other.map { TextPlace(of: $0, in: text) }
    var arguments = arguments
    if let otherPlace { arguments["first"] = .string(otherPlace.description) }
    self.arguments = arguments
  }
}

/// What is looked at in any text before it is read.
enum TextLook {
  /// - Throws: when it is too long, no UTF-8, or begins with a byte order mark.
  static func check(_ text: [UInt8], byteCountMax: Int) throws(DocumentFault) {
    guard text.count <= byteCountMax else {
      let arguments: [String: JSONValue] = ["limit": .integer(Int64(byteCountMax))]
      throw DocumentFault(.tooLarge, at: 0, of: text, arguments)
    }
    do {
      _ = try UTF8Span(validating: text.span)
    } catch {
      throw DocumentFault(.notUTF8, at: error.byteOffsets.lowerBound, of: text)
    }
    guard !text.starts(with: [0xEF, 0xBB, 0xBF]) else { throw DocumentFault(.byteOrderMark, at: 0, of: text) }
  }
}
