/// How a supply is taxed.
public struct GSTRate: Hashable, Sendable {
  /// 0 when exempt. Special rates fit: 0.25 % is 25.
  public let basisPoints: BasisPoints
  public let isExempt: Bool
  /// Whether the supplier may set off tax paid on what went into the supply.
  public let allowsInputCredit: Bool
  /// What has to be true for the row to apply, for people; empty when nothing.
  public let condition: String
}

/// Rates by code of goods or services: the longest prefix wins.
///
/// A prefix may have rows with a qualifier (`affordable-housing`, `bricks`) beside or instead of the plain one.
public struct GSTRateTable: Sendable {
  struct Key: Hashable {
    var prefix: CommodityCode
    var qualifier: String?
  }

  private(set) var series: [Key: DatedSeries<GSTRate>] = [:]
  /// Qualifiers of a prefix, sorted.
  private(set) var qualifiers: [CommodityCode: [String]] = [:]
  static let name = "gst-rates"

  public init() {}

  mutating func insert(_ series: DatedSeries<GSTRate>, prefix: CommodityCode, qualifier: String?) {
    self.series[Key(prefix: prefix, qualifier: qualifier)] = series
    if let qualifier { qualifiers[prefix, default: []] = (qualifiers[prefix, default: []] + [qualifier]).sorted() }
  }

  public var count: Int { series.count }

  /// The rate of a code on a day.
  ///
  /// With a qualifier the longest prefix that knows it answers, without one the longest prefix of any kind.
  /// - Throws: `qualifierNeeded` when that prefix has only qualified rows, or no prefix knows the qualifier;
  ///   `unknownKey`, `notInForce`, `unconfirmed`.
  public func rate(
    of code: CommodityCode, qualifier: String? = nil, on date: CivilDate, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<GSTRate> {
    var prefix: CommodityCode? = code
    var known: [String] = []
    // At most eight steps: a code has at most eight digits.
    while let current = prefix {
      if let found = series[Key(prefix: current, qualifier: qualifier)] {
        return try found.answer(on: date, accepting: accepting)
      }
      known += qualifiers[current, default: []]
      if qualifier == nil, !known.isEmpty { break }
      prefix = current.shorter
    }
    if known.isEmpty { throw .unknownKey(table: Self.name, key: code.text) }
    throw .qualifierNeeded(table: Self.name, key: code.text, known: known)
  }
}
