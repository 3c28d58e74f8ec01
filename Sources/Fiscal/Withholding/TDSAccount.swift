/// Tax deducted at source from one payee under one section in one fiscal year: what was paid and what was deducted.
///
/// A value that sums are folded into, in the order of their deduction. Sums are without GST when the invoice shows it
/// apart (CBDT Circular 23/2017). Source: DOMAIN 7.2.
public struct TDSAccount: Hashable, Sendable {
  /// Whose account it is.
  public struct Key: Hashable, Sendable {
    public let payer: TAN
    /// PAN, or the payer's own name for a payee without PAN.
    public let payee: Payee
    /// Key of the section in the table.
    public let section: String
    public let year: FiscalYear

    public init(payer: TAN, payee: Payee, section: String, year: FiscalYear) {
      (self.payer, self.payee, self.section, self.year) = (payer, payee, section, year)
    }
  }

  public enum Payee: Hashable, Sendable {
    case pan(PAN)
    case withoutPAN(name: String, kind: PayeeKind)

    public var kind: PayeeKind {
      switch self {
      case .pan(let pan): PayeeKind(pan)
      case .withoutPAN(_, let kind): kind
      }
    }
  }

  /// What was credited or paid in the year.
  public private(set) var total: Paise = 0
  /// The part of it that tax was computed on.
  public private(set) var taxed: Paise = 0
  /// Tax deducted.
  public private(set) var tax: Paise = 0
  /// Of the month that the last sum belongs to, for thresholds of a month.
  private var monthTotal: Paise = 0
  private var monthTaxed: Paise = 0
  private var month: Int?

  public init() {}

  /// Tax on one sum.
  public struct Deduction: Hashable, Sendable {
    /// What the tax is computed on: more than the sum when earlier sums are caught up with.
    public let base: Paise
    public let rate: BasisPoints
    public let tax: Paise
    public let reason: Reason
  }

  /// Why tax is due, or not.
  public enum Reason: String, Sendable {
    case belowThreshold, singleSum, aboveThreshold, crossesThreshold, noThreshold
  }

  /// Books a sum on the day of its credit or payment, whichever is earlier.
  ///
  /// When the total crosses the threshold, the whole of the period is taxed, also what had no tax before; where the
  /// section says so, only the excess. Before that, a sum above the single threshold is taxed by itself.
  /// Parts of a sum are taxed as the sum is: the tax is a difference of a function of what was taxed.
  /// - Parameters:
  ///   - sum: above 0.
  ///   - rate: from `TDSRule.rate(for:)`, or what `rate(_:missingPAN:)` makes of it.
  /// - Throws: `invalidAmount` for a sum that is not positive or a negative rate; `overflow`. The account is then as it
  ///   was.
  public mutating func deduct(
    from sum: Paise, on date: CivilDate, rule: TDSRule, payee: PayeeKind, rate: BasisPoints
  ) throws(FiscalError) -> Deduction {
    guard sum > 0, rate >= 0 else { throw .invalidAmount }
    let thisMonth = date.year * 12 + date.month
    let isMonthly = rule.thresholdPeriod == .month
    let startsAnew = isMonthly && month != thisMonth
    let (periodTotal, periodTaxed) = startsAnew ? (0, 0) : isMonthly ? (monthTotal, monthTaxed) : (total, taxed)
    let newTotal = try Amount.add(periodTotal, sum)
    let (target, reason) = target(rule, payee, sum, before: periodTotal, taxed: periodTaxed, now: newTotal)
    let base = target - periodTaxed
    let newTaxed = try Amount.add(taxed, base)
    let due =
      try Amount.share(of: newTaxed, basisPoints: rate) - Amount.share(of: taxed, basisPoints: rate)
    let newTax = try Amount.add(tax, due)
    total = try Amount.add(total, sum)
    (taxed, tax) = (newTaxed, newTax)
    (month, monthTotal, monthTaxed) = (thisMonth, newTotal, target)
    return Deduction(base: base, rate: rate, tax: due, reason: reason)
  }

  /// How much of a period has to be taxed when its total is `now`; never less than `taxed`.
  private func target(
    _ rule: TDSRule, _ payee: PayeeKind, _ sum: Paise, before: Paise, taxed: Paise, now: Paise
  ) -> (Paise, Reason) {
    guard let threshold = rule.threshold(for: payee) else { return (now, .noThreshold) }
    if now > threshold {
      let reason: Reason = before > threshold ? .aboveThreshold : .crossesThreshold
      return (max(taxed, rule.base == .whole ? now : now - threshold), reason)
    }
    // Cannot overflow: what was taxed is at most the total before.
    if let single = rule.singleThreshold, sum > single { return (taxed + sum, .singleSum) }
    return (taxed, .belowThreshold)
  }

  /// The rate for a payee without PAN: the higher of the section's and the least rate.
  public static func rate(_ rate: BasisPoints, missingPAN least: BasisPoints) -> BasisPoints { max(rate, least) }
}
