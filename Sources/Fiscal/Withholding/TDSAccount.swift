/// Tax deducted at source from one payee under one section in one fiscal year: what was paid and what was deducted.
///
/// A value that sums are folded into, in the order of their deduction. Sums are without GST when the invoice shows it
/// apart (CBDT Circular 23/2017). Source: DOMAIN 7.2; Income-tax Act, 2025, s.393(1) and Note 1 to Sl. 8(ii).
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

  /// Sums of a year or of a month, for the threshold of that span.
  struct Span: Hashable, Sendable {
    /// What was credited or paid.
    var total: Paise = 0
    /// The part of it in sums above the single threshold.
    var large: Paise = 0
    /// What tax was computed on.
    var taxed: Paise = 0
  }

  private var year = Span()
  /// By month, 1...12: at most twelve.
  private var months: [Int: Span] = [:]
  /// Tax due on what was taxed, each sum at its own rate.
  public private(set) var tax: Paise = 0
  /// Tax deducted that is no longer due, because a sum was taken back; the next tax of the year is set off against it.
  public private(set) var surplus: Paise = 0

  public init() {}

  /// What was credited or paid in the year.
  public var total: Paise { year.total }
  /// The part of it that tax was computed on.
  public var taxed: Paise { year.taxed }

  /// Tax on one sum.
  public struct Deduction: Hashable, Sendable {
    /// What the tax is computed on: more than the sum when earlier sums are caught up with, negative when tax is no
    /// longer due on what was taxed.
    public let base: Paise
    public let rate: BasisPoints
    /// What to deduct now, after the set-off; never negative.
    public let tax: Paise
    /// Tax that was met by an earlier surplus.
    public let setOff: Paise
    public let reason: Reason
  }

  /// Why tax is due, or not.
  public enum Reason: String, Sendable {
    case belowThreshold, singleSum, aboveThreshold, crossesThreshold, noThreshold
    /// A sum was taken back, in whole or in part.
    case takenBack
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
    guard sum > 0 else { throw .invalidAmount }
    return try change(0, to: sum, on: date, rule, payee, rate)
  }

  /// Puts a sum right that was booked before, or takes it back: a credit note, a wrong or cancelled invoice.
  ///
  /// Tax that is no longer due becomes `surplus` rather than a payment to the payee: it has been deposited for the payee,
  /// who has its credit (CBDT Circular 13/2021, 4.5, on returned goods). After the last sum of the year the surplus is the
  /// payee's to claim.
  /// - Parameters:
  ///   - sum: as it was booked on `date`, above 0; the account keeps totals only and takes the caller's word.
  ///   - corrected: what it should have been; 0 takes it back.
  /// - Throws: `invalidAmount` for a negative sum, or one that is more than what was booked; `overflow`. The account is
  ///   then as it was.
  public mutating func correct(
    _ sum: Paise, to corrected: Paise, on date: CivilDate, rule: TDSRule, payee: PayeeKind, rate: BasisPoints
  ) throws(FiscalError) -> Deduction {
    guard sum > 0, corrected >= 0 else { throw .invalidAmount }
    return try change(sum, to: corrected, on: date, rule, payee, rate)
  }

  private mutating func change(
    _ old: Paise, to new: Paise, on date: CivilDate, _ rule: TDSRule, _ payee: PayeeKind, _ rate: BasisPoints
  ) throws(FiscalError) -> Deduction {
    guard rate >= 0 else { throw .invalidAmount }
    let before = rule.thresholdPeriod == .month ? months[date.month, default: Span()] : year
    var span = before
    try span.replace(old, with: new, rule)
    let (target, reason) = span.target(rule, payee, before: before.total, lastSum: new)
    // A rule that changes within the year takes nothing back by itself.
    let base = (new < old ? target : max(target, before.taxed)) - before.taxed
    let newTaxed = try Amount.add(year.taxed, base)
    let due = try Amount.share(of: newTaxed, basisPoints: rate) - Amount.share(of: year.taxed, basisPoints: rate)
    let newTax = try Amount.add(tax, due)
    // Another rate than that of the booking would take back more than was ever due.
    guard newTax >= 0 else { throw .invalidAmount }
    let newSurplus = due < 0 ? try Amount.subtract(surplus, due) : max(0, surplus - due)
    let setOff = due < 0 ? 0 : min(surplus, due)
    var newYear = year
    try newYear.replace(old, with: new, rule)
    var month = months[date.month, default: Span()]
    try month.replace(old, with: new, rule)
    newYear.taxed = newTaxed
    month.taxed = try Amount.add(month.taxed, base)
    (year, months[date.month], tax, surplus) = (newYear, month, newTax, newSurplus)
    return Deduction(
      base: base, rate: rate, tax: max(0, due - setOff), setOff: setOff, reason: new < old ? .takenBack : reason)
  }

  /// The rate for a payee without PAN: the higher of the section's and the least rate.
  public static func rate(_ rate: BasisPoints, missingPAN least: BasisPoints) -> BasisPoints { max(rate, least) }
}

extension TDSAccount.Span {
  /// - Throws: `overflow`; `invalidAmount` when more is taken back than there is.
  fileprivate mutating func replace(_ old: Paise, with new: Paise, _ rule: TDSRule) throws(FiscalError) {
    func large(_ sum: Paise) -> Paise { rule.singleThreshold.map { sum > $0 } == true ? sum : 0 }
    total = try Amount.add(Amount.subtract(total, old), new)
    self.large = try Amount.add(Amount.subtract(self.large, large(old)), large(new))
    guard total >= 0, self.large >= 0 else { throw .invalidAmount }
  }

  /// How much of the span has to be taxed, and why.
  fileprivate func target(
    _ rule: TDSRule, _ payee: PayeeKind, before: Paise, lastSum: Paise
  ) -> (Paise, TDSAccount.Reason) {
    guard let threshold = rule.threshold(for: payee) else { return (total, .noThreshold) }
    if total > threshold {
      let reason: TDSAccount.Reason = before > threshold ? .aboveThreshold : .crossesThreshold
      return (rule.base == .whole ? total : total - threshold, reason)
    }
    let isLarge = rule.singleThreshold.map { lastSum > $0 } ?? false
    return (large, isLarge ? .singleSum : .belowThreshold)
  }
}
