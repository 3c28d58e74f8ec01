internal import Repository

/// Contracts, counted. Counts end at the largest number.
struct UseCount: Hashable {
  var made: UInt64 = 0
  var closed: UInt64 = 0

  var isUsed: Bool { made > 0 || closed > 0 }

  mutating func add(_ other: UseCount) {
    made = Self.sum(made, other.made)
    closed = Self.sum(closed, other.closed)
  }

  private static func sum(_ one: UInt64, _ two: UInt64) -> UInt64 {
    let (sum, isTooLarge) = one.addingReportingOverflow(two)
    return isTooLarge ? .max : sum
  }
}

extension UseCount: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) {
    row.integer(made)
    row.integer(closed)
  }

  init(from row: inout RowReader) throws(RowFault) {
    made = try row.integer(UInt64.self)
    closed = try row.integer(UInt64.self)
  }
}

/// What a tenant has done with a listing.
struct TenantUse: Hashable {
  var count = UseCount()
  /// The number of its rating; 0 when it has none.
  var rating: UInt32 = 0
}

extension TenantUse: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) {
    count.write(to: &row)
    row.integer(rating)
  }

  init(from row: inout RowReader) throws(RowFault) {
    count = try UseCount(from: &row)
    rating = try row.integer(UInt32.self)
  }
}

/// Up to where the log of contracts was counted.
struct UseCursor: Hashable {
  /// In front of the days.
  static let key: [UInt8] = [0]

  let position: UInt64
}

extension UseCursor: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) { row.integer(position) }

  init(from row: inout RowReader) throws(RowFault) { position = try row.integer(UInt64.self) }
}
