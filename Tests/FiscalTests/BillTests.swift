import Testing

@testable import Fiscal

@Suite("Running bills")
struct BillTests {
  /// Five bills of municipal works, exact to the rupee.
  @Test(needsSharedReference) func municipalBills() throws {
    let rows = try sharedRows("vectors/ra_bill_deductions.csv")
    for row in rows {
      func paise(_ name: String) throws -> Paise {
        let parts = try #require(row[name]).split(separator: ".")
        return Int64(parts[0])! * 100 + (parts.count > 1 ? Int64(parts[1])! : 0)
      }
      let name = try #require(row["bill"])
      var terms = BillTerms()
      (terms.gst, terms.incomeTax, terms.gstDeduction, terms.unit) = (1800, 200, 200, .rupee)
      terms.retention = row["retention_pct"] == "7.5" ? 750 : row["retention_pct"] == "5" ? 500 : 0
      let value = try paise("this_bill_inr")
      // Columns of what was done and what was paid before give this bill.
      #expect(try Amount.wholeRupees(paise("work_value_inr") - paise("previous_paid_inr")) == value, "\(name)")
      let gross = try terms.gross(of: value)
      #expect(try gross == paise("gross_inr") && gross - value == paise("gst_inr"), "\(name)")
      #expect(try terms.taxable(in: gross) == value, "\(name)")
      let lines = try BillLines(gross: gross, terms: terms, room: .init())
      #expect(try lines.incomeTax == paise("income_tax_tds_2pct_inr"), "\(name)")
      #expect(try lines.gstDeduction == paise("gst_tds_2pct_inr"), "\(name)")
      #expect(try lines.retention == paise("retention_inr"), "\(name)")
      #expect(try lines.deductions == paise("total_deductions_inr"), "\(name)")
      #expect(try lines.net + paise("retention_released_inr") == paise("net_payable_inr"), "\(name)")
    }
    #expect(rows.count == 5)
  }

  private static func terms(_ random: inout SeededGenerator) -> BillTerms {
    var terms = BillTerms()
    terms.gst = random.pick([0, 500, 1800, 1801])
    terms.retention = random.pick([0, 500, 750, 3333])
    terms.advanceRecovery = random.pick([0, 1000, 2500])
    terms.incomeTax = random.pick([0, 100, 200, 1000])
    terms.gstDeduction = random.pick([0, 200])
    terms.cess = random.pick([0, 100])
    terms.fee = random.pick([0, 49, 333])
    terms.unit = random.pick([.paisa, .rupee])
    return terms
  }

  /// Parts of a bill add up to the whole, line by line.
  @Test(arguments: UInt64(1)...300) func partsAddUpToTheWhole(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let terms = Self.terms(&random)
    let gross = Int64.random(in: 1...random.pick([500, 300_000, 1_000_000_000_000]), using: &random)
    let cap = random.pick([0, gross / 30, .max])
    let advance = random.pick([0, gross / 20, gross])
    var whole = try RunningAccount(terms: terms, retentionCap: cap, advance: advance)
    try whole.certify(toDate: gross)
    let all = try whole.release(gross)
    #expect(all.deductions + all.net == gross && all.net >= 0)
    var parts = try RunningAccount(terms: terms, retentionCap: cap, advance: advance)
    try parts.certify(toDate: gross)
    var sums = [Paise](repeating: 0, count: 7)
    while parts.due > 0 {
      let part = min(parts.due, Int64.random(in: 1...max(1, gross / 3), using: &random))
      let lines = try parts.release(part)
      let list = [
        lines.retention, lines.advanceRecovery, lines.incomeTax, lines.gstDeduction, lines.cess, lines.fee, lines.net,
      ]
      #expect(list.allSatisfy { $0 >= 0 } && list.reduce(0, +) == part)
      for index in list.indices { sums[index] += list[index] }
    }
    #expect(sums.reduce(0, +) == gross)
    #expect(parts.retained <= cap && parts.advanceOutstanding >= 0)
    // With whole rupees a part of a few paise may be too small for its lines; then only the total must agree.
    if terms.unit == .paisa && gross > 500 {
      #expect(
        sums == [
          all.retention, all.advanceRecovery, all.incomeTax, all.gstDeduction, all.cess, all.fee, all.net,
        ])
      #expect(parts.retained == whole.retained && parts.advanceOutstanding == whole.advanceOutstanding)
    }
  }

  @Test func theOrderDecidesWhoGetsWhatIsLeft() throws {
    var terms = BillTerms()
    (terms.retention, terms.incomeTax, terms.fee, terms.unit) = (6000, 3000, 1000, .rupee)
    // V of 150 paise is 200, retention 120 rounds to 100, tax 60 to 100 but 50 are left.
    let lines = try BillLines(gross: 150, terms: terms, room: .init(retention: 150))
    #expect(lines.retention == 100 && lines.incomeTax == 50 && lines.fee == 0 && lines.net == 0)
    terms.unit = .paisa
    let recovered = try BillLines(gross: 10_000, terms: terms, room: .init(), recoveries: 9_000)
    #expect(recovered.retention == 6_000 && recovered.recoveries == 4_000 && recovered.incomeTax == 0)
  }

  /// A measurement below what was paid leaves nothing due until work makes up for it.
  @Test func newMeasurementCarriesForward() throws {
    var account = try RunningAccount(terms: BillTerms())
    try account.certify(toDate: 1_000)
    _ = try account.release(1_000)
    try account.certify(toDate: 800)
    #expect(account.due == -200)
    #expect(throws: FiscalError.invalidAmount) { try account.release(1) }
    try account.certify(toDate: 1_300)
    #expect(account.due == 300)
    #expect(try account.release(300).net == 300)
  }

  @Test func refusesTermsOutOfRange() {
    var terms = BillTerms()
    terms.retention = 9_000
    terms.incomeTax = 1_001
    #expect(throws: FiscalError.invalidAmount) { try RunningAccount(terms: terms) }
    #expect(throws: FiscalError.invalidAmount) { try BillLines(gross: 1, terms: terms, room: .init()) }
    terms.incomeTax = -1
    #expect(throws: FiscalError.invalidAmount) { try BillLines(gross: 1, terms: terms, room: .init()) }
    #expect(throws: FiscalError.invalidAmount) { try BillLines(gross: .max, terms: BillTerms(), room: .init()) }
    #expect(throws: FiscalError.invalidAmount) {
      try BillLines(gross: 1, before: .max, terms: BillTerms(), room: .init())
    }
  }

  @Test(arguments: UInt64(1)...50) func advanceIsRecoveredBetweenTwoPoints(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let value = Int64.random(in: 1_000...BillTerms.grossMax, using: &random)
    let plan = try AdvanceRecovery(advance: value / 10, value: value, begin: 1_000, end: 8_000)
    #expect(try plan.recovered(atProgress: value / 10) == 0)
    #expect(try plan.recovered(atProgress: value) == plan.advance)
    var last: Paise = 0
    for step in Int64(0)...100 {
      let recovered = try plan.recovered(atProgress: value / 100 * step)
      #expect(recovered >= last && recovered <= plan.advance)
      last = recovered
    }
    #expect(throws: FiscalError.invalidAmount) { try plan.recovered(atProgress: -1) }
    #expect(throws: FiscalError.invalidAmount) { try AdvanceRecovery(advance: 2, value: 1, begin: 0, end: 1) }
  }
}
