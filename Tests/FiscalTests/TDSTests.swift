import Testing

@testable import Fiscal

@Suite("Tax deducted at source")
struct TDSTests {
  private static func rule(
    _ rates: (Int, Int), single: Paise? = nil, threshold: Paise?, period: TDSRule.ThresholdPeriod = .year,
    onlyIndividuals: Bool = false, base: TDSRule.Base = .whole
  ) -> TDSRule {
    TDSRule(
      act: .of2025, section1961: "old", section2025: "new", what: "test", rateForIndividuals: rates.0,
      rateForOthers: rates.1, singleThreshold: single, threshold: threshold, thresholdPeriod: period,
      thresholdIsForIndividuals: onlyIndividuals, base: base, missingPANKey: "default")
  }

  private static let works = rule((100, 200), single: 30_000_00, threshold: 1_00_000_00)
  private static let fees = rule((1000, 1000), threshold: 50_000_00)
  private static let goods = rule((10, 10), threshold: 50_00_000_00, base: .excess)
  private static let rent = rule((1000, 1000), threshold: 50_000_00, period: .month)

  /// Sums in rupees with what is deducted from each, in rupees, in one year.
  private static func check(
    _ rule: TDSRule, for payee: PayeeKind = .other, _ sums: [(Int64, Int64, TDSAccount.Reason)],
    days: [String] = [], location: SourceLocation = #_sourceLocation
  ) throws {
    var account = TDSAccount()
    for (index, (sum, tax, reason)) in sums.enumerated() {
      let deduction = try account.deduct(
        from: sum * 100, on: date(days.isEmpty ? "2026-05-01" : days[index]), rule: rule, payee: payee,
        rate: rule.rate(for: payee))
      #expect(deduction.tax == tax * 100 && deduction.reason == reason, "sum \(index)", sourceLocation: location)
    }
    #expect(account.tax == sums.reduce(0) { $0 + $1.1 } * 100, sourceLocation: location)
  }

  @Test func contractorsAreCaughtUpWith() throws {
    // Small sums pass until the year exceeds a lakh; then all of it is taxed.
    try Self.check(
      Self.works,
      [
        (30_000, 0, .belowThreshold), (30_000, 0, .belowThreshold), (30_000, 0, .belowThreshold),
        (10_000, 0, .belowThreshold), (1_000, 2_020, .crossesThreshold), (50_000, 1_000, .aboveThreshold),
      ])
    // A large sum is taxed by itself, and not twice when the year is caught up with.
    try Self.check(
      Self.works, for: .individualOrFamily,
      [
        (20_000, 0, .belowThreshold), (40_000, 400, .singleSum), (40_000, 400, .singleSum),
        (20_000, 400, .crossesThreshold),
      ])
  }

  @Test func feesAndGoods() throws {
    try Self.check(
      Self.fees, [(50_000, 0, .belowThreshold), (100, 5_010, .crossesThreshold), (1_000, 100, .aboveThreshold)])
    try Self.check(
      Self.goods,
      [
        (40_00_000, 0, .belowThreshold), (10_00_000, 0, .belowThreshold), (5_00_000, 500, .crossesThreshold),
        (1_00_000, 100, .aboveThreshold),
      ])
  }

  @Test func monthsBeginAnew() throws {
    try Self.check(
      Self.rent,
      [
        (50_000, 0, .belowThreshold), (50_000, 0, .belowThreshold), (20_000, 7_000, .crossesThreshold),
        (50_000, 0, .belowThreshold),
      ],
      days: ["2026-04-05", "2026-05-05", "2026-05-20", "2026-06-05"])
  }

  @Test func someThresholdsAreForIndividualsOnly() throws {
    let operators = Self.rule((10, 10), threshold: 5_00_000_00, onlyIndividuals: true)
    try Self.check(operators, [(1_00_000, 100, .noThreshold)])
    try Self.check(
      operators, for: .individualOrFamily, [(5_00_000, 0, .belowThreshold), (1_000, 501, .crossesThreshold)])
  }

  /// However a sum is cut, once the threshold is crossed the tax is that of the whole; tax never falls and grows with
  /// the sum.
  @Test(arguments: UInt64(1)...200) func cuttingASumSavesNothing(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let rule = random.pick([Self.works, Self.fees, Self.goods])
    let total = Int64.random(in: 1...1_00_00_000_00, using: &random)
    var whole = TDSAccount()
    let all = try whole.deduct(from: total, on: date("2026-05-01"), rule: rule, payee: .other, rate: rule.rateForOthers)
    var parts = TDSAccount()
    var left = total
    var last: Paise = 0
    while left > 0 {
      let part = min(left, Int64.random(in: 1...max(1, total / 3), using: &random))
      let deduction = try parts.deduct(
        from: part, on: date("2026-05-01"), rule: rule, payee: .other, rate: rule.rateForOthers)
      #expect(deduction.tax >= 0 && parts.tax >= last && parts.taxed <= parts.total)
      last = parts.tax
      left -= part
    }
    #expect(parts.total == total)
    if total > rule.threshold! { #expect(parts.tax == all.tax && parts.taxed == whole.taxed) }
    var more = TDSAccount()
    let bigger = try more.deduct(
      from: total + 1_000_00, on: date("2026-05-01"), rule: rule, payee: .other, rate: rule.rateForOthers)
    #expect(bigger.tax >= all.tax)
  }

  @Test func refusesWhatIsNoSum() throws {
    var account = TDSAccount()
    #expect(throws: FiscalError.invalidAmount) {
      try account.deduct(from: 0, on: date("2026-05-01"), rule: Self.works, payee: .other, rate: 200)
    }
    _ = try account.deduct(from: .max, on: date("2026-05-01"), rule: Self.works, payee: .other, rate: 200)
    let before = account
    #expect(throws: FiscalError.overflow) {
      try account.deduct(from: 1, on: date("2026-05-01"), rule: Self.works, payee: .other, rate: 200)
    }
    #expect(account == before)
  }
}
