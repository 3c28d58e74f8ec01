/// Reads the fields of a row, and throws where there are none such.
struct RowReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func take(_ count: Int) throws(RowFault) -> [UInt8] {
    guard bytes.count - offset >= count else { throw RowFault() }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  mutating func rest() -> [UInt8] {
    defer { offset = bytes.count }
    return Array(bytes[offset...])
  }

  mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(RowFault) -> Value {
    try take(Value.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
  }

  mutating func shortText() throws(RowFault) -> String { try text(byteCount: Int(try integer(UInt8.self))) }

  mutating func longText() throws(RowFault) -> String { try text(byteCount: Int(try integer(UInt16.self))) }

  private mutating func text(byteCount: Int) throws(RowFault) -> String {
    try unwrap(String(validating: try take(byteCount), as: UTF8.self))
  }

  mutating func digest() throws(RowFault) -> ByteDigest {
    try unwrap(ByteDigest(bytes: try take(ByteDigest.byteCount)))
  }

  mutating func slug() throws(RowFault) -> Slug { try unwrap(Slug(try shortText())) }

  mutating func actor() throws(RowFault) -> Actor {
    let kind = try unwrap(Actor.Kind(rawValue: try integer(UInt8.self)))
    return try unwrap(Actor(kind, try shortText()))
  }

  mutating func document() throws(RowFault) -> DocumentID {
    let tenant = Tenant(rawValue: try integer(UInt32.self))
    let kind = DocumentKind(try slug())
    return DocumentID(tenant, kind, try unwrap(DocumentName(try shortText())))
  }

  mutating func reference() throws(RowFault) -> Reference { Reference(try document(), in: try slug()) }

  private func unwrap<Value>(_ value: Value?) throws(RowFault) -> Value {
    guard let value else { throw RowFault() }
    return value
  }
}
