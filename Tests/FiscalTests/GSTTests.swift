import Testing

@testable import Fiscal

@Suite("GST")
struct GSTTests {
  @Test func taxesByPlace() throws {
    #expect(GSTTreatment(supplier: state(29), place: karnataka) == .intraState)
    #expect(GSTTreatment(supplier: state(27), place: karnataka) == .interState)
    #expect(GSTTreatment(supplier: state(4), place: chandigarh) == .intraTerritory)
    #expect(GSTTreatment(supplier: state(7), place: delhi) == .intraState)
    let zone = GSTTreatment(supplier: state(29), place: karnataka, destination: .specialEconomicZone(paysTax: false))
    #expect(zone == .zeroRated(paysTax: false) && zone.isInterState)

    let value: Paise = 1_234_567
    let local = try GSTAmounts(on: value, rate: 1800, .intraState)
    #expect(local.central == 111_111 && local.state == 111_111 && local.total == 222_222)
    #expect(try GSTAmounts(on: value, rate: 1800, .interState).integrated == 222_222)
    #expect(try GSTAmounts(on: value, rate: 1800, .intraTerritory).unionTerritory == 111_111)
    #expect(try GSTAmounts(on: value, rate: 1800, zone).total == 0)
    #expect(try GSTAmounts(on: value, rate: 1800, .zeroRated(paysTax: true)).integrated == 222_222)
    // Rough diamonds: each half of a quarter per cent.
    #expect(try GSTAmounts(on: 100_000_00, rate: 25, .intraState).central == 125_00)
    #expect(throws: FiscalError.overflow) { try GSTAmounts(on: .max, rate: 20_001, .interState) }
    #expect(throws: FiscalError.overflow) { try GSTAmounts(on: .max, rate: 20_000, .intraState) }
    #expect(throws: FiscalError.invalidAmount) { try GSTAmounts(on: 1, rate: -1, zone) }
  }

  /// Halves are equal, the parts are the total, and the round-off is small; also when lines are taken back.
  @Test(arguments: UInt64(1)...100) func invoiceAddsUp(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let treatment = random.pick([GSTTreatment.intraState, .intraTerritory, .interState, .zeroRated(paysTax: true)])
    var lines: [InvoiceTotals.Line] = []
    for _ in 0..<Int.random(in: 1...20, using: &random) {
      let value = Int64.random(in: 0...50_000_000_00, using: &random)
      let tax = try GSTAmounts(on: value, rate: random.pick([0, 25, 150, 300, 500, 1800, 4000]), treatment)
      #expect(treatment.isInterState ? tax.central == 0 : tax.central == tax.state + tax.unionTerritory)
      lines.append(InvoiceTotals.Line(value: value, tax: tax))
    }
    let totals = try InvoiceTotals(lines)
    #expect(totals.total % 100 == 0 && (-49...50).contains(totals.roundOff))
    #expect(totals.value + totals.tax.total + totals.roundOff == totals.total)
    #expect(
      totals.tax.total == totals.tax.central + totals.tax.state + totals.tax.unionTerritory + totals.tax.integrated)
    let back = try lines.map {
      InvoiceTotals.Line(value: -$0.value, tax: try GSTAmounts(on: -$0.value, rate: 1800, treatment))
    }
    let forth = try lines.map {
      InvoiceTotals.Line(value: $0.value, tax: try GSTAmounts(on: $0.value, rate: 1800, treatment))
    }
    #expect(try InvoiceTotals(back + forth).total == 0)
  }

  /// Section 14: the side on which two of the three events lie.
  @Test(
    arguments: [
      ("old", "new", "new", "new"), ("old", "old", "new", "old"), ("old", "new", "old", "old"),
      ("new", "old", "new", "new"), ("new", "old", "old", "old"), ("new", "new", "old", "new"),
      ("old", "old", "old", "old"), ("new", "new", "new", "new"),
    ])
  func twoOfThreeDecide(_ supply: String, _ invoice: String, _ payment: String, _ expected: String) {
    let change = date("2025-09-22")
    func day(_ side: String, _ number: Int) -> CivilDate {
      date(side == "old" ? "2025-09-1\(number)" : "2025-10-1\(number)")
    }
    let found = RateChange.timeOfSupply(
      supply: day(supply, 1), invoice: day(invoice, 2), payment: day(payment, 3), change: change)
    #expect((found < change) == (expected == "old"))
    #expect([day(invoice, 2), day(payment, 3)].contains(found))
  }

  @Test func deductionBySectionFiftyOne() {
    var contract = GSTDeduction.Contract(
      payerDeducts: true, taxableValue: 2_50_000_01, supplier: state(29), place: state(29), deductor: state(29))
    func test() -> GSTDeduction.Test { GSTDeduction.test(contract, threshold: 2_50_000_00) }
    #expect(test() == .applies)
    contract.taxableValue = 2_50_000_00
    #expect(test() == .notAboveThreshold)
    contract.taxableValue = 3_00_000_00
    contract.deductor = state(27)
    #expect(test() == .deductorElsewhere)
    contract.place = state(27)
    #expect(test() == .applies)
    contract.deductor = state(33)
    #expect(test() == .applies)
    contract.payerDeducts = false
    #expect(test() == .payerDoesNotDeduct)
  }
}
