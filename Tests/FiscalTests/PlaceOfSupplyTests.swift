import Testing

@testable import Fiscal

/// A supplier in Karnataka (29) throughout.
@Suite("Place of supply")
struct PlaceOfSupplyTests {
  typealias Supply = PlaceOfSupply.Supply
  typealias Recipient = PlaceOfSupply.Recipient

  private static let inMaharashtra = Recipient.registered(state(27))
  private static let inTamilNadu = Recipient.unregistered(address: state(33))
  private static let unknown = Recipient.unregistered(address: nil)

  private static func at(_ number: Int) -> PlaceOfSupply.Location { .state(state(number)) }

  /// Supply, recipient, the number of the State or nil for outside India, and the section.
  @Test(
    arguments: [
      (.service, inMaharashtra, 27, "s.12(2)(a)"), (.service, inTamilNadu, 33, "s.12(2)(b)(i)"),
      (.service, unknown, 29, "s.12(2)(b)(ii)"), (.service, .outsideIndia, nil, "s.13(2)"),
      (.immovableProperty(at: at(36)), inMaharashtra, 36, "s.12(3)"),
      (.immovableProperty(at: at(36)), unknown, 36, "s.12(3)"),
      (.immovableProperty(at: .outsideIndia), inMaharashtra, 27, "s.12(3), proviso"),
      (.immovableProperty(at: .outsideIndia), unknown, 29, "s.12(3), proviso"),
      (.immovableProperty(at: at(29)), .outsideIndia, 29, "s.13(4)"),
      (.immovableProperty(at: .outsideIndia), .outsideIndia, nil, "s.13(4)"),
      (.personalService(at: at(30)), inMaharashtra, 30, "s.12(4)"),
      (.personalService(at: at(30)), .outsideIndia, 30, "s.13(3)(b)"),
      (.training(at: at(30)), inMaharashtra, 27, "s.12(5)(a)"), (.training(at: at(30)), inTamilNadu, 30, "s.12(5)(b)"),
      (.training(at: at(30)), .outsideIndia, 30, "s.13(3)(b)"),
      (.admission(venue: at(30)), inMaharashtra, 30, "s.12(6)"),
      (.event(venue: at(30)), inMaharashtra, 27, "s.12(7)(i)"), (.event(venue: at(30)), unknown, 30, "s.12(7)(ii)"),
      (.event(venue: .outsideIndia), inTamilNadu, 33, "s.12(7)(ii)"),
      (.event(venue: at(30)), .outsideIndia, 30, "s.13(5)"),
      (.goods(deliveredTo: at(24)), inMaharashtra, 24, "s.10(1)(a)"),
      (.goods(deliveredTo: at(24)), inTamilNadu, 33, "s.10(1)(ca)"),
      (.goods(deliveredTo: at(24)), unknown, 29, "s.10(1)(ca)"),
      (.goods(deliveredTo: .outsideIndia), .outsideIndia, nil, "s.11(b)"),
      // What is handed over in India does not leave it, whoever buys.
      (.goods(deliveredTo: at(27)), .outsideIndia, 27, "s.10(1)(a)"),
      (.goodsBilled(to: state(7)), inMaharashtra, 7, "s.10(1)(b)"),
      (.goodsInPlace(at: state(29)), inMaharashtra, 29, "s.10(1)(c)"),
      (.goodsInPlace(at: state(29)), inTamilNadu, 33, "s.10(1)(ca)"),
      (.goodsInstalled(at: state(21)), inTamilNadu, 21, "s.10(1)(d)"),
    ] as [(Supply, Recipient, Int?, String)])
  func place(_ supply: Supply, _ recipient: Recipient, _ number: Int?, _ section: String) {
    let found = PlaceOfSupply(of: supply, to: recipient, supplier: state(29))
    #expect(found.location == number.map { .state(state($0)) } ?? .outsideIndia)
    #expect(found.citation == "IGST Act \(section)")
  }

