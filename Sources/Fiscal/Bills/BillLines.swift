/// What is taken from a bill, in the order in which it is taken, and what is left. Source: DOMAIN 5.
public struct BillLines: Hashable, Sendable {
  public private(set) var gross: Paise = 0
  public private(set) var retention: Paise = 0
  public private(set) var advanceRecovery: Paise = 0
  /// Liquidated damages, material issued and other sums that the payer keeps.
  public private(set) var recoveries: Paise = 0
  public private(set) var incomeTax: Paise = 0
  public private(set) var gstDeduction: Paise = 0
  public private(set) var cess: Paise = 0
  public private(set) var fee: Paise = 0
  public private(set) var net: Paise = 0

  public init() {}

  /// How much the contract still allows of what has a limit.
  public struct Room: Hashable, Sendable {
    /// Retention cap less what was ever retained.
    public var retention: Paise
    /// Advance settled less what was recovered.
    public var advance: Paise

    public init(retention: Paise = .max, advance: Paise = 0) {
      self.retention = retention
      self.advance = advance
    }
  }

  /// The lines of a part of a bill.
  ///
  /// Each line is f(before + gross) - f(before), where f rounds once, so the parts of a bill add up to what the whole
  /// would have had. Each line is at most what earlier lines left of gross.
  /// - Parameters:
  ///   - gross: with tax, 0...10^15.
  ///   - before: gross of the same bill that was released earlier.
  ///   - recoveries: a sum, not a share; taken as far as gross is left.
  /// - Throws: `invalidAmount` for terms or sums out of range.
  public init(
    gross: Paise, before: Paise = 0, terms: BillTerms, room: Room, recoveries: Paise = 0
  ) throws(FiscalError) {
    guard terms.isValid, gross >= 0, before >= 0, gross <= BillTerms.grossMax - before, recoveries >= 0,
      room.retention >= 0, room.advance >= 0
    else { throw .invalidAmount }
    let from = try terms.taxable(in: before)
    let to = try terms.taxable(in: before + gross)
    var left = gross
    func take(_ rate: BasisPoints, atMost cap: Paise = .max) throws(FiscalError) -> Paise {
      let line =
        try Amount.share(of: to, basisPoints: rate, to: terms.unit)
        - Amount.share(of: from, basisPoints: rate, to: terms.unit)
      let taken = min(line, left, cap)
      left -= taken
      return taken
    }
    self.gross = gross
    retention = try take(terms.retention, atMost: room.retention)
    advanceRecovery = try take(terms.advanceRecovery, atMost: room.advance)
    self.recoveries = min(recoveries, left)
    left -= self.recoveries
    incomeTax = try take(terms.incomeTax)
    gstDeduction = try take(terms.gstDeduction)
    cess = try take(terms.cess)
    fee = try take(terms.fee)
    net = left
  }

  /// All that was taken.
  public var deductions: Paise { gross - net }
}
