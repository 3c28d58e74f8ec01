package import Fiscal

extension AppliedRates {
  /// The rates of a form's taxes on the day on which its contract starts.
  ///
  /// Thresholds are looked at for this contract alone; sums over a year, past contracts among them, are a `TDSAccount`'s
  /// matter, and come to the kernel as explicit lines. For many forms of one template there is `Scheduler`.
  /// - Parameter accepting: whether rows that are not confirmed may answer; each is named in `sources`.
  /// - Precondition: the form is one of the template.
  /// - Throws: why reference data has no answer.
  package init(
    of template: Template, for parameters: ParameterSet, from data: ReferenceData, accepting: Acceptance = .confirmed
  ) throws(FiscalError) {
    self.init()
    guard let tax = template.program.tax else { return }
    var book = RateBook(tax, template.program.expressions, data, accepting)
    self = try book.rates(of: parameters, template.program.names(of: parameters))
  }

  /// What the law withholds of a sum that follows others, where only what exceeds a threshold is taxed.
  /// - Parameters:
  ///   - taxable: paise without tax.
  ///   - toDate: those before it, without tax.
  func withheld(
    onExcessOver threshold: Paise, of taxable: Paise, after toDate: Paise, to unit: RoundingUnit
  ) throws(FiscalError) -> Paise {
    func tax(_ sum: Paise) throws(FiscalError) -> Paise {
      sum <= threshold ? 0 : try Amount.share(of: sum - threshold, basisPoints: withholding, to: unit)
    }
    // Parts add up to the tax on the whole.
    return try tax(toDate + taxable) - tax(toDate)
  }
}
