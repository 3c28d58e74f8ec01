import CIntrinsics

/// CRC-32C of a run of bytes, continuing from `seed`.
func crc32c(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
  unsafe bytes.withUnsafeBytes { unsafe crc32c($0, seed: seed) }
}

/// CRC-32C of a run of bytes, continuing from `seed`.
func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
  guard let base = bytes.baseAddress else { return seed }
  // Reads exactly the buffer.
  return unsafe milepost_crc32c(seed, base, bytes.count)
}

extension RawSpan {
  /// The little-endian integer at a byte offset.
  /// - Precondition: it lies inside the span.
  func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at offset: Int) -> T {
    // The load checks the bounds; every bit pattern is an integer.
    T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// A copy of the bytes.
  var array: [UInt8] { unsafe withUnsafeBytes { unsafe [UInt8]($0) } }
}

extension [UInt8] {
  /// Appends an integer, little-endian: values.
  mutating func appendInteger<T: FixedWidthInteger>(_ value: T) {
    // An integer has no padding.
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// Appends an unsigned integer, big-endian: keys, so that they sort as numbers.
  mutating func appendKey<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
    for shift in (0..<MemoryLayout<T>.size).reversed() { append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }

  /// Calls `body` with the bytes as a raw span.
  func withRawSpan<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    // Bytes have no padding.
    unsafe try body(span.bytes)
  }
}

/// Reads a checksummed value field by field; returns nil, never traps, when it ends early.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether everything was read.
  var isAtEnd: Bool { offset == bytes.count }

  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> T? {
    let size = MemoryLayout<T>.size
    guard bytes.count - offset >= size else { return nil }
    let start = offset
    offset += size
    return bytes.withRawSpan { $0.integer(T.self, at: start) }
  }

  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, bytes.count - offset >= count else { return nil }
    offset += count
    return [UInt8](bytes[(offset - count)..<offset])
  }
}
