/// The running account of a contract: what was certified, released, retained and recovered so far.
///
/// A value that bills are folded into; it computes what the kernel will book, before anything is sent.
public struct RunningAccount: Hashable, Sendable {
  public let terms: BillTerms
  /// Most that may ever be retained.
  public let retentionCap: Paise
  /// Certified with tax, cumulative; it may be lowered by a new measurement.
  public private(set) var certified: Paise = 0
  public private(set) var released: Paise = 0
  public private(set) var retained: Paise = 0
  public private(set) var advanceOutstanding: Paise
  /// Released before the bill that is being paid began.
  private var billBase: Paise = 0

  /// - Throws: `invalidAmount`.
  public init(terms: BillTerms, retentionCap: Paise = .max, advance: Paise = 0) throws(FiscalError) {
    guard terms.isValid, retentionCap >= 0, advance >= 0 else { throw .invalidAmount }
    self.terms = terms
    self.retentionCap = retentionCap
    advanceOutstanding = advance
  }

  /// What may be released; negative after a measurement below what was released, until work makes up for it.
  public var due: Paise { certified - released }

  /// Starts a bill by certifying a total to date.
  /// - Throws: `invalidAmount` outside 0...10^15.
  public mutating func certify(toDate total: Paise) throws(FiscalError) {
    guard (0...BillTerms.grossMax).contains(total) else { throw .invalidAmount }
    certified = total
    billBase = released
  }

  /// Pays a part of what is due.
  /// - Throws: `invalidAmount` for nothing, or for more than is due.
  public mutating func release(_ gross: Paise, recoveries: Paise = 0) throws(FiscalError) -> BillLines {
    guard gross > 0, gross <= due else { throw .invalidAmount }
    let lines = try BillLines(
      gross: gross, before: released - billBase, terms: terms,
      room: BillLines.Room(retention: retentionCap - retained, advance: advanceOutstanding), recoveries: recoveries)
    released += gross
    retained += lines.retention
    advanceOutstanding -= lines.advanceRecovery
    return lines
  }
}
