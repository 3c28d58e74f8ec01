/// Tax deducted at source under section 51 of the CGST Act, by public bodies.
public enum GSTDeduction {
  /// Facts of a contract; the test is made once for a contract, not for a bill.
  public struct Contract: Hashable, Sendable {
    /// Whether the payer is a government department, local authority, public sector undertaking or notified agency.
    public var payerDeducts: Bool
    /// Without tax.
    public var taxableValue: Paise
    public var supplier: StateCode
    public var place: StateCode
    /// Where the deductor is registered.
    public var deductor: StateCode

    public init(payerDeducts: Bool, taxableValue: Paise, supplier: StateCode, place: StateCode, deductor: StateCode) {
      self.payerDeducts = payerDeducts
      self.taxableValue = taxableValue
      self.supplier = supplier
      self.place = place
      self.deductor = deductor
    }
  }

  public enum Test: Hashable, Sendable {
    case applies
    case payerDoesNotDeduct
    /// Deduction begins above the threshold, not at it.
    case notAboveThreshold
    /// Supplier and place of supply are in one State, the deductor is registered in another: its tax would be of no use
    /// to the supplier.
    case deductorElsewhere
  }

  /// Source: CGST Act s.51(1) and its proviso (DOMAIN 7.1).
  /// - Parameter threshold: `gst-tds.threshold` on the day of the contract.
  public static func test(_ contract: Contract, threshold: Paise) -> Test {
    guard contract.payerDeducts else { return .payerDoesNotDeduct }
    guard contract.taxableValue > threshold else { return .notAboveThreshold }
    guard contract.supplier != contract.place || contract.deductor == contract.place else { return .deductorElsewhere }
    return .applies
  }
}
