/// Which tax a supply bears, and why.
public struct SupplyTax: Hashable, Sendable {
  public let place: PlaceOfSupply
  public let treatment: GSTTreatment
  /// The rules that make it so, in the order of reasoning, that of the place first.
  public let citations: [String]

  /// What bears on the tax beside the place.
  public struct Circumstances: Hashable, Sendable {
    /// A unit or developer of a special economic zone.
    public var isSupplierInZone = false
    /// The same, and the supply is for its authorised operations.
    public var isRecipientInZone = false
    /// Payment for a service comes from abroad in convertible currency, or in rupees where the Reserve Bank permits.
    public var isPaidFromAbroad = false
    /// Whether tax on a zero-rated supply is paid and claimed back, rather than left unpaid under a bond or undertaking.
    public var paysTaxOnZeroRated = false

    public init() {}
  }

  /// Source: IGST Act ss. 2(6), 7, 8 and 16; UTGST Act s.7.
  /// - Parameter date: for what the State of the place is on that day.
  /// - Throws: as look-ups of States do.
  public init(
    of supply: PlaceOfSupply.Supply, to recipient: PlaceOfSupply.Recipient, supplier: StateCode,
    _ circumstances: Circumstances = Circumstances(), states: StateTable, on date: CivilDate
  ) throws(FiscalError) {
    place = PlaceOfSupply(of: supply, to: recipient, supplier: supplier)
    let zeroRated = GSTTreatment.zeroRated(paysTax: circumstances.paysTaxOnZeroRated)
    let sections: [String]
    switch place.location {
    case _ where circumstances.isRecipientInZone:
      (treatment, sections) = (zeroRated, ["s.7(5)(b)", "s.16(1)(b)"])
    case _ where circumstances.isSupplierInZone:
      (treatment, sections) = (.interState, ["s.7(5)(b)"])
    case .outsideIndia where supply.isGoods:
      (treatment, sections) = (zeroRated, ["s.7(5)(a)", "s.16(1)(a)"])
    case .outsideIndia where recipient == .outsideIndia && circumstances.isPaidFromAbroad:
      (treatment, sections) = (zeroRated, ["s.7(5)(a)", "s.2(6)", "s.16(1)(a)"])
    case .outsideIndia:
      // No export: somebody here receives it, or the payment does not come from abroad.
      (treatment, sections) = (.interState, ["s.7(5)(a)"])
    case .state(let code):
      treatment = GSTTreatment(supplier: supplier, place: try states.state(code, on: date).value)
      sections =
        treatment.isInterState ? [supply.isGoods ? "s.7(1)" : "s.7(3)"] : [supply.isGoods ? "s.8(1)" : "s.8(2)"]
    }
    citations =
      [place.citation] + sections.map { "IGST Act \($0)" } + (treatment == .intraTerritory ? ["UTGST Act s.7"] : [])
  }
}
