package import Kernel

/// What a release takes from a bill, line by line, as DOMAIN 5 words it.
///
/// Written from the reference and not from the kernel's code: the generator's prediction would prove
/// little if both shared one function.
package struct Deductions: Equatable, Sendable {
  package var retention: Int64 = 0
  package var recovery: Int64 = 0
  package var tax: Int64 = 0
  package var other: Int64 = 0
  package var fee: Int64 = 0
  package var net: Int64 = 0

  /// No lines at all.
  static let none = Deductions()
  private init() {}

  /// Lines of a part of a bill.
  ///
  /// - Parameters:
  ///   - terms: basis points and rounding of the contract.
  ///   - before: gross of this bill that was released already.
  ///   - gross: gross of this part, above 0.
  ///   - retentionRoom: what the cap still allows to be retained; 0 for a decision.
  ///   - advance: the advance outstanding.
  package init(terms: ContractTerms, before: Int64, gross: Int64, retentionRoom: Int64, advance: Int64) {
    let old = before == 0 ? 0 : Self.taxable(before, terms)
    let new = Self.taxable(before + gross, terms)
    var left = gross
    func take(_ bp: UInt16, atMost cap: Int64) -> Int64 {
      guard bp != 0 else { return 0 }
      let line = Self.share(new, bp, terms) - (old == 0 ? 0 : Self.share(old, bp, terms))
      let taken = min(line, cap, left)
      left -= taken
      return taken
    }
    retention = take(terms.retentionBP, atMost: retentionRoom)
    recovery = take(terms.advanceRecoveryBP, atMost: advance)
    tax = take(terms.tdsBP, atMost: .max)
    tax += take(terms.gstTDSBP, atMost: .max)
    other = take(terms.cessBP, atMost: .max)
    fee = take(terms.feeBP, atMost: .max)
    net = left
  }

  /// The value before GST of a gross sum, rounded half up to paise or whole rupees.
  static func taxable(_ gross: Int64, _ terms: ContractTerms) -> Int64 {
    let divisor = 10_000 + Int64(terms.gstBP)
    guard terms.flags.contains(.wholeUnits) || divisor != 10_000 else { return gross }
    return halfUp(gross * 10_000, divisor, terms)
  }

  /// `bp` of a taxable value, rounded alike.
  static func share(_ taxable: Int64, _ bp: UInt16, _ terms: ContractTerms) -> Int64 {
    halfUp(taxable * Int64(bp), 10_000, terms)
  }

  // Sums stay below 2^31 and factors below 2^15: products cannot overflow.
  private static func halfUp(_ numerator: Int64, _ divisor: Int64, _ terms: ContractTerms) -> Int64 {
    if terms.flags.contains(.wholeUnits) {
      return (numerator + divisor * 50) / (divisor * 100) * 100
    }
    return (numerator + divisor / 2) / divisor
  }
}
