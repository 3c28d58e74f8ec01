import Documents
import Fiscal
import Kernel
import Testing

@testable import Templates

/// A template of any kind of supply, for buyers in India, in an economic zone or abroad.
enum Abroad {
  static func text(_ supply: String) -> String {
    let code = ["goods": "8480", "immovable-property": "995414", "training": "999293", "event": "998596"][supply]
    return """
      milepost: template/1
      name: abroad
      version: 1.0.0
      facets: { industry: retail, size: large, complexity: simple, payment: [stages], escalation: E1 }
      parameters:
        value: { type: integer, format: paise, minimum: 100000, maximum: 1000000000 }
        start: { type: string, format: date }
        supplier_state: { type: string, format: state, default: KA }
        place_state: { type: string, format: state, default: KA }
        buyer: { type: string, enum: [domestic, zone, abroad], default: abroad }
        paid: { type: boolean, default: true }
        igst: { type: boolean, default: false }
      milestones:
        - { id: begin, share: 5000, verify: doc, due: { from: start, days: 10 } }
        - { id: end, rest: true, verify: doc, due: { days: 10 } }
      terms:
        advance: { rate: 1000 }
      tax:
        code: "\(code ?? "998314")"
        supply: \(supply)
        zero_rated: { zone: 'buyer == "zone"', abroad: 'buyer == "abroad"', paid_from_abroad: paid, pays_tax: igst }
      """
  }
}

@Suite("Supplies to economic zones and abroad")
struct ZeroRatingTests {
  private func schedule(_ supply: String, _ more: String = "", value: Int64 = 10_000_001) throws -> Schedule {
    let template = try Library.read(Abroad.text(supply))
    let form = try Small.form(#"{"value": \#(value), "start": "2026-05-04"\#(more)}"#, for: template)
    return try template.schedule(form, from: Library.data, accepting: .unconfirmed)
  }

  @Test("an export of services bears no tax under an undertaking, and the contract holds none")
  func export() throws {
    let schedule = try schedule("services")
    #expect(schedule.rates.treatment == .zeroRated(paysTax: false) && schedule.rates.gst == 0)
    #expect(schedule.value == 10_000_001 && schedule.terms.gstBP == 0)
    let supply = try #require(schedule.rates.supply)
    #expect(supply.place.location == .outsideIndia)
    #expect(
      supply.citations.map { $0.dropFirst("IGST Act ".count) } == [
        "s.13(2)", "s.7(5)(a)", "s.2(6)", "s.16(1)(a)", "s.16(3)",
      ])
    // The rate of the code is told beside what is charged.
    #expect(schedule.rates.sources.map(\.what) == ["gst", "zero-rated"])
    #expect(schedule.rates.sources.map(\.rate) == [1_800, 0])
    #expect(schedule.json["rates"]?["supply"]?["place"] == "outside-india")
  }

  @Test("with tax that is paid and claimed back the bills have integrated tax")
  func paid() throws {
    let schedule = try schedule("services", #", "igst": true"#)
    #expect(schedule.rates.treatment == .zeroRated(paysTax: true) && schedule.terms.gstBP == 1_800)
    #expect(schedule.milestones.map(\.tax.integrated) == [900_000, 900_000] && schedule.value == 11_800_001)
    #expect(schedule.rates.supply?.citations.last == "IGST Act s.16(4)")
  }

  @Test("without payment from abroad no service is exported: the tax is that between States")
  func notPaidFromAbroad() throws {
    let schedule = try schedule("services", #", "paid": false"#)
    #expect(schedule.rates.treatment == .interState && schedule.rates.gst == 1_800)
    #expect(schedule.rates.supply?.place.location == .outsideIndia)
    #expect(schedule.milestones.allSatisfy { $0.tax.integrated > 0 && $0.tax.central == 0 })
    #expect(schedule.rates.sources.map(\.what) == ["gst"])
  }

  @Test("goods that leave India are zero-rated whoever pays from where")
  func goods() throws {
    let schedule = try schedule("goods", #", "paid": false"#)
    #expect(schedule.rates.treatment == .zeroRated(paysTax: false) && schedule.value == 10_000_001)
    #expect(schedule.rates.supply?.place.citation == "IGST Act s.11(b)")
  }

  @Test(
    "what is done, stands or is held here is taxed here, for whomever",
    arguments: [
      ("immovable-property", "s.13(4)"), ("training", "s.13(3)(b)"), ("event", "s.13(5)"),
    ])
  func here(_ supply: String, _ section: String) throws {
    let local = try schedule(supply)
    #expect(local.rates.treatment == .intraState && local.rates.supply?.place.citation == "IGST Act \(section)")
    #expect(local.milestones.allSatisfy { $0.tax.central > 0 && $0.tax.central == $0.tax.state })
    let elsewhere = try schedule(supply, #", "place_state": "MH""#)
    #expect(elsewhere.rates.treatment == .interState)
  }

  @Test("an economic zone in the supplier's own State is as abroad", arguments: ["services", "goods", "training"])
  func zone(_ supply: String) throws {
    let schedule = try schedule(supply, #", "buyer": "zone""#)
    #expect(schedule.rates.treatment == .zeroRated(paysTax: false) && schedule.value == schedule.taxable)
    let karnataka = try #require(StateCode(29))
    #expect(schedule.rates.supply?.place.location == .state(karnataka))
    #expect(schedule.rates.supply?.citations.contains("IGST Act s.16(1)(b)") == true)
    let paid = try self.schedule(supply, #", "buyer": "zone", "igst": true"#)
    #expect(paid.milestones.allSatisfy { $0.tax.integrated > 0 && $0.tax.central == 0 })
  }

  @Test("inside India the form says the place, and nothing else is told")
  func domestic() throws {
    let schedule = try schedule("services", #", "buyer": "domestic""#)
    #expect(schedule.rates.treatment == .intraState && schedule.rates.supply == nil)
    #expect(schedule.json["rates"]?["supply"] == nil)
  }

  @Test("contracts of all kinds of buyers run to closing, from one scheduler")
  func trial() throws {
    for supply in TaxRule.Supply.allCases {
      let template = try Library.read(Abroad.text(supply.rawValue))
      #expect(TemplateAnalysis(template).findings.isEmpty)
      let fault = Trial.fault(of: template, Library.data, forms: 60, seed: 3)
      #expect(fault == nil, "\(fault ?? "")")
    }
  }

  @Test(
    "conditions that cannot be are refused",
    arguments: [
      ("zone: 'buyer == \"zone\"', abroad: 'buyer == \"abroad\"', ", "", "template.missing /tax/zero_rated"),
      ("abroad: 'buyer == \"abroad\"', ", "", "template.missing /tax/zero_rated"),
      ("pays_tax: igst", "pays_tax: buyer", "template.type /tax/zero_rated/pays_tax"),
      ("pays_tax: igst", "pay_tax: igst", "template.unknown-near /tax/zero_rated/pay_tax"),
    ])
  func refused(_ from: String, _ to: String, _ finding: String) throws {
    let text = Abroad.text("services")
    precondition(text.contains(from))
    let found = try Small.findings(text.replacing(from, with: to))
    #expect(found.contains { $0.hasPrefix(finding) }, "\(found)")
  }

  @Test("a form whose tax is paid in another way is another: the version must rise by a major step")
  func step() throws {
    let old = try Library.read(Abroad.text("services"))
    let text = Abroad.text("services").replacing("pays_tax: igst", with: "pays_tax: \"!igst\"")
    let step = VersionStep(from: old, to: try Library.read(text), oldTexts: 2, newTexts: 2)
    #expect(step.part == .major, "\(step.reason)")
  }
}
