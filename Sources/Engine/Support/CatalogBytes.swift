/// Integers in values of the catalog, little-endian.
enum CatalogBytes {
  static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
    for index in 0..<Value.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> Value(8 * index))) }
  }

  /// Reads little-endian integers from front to back.
  /// - Precondition: the caller checked that there are enough bytes.
  struct Reader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next<Value: FixedWidthInteger>() -> Value {
      var value: Value = 0
      for index in 0..<Value.bitWidth / 8 {
        value |= Value(truncatingIfNeeded: bytes[offset + index]) << Value(8 * index)
      }
      offset += Value.bitWidth / 8
      return value
    }
  }
}
