/// The tax on a sum, by kind of tax.
public struct GSTAmounts: Hashable, Sendable {
  public private(set) var central: Paise = 0
  public private(set) var state: Paise = 0
  public private(set) var unionTerritory: Paise = 0
  public private(set) var integrated: Paise = 0

  public init() {}

  /// The tax on the taxable value of one line.
  ///
  /// Rounded half up. Central tax and tax of the State are each computed at half the rate, so they are equal.
  /// - Throws: `overflow`; `invalidAmount` for a negative rate.
  public init(
    on value: Paise, rate: BasisPoints, _ treatment: GSTTreatment, to unit: RoundingUnit = .paisa
  ) throws(FiscalError) {
    switch treatment {
    case .intraState, .intraTerritory:
      let half = try Amount.share(of: value, Int64(rate), over: 20_000, to: unit)
      central = half
      if treatment == .intraState { state = half } else { unionTerritory = half }
    case .interState, .zeroRated(paysTax: true):
      integrated = try Amount.share(of: value, basisPoints: rate, to: unit)
    case .zeroRated(paysTax: false):
      guard rate >= 0 else { throw .invalidAmount }
    }
    // The halves of a sum near the limit may not add up.
    _ = try checkedTotal()
  }

  /// All taxes together. Never overflows: checked when the amounts were made.
  public var total: Paise { central + state + unionTerritory + integrated }

  private func checkedTotal() throws(FiscalError) -> Paise {
    try Amount.sum([central, state, unionTerritory, integrated])
  }

  /// - Throws: `overflow`.
  public func adding(_ other: GSTAmounts) throws(FiscalError) -> GSTAmounts {
    var sum = GSTAmounts()
    sum.central = try Amount.add(central, other.central)
    sum.state = try Amount.add(state, other.state)
    sum.unionTerritory = try Amount.add(unionTerritory, other.unionTerritory)
    sum.integrated = try Amount.add(integrated, other.integrated)
    _ = try sum.checkedTotal()
    return sum
  }
}
