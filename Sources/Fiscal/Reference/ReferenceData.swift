/// Rates, limits, thresholds, States and holidays of India, each with the days on which it holds and its source.
///
/// Loaded from the files in `Datasets/templates/refdata`, see `ReferenceData(loading:)`; a value without files is empty,
/// and every look-up in it fails. Nothing in here is a constant of the program.
public struct ReferenceData: Sendable {
  public internal(set) var gstRates = GSTRateTable()
  public internal(set) var tds = TDSTable()
  /// Least rate of TDS without a PAN: `default`, or the section's own.
  public internal(set) var missingPANRates = DatedTable<Quantity>(name: "missing-pan-rates")
  /// Numbers by name: `gst-tds.rate`, `e-invoice.turnover`, `bank-rate` and so on.
  public internal(set) var quantities = DatedTable<Quantity>(name: "quantities")
  public internal(set) var enterpriseLimits = DatedTable<EnterpriseLimits>(name: "enterprise-classes")
  /// By rail and use: `upi`, `upi.merchant`, `neft`.
  public internal(set) var railLimits = DatedTable<RailLimits>(name: "rail-limits")
  public internal(set) var reverseCharge = ReverseChargeTable()
  public internal(set) var states = StateTable()
  public internal(set) var holidays = HolidayTable()

  public init() {}

  /// A number that must have a certain unit.
  /// - Throws: as a look-up; `unknownKey` when its unit is another.
  public func quantity(
    _ name: String, in unit: Quantity.Unit, on date: CivilDate, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<Int64> {
    let answer = try quantities.answer(name, on: date, accepting: accepting)
    guard answer.value.unit == unit else {
      throw .unknownKey(table: quantities.name, key: "\(name) in \(unit.rawValue)")
    }
    return answer.map(\.amount)
  }

  /// The smallest class whose limits hold; nil above all of them.
  /// - Throws: as a look-up.
  public func enterpriseClass(
    investment: Paise, turnover: Paise, on date: CivilDate, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<EnterpriseClass?> {
    var last: Answer<EnterpriseLimits>?
    for kind in EnterpriseClass.allCases {
      let answer = try enterpriseLimits.answer(kind.rawValue, on: date, accepting: accepting)
      if investment <= answer.value.investment && turnover <= answer.value.turnover { return answer.map { _ in kind } }
      last = answer
    }
    guard let last else { throw .unknownKey(table: enterpriseLimits.name, key: "micro") }
    return last.map { _ in nil }
  }
}
