/// A State or Union Territory.
public struct IndianState: Hashable, Sendable {
  public let code: StateCode
  /// ISO 3166-2 code such as `IN-KA`; nil for other territory and the centre.
  public let iso: String?
  public let name: String
  public let isUnionTerritory: Bool
  /// Whether it makes its own laws; a Union Territory that does not levies UTGST.
  public let hasLegislature: Bool

  /// Whether the second half of the tax inside it is UTGST.
  public var leviesUnionTerritoryTax: Bool { isUnionTerritory && !hasLegislature }
}

/// States by GST code.
public struct StateTable: Sendable {
  private(set) var series: [StateCode: DatedSeries<IndianState>] = [:]
  static let name = "states"

  public init() {}

  mutating func insert(_ series: DatedSeries<IndianState>, code: StateCode) { self.series[code] = series }

  public var codes: [StateCode] { series.keys.sorted() }

  /// - Throws: `unknownKey`, `notInForce` (before it was formed or after it was merged), `unconfirmed`.
  public func state(
    _ code: StateCode, on date: CivilDate, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<IndianState> {
    guard let series = series[code] else { throw .unknownKey(table: Self.name, key: code.description) }
    return try series.answer(on: date, accepting: accepting)
  }

  /// The State of an ISO 3166-2 code that is in force on a day.
  public func state(
    iso: String, on date: CivilDate, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<IndianState> {
    for code in codes {
      guard let series = series[code], series.rows.contains(where: { $0.value.iso == iso && $0.period.contains(date) })
      else { continue }
      return try series.answer(on: date, accepting: accepting)
    }
    throw .unknownKey(table: Self.name, key: iso)
  }
}
