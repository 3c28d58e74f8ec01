import Documents

extension XMLInput {
  /// A name (XML 1.0, production 5).
  mutating func takeName() throws(InputFault) -> Range<Int> {
    let start = index
    while index < text.count, XMLCharacters.mayBeName(text[index]) { index += 1 }
    guard XMLCharacters.isName(string(start..<index)) else { throw InputFault("xml.name", at: start) }
    return start..<index
  }

  /// A character by its number, or one of the five entities that every document has. There are no others, as there is no document type.
  mutating func takeReference() throws(InputFault) -> [UInt8] {
    let start = index
    // The longest one that means anything is `&#x10FFFF;`, but for zeros in front.
    guard let end = text[start...].prefix(16).firstIndex(of: 0x3B) else { throw InputFault("xml.reference", at: start) }
    index = end + 1
    let name = string(start + 1..<end)
    switch name {
    case "lt": return [0x3C]
    case "gt": return [0x3E]
    case "amp": return [0x26]
    case "quot": return [0x22]
    case "apos": return [0x27]
    default:
      let isHex = name.hasPrefix("#x")
      let digits = name.dropFirst(isHex ? 2 : 1)
      guard name.hasPrefix("#"), !digits.isEmpty, digits.utf8.allSatisfy({ XMLCharacters.isDigit($0, isHex) }),
        let code = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(code),
        XMLCharacters.isCharacter(scalar)
      else { throw InputFault("xml.reference", at: start) }
      return Array(String(Character(scalar)).utf8)
    }
  }
}

/// Which characters XML 1.0 has where.
enum XMLCharacters {
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  static func isDigit(_ byte: UInt8, _ isHex: Bool) -> Bool {
    (0x30...0x39).contains(byte) || isHex && (0x61...0x66).contains(byte | 0x20)
  }

  /// Production 2.
  static func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  /// - Parameter text: good UTF-8.
  static func check(_ text: [UInt8]) throws(InputFault) {
    for (index, byte) in text.enumerated() {
      let isControl = byte < 0x20 && !isSpace(byte)
      // U+FFFE and U+FFFF.
      let isNone = byte >= 0xBE && index >= 2 && text[index - 1] == 0xBF && text[index - 2] == 0xEF
      guard !isControl, !isNone else { throw InputFault("xml.character", at: index) }
    }
  }

  /// Whether a byte may be a part of a name; `isName` decides.
  static func mayBeName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2D, 0x2E, 0x30...0x3A, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: true
    default: false
    }
  }

  static func isName(_ text: String) -> Bool {
    guard (1...MappingLimits.nameByteCountMax).contains(text.utf8.count), let first = text.unicodeScalars.first,
      isNameStart(first)
    else { return false }
    return text.unicodeScalars.allSatisfy { isNameStart($0) || isNameRest($0) }
  }

  /// Production 4.
  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3A, 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF,
      0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD,
      0x10000...0xEFFFF:
      true
    default: false
    }
  }

  /// Production 4a.
  private static func isNameRest(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
    default: false
    }
  }
}
