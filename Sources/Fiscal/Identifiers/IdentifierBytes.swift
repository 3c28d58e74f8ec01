/// The characters of an identifier, letters in upper case; every character is a byte of ASCII.
struct IdentifierBytes {
  let bytes: [UInt8]

  /// - Throws: `length` outside the range; `character` for what is no printable ASCII.
  init(
    _ text: String, count: ClosedRange<Int>, keepsCase: Bool = false
  ) throws(IdentifierFault) {
    let span = text.utf8Span.span
    guard count.contains(span.count) else { throw .length(count) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(span.count)
    for index in span.indices {
      let byte = span[index]
      guard (0x21...0x7E).contains(byte) else { throw .character(at: index + 1) }
      bytes.append(!keepsCase && (0x61...0x7A).contains(byte) ? byte - 0x20 : byte)
    }
    self.bytes = bytes
  }

  init(_ text: String, count: Int) throws(IdentifierFault) { try self.init(text, count: count...count) }

  /// Checks each character by a letter of the pattern: `A` letter, `9` digit, `*` letter or digit, else itself.
  /// - Throws: `character` with the first place that does not fit.
  /// - Precondition: the pattern is as long as the text.
  func match(_ pattern: String, from start: Int = 0) throws(IdentifierFault) {
    let pattern = pattern.utf8Span.span
    for index in start..<pattern.count {
      let byte = bytes[index]
      let fits =
        switch pattern[index] {
        case UInt8(ascii: "A"): Self.isLetter(byte)
        case UInt8(ascii: "9"): Self.isDigit(byte)
        case UInt8(ascii: "*"): Self.isLetter(byte) || Self.isDigit(byte)
        default: byte == pattern[index]
        }
      guard fits else { throw .character(at: index + 1) }
    }
  }

  /// The number that digits write. At most 18 of them.
  func number(_ range: Range<Int>) -> Int {
    bytes[range].reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
  }

  func text(_ range: Range<Int>? = nil) -> String {
    String(decoding: range.map { bytes[$0] } ?? bytes[...], as: UTF8.self)
  }

  static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
