import Documents
import Foundation
import Testing

@testable import Fiscal

/// The reference data that comes with the project, and the look-ups on it.
@Suite("Shipped reference data")
struct ShippedDataTests {
  private let data: ReferenceData

  init() throws {
    data = try ShippedData.data.get()
  }

  private func rate(
    _ code: String, _ qualifier: String? = nil, _ day: String, _ accepting: Acceptance = .confirmed
  ) throws -> Answer<GSTRate> {
    try data.gstRates.rate(of: CommodityCode(code), qualifier: qualifier, on: date(day), accepting: accepting)
  }

  /// The day on which two slabs went.
  @Test(
    arguments: [
      ("995411", "government-earthwork", 1200, 1800), ("995411", "offshore", 1200, 1800), ("995411", nil, 1800, 1800),
      ("998811", nil, 1200, 1800), ("25232910", nil, 2800, 1800), ("998314", nil, 1800, 1800),
      ("71081200", nil, 300, 300), ("71023910", "cut", 150, 150), ("71021000", "rough", 25, 25),
    ] as [(String, String?, Int, Int)])
  func slabsOfSeptember2025(_ code: String, _ qualifier: String?, _ old: Int, _ new: Int) throws {
    #expect(try rate(code, qualifier, "2025-09-21").value.basisPoints == old)
    #expect(try rate(code, qualifier, "2025-09-22").value.basisPoints == new)
  }

