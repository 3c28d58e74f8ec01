/// Where a reference is: one row, so that both are of one moment.
public struct ReferenceState: Hashable, Sendable {
  /// The newest version, what the next one is made from.
  public let head: VersionID
  /// The one in force.
  public let active: VersionID?
}

extension ReferenceState: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    row.bytes += head.bytes
    row.bytes += active?.bytes ?? []
  }

  package init(from row: inout RowReader) throws(RowFault) {
    head = VersionID(try row.digest())
    active = row.isAtEnd ? nil : VersionID(try row.digest())
  }
}
