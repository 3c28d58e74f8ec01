/// The foot of an invoice: values and taxes of the lines, and what brings the total to whole rupees.
public struct InvoiceTotals: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public let value: Paise
    public let tax: GSTAmounts

    public init(value: Paise, tax: GSTAmounts) {
      self.value = value
      self.tax = tax
    }
  }

  public let value: Paise
  public let tax: GSTAmounts
  /// -49...50 paise: what is added to the sum of value and tax.
  public let roundOff: Paise
  /// Whole rupees.
  public let total: Paise

  /// - Throws: `overflow`.
  public init(_ lines: [Line]) throws(FiscalError) {
    var value: Paise = 0
    var tax = GSTAmounts()
    for line in lines {
      value = try Amount.add(value, line.value)
      tax = try tax.adding(line.tax)
    }
    let exact = try Amount.add(value, tax.total)
    total = try Amount.wholeRupees(exact)
    roundOff = try Amount.subtract(total, exact)
    self.value = value
    self.tax = tax
  }
}
