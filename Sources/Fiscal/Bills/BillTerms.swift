/// What a contract takes from each bill. Basis points of the taxable value, 0...10,000 each.
public struct BillTerms: Hashable, Sendable {
  public var gst: BasisPoints = 0
  public var retention: BasisPoints = 0
  public var advanceRecovery: BasisPoints = 0
  public var incomeTax: BasisPoints = 0
  public var gstDeduction: BasisPoints = 0
  public var cess: BasisPoints = 0
  public var fee: BasisPoints = 0
  /// Each line, and the taxable value, is rounded half up to it.
  public var unit: RoundingUnit = .paisa

  public init() {}

  /// Largest gross sum, so that products stay far below what 64 bits hold: as in the kernel.
  public static let grossMax: Paise = 1_000_000_000_000_000

  /// The tax of the supply as the bill has it: none where the recipient pays it to the government itself.
  public mutating func setTax(_ rate: BasisPoints, reverseCharge rule: Answer<ReverseChargeRule>?) {
    gst = rule == nil ? rate : 0
  }

  var isValid: Bool {
    let parts = [retention, advanceRecovery, incomeTax, gstDeduction, cess, fee]
    return (0...10_000).contains(gst) && parts.allSatisfy((0...10_000).contains) && parts.reduce(0, +) <= 10_000
  }

  /// The taxable value inside a gross sum: `gross * 10000 / (10000 + gst)`.
  /// - Throws: `invalidAmount` for a negative rate; `overflow`.
  public func taxable(in gross: Paise) throws(FiscalError) -> Paise {
    guard gst >= 0 else { throw .invalidAmount }
    return try Amount.share(of: gross, 10_000, over: 10_000 + Int64(gst), to: unit)
  }

  /// A taxable value with its tax. Not always the inverse of `taxable(in:)`: with whole rupees some sums are no total
  /// of any bill.
  /// - Throws: `invalidAmount`, `overflow`.
  public func gross(of taxable: Paise) throws(FiscalError) -> Paise {
    try Amount.add(taxable, Amount.share(of: taxable, basisPoints: gst, to: unit))
  }
}
