/// The rows of one key in order of time, without overlap.
public struct DatedSeries<Value: Sendable>: Sendable {
  public let table: String
  public let key: String
  public let rows: [ReferenceRow<Value>]

  /// What is wrong among rows; indices are those of the rows given.
  public enum Fault: Error, Hashable, Sendable {
    /// Two rows hold on the same day.
    case overlap(Int, Int)
    /// After the first row nothing holds until the second begins.
    case gap(Int, Int)
  }

  /// Rows in any order. A series may end, but has no hole.
  /// - Throws: the first fault in order of time.
  public init(table: String, key: String, rows: [ReferenceRow<Value>]) throws(Fault) {
    let order = rows.indices.sorted { (rows[$0].period.from, $0) < (rows[$1].period.from, $1) }
    for (a, b) in zip(order, order.dropFirst()) {
      guard let end = rows[a].period.to, end <= rows[b].period.from else { throw .overlap(a, b) }
      guard end == rows[b].period.from else { throw .gap(a, b) }
    }
    self.table = table
    self.key = key
    self.rows = order.map { rows[$0] }
  }

  /// What holds on a day.
  /// - Throws: `notInForce`; `unconfirmed` when the row is not confirmed and the caller wants that.
  public func answer(on date: CivilDate, accepting: Acceptance = .confirmed) throws(FiscalError) -> Answer<Value> {
    // Only the periods are looked at: a row is copied once it is found. The newest comes first.
    guard let index = rows.indices.last(where: { rows[$0].period.contains(date) }) else {
      throw .notInForce(table: table, key: key, on: date)
    }
    let row = rows[index]
    guard row.status == .confirmed || accepting == .unconfirmed else {
      throw .unconfirmed(table: table, key: key, citation: row.citation)
    }
    return Answer(row)
  }
}

/// Series by key.
public struct DatedTable<Value: Sendable>: Sendable {
  public let name: String
  public private(set) var series: [String: DatedSeries<Value>] = [:]

  public init(name: String) { self.name = name }

  mutating func insert(_ series: DatedSeries<Value>) { self.series[series.key] = series }

  public var keys: [String] { series.keys.sorted() }

  /// - Throws: `unknownKey`, `notInForce`, `unconfirmed`.
  public func answer(
    _ key: String, on date: CivilDate, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<Value> {
    guard let series = series[key] else { throw .unknownKey(table: name, key: key) }
    return try series.answer(on: date, accepting: accepting)
  }
}
