/// Writes JSON in the order it is told, without spaces.
package struct JSONWriter {
  /// UTF-8.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    open(0x7B)
    body(&self)
    close(0x7D)
  }

  package mutating func array<Elements: Sequence>(
    _ elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
  ) {
    open(0x5B)
    for element in elements { body(&self, element) }
    close(0x5D)
  }

  package mutating func key(_ name: String) {
    string(name)
    bytes.append(0x3A)
    needsComma = false
  }

  package mutating func member(_ name: String, _ value: Int64) {
    key(name)
    number(value)
  }

  package mutating func member(_ name: String, string value: String) {
    key(name)
    string(value)
  }

  package mutating func number(_ value: Int64) {
    separate()
    // Digits from the last to the first, then turned round: no text in between.
    let start = bytes.count
    var rest = value.magnitude
    repeat {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    if value < 0 { bytes.append(0x2D) }
    bytes[start...].reverse()
    needsComma = true
  }

  /// A number as it stands in `digits`.
  package mutating func number(_ digits: String) {
    separate()
    bytes.append(contentsOf: digits.utf8)
    needsComma = true
  }

  package mutating func bool(_ value: Bool) { number(value ? "true" : "false") }

  package mutating func null() { number("null") }

  package mutating func string(_ value: String) {
    separate()
    bytes.append(0x22)
    var value = value
    // The bytes are the string's own, looked at and copied inside the call.
    let isPlain = value.withUTF8 { text in
      guard unsafe text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else { return false }
      unsafe bytes.append(contentsOf: text)
      return true
    }
    if !isPlain { escape(value) }
    bytes.append(0x22)
    needsComma = true
  }

  private mutating func escape(_ value: String) {
    for byte in value.utf8 {
      switch byte {
      case 0x22: bytes += [0x5C, 0x22]
      case 0x5C: bytes += [0x5C, 0x5C]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x0D: bytes += [0x5C, 0x72]
      case 0x09: bytes += [0x5C, 0x74]
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
  }

  /// Text between documents, as it is.
  package mutating func raw(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    needsComma = false
  }

  /// Ends a document of a file that has one on each line.
  package mutating func endLine() { raw("\n") }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
  }
}
