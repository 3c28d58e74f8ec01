import Testing

@testable import Fiscal

@Suite("Reverse charge")
struct ReverseChargeTests {
  private let table: ReverseChargeTable

  init() throws { table = try ShippedData.data.get().reverseCharge }

  private func key(
    _ code: String, _ supplier: Set<PartyTrait>, _ recipient: Set<PartyTrait>, _ day: String = "2026-05-01",
    _ accepting: Acceptance = .confirmed
  ) throws -> String? {
    try table.rule(
      for: CommodityCode(code), supplier: supplier, recipient: recipient, on: date(day), accepting: accepting)?.value
      .key
  }

  private static let company: Set<PartyTrait> = [.registered, .business, .bodyCorporate]

  @Test func whoPays() throws {
    #expect(try key("996511", [.goodsTransportAgency], Self.company) == "goods-transport")
    #expect(try key("996511", [.goodsTransportAgency, .chargesTax], Self.company) == nil)
    #expect(try key("998211", [.advocate], Self.company) == "legal")
    // An auditor is no advocate, and his services are others.
    #expect(try key("998221", [.business], Self.company) == nil)
    #expect(try key("998221", [.advocate], Self.company) == nil)
    #expect(try key("998215", [.arbitralTribunal], [.business]) == "arbitration")
    #expect(try key("998311", [.director], [.bodyCorporate]) == "director")
    #expect(try key("998314", [.abroad], Self.company) == "import")
    #expect(try key("84138190", [.abroad], Self.company) == nil)
    #expect(try key("995411", Self.company, Self.company) == nil)
    #expect(try key("997212", [.government, .registered], Self.company) == "government-rent")
  }

  /// Notification 7/2025: a body corporate that is sponsored charges the tax since 16 January 2025; landlords without
  /// registration since 10 October 2024, with composition out since 16 January 2025.
  @Test func rowsChangeOnTheirDay() throws {
    #expect(try key("998397", [.bodyCorporate], Self.company, "2025-01-15") == "sponsorship")
    #expect(try key("998397", [.bodyCorporate], Self.company, "2025-01-16") == nil)
    #expect(try key("998397", [.society], Self.company, "2025-01-16") == "sponsorship")
    let small: Set<PartyTrait> = [.registered, .composition, .business]
    #expect(try key("997212", [], small, "2024-10-09") == nil)
    #expect(try key("997212", [], small, "2024-10-10") == "property-rent")
    #expect(try key("997212", [], small, "2025-01-16") == nil)
    #expect(try key("997212", [], Self.company, "2025-01-16") == "property-rent")
    #expect(try key("997212", [.registered], Self.company) == nil)
  }

  /// A row that nobody has checked does not decide silently who pays.
  @Test func unconfirmedRowsAreTold() throws {
    #expect(throws: FiscalError.self) { try key("998525", [.firm, .registered], Self.company) }
    #expect(try key("998525", [.firm, .registered], Self.company, "2026-05-01", .unconfirmed) == "security")
    #expect(try key("998525", [.bodyCorporate, .registered], Self.company) == nil)
  }

  /// Guards for Rs 1,00,000 from a firm at 18 %: the bill is Rs 1,00,000, the recipient pays Rs 18,000 itself.
  @Test func theBillHasNoTaxAndSaysSo() throws {
    let rule = try #require(
      try table.rule(
        for: CommodityCode("998211"), supplier: [.advocate], recipient: Self.company, on: date("2026-05-01")))
    let tax = try GSTAmounts(on: 1_00_000_00, rate: 1800, .intraState)
    let reverse = GSTCharge(tax, reverseCharge: rule)
    #expect(reverse.billed.total == 0 && reverse.byRecipient.central == 9_000_00)
    #expect(reverse.byRecipient.total == 18_000_00 && reverse.isPayableByRecipient)
    #expect(reverse.reverseCharge?.key == "legal" && reverse.reverseCharge?.citation.contains("13/2017") == true)
    var terms = BillTerms()
    terms.setTax(1800, reverseCharge: rule)
    #expect(try terms.gross(of: 1_00_000_00) == 1_00_000_00)
    let forward = GSTCharge(tax, reverseCharge: nil)
    #expect(forward.billed == tax && forward.byRecipient.total == 0 && !forward.isPayableByRecipient)
    terms.setTax(1800, reverseCharge: nil)
    #expect(try terms.gross(of: 1_00_000_00) == 1_18_000_00)
  }
}
