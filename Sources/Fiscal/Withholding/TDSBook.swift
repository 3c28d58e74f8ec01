/// The accounts of many payers, payees and sections, with rates from reference data.
public struct TDSBook: Sendable {
  public private(set) var accounts: [TDSAccount.Key: TDSAccount] = [:]

  public init() {}

  /// A deduction, and by which rule.
  public struct Entry: Sendable, Equatable {
    public let key: TDSAccount.Key
    public let deduction: TDSAccount.Deduction
    public let rule: Answer<TDSRule>
    /// The rule about a missing PAN, when it was used.
    public let missingPAN: Answer<Quantity>?
  }

  /// Books a sum and says what to deduct.
  /// - Parameter section: a key of `ReferenceData.tds`, or a label of either Act.
  /// - Throws: as look-ups do and as `TDSAccount.deduct`; the book is then as it was.
  public mutating func deduct(
    from sum: Paise, payer: TAN, payee: TDSAccount.Payee, section: String, on date: CivilDate,
    using data: ReferenceData, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Entry {
    try book(payer, payee, section, date, data, accepting) { account, rule, rate throws(FiscalError) in
      try account.deduct(from: sum, on: date, rule: rule, payee: payee.kind, rate: rate)
    }
  }

  /// Puts a sum right that was booked on `date`, or takes it back; also in an account of an earlier year.
  /// - Parameter corrected: what it should have been; 0 takes it back.
  /// - Throws: as look-ups do and as `TDSAccount.correct`; the book is then as it was.
  public mutating func correct(
    _ sum: Paise, to corrected: Paise, payer: TAN, payee: TDSAccount.Payee, section: String, on date: CivilDate,
    using data: ReferenceData, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Entry {
    try book(payer, payee, section, date, data, accepting) { account, rule, rate throws(FiscalError) in
      try account.correct(sum, to: corrected, on: date, rule: rule, payee: payee.kind, rate: rate)
    }
  }

  private mutating func book(
    _ payer: TAN, _ payee: TDSAccount.Payee, _ section: String, _ date: CivilDate, _ data: ReferenceData,
    _ accepting: Acceptance,
    _ change: (inout TDSAccount, TDSRule, BasisPoints) throws(FiscalError) -> TDSAccount.Deduction
  ) throws(FiscalError) -> Entry {
    let found = try data.tds.keyedRule(section, on: date, accepting: accepting)
    let rule = found.answer.value
    var rate = rule.rate(for: payee.kind)
    var missing: Answer<Quantity>?
    if case .withoutPAN = payee {
      let least = try data.missingPANRates.answer(rule.missingPANKey, on: date, accepting: accepting)
      rate = TDSAccount.rate(rate, missingPAN: Int(least.value.amount))
      missing = least
    }
    let key = TDSAccount.Key(
      payer: payer, payee: payee, section: found.key, year: try FiscalYear(containing: date))
    var account = accounts[key] ?? TDSAccount()
    let deduction = try change(&account, rule, rate)
    accounts[key] = account
    return Entry(key: key, deduction: deduction, rule: found.answer, missingPAN: missing)
  }
}
