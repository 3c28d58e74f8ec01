/// Walks over a message's code points: the small parts of its grammar.
struct MessageScanner {
  private let scalars: [Unicode.Scalar]
  /// Code points from the start.
  private(set) var offset = 0

  /// - Throws: `limitExceeded`.
  init(_ source: String) throws(MessageFault) {
    guard source.utf8.count <= MessageLimits.byteCountMax else {
      throw MessageFault(
        kind: .limitExceeded, offset: 0, detail: "more than \(MessageLimits.byteCountMax) bytes")
    }
    scalars = Array(source.unicodeScalars)
  }

  var next: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }
  var isAtEnd: Bool { offset == scalars.count }

  func fault(_ detail: String, at place: Int? = nil) -> MessageFault {
    MessageFault(kind: .syntaxError, offset: place ?? offset, detail: detail)
  }

  func isNext(_ text: StaticString) -> Bool {
    var place = offset
    for scalar in text.description.unicodeScalars {
      guard place < scalars.count, scalars[place] == scalar else { return false }
      place += 1
    }
    return true
  }

  /// - Parameter text: ASCII.
  mutating func take(_ text: StaticString) -> Bool {
    guard isNext(text) else { return false }
    offset += text.utf8CodeUnitCount
    return true
  }

  mutating func require(_ text: StaticString) throws(MessageFault) {
    guard take(text) else { throw fault("'\(text)' is missing") }
  }

  mutating func advance() { offset += 1 }

  /// Goes back to where it was.
  mutating func rewind(to place: Int) { offset = place }

  /// Skips white space and bidirectional marks (`o`).
  ///
  /// - Returns: whether there was enough of it to part two words (`s`): one white space at least, as marks are not seen.
  @discardableResult
  mutating func skipSpace() -> Bool {
    var hasSpace = false
    while let next {
      if next.isMessageSpace {
        hasSpace = true
      } else if !next.isBidiMark {
        break
      }
      offset += 1
    }
    return hasSpace
  }

  /// `name`: marks around it do not belong to it.
  mutating func name() throws(MessageFault) -> String {
    if next?.isBidiMark == true { offset += 1 }
    guard let first = next, first.isNameStart else { throw fault("a name is missing") }
    let name = nameCharacters()
    if next?.isBidiMark == true { offset += 1 }
    return name
  }

  /// `identifier`: a name, or two with a colon between them.
  mutating func identifier() throws(MessageFault) -> String {
    let name = try name()
    return take(":") ? "\(name):\(try self.name())" : name
  }

  mutating func variable() throws(MessageFault) -> NameTree {
    let place = offset
    try require("$")
    return NameTree(name: try name(), offset: place)
  }

  /// `literal`, quoted or not.
  mutating func literal() throws(MessageFault) -> String {
    let start = offset
    guard take("|") else {
      guard next?.isNameCharacter == true else { throw fault("a value is missing") }
      return nameCharacters()
    }
    var text = String.UnicodeScalarView()
    while !take("|") {
      guard next != nil else { throw fault("'|' is missing behind the value", at: start) }
      text.append(try character())
    }
    return String(text)
  }

  /// A character of a text: itself, or what is behind a backslash.
  mutating func character() throws(MessageFault) -> Unicode.Scalar {
    guard let first = next, first != "\0" else { throw fault("a character of text is missing") }
    offset += 1
    guard first == "\\" else { return first }
    guard let escaped = next, escaped == "\\" || escaped == "{" || escaped == "|" || escaped == "}" else {
      throw fault("only \\, {, | and } may be escaped", at: offset - 1)
    }
    offset += 1
    return escaped
  }

  private mutating func nameCharacters() -> String {
    var text = String.UnicodeScalarView()
    while let next, next.isNameCharacter {
      text.append(next)
      offset += 1
    }
    return String(text)
  }
}

extension Unicode.Scalar {
  /// `ws`
  fileprivate var isMessageSpace: Bool {
    self == " " || self == "\t" || self == "\r" || self == "\n" || self == "\u{3000}"
  }

  /// `bidi`: marks and isolates that have no width.
  fileprivate var isBidiMark: Bool {
    switch value {
    case 0x61C, 0x200E, 0x200F, 0x2066...0x2069: true
    default: false
    }
  }

  /// `name-start`
  var isNameStart: Bool {
    switch value {
    case 0x41...0x5A, 0x61...0x7A, 0x2B, 0x5F: true
    case 0...0xA0, 0x61C, 0x1680, 0x2000...0x200A, 0x200E, 0x200F, 0x2028...0x202F, 0x205F, 0x2066...0x2069: false
    case 0x3000, 0xFDD0...0xFDEF: false
    // The last two of each plane are no characters.
    default: value & 0xFFFE != 0xFFFE
    }
  }

  /// `name-char`
  fileprivate var isNameCharacter: Bool {
    isNameStart || ("0"..."9").contains(self) || self == "-" || self == "."
  }
}
