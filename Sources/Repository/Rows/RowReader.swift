/// Reads the fields of a row, and throws where there are none such.
package struct RowReader {
  private let bytes: [UInt8]
  private var offset = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.count }

  package mutating func take(_ count: Int) throws(RowFault) -> [UInt8] {
    guard bytes.count - offset >= count else { throw RowFault() }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  package mutating func rest() -> [UInt8] {
    defer { offset = bytes.count }
    return Array(bytes[offset...])
  }

  package mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(RowFault) -> Value {
    try take(Value.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
  }

  package mutating func shortText() throws(RowFault) -> String { try text(byteCount: Int(try integer(UInt8.self))) }

  package mutating func longText() throws(RowFault) -> String { try text(byteCount: Int(try integer(UInt16.self))) }

  private mutating func text(byteCount: Int) throws(RowFault) -> String {
    try unwrap(String(validating: try take(byteCount), as: UTF8.self))
  }

  package mutating func digest() throws(RowFault) -> ByteDigest {
    try unwrap(ByteDigest(bytes: try take(ByteDigest.byteCount)))
  }

  package mutating func slug() throws(RowFault) -> Slug { try unwrap(Slug(try shortText())) }

  package mutating func actor() throws(RowFault) -> Actor {
    let kind = try unwrap(Actor.Kind(rawValue: try integer(UInt8.self)))
    return try unwrap(Actor(kind, try shortText()))
  }

  package mutating func document() throws(RowFault) -> DocumentID {
    let tenant = Tenant(rawValue: try integer(UInt32.self))
    let kind = DocumentKind(try slug())
    return DocumentID(tenant, kind, try unwrap(DocumentName(try shortText())))
  }

  package mutating func reference() throws(RowFault) -> Reference { Reference(try document(), in: try slug()) }

  /// What was read, unless it is no such value.
  package func unwrap<Value>(_ value: Value?) throws(RowFault) -> Value {
    guard let value else { throw RowFault() }
    return value
  }
}
