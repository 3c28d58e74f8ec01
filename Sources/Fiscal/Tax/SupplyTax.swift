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
  /// - Parameters:
  ///   - date: for what the State of the place is, and how the law is numbered, on that day.
  ///   - accepting: whether rows of States that are not confirmed may answer.
  /// - Throws: as look-ups of States do.
  public init(
    of supply: PlaceOfSupply.Supply, to recipient: PlaceOfSupply.Recipient, supplier: StateCode,
    _ circumstances: Circumstances = Circumstances(), states: StateTable, on date: CivilDate,
    accepting: Acceptance = .confirmed
  ) throws(FiscalError) {
    place = PlaceOfSupply(of: supply, to: recipient, supplier: supplier)
    let zeroRated = GSTTreatment.zeroRated(paysTax: circumstances.paysTaxOnZeroRated)
    let refund = Self.refundSection(circumstances.paysTaxOnZeroRated, on: date)
    let sections: [String]
    switch place.location {
    case _ where circumstances.isRecipientInZone:
      (treatment, sections) = (zeroRated, ["s.7(5)(b)", "s.16(1)(b)", refund])
    case _ where circumstances.isSupplierInZone:
      (treatment, sections) = (.interState, ["s.7(5)(b)"])
    case .outsideIndia where supply.isGoods:
      (treatment, sections) = (zeroRated, ["s.7(5)(a)", "s.16(1)(a)", refund])
    case .outsideIndia where recipient == .outsideIndia && circumstances.isPaidFromAbroad:
      (treatment, sections) = (zeroRated, ["s.7(5)(a)", "s.2(6)", "s.16(1)(a)", refund])
    case .outsideIndia:
      // No export: somebody here receives it, or the payment does not come from abroad.
      (treatment, sections) = (.interState, ["s.7(5)(a)"])
    case .state(let code):
      treatment = GSTTreatment(supplier: supplier, place: try states.state(code, on: date, accepting: accepting).value)
      sections =
        treatment.isInterState ? [supply.isGoods ? "s.7(1)" : "s.7(3)"] : [supply.isGoods ? "s.8(1)" : "s.8(2)"]
    }
    citations =
      [place.citation] + sections.map { "IGST Act \($0)" } + (treatment == .intraTerritory ? ["UTGST Act s.7"] : [])
  }

  /// Whether tax is left unpaid under a bond or undertaking, and what input tax there was is claimed, or is paid and claimed back. Since
  /// 1 October 2023 as section 123 of the Finance Act, 2021 has it.
  private static func refundSection(_ paysTax: Bool, on date: CivilDate) -> String {
    if let change = CivilDate(year: 2023, month: 10, day: 1), date < change {
      return paysTax ? "s.16(3)(b)" : "s.16(3)(a)"
    }
    return paysTax ? "s.16(4)" : "s.16(3)"
  }
}
