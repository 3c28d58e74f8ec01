/// Where a reference is: one row, so that both are of one moment.
public struct ReferenceState: Hashable, Sendable {
  /// The newest version, what the next one is made from.
  public let head: VersionID
  /// The one in force.
  public let active: VersionID?
}

extension ReferenceState: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) {
    row.bytes += head.bytes
    row.bytes += active?.bytes ?? []
  }

  init(from row: inout RowReader) throws(RowFault) {
    head = VersionID(try row.digest())
    active = row.isAtEnd ? nil : VersionID(try row.digest())
  }
}
