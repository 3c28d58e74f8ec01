/// A value of one of the repository's tables: a format number and fields, integers little-endian.
protocol Row {
  /// The first byte. A reader knows its own format and refuses others.
  static var format: UInt8 { get }

  func write(to row: inout RowWriter)

  init(from row: inout RowReader) throws(RowFault)
}

extension Row {
  var rowBytes: [UInt8] {
    var row = RowWriter(format: Self.format)
    write(to: &row)
    return row.bytes
  }

  init(rowBytes: [UInt8]) throws(RowFault) {
    var row = RowReader(rowBytes)
    guard try row.integer(UInt8.self) == Self.format else { throw RowFault() }
    try self.init(from: &row)
    guard row.isAtEnd else { throw RowFault() }
  }
}

/// Bytes that are no such row.
struct RowFault: Error {}

/// Bytes that are kept as they are: texts and contents.
struct Blob: Row {
  static let format: UInt8 = 1

  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func write(to row: inout RowWriter) { row.bytes += bytes }

  init(from row: inout RowReader) throws(RowFault) { bytes = row.rest() }
}
