/// Numbers of the documents of one kind in one fiscal year, such as `INV/26-27/0001`: the year is in the number, so they
/// are unique for ever.
public struct DocumentSeries: Hashable, Sendable {
  public let prefix: String
  public let year: FiscalYear
  /// Digits of the counter, 1...9; it may grow longer as long as there is room.
  public let digitCount: Int

  /// - Throws: `part(.number)` for another count of digits; as `DocumentNumber` when not even the first number fits.
  public init(prefix: String, year: FiscalYear, digitCount: Int = 4) throws(IdentifierFault) {
    guard (1...9).contains(digitCount) else { throw .part(.number) }
    (self.prefix, self.year, self.digitCount) = (prefix, year, digitCount)
    _ = try number(1)
  }

  /// The number of the `count`th document, from 1.
  /// - Throws: `part(.number)` below 1; `length` when there is no more room.
  public func number(_ count: Int) throws(IdentifierFault) -> DocumentNumber {
    guard count >= 1 else { throw .part(.number) }
    let digits = String(count)
    let zeros = String(repeating: "0", count: max(0, digitCount - digits.utf8.count))
    return try DocumentNumber("\(prefix)/\(year.description.dropFirst(2))/\(zeros)\(digits)")
  }
}
