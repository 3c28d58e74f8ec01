/// A text that is being made: UTF-8 that only grows.
struct TextBuffer {
  private var bytes: [UInt8] = []

  init(reserving byteCount: Int = 64) { bytes.reserveCapacity(byteCount) }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      bytes.append(UInt8(truncatingIfNeeded: scalar.value))
    } else if let encoded = UTF8.encode(scalar) {
      bytes.append(contentsOf: encoded)
    }
  }

  /// - Parameter digit: 0 to 9.
  mutating func append(digit: UInt8, zero: Unicode.Scalar) {
    // Ten digits follow each other in every script that there is.
    append(Unicode.Scalar(zero.value + UInt32(digit)) ?? zero)
  }
}
