/// Why an expression is none, and where.
package struct ExpressionFault: Error, Equatable {
  package var message: String
  /// Byte offset in the text, from 0.
  package var offset: Int

  package init(message: String, offset: Int) {
    self.message = message
    self.offset = offset
  }
}

/// Cuts an expression into words, by the rules of CEL.
struct ExpressionScanner {
  enum Word: Equatable {
    case name(String)
    case integer(UInt64)
    case string(String)
    /// An operator or a bracket.
    case sign(String)
    case end
  }

  private let text: [UInt8]
  private var index = 0

  private static let signs = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", ".", "-", "+", "*", "/", "%", "?", ":",
  ]
  .map { (text: $0, bytes: Array($0.utf8)) }

  init(_ text: String) { self.text = Array(text.utf8) }

  /// The next word and where it begins.
  mutating func next() throws(ExpressionFault) -> (word: Word, offset: Int) {
    while index < text.count, [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(text[index]) { index += 1 }
    let start = index
    guard start < text.count else { return (.end, start) }
    switch text[start] {
    case 0x30...0x39: return (.integer(try number()), start)
    case 0x22, 0x27: return (.string(try string()), start)
    case let byte where Self.isLetter(byte):
      while index < text.count, Self.isLetter(text[index]) || Self.isDigit(text[index]) { index += 1 }
      return (.name(String(decoding: text[start..<index], as: UTF8.self)), start)
    default:
      guard let sign = Self.signs.first(where: { text[start...].starts(with: $0.bytes) }) else {
        throw ExpressionFault(message: "nothing begins like this", offset: start)
      }
      index += sign.bytes.count
      return (.sign(sign.text), start)
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte == 0x5F || (0x41...0x5A).contains(byte & 0xDF) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private mutating func number() throws(ExpressionFault) -> UInt64 {
    let start = index
    while index < text.count, Self.isLetter(text[index]) || Self.isDigit(text[index]) { index += 1 }
    let digits = String(decoding: text[start..<index], as: UTF8.self)
    let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
    // A point between digits: a number with a fraction.
    let isFraction = index + 1 < text.count && text[index] == 0x2E && Self.isDigit(text[index + 1])
    guard !isFraction,
      let value = UInt64(isHexadecimal ? String(digits.dropFirst(2)) : digits, radix: isHexadecimal ? 16 : 10)
    else { throw ExpressionFault(message: "no integer of 64 bits", offset: start) }
    return value
  }

  private mutating func string() throws(ExpressionFault) -> String {
    let start = index
    let quote = text[index]
    index += 1
    var bytes: [UInt8] = []
    while index < text.count {
      let byte = text[index]
      index += 1
      switch byte {
      case quote: return String(decoding: bytes, as: UTF8.self)
      case 0x5C: bytes += Array(String(Character(try escape())).utf8)
      case 0x0A, 0x0D: throw ExpressionFault(message: "a string without end", offset: start)
      default: bytes.append(byte)
      }
    }
    throw ExpressionFault(message: "a string without end", offset: start)
  }

  private mutating func escape() throws(ExpressionFault) -> Unicode.Scalar {
    let start = index - 1
    guard index < text.count else { throw ExpressionFault(message: "an escape without end", offset: start) }
    index += 1
    switch text[index - 1] {
    case 0x5C, 0x22, 0x27, 0x60, 0x3F: return Unicode.Scalar(text[index - 1])
    case 0x61: return "\u{7}"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x76: return "\u{B}"
    case 0x78, 0x58: return try scalar(2, radix: 16, from: start)
    case 0x75: return try scalar(4, radix: 16, from: start)
    case 0x55: return try scalar(8, radix: 16, from: start)
    case 0x30...0x33:
      index -= 1
      return try scalar(3, radix: 8, from: start)
    default: throw ExpressionFault(message: "an unknown escape", offset: start)
    }
  }

  private mutating func scalar(_ count: Int, radix: Int, from start: Int) throws(ExpressionFault) -> Unicode.Scalar {
    let end = min(index + count, text.count)
    let digits = text[index..<end]
    guard digits.count == count, digits.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) }),
      let number = UInt32(String(decoding: digits, as: UTF8.self), radix: radix), let scalar = Unicode.Scalar(number)
    else { throw ExpressionFault(message: "an escape of no character", offset: start) }
    index = end
    return scalar
  }
}
