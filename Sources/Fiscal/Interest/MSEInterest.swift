/// Interest on late payment to a micro or small enterprise: compound, with monthly rests, at three times the bank rate,
/// whatever the contract says. MSMED Act s.16 (DOMAIN 7.3).
public struct MSEInterest: Hashable, Sendable {
  public let principal: Paise
  public let interest: Paise
  /// The rests, first to last; the last one may be shorter than a month.
  public let rests: [Rest]

  public struct Rest: Hashable, Sendable {
    public let from: CivilDate
    public let to: CivilDate
    public let interest: Paise
    /// Principal and interest at its end.
    public let balance: Paise
  }

  /// 3 x bank rate.
  public static let multiple: Int64 = 3
  /// 50 years; a bound for loops.
  public static let monthCountMax = 600

  /// Interest of `[from, to)`: `to` is the day of payment, which bears none.
  ///
  /// Rests fall on the day of the month of `from`, or on the last day of a month that has no such day. The interest of
  /// a rest is rounded half up to the paisa. In a month in which the bank rate changes, and in a month that is not
  /// whole, each day bears its share of the month: balance x 3 x rate / 12 / days of the month.
  /// - Parameter bankRate: the row `bank-rate` of `ReferenceData.quantities`.
  /// - Throws: `invalidAmount` when the principal is negative or the time is longer than 600 months; `overflow`; as
  ///   look-ups of a rate do.
  public init(
    on principal: Paise, from: CivilDate, to: CivilDate, bankRate: DatedSeries<Quantity>,
    accepting: Acceptance = .confirmed
  ) throws(FiscalError) {
    guard principal >= 0 else { throw .invalidAmount }
    var rests: [Rest] = []
    var balance = principal
    var start = from
    while start < to {
      guard rests.count < Self.monthCountMax else { throw .invalidAmount }
      // From the first day each time: 31 January, 28 February, 31 March.
      let whole = try from.adding(months: rests.count + 1)
      let end = min(whole, to)
      let weight = try Self.rateDays(from: start, to: end, bankRate: bankRate, accepting: accepting)
      let interest = try Amount.share(
        of: balance, Self.multiple * weight, over: 12 * 10_000 * Int64(start.days(to: whole)))
      balance = try Amount.add(balance, interest)
      rests.append(Rest(from: start, to: end, interest: interest, balance: balance))
      start = end
    }
    self.principal = principal
    self.rests = rests
    interest = balance - principal
  }

  public var total: Paise { principal + interest }

  /// The bank rate of each day, added up: basis points times days.
  private static func rateDays(
    from: CivilDate, to: CivilDate, bankRate: DatedSeries<Quantity>, accepting: Acceptance
  ) throws(FiscalError) -> Int64 {
    var sum: Int64 = 0
    var day = from
    // A step for each row of the table that the month touches.
    while day < to {
      let answer = try bankRate.answer(on: day, accepting: accepting)
      guard answer.value.unit == .basisPoints, (0...10_000).contains(answer.value.amount) else { throw .invalidAmount }
      let end = min(answer.period.to ?? to, to)
      sum += answer.value.amount * Int64(day.days(to: end))
      day = end
    }
    return sum
  }
}
