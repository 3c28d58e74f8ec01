internal import Expressions
internal import Fiscal

/// Rates of one template's forms: each row of reference data is looked up once, and rates that come of the same rows are made once.
struct RateBook: Sendable {
  private let tax: TaxProgram
  private let expressions: ExpressionTable
  private let data: ReferenceData
  private let accepting: Acceptance
  private var states = DatedRows<IndianState>()
  private var gst = DatedRows<GSTRate>()
  private var sections = DatedRows<TDSRule>()
  private var missingPAN = DatedRows<Quantity>()
  private var numbers = DatedRows<Int64>()
  /// Rates that were made, and beside each which rows they come of: those alone are looked through.
  private var known: [AppliedRates] = []
  private var knownRows: [RateRows] = []

  init(_ tax: TaxProgram, _ expressions: ExpressionTable, _ data: ReferenceData, _ accepting: Acceptance) {
    (self.tax, self.expressions, self.data, self.accepting) = (tax, expressions, data, accepting)
  }

  /// - Parameter row: what expressions see of the form.
  /// - Throws: why reference data has no answer.
  mutating func rates(of form: ParameterSet, _ row: [Int64?]) throws(FiscalError) -> AppliedRates {
    makeRoom()
    let date = form.start
    var rows = RateRows()
    let supplier = try stateIndex(form, at: tax.supplierPlace, date)
    let place = try stateIndex(form, at: tax.placePlace, date)
    let supply = try supplyOutside(form, row, states[supplier].value.code, states[place].value.code, date)
    rows.treatment =
      supply?.treatment ?? GSTTreatment(supplier: states[supplier].value.code, place: states[place].value)
    rows.gst = try gstIndex(form, date)
    if tax.withholds.flatMap({ expressions.isTrue($0, row) }) ?? true { try setWithholding(&rows, form, date) }
    if let deducts = tax.deductsGST, expressions.isTrue(deducts, row) == true {
      rows.deduction = try deductionIndex(form, states[supplier].value, states[place].value, date)
    }
    if let hasCess = tax.hasBuildingCess, expressions.isTrue(hasCess, row) == true {
      rows.cess = try numberIndex(.buildingCess, date)
    }
    var rates = knownRates(of: rows)
    if let supply { rates.note(supply) }
    return rates
  }

  private mutating func knownRates(of rows: RateRows) -> AppliedRates {
    if let index = knownRows.firstIndex(of: rows) { return known[index] }
    let rates = rates(of: rows)
    known.append(rates)
    knownRows.append(rows)
    return rates
  }

  /// Which tax a supply to a zone or abroad bears; nil for others, whose place the form says.
  private func supplyOutside(
    _ form: ParameterSet, _ row: [Int64?], _ supplier: StateCode, _ place: StateCode, _ date: CivilDate
  ) throws(FiscalError) -> SupplyTax? {
    guard let facts = tax.zeroRating.facts(expressions, row) else { return nil }
    return try SupplyTax(
      of: tax.supply.supply(at: place, isAbroad: facts.isAbroad),
      to: facts.isAbroad ? .outsideIndia : .registered(place), supplier: supplier, facts.circumstances,
      states: data.states, on: date, accepting: accepting)
  }

  private static let knownCountMax = 1_000

  /// So that forms without end do not fill the memory. Indices end with what they point to.
  private mutating func makeRoom() {
    guard
      known.count >= Self.knownCountMax || states.isFull || gst.isFull || sections.isFull || missingPAN.isFull
        || numbers.isFull
    else { return }
    self = RateBook(tax, expressions, data, accepting)
  }

  private mutating func stateIndex(_ form: ParameterSet, at place: Int, _ date: CivilDate) throws(FiscalError) -> Int {
    let word = form.row[place]
    if let index = states.index(of: word, on: date) { return index }
    return states.append(try data.state(form.layout.words[Int(word)], on: date, accepting), for: word)
  }

  private mutating func gstIndex(_ form: ParameterSet, _ date: CivilDate) throws(FiscalError) -> Int {
    let key = Int64(tax.code.index(form)) << 16 | Int64(tax.codeQualifier?.index(form) ?? 0)
    if let index = gst.index(of: key, on: date) { return index }
    let text = tax.code.key(form) ?? ""
    guard let code = try? CommodityCode(text) else { throw .unknownKey(table: "gst-rates", key: text) }
    let qualifier = tax.codeQualifier?.key(form)
    return gst.append(
      try data.gstRates.rate(of: code, qualifier: qualifier, on: date, accepting: accepting), for: key)
  }