  @Test func theLongestPrefixAndItsQualifierWin() throws {
    #expect(try rate("999293", nil, "2026-05-01").value.basisPoints == 1800)
    #expect(try rate("999311", nil, "2026-05-01").value.isExempt)
    #expect(try rate("999210", "recognised-qualification", "2026-05-01").value.isExempt)
    // A qualifier of a shorter prefix is found past a longer plain one.
    #expect(try rate("999293", "recognised-qualification", "2026-05-01").value.isExempt)
    let housing = try rate("995411", "affordable-housing", "2026-05-01").value
    #expect(housing.basisPoints == 100 && !housing.allowsInputCredit)
    #expect(throws: FiscalError.qualifierNeeded(table: "gst-rates", key: "71023910", known: ["cut", "rough"])) {
      try rate("71023910", nil, "2026-05-01")
    }
    #expect(
      throws: FiscalError.qualifierNeeded(
        table: "gst-rates", key: "998811", known: ["bricks", "leather", "pharma", "printing", "residual", "textiles"])
    ) {
      try rate("998811", "hats", "2026-05-01")
    }
    #expect(throws: FiscalError.unknownKey(table: "gst-rates", key: "01012100")) {
      try rate("01012100", nil, "2026-05-01")
    }
    #expect(throws: FiscalError.notInForce(table: "gst-rates", key: "9988 bricks", on: date("2025-09-21"))) {
      try rate("998811", "bricks", "2025-09-21")
    }
    // A heading that is settled inside a chapter that is not.
    #expect(try rate("84804100", nil, "2026-05-01").status == .confirmed)
    #expect(throws: FiscalError.self) { try rate("84131110", nil, "2026-05-01") }
    #expect(try rate("84131110", nil, "2026-05-01", .unconfirmed).status == .unconfirmed)
  }

  @Test func bothActsAndBothLabels() throws {
    let old = try data.tds.rule("194C", on: date("2026-03-31"))
    let new = try data.tds.rule("194C", on: date("2026-04-01"))
    #expect(old.value.section == "194C" && new.value.section == "393(1) Sl. 6(i)")
    #expect(new.value.section1961 == "194C" && old.value.section2025 == new.value.section2025)
    #expect(try data.tds.rule("393(1) Sl. 6(i)", on: date("2026-04-01")) == new)
    #expect(try data.tds.rule("194J-technical", on: date("2026-05-01")).value.rate(for: .other) == 200)
    #expect(
      throws: FiscalError.qualifierNeeded(
        table: "tds-rates", key: "194J", known: ["194J-professional", "194J-technical"])
    ) {
      try data.tds.rule("194J", on: date("2026-05-01"))
    }
    #expect(try data.tds.rule("393(1) Sl. 8(ii)", on: date("2026-05-01")).value.base == .excess)
    #expect(try data.tds.rule("194C", on: date("2026-05-01")).value.base == .whole)
    #expect(throws: FiscalError.unknownKey(table: "tds-rates", key: "194ZZ")) {
      try data.tds.rule("194ZZ", on: date("2026-05-01"))
    }
  }

  /// Rates and thresholds of an accounting package under the Act of 1961, where both know the section on a day.
  @Test(needsSharedReference) func agreesWithAnotherTableOfTheOldAct() throws {
    let keys = ["194C": "194C", "194JB": "194J-professional", "194JA": "194J-technical", "194Q": "194Q"]
    let object = try JSONSerialization.jsonObject(with: sharedBytes("gst/tds_categories_1961_act.json"))
    var count = 0
    for category in try #require(object as? [[String: Any]]) {
      guard let section = category["tds_section"] as? String, let key = keys[section],
        let entity = category["entity_type"] as? String, let rates = category["rates"] as? [[String: Any]]
      else { continue }
      for row in rates {
        let day = date(try #require(row["from_date"] as? String))
        let rule = try data.tds.rule(key, on: day).value
        func paise(_ name: String) -> Paise { Paise((row[name] as! NSNumber).int64Value * 100) }
        let found = Int(((row["tax_withholding_rate"] as! NSNumber).doubleValue * 100).rounded())
        switch entity {
        case "Individual": #expect(rule.rateForIndividuals == found)
        case "Company": #expect(rule.rateForOthers == found)
        default:
          let least = try data.missingPANRates.answer(rule.missingPANKey, on: day).value.amount
          #expect(TDSAccount.rate(rule.rateForOthers, missingPAN: Int(least)) == found)
        }
        // It files yearly thresholds as single ones, but for contractors.
        if section == "194C" {
          #expect(rule.singleThreshold == paise("single_threshold") && rule.threshold == paise("cumulative_threshold"))
        } else {
          #expect(rule.threshold == paise("single_threshold"))
        }
        count += 1
      }
    }
    #expect(count >= 20)
  }

  @Test func bookOfDeductions() throws {
    var book = TDSBook()
    let payer = try TAN("BLRA01234F")
    let firm = TDSAccount.Payee.pan(try PAN("AAPFU0939F"))
    let first = try book.deduct(
      from: 60_000_00, payer: payer, payee: firm, section: "194C", on: date("2026-03-31"), using: data)
    #expect(first.deduction.tax == 1_200_00 && first.rule.value.section == "194C")
    // The next day is a new year under the new Act.
    let second = try book.deduct(
      from: 20_000_00, payer: payer, payee: firm, section: "194C", on: date("2026-04-01"), using: data)
    #expect(second.deduction.tax == 0 && second.rule.value.section == "393(1) Sl. 6(i)")
    #expect(first.key.year.description == "2025-26" && second.key.year.description == "2026-27")
    // Either label leads to the same account.
    let third = try book.deduct(
      from: 90_000_00, payer: payer, payee: firm, section: "393(1) Sl. 6(i)", on: date("2026-05-01"), using: data)
    #expect(third.key == second.key && third.deduction.tax == 2_200_00)
    let stranger = TDSAccount.Payee.withoutPAN(name: "party 7", kind: .other)
    let without = try book.deduct(
      from: 60_000_00, payer: payer, payee: stranger, section: "194C", on: date("2026-05-01"), using: data)
    #expect(without.deduction.tax == 12_000_00)
    #expect(without.missingPAN?.citation.contains("s.397(2)(b)(i)") == true)
    #expect(book.accounts.count == 3)
  }

  @Test func quantitiesAndClasses() throws {
    let day = date("2026-05-01")
    #expect(try data.quantity("gst-tds.rate", in: .basisPoints, on: day).value == 200)
    #expect(try data.quantity("gst-tds.threshold", in: .paise, on: day).value == 2_50_000_00)
    #expect(try data.quantity("building-cess.rate", in: .basisPoints, on: day).value == 100)
    #expect(try data.quantity("e-invoice.turnover", in: .paise, on: day).value == 5_00_00_000_00)
    #expect(try data.quantity("e-way.threshold", in: .paise, on: day).value == 50_000_00)
    #expect(try data.quantity("gst-tcs.rate", in: .basisPoints, on: day).value == 50)
    #expect(try data.quantity("bank-rate", in: .basisPoints, on: date("2024-06-01")).value == 675)
    #expect(try data.quantity("bank-rate", in: .basisPoints, on: day).value == 550)
    #expect(throws: FiscalError.self) { try data.quantity("bank-rate", in: .basisPoints, on: date("2026-12-01")) }
    #expect(
      try MSEPaymentTerm.Days(data, on: day) == MSEPaymentTerm.Days(objection: 15, withoutAgreement: 15, atMost: 45))
    func kind(_ investment: Paise, _ turnover: Paise, _ day: String) throws -> EnterpriseClass? {
      try data.enterpriseClass(investment: investment, turnover: turnover, on: date(day)).value
    }
    let crore: Paise = 1_00_00_000_00
    #expect(try kind(2 * crore, 10 * crore, "2025-04-01") == .micro)
    #expect(try kind(2 * crore, 10 * crore, "2025-03-31") == .small)
    #expect(try kind(2 * crore, 10 * crore + 1, "2025-04-01") == .small)
    #expect(try kind(125 * crore, 500 * crore, "2025-04-01") == .medium)
    #expect(try kind(1, 500 * crore + 1, "2025-04-01") == nil)
    let limits = data.railLimits
    #expect(try limits.answer("upi", on: day).value.takes(1_00_000_00))
    #expect(try !limits.answer("upi", on: day).value.takes(1_00_000_01))
    #expect(try limits.answer("rtgs", on: day).value.takes(2_00_000_00))
    #expect(try !limits.answer("rtgs", on: day).value.takes(1_99_999_99))
    #expect(try limits.answer("neft", on: day).value.takes(.max))
    #expect(throws: FiscalError.self) { try limits.answer("upi.merchant", on: date("2025-09-14")) }
  }

  /// Numbers 1 to 38, 97 and 99; a State has one ISO code at a time, and no two States share one.
  @Test func states() throws {
    #expect(data.states.codes.count == 40)
    let day = date("2026-05-01")
    let inForce = data.states.codes.compactMap { try? data.states.state($0, on: day).value }
    #expect(inForce.count == 38)
    #expect(Set(inForce.compactMap(\.iso)).count == 36 && inForce.count { $0.iso == nil } == 2)
    #expect(
      inForce.filter(\.leviesUnionTerritoryTax).compactMap(\.iso).sorted() == [
        "IN-AN", "IN-CH", "IN-DH", "IN-LA", "IN-LD",
      ])
    #expect(try data.states.state(state(21), on: day).value.iso == "IN-OD")
    #expect(try data.states.state(state(21), on: date("2023-11-22")).value.iso == "IN-OR")
    #expect(try data.states.state(iso: "IN-OD", on: day).value.code == state(21))
    #expect(throws: FiscalError.unknownKey(table: "states", key: "IN-OR")) {
      try data.states.state(iso: "IN-OR", on: day)
    }
    #expect(try !data.states.state(state(1), on: date("2019-10-30")).value.isUnionTerritory)
    #expect(throws: FiscalError.notInForce(table: "states", key: "38", on: date("2019-10-30"))) {
      try data.states.state(state(38), on: date("2019-10-30"))
    }
    #expect(throws: FiscalError.notInForce(table: "states", key: "25", on: day)) {
      try data.states.state(state(25), on: day)
    }
  }
}
