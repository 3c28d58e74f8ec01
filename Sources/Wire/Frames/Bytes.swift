// Loads, stores and checksums over spans. All the unchecked byte access of this target is here.

import CIntrinsics

#if _endian(big)
  #error("Frames are little-endian and are read as they lie in memory.")
#endif

extension RawSpan {
  /// The little-endian value at `offset`.
  ///
  /// - Precondition: the value lies inside the span.
  @inline(__always)
  func load<T: BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T {
    // Every bit pattern is a value of the integers and plain records this is used with; bounds are checked by the span.
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self)
  }

  /// Whether all bytes of `range` are zero.
  func isZero(_ range: Range<Int>) -> Bool { firstNonZero(in: range) == nil }

  /// The first byte of `range` that is not zero.
  func firstNonZero(in range: Range<Int>) -> Int? {
    for offset in range where load(at: offset, as: UInt8.self) != 0 { return offset }
    return nil
  }

  /// CRC-32C of the whole span.
  var checksum: UInt32 {
    // The base address is only absent for an empty span, whose checksum is 0.
    unsafe withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe milepost_crc32c(0, base, bytes.count)
    }
  }
}

extension MutableRawSpan {
  /// Writes `value` at `offset`, little-endian.
  ///
  /// - Precondition: the value fits inside the span.
  @inline(__always)
  mutating func store<T: BitwiseCopyable>(_ value: T, at offset: Int) {
    storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// Makes the bytes of `range` zero.
  mutating func zero(_ range: Range<Int>) {
    for offset in range { store(0 as UInt8, at: offset) }
  }
}
