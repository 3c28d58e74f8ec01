/// Writes JSON in the order it is told, without spaces.
package struct JSONWriter {
  /// UTF-8.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// - Parameter byteCount: memory to begin with; it grows as it must.
  package init(byteCount: Int = 512) { bytes.reserveCapacity(byteCount) }

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
    if value < 0 { bytes.append(0x2D) }
    piece(value.magnitude)
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
    // The bytes are the string's own, looked at and copied inside the call.
    let isPlain = unsafe value.utf8.withContiguousStorageIfAvailable { text in
      guard unsafe Self.isPlain(text) else { return false }
      unsafe bytes.append(contentsOf: text)
      return true
    }
    if isPlain != true { escape(value) }
    bytes.append(0x22)
    needsComma = true
  }

  /// Whether no byte is to be escaped: none below a blank, no quotation mark, no backslash.
  private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = UnsafeRawBufferPointer(text)
    var place = 0
    // Eight at a time: a byte below n borrows from its highest bit when n is taken away; see Hacker's Delight, 6-1.
    while place + 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      let (quote, slash) = (word ^ repeated(0x22), word ^ repeated(0x5C))
      let low = (word &- repeated(0x20)) & ~word | (quote &- repeated(1)) & ~quote | (slash &- repeated(1)) & ~slash
      guard low & repeated(0x80) == 0 else { return false }
      place += 8
    }
    while place < bytes.count {
      let byte = unsafe bytes[place]
      guard byte >= 0x20, byte != 0x22, byte != 0x5C else { return false }
      place += 1
    }
    return true
  }

  private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// A string of pieces, of which `body` writes one behind the other. None has anything in it that would have to be escaped.
  package mutating func string(pieces body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(0x22)
    body(&self)
    bytes.append(0x22)
    needsComma = true
  }

  /// What pieces make, outside of a document.
  package static func text(pieces body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(byteCount: 64)
    body(&writer)
    return writer.text
  }

  package mutating func member(_ name: String, pieces body: (inout JSONWriter) -> Void) {
    key(name)
    string(pieces: body)
  }

  package mutating func piece(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A number as a piece, with zeros before it up to `digitCount` digits.
  package mutating func piece(_ number: UInt64, digitCount: Int = 1) {
    // Digits from the last to the first, then turned round: no text in between.
    let start = bytes.count
    var rest = number
    repeat {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0 || bytes.count - start < digitCount
    bytes[start...].reverse()
  }

  /// A UUID as a piece.
  package mutating func piece(uuid value: UInt128) { bytes.append(uuid: value) }

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

extension [UInt8] {
  /// Appends a UUID as RFC 9562 writes it.
  mutating func append(uuid value: UInt128) {
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 { append(0x2D) }
      let digit = UInt8(truncatingIfNeeded: value >> UInt128(124 - index * 4)) & 15
      append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}
