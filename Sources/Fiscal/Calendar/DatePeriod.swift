/// A half-open stretch of days `[from, to)`, never empty; without `to` it has no end.
public struct DatePeriod: Hashable, Sendable, CustomStringConvertible {
  public let from: CivilDate
  /// The first day that is no longer in it; nil for an open end.
  public let to: CivilDate?

  /// Nil when it would be empty.
  public init?(from: CivilDate, to: CivilDate? = nil) {
    if let to, to <= from { return nil }
    self.from = from
    self.to = to
  }

  public func contains(_ date: CivilDate) -> Bool {
    guard date >= from else { return false }
    guard let to else { return true }
    return date < to
  }

  /// The days in both; nil when there are none.
  public func common(_ other: DatePeriod) -> DatePeriod? {
    DatePeriod(from: max(from, other.from), to: [to, other.to].compactMap(\.self).min())
  }

  /// The same days in order, in as few periods as can be.
  static func joined(_ periods: [DatePeriod]) -> [DatePeriod] {
    var joined: [DatePeriod] = []
    for period in periods.sorted(by: { $0.from < $1.from }) {
      guard let last = joined.last, last.to.map({ $0 >= period.from }) ?? true else {
        joined.append(period)
        continue
      }
      let end = last.to.flatMap { end in period.to.map { max(end, $0) } }
      joined[joined.count - 1] = DatePeriod(from: last.from, to: end) ?? last
    }
    return joined
  }

  /// `[2025-09-22, )`.
  public var description: String { "[\(from), \(to.map(\.description) ?? ""))" }
}
