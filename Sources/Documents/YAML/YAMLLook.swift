/// What is looked at in a YAML text before its parser sees it.
///
/// The parser builds a tree and follows aliases while it does, so a short text can make a tree of any size; a check of
/// the tree would come too late. Which `*` begins an alias and which is text only the parser's scanner knows. So the
/// scanner is asked first, about a copy in which each character that might begin an anchor, alias or tag is an `@`:
/// that may begin nothing in YAML, and inside texts and comments it is as good as any other. When the copy is read,
/// there was none.
enum YAMLLook {
  private static let substitute: UInt8 = 0x40

  /// - Throws: for characters that YAML does not have or that its versions read differently, and for directives.
  static func check(_ text: [UInt8]) throws(DocumentFault) {
    var offset = 0
    while offset < text.count {
      if let scalar = refusedScalar(in: text, at: offset) {
        let code =
          "U+" + String(repeating: "0", count: scalar < 0x1000 ? (scalar < 0x100 ? 2 : 1) : 0)
          + String(scalar, radix: 16, uppercase: true)
        throw DocumentFault(.yamlCharacter, at: offset, of: text, ["found": .string(code)])
      }
      offset += 1
    }
    let start = firstSignificantLine(of: text)
    if start < text.count, text[start] == 0x25 { throw DocumentFault(.yamlDirective, at: start, of: text) }
  }

  /// The copy to ask about, of the same length; nil when nothing in the text could begin an anchor, alias or tag.
  static func withoutIndicators(_ text: [UInt8]) -> [UInt8]? {
    var copy: [UInt8]?
    for offset in text.indices where isIndicator(text, at: offset) {
      if copy == nil { copy = text }
      copy?[offset] = substitute
    }
    return copy
  }

  /// Whether the character may begin an anchor, alias or tag. Behind anything but these it is text or a fault.
  static func isIndicator(_ text: [UInt8], at offset: Int) -> Bool {
    guard offset < text.count, text[offset] == 0x21 || text[offset] == 0x26 || text[offset] == 0x2A else {
      return false
    }
    guard offset > 0 else { return true }
    return switch text[offset - 1] {
    case 0x20, 0x09, 0x0A, 0x0D, 0x5B, 0x7B, 0x2C, 0x3A, 0x3F: true
    default: false
    }
  }

  /// Control characters; the line ends of version 1.1 that 1.2 takes for text; what is no character.
  private static func refusedScalar(in text: [UInt8], at offset: Int) -> UInt32? {
    let byte = text[offset]
    if byte < 0x20 { return byte == 0x09 || byte == 0x0A || byte == 0x0D ? nil : UInt32(byte) }
    switch byte {
    case 0x7F: return 0x7F
    case 0xC2: return text[offset + 1] < 0xA0 ? UInt32(text[offset + 1]) : nil
    case 0xE2:
      let isSeparator = text[offset + 1] == 0x80 && text[offset + 2] & 0xFE == 0xA8
      return isSeparator ? 0x2000 + UInt32(text[offset + 2] & 0x3F) : nil
    case 0xEF:
      if text[offset + 1] == 0xBB, text[offset + 2] == 0xBF { return 0xFEFF }
      return text[offset + 1] == 0xBF && text[offset + 2] >= 0xBE ? 0xFFC0 + UInt32(text[offset + 2] & 0x3F) : nil
    default: return nil
    }
  }

  /// Past empty lines and comments.
  private static func firstSignificantLine(of text: [UInt8]) -> Int {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.count
      let content = text[start..<end].first { $0 != 0x20 && $0 != 0x09 }
      guard content == nil || content == 0x23 else { return start }
      start = end + 1
    }
    return text.count
  }
}