  /// Nothing below the thresholds of one contract; the rate of who gives no PAN where it is higher.
  private mutating func setWithholding(
    _ rows: inout RateRows, _ form: ParameterSet, _ date: CivilDate
  ) throws(FiscalError) {
    guard let choice = tax.section, let section = choice.key(form) else { return }
    let key = Int64(choice.index(form))
    let index = try sectionIndex(section, key, date)
    rows.section = index
    let rule = sections[index].value
    let payee = tax.payeeKind(form)
    // The lower one of those there are.
    let least = min(rule.singleThreshold ?? .max, rule.threshold(for: payee) ?? .max)
    if least != .max, form.value <= least { return }
    rows.withholding = rule.rate(for: payee)
    if rule.base == .excess, least != .max { rows.withholdingFrom = least }
    guard let place = tax.payeeHasPANPlace, form.row[place] == 0 else { return }
    let missing = try missingIndex(rule, key, date)
    rows.withholding = max(rows.withholding, BasisPoints(missingPAN[missing].value.amount))
  }

  private mutating func sectionIndex(
    _ section: String, _ key: Int64, _ date: CivilDate
  ) throws(FiscalError) -> Int {
    if let index = sections.index(of: key, on: date) { return index }
    return sections.append(try data.tds.rule(section, on: date, accepting: accepting), for: key)
  }

  private mutating func missingIndex(_ rule: TDSRule, _ key: Int64, _ date: CivilDate) throws(FiscalError) -> Int {
    if let index = missingPAN.index(of: key, on: date) { return index }
    return missingPAN.append(
      try data.missingPANRates.answer(rule.missingPANKey, on: date, accepting: accepting), for: key)
  }

  /// Nil where the law deducts nothing.
  private mutating func deductionIndex(
    _ form: ParameterSet, _ supplier: IndianState, _ place: IndianState, _ date: CivilDate
  ) throws(FiscalError) -> Int? {
    let index = try numberIndex(.deductionThreshold, date)
    let threshold = numbers[index].value
    let contract = GSTDeduction.Contract(
      payerDeducts: true, taxableValue: form.value, supplier: supplier.code, place: place.code, deductor: place.code)
    guard GSTDeduction.test(contract, threshold: threshold) == .applies else { return nil }
    return try numberIndex(.deductionRate, date)
  }

  private enum Number: Int64 { case deductionThreshold, deductionRate, buildingCess }

  private mutating func numberIndex(_ number: Number, _ date: CivilDate) throws(FiscalError) -> Int {
    if let index = numbers.index(of: number.rawValue, on: date) { return index }
    let (name, unit): (String, Quantity.Unit) =
      switch number {
      case .deductionThreshold: ("gst-tds.threshold", .paise)
      case .deductionRate: ("gst-tds.rate", .basisPoints)
      case .buildingCess: ("building-cess.rate", .basisPoints)
      }
    return numbers.append(
      try data.quantity(name, in: unit, on: date, accepting: accepting), for: number.rawValue)
  }

  private func rates(of rows: RateRows) -> AppliedRates {
    var rates = AppliedRates()
    rates.treatment = rows.treatment
    let gst = self.gst[rows.gst]
    rates.gst = gst.value.basisPoints
    rates.note("gst", rates.gst, gst)
    if let section = rows.section.map({ sections[$0] }) {
      (rates.withholding, rates.withholdingFrom) = (rows.withholding, rows.withholdingFrom)
      rates.note("withholding \(section.value.section)", rows.withholding, section)
    }
    if let deduction = rows.deduction.map({ numbers[$0] }) {
      rates.gstWithheld = BasisPoints(deduction.value)
      rates.note("gst-withheld", rates.gstWithheld, deduction)
    }
    if let cess = rows.cess.map({ numbers[$0] }) {
      rates.cess = BasisPoints(cess.value)
      rates.note("building-cess", rates.cess, cess)
    }
    return rates
  }
}

/// Which rows rates come of, by their indices in a book; nil for none.
private struct RateRows: Equatable {
  var gst = 0
  var treatment = GSTTreatment.interState
  var section: Int?
  var withholding: BasisPoints = 0
  var withholdingFrom: Paise?
  var deduction: Int?
  var cess: Int?
}

extension AppliedRates {
  fileprivate mutating func note(_ supply: SupplyTax) {
    self.supply = supply
    guard case .zeroRated(let paysTax) = supply.treatment else { return }
    // Under a bond or undertaking nothing is charged, whatever the rate.
    if !paysTax { gst = 0 }
    sources.append(
      Source(what: "zero-rated", rate: gst, citation: supply.citations.joined(separator: ", "), isConfirmed: true))
  }

  fileprivate mutating func note<Value>(_ what: String, _ rate: BasisPoints, _ answer: Answer<Value>) {
    sources.append(
      Source(what: what, rate: rate, citation: answer.citation, isConfirmed: answer.status == .confirmed))
  }
}

extension ReferenceData {
  fileprivate func state(
    _ word: String, on date: CivilDate, _ accepting: Acceptance
  ) throws(FiscalError) -> Answer<IndianState> {
    let iso = "IN-\(word)"
    // Codes changed, States did not: a form names them as they are called on the newest day that templates know.
    if let code = try? states.state(iso: iso, on: ParameterValue.dates.upperBound, accepting: .unconfirmed).value.code {
      return try states.state(code, on: date, accepting: accepting)
    }
    return try states.state(iso: iso, on: date, accepting: accepting)
  }
}
