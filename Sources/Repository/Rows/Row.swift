/// A value of one of the tables of the repository and of what stands on it: a format number and fields, integers little-endian.
package protocol Row {
  /// The first byte. A reader knows its own format and refuses others.
  static var format: UInt8 { get }

  func write(to row: inout RowWriter)

  init(from row: inout RowReader) throws(RowFault)
}

extension Row {
  package var rowBytes: [UInt8] {
    var row = RowWriter(format: Self.format)
    write(to: &row)
    return row.bytes
  }

  package init(rowBytes: [UInt8]) throws(RowFault) {
    var row = RowReader(rowBytes)
    guard try row.integer(UInt8.self) == Self.format else { throw RowFault() }
    try self.init(from: &row)
    guard row.isAtEnd else { throw RowFault() }
  }
}

/// Bytes that are no such row.
package struct RowFault: Error {
  package init() {}
}

/// Bytes that are kept as they are: texts and contents.
package struct Blob: Row {
  package static let format: UInt8 = 1

  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package func write(to row: inout RowWriter) { row.bytes += bytes }

  package init(from row: inout RowReader) throws(RowFault) { bytes = row.rest() }
}
