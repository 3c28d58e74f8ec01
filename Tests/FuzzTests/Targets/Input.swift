/// Takes an input apart from the front; past its end everything is zero.
struct Input {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset >= bytes.count }

  mutating func byte() -> UInt8 {
    guard offset < bytes.count else { return 0 }
    offset += 1
    return bytes[offset - 1]
  }

  /// Little-endian.
  mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value {
    var value: Value = 0
    for index in 0..<MemoryLayout<Value>.size { value |= Value(truncatingIfNeeded: byte()) << Value(8 * index) }
    return value
  }

  /// The next bytes, fewer at the end.
  mutating func take(_ count: Int) -> [UInt8] {
    let end = min(bytes.count, offset + count)
    defer { offset = end }
    return [UInt8](bytes[min(offset, end)..<end])
  }

  /// All that is left.
  mutating func rest() -> [UInt8] { take(bytes.count) }
}

extension [UInt8] {
  /// The little-endian integer at `offset`.
  /// - Precondition: it lies inside.
  func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self, at offset: Int) -> Value {
    var value: Value = 0
    for index in 0..<MemoryLayout<Value>.size {
      value |= Value(truncatingIfNeeded: self[offset + index]) << Value(8 * index)
    }
    return value
  }

  /// Writes an integer at `offset`, little-endian.
  /// - Precondition: it lies inside.
  mutating func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    for index in 0..<MemoryLayout<Value>.size {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> Value(8 * index))
    }
  }

  /// The bytes of a record without implicit padding.
  init<Record: BitwiseCopyable>(of record: Record) {
    self = unsafe Swift.withUnsafeBytes(of: record) { unsafe [UInt8]($0) }
  }
}

extension [UInt8] {
  /// Calls `body` with the bytes, which are valid during the call.
  func withBytes<E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
    try unsafe span.bytes.withUnsafeBytes(body)
  }
}

extension RawSpan {
  /// The bytes in an array of their own.
  var copied: [UInt8] { unsafe withUnsafeBytes { unsafe [UInt8]($0) } }
}
