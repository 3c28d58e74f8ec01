/// Who is paid, as far as tax deducted at source cares.
public enum PayeeKind: String, Sendable, CaseIterable {
  case individualOrFamily = "individual-or-huf"
  case other

  public init(_ pan: PAN) { self = pan.isIndividualOrFamily ? .individualOrFamily : .other }
}

/// A section about tax deducted at source, as it holds for some time.
public struct TDSRule: Hashable, Sendable {
  /// The Act in force; the other label is shown beside it.
  public let act: Act
  /// The label under the Act of 1961, such as `194C`.
  public let section1961: String
  /// The label under the Act of 2025, such as `393(1) Sl. 6(i)`.
  public let section2025: String
  public let what: String
  public let rateForIndividuals: BasisPoints
  public let rateForOthers: BasisPoints
  /// A single sum above this is taxed, whatever the total; nil: none.
  public let singleThreshold: Paise?
  /// Above this total of a period tax is due; nil: from the first paisa.
  public let threshold: Paise?
  public let thresholdPeriod: ThresholdPeriod
  /// Whether the threshold protects only individuals and families.
  public let thresholdIsForIndividuals: Bool
  public let base: Base
  /// Least rate when the payee has not given a PAN: the row of this name in the table of such rates.
  public let missingPANKey: String

  public enum Act: String, Sendable, CaseIterable {
    case of1961 = "1961"
    case of2025 = "2025"
  }

  public enum ThresholdPeriod: String, Sendable, CaseIterable {
    case year, month
  }

  /// What is taxed once the threshold is crossed.
  public enum Base: String, Sendable {
    /// Everything of the period, also what was paid before without tax.
    case whole
    /// Only what is above the threshold.
    case excess
  }

  /// The label under the Act in force.
  public var section: String { act == .of1961 ? section1961 : section2025 }

  public func rate(for payee: PayeeKind) -> BasisPoints {
    payee == .individualOrFamily ? rateForIndividuals : rateForOthers
  }

  public func threshold(for payee: PayeeKind) -> Paise? {
    thresholdIsForIndividuals && payee == .other ? nil : threshold
  }
}

/// Sections by key, such as `194C` or `194J-technical`; found by key or by either label.
public struct TDSTable: Sendable {
  private(set) var rules = DatedTable<TDSRule>(name: "tds-rates")
  /// Keys that a label names.
  private var keysByLabel: [String: Set<String>] = [:]

  public init() {}

  mutating func insert(_ series: DatedSeries<TDSRule>) {
    rules.insert(series)
    for row in series.rows {
      for label in [row.value.section1961, row.value.section2025] { keysByLabel[label, default: []].insert(series.key) }
    }
  }

  public var keys: [String] { rules.keys }

  /// - Throws: `unknownKey`; `qualifierNeeded` when a label stands for several keys; `notInForce`, `unconfirmed`.
  public func rule(
    _ section: String, on date: CivilDate, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<TDSRule> {
    try keyedRule(section, on: date, accepting: accepting).answer
  }

  /// The rule and its key in the table.
  func keyedRule(
    _ section: String, on date: CivilDate, accepting: Acceptance
  ) throws(FiscalError) -> (key: String, answer: Answer<TDSRule>) {
    var key = section
    if rules.series[section] == nil {
      let keys = keysByLabel[section, default: []].sorted()
      guard keys.count <= 1 else { throw .qualifierNeeded(table: rules.name, key: section, known: keys) }
      key = keys.first ?? section
    }
    return (key, try rules.answer(key, on: date, accepting: accepting))
  }
}
