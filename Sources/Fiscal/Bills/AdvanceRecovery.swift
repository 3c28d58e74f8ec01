/// Recovery of an advance between two points of progress, for example from 10 % to 80 % of the work.
///
/// The kernel recovers in proportion to each bill; this schedule goes to it as explicit lines. Source: DOMAIN 5 (2).
public struct AdvanceRecovery: Hashable, Sendable {
  public let advance: Paise
  /// Value of the contract, 1...10^15.
  public let value: Paise
  /// Basis points of the value at which recovery begins and at which all is recovered, begin < end <= 10,000.
  public let begin: BasisPoints
  public let end: BasisPoints

  /// - Throws: `invalidAmount` outside those ranges.
  public init(advance: Paise, value: Paise, begin: BasisPoints, end: BasisPoints) throws(FiscalError) {
    guard advance >= 0, value > 0, value <= BillTerms.grossMax, advance <= value, begin >= 0, begin < end, end <= 10_000
    else { throw .invalidAmount }
    (self.advance, self.value, self.begin, self.end) = (advance, value, begin, end)
  }

  /// What must have been recovered when work of this value is certified, half up; bills take differences of it.
  /// - Throws: `invalidAmount` for a negative sum.
  public func recovered(atProgress certified: Paise) throws(FiscalError) -> Paise {
    guard certified >= 0 else { throw .invalidAmount }
    let done = Int128(certified) * 10_000 - Int128(value) * Int128(begin)
    let span = Int128(value) * Int128(end - begin)
    if done <= 0 { return 0 }
    if done >= span { return advance }
    // At most 10^15 x 10^4 x 10^15, below 2^117; the quotient is at most the advance.
    return Int64((done * Int128(advance) + span / 2) / span)
  }
}
