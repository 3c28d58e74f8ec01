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

  /// `[2025-09-22, )`.
  public var description: String { "[\(from), \(to.map(\.description) ?? ""))" }
}
