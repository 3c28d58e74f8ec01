import Access
import Crypto
import Formats

/// How ids stand in documents and paths. All are strings there: a number of 128 bits is no number of JSON.
enum Identifier {
  /// A contract's or operation's id: decimal where it has 64 bits, else a UUID.
  static func text(_ id: UInt128) -> String {
    id <= UInt128(UInt64.max) ? String(UInt64(id)) : OperationWriter.uuid(id)
  }

  /// The id of a text: a decimal number below 2^128, or a UUID; not zero.
  static func id(_ text: some StringProtocol) -> UInt128? {
    let value = text.utf8.count == 36 ? uuid(text) : decimal(text, UInt128.self)
    return value == 0 ? nil : value
  }

  /// A number without sign, leading zeros or anything else around it.
  static func decimal<Number: FixedWidthInteger>(_ text: some StringProtocol, _: Number.Type) -> Number? {
    guard let first = text.utf8.first, (0x30...0x39).contains(first), first != 0x30 || text.utf8.count == 1 else {
      return nil
    }
    return Number(text)
  }

  private static func uuid(_ text: some StringProtocol) -> UInt128? {
    var value: UInt128 = 0
    for (index, byte) in text.utf8.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == 0x2D else { return nil }
      } else {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
        value = value << 4 | UInt128(digit)
      }
    }
    return value
  }

  /// A new id: a UUID of version 7, whose first 48 bits are the time, so that ids of one time lie together.
  static func new(at milliseconds: Int64) -> UInt128 {
    let random = UInt128(randomWords.next()) << 64 | UInt128(randomWords.next())
    return stamped(random, UInt128(UInt64(truncatingIfNeeded: milliseconds) & 0xFFFF_FFFF_FFFF) << 80, version: 7)
  }

  /// The id that a text stands for, always the same: a UUID of version 8 from its SHA-256.
  static func derived(from text: String) -> UInt128 {
    let digest = SHA256.hash(data: Array(text.utf8))
    let value = digest.prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return stamped(value, value & (0xFFFF_FFFF_FFFF << 80), version: 8)
  }

  private static let randomWords = RandomWords()

  private static func stamped(_ value: UInt128, _ time: UInt128, version: UInt128) -> UInt128 {
    let low = value & ((1 << 80) - 1)
    return time | (low & ~(0xF << 76) & ~(0b11 << 62)) | version << 76 | 0b10 << 62
  }
}

extension JSONWriter {
  /// See `Identifier.text`, as a piece.
  mutating func piece(id: UInt128) {
    if let number = UInt64(exactly: id) { piece(number) } else { piece(uuid: id) }
  }

  mutating func member(_ name: String, id: UInt128) {
    member(name) { writer in writer.piece(id: id) }
  }
}

/// What the kernel knows of a text: the first eight bytes of its SHA-256, big-endian. Bank references, reasons, and digests of
/// evidence are such numbers; equal texts are equal numbers for all who follow this rule, over HTTP or not.
///
/// `#` and a decimal number is that number itself, as answers and events show it.
enum Digest {
  static let byteCountMax = 256

  /// The number of a text; nil when it is empty, longer than 256 bytes, or `#` with something else than a number above 0.
  static func number(of text: String) -> UInt64? {
    guard (1...byteCountMax).contains(text.utf8.count) else { return nil }
    if text.utf8.first == 0x23 {
      return Identifier.decimal(text.dropFirst(), UInt64.self).flatMap { $0 == 0 ? nil : $0 }
    }
    let number = SHA256.hash(data: Array(text.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // Zero means "none" to the kernel.
    return max(number, 1)
  }

  static func text(_ number: UInt64) -> String { "#\(number)" }

  /// Sixteen bytes of the SHA-256 of a document, in hexadecimal.
  static func hexadecimal(of document: [UInt8]) -> String {
    String(hexDigest(document).prefix(32))
  }
}