  private func tax(
    _ supply: Supply, _ recipient: Recipient, supplier: Int = 29, on day: String = "2026-05-01",
    _ change: (inout SupplyTax.Circumstances) -> Void = { _ in }
  ) throws -> SupplyTax {
    var circumstances = SupplyTax.Circumstances()
    change(&circumstances)
    return try SupplyTax(
      of: supply, to: recipient, supplier: state(supplier), circumstances, states: ShippedData.data.get().states,
      on: date(day))
  }

  @Test func withinIndia() throws {
    let local = try tax(.immovableProperty(at: Self.at(29)), Self.inMaharashtra)
    #expect(local.treatment == .intraState && local.citations == ["IGST Act s.12(3)", "IGST Act s.8(2)"])
    let across = try tax(.service, Self.inMaharashtra)
    #expect(across.treatment == .interState && across.citations == ["IGST Act s.12(2)(a)", "IGST Act s.7(3)"])
    #expect(try tax(.goodsInstalled(at: state(29)), Self.inMaharashtra).citations.last == "IGST Act s.8(1)")
    #expect(try tax(.goods(deliveredTo: Self.at(24)), Self.inMaharashtra).citations.last == "IGST Act s.7(1)")
    let chandigarh = try tax(.service, .registered(state(4)), supplier: 4)
    #expect(chandigarh.treatment == .intraTerritory && chandigarh.citations.last == "UTGST Act s.7")
    // Delhi makes its own laws, and Jammu and Kashmir did when it was a State and does now.
    #expect(try tax(.service, .registered(state(7)), supplier: 7).treatment == .intraState)
    #expect(try tax(.service, .registered(state(1)), supplier: 1, on: "2019-01-01").treatment == .intraState)
    #expect(throws: FiscalError.notInForce(table: "states", key: "38", on: date("2019-01-01"))) {
      try tax(.service, .registered(state(38)), on: "2019-01-01")
    }
  }

  @Test func zonesAndExports() throws {
    let zone = try tax(.service, .registered(state(29))) { $0.isRecipientInZone = true }
    #expect(zone.treatment == .zeroRated(paysTax: false) && zone.place.location == Self.at(29))
    #expect(zone.citations == ["IGST Act s.12(2)(a)", "IGST Act s.7(5)(b)", "IGST Act s.16(1)(b)", "IGST Act s.16(3)"])
    // From a zone to the rest of the country: taxed as between States.
    let outOfZone = try tax(.service, .registered(state(29))) { $0.isSupplierInZone = true }
    #expect(outOfZone.treatment == .interState && outOfZone.citations.last == "IGST Act s.7(5)(b)")
    let goods = try tax(.goods(deliveredTo: .outsideIndia), .outsideIndia) { $0.paysTaxOnZeroRated = true }
    #expect(
      goods.treatment == .zeroRated(paysTax: true)
        && goods.citations.suffix(2) == ["IGST Act s.16(1)(a)", "IGST Act s.16(4)"])
    // How both ways were numbered before 1 October 2023.
    for (paysTax, section) in [(false, "s.16(3)(a)"), (true, "s.16(3)(b)")] {
      let earlier = try tax(.service, .registered(state(29)), on: "2023-09-30") {
        ($0.isRecipientInZone, $0.paysTaxOnZeroRated) = (true, paysTax)
      }
      #expect(earlier.citations.last == "IGST Act \(section)")
    }
    let service = try tax(.service, .outsideIndia) { $0.isPaidFromAbroad = true }
    #expect(service.treatment == .zeroRated(paysTax: false) && service.citations.contains("IGST Act s.2(6)"))
    // Without payment from abroad it is no export, and the tax is that between States.
    #expect(try tax(.service, .outsideIndia).treatment == .interState)
    // A building here, whoever pays from wherever.
    let building = try tax(.immovableProperty(at: Self.at(29)), .outsideIndia) { $0.isPaidFromAbroad = true }
    #expect(building.treatment == .intraState && building.citations == ["IGST Act s.13(4)", "IGST Act s.8(2)"])
    // An event abroad for somebody here is no export.
    let abroad = try tax(.admission(venue: .outsideIndia), Self.inMaharashtra) { $0.isPaidFromAbroad = true }
    #expect(abroad.treatment == .interState)
  }
}
