internal import Expressions
package import Fiscal

extension AppliedRates {
  /// The rates of a form's taxes on the day on which its contract starts.
  ///
  /// Thresholds are looked at for this contract alone; sums over a year, past contracts among them, are a `TDSAccount`'s
  /// matter, and come to the kernel as explicit lines.
  /// - Parameter accepting: whether rows that are not confirmed may answer; each is named in `sources`.
  /// - Throws: why reference data has no answer.
  package init(
    of template: Template, for parameters: ParameterSet, from data: ReferenceData, accepting: Acceptance = .confirmed
  ) throws(FiscalError) {
    self.init()
    guard let tax = template.tax else { return }
    let date = parameters.start
    let supplier = try data.state(parameters.word(Parameter.supplierState), on: date, accepting)
    let place = try data.state(parameters.word(Parameter.placeState), on: date, accepting)
    treatment = GSTTreatment(supplier: supplier.code, place: place)
    let codeText = tax.code.text(parameters)
    guard let code = try? CommodityCode(codeText) else { throw .unknownKey(table: "gst-rates", key: codeText) }
    let rate = try data.gstRates.rate(
      of: code, qualifier: tax.codeQualifier?.text(parameters), on: date, accepting: accepting)
    gst = rate.value.basisPoints
    note("gst", gst, rate)
    if let section = tax.section?.text(parameters) {
      let rule = try data.tds.rule(section, on: date, accepting: accepting)
      withholding = try Self.withholding(rule.value, parameters, date, data, accepting)
      note("withholding \(rule.value.section)", withholding, rule)
    }
    // Few templates ask for more than rows of the day.
    let names = tax.deductsGST == nil && tax.hasBuildingCess == nil ? [:] : template.names(for: parameters)
    if tax.deductsGST?.bool(names) == true {
      let threshold = try data.quantity("gst-tds.threshold", in: .paise, on: date, accepting: accepting)
      let contract = GSTDeduction.Contract(
        payerDeducts: true, taxableValue: parameters.value, supplier: supplier.code, place: place.code,
        deductor: place.code)
      if GSTDeduction.test(contract, threshold: threshold.value) == .applies {
        let rate = try data.quantity("gst-tds.rate", in: .basisPoints, on: date, accepting: accepting)
        gstWithheld = BasisPoints(rate.value)
        note("gst-withheld", gstWithheld, rate)
      }
    }
    if tax.hasBuildingCess?.bool(names) == true {
      let rate = try data.quantity("building-cess.rate", in: .basisPoints, on: date, accepting: accepting)
      cess = BasisPoints(rate.value)
      note("building-cess", cess, rate)
    }
  }

  private mutating func note<Value>(_ what: String, _ rate: BasisPoints, _ answer: Answer<Value>) {
    sources.append(
      Source(what: what, rate: rate, citation: answer.citation, isConfirmed: answer.status == .confirmed))
  }

  /// Nothing below the thresholds of one contract; the rate of who gives no PAN where it is higher.
  private static func withholding(
    _ rule: TDSRule, _ parameters: ParameterSet, _ date: CivilDate, _ data: ReferenceData, _ accepting: Acceptance
  ) throws(FiscalError) -> BasisPoints {
    let payee = parameters.word(Parameter.payeeKind).flatMap(PayeeKind.init(rawValue:)) ?? .other
    let least = [rule.singleThreshold, rule.threshold(for: payee)].compactMap(\.self).min()
    if let least, parameters.value <= least { return 0 }
    let rate = rule.rate(for: payee)
    guard parameters.boolean(Parameter.payeeHasPAN) == false else { return rate }
    let missing = try data.missingPANRates.answer(rule.missingPANKey, on: date, accepting: accepting)
    return max(rate, BasisPoints(missing.value.amount))
  }
}

extension ReferenceData {
  fileprivate func state(
    _ word: String?, on date: CivilDate, _ accepting: Acceptance
  ) throws(FiscalError) -> IndianState {
    let iso = "IN-\(word ?? "")"
    // Codes changed, States did not: a form names them as they are called on the newest day that templates know.
    if let code = try? states.state(iso: iso, on: ParameterValue.dates.upperBound, accepting: .unconfirmed).value.code {
      return try states.state(code, on: date, accepting: accepting).value
    }
    return try states.state(iso: iso, on: date, accepting: accepting).value
  }
}

extension TaxRule.Choice {
  func text(_ parameters: ParameterSet) -> String {
    switch self {
    case .one(let code): code
    case .by(let parameter, let keys):
      keys[parameters.word(parameter) ?? parameters.boolean(parameter).map { $0 ? "true" : "false" } ?? ""] ?? ""
    }
  }
}
