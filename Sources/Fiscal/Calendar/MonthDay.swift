/// A day of every year, such as 26 January.
public struct MonthDay: Hashable, Sendable {
  public let month: UInt8
  public let day: UInt8

  init(month: Int, day: Int) {
    self.month = UInt8(month)
    self.day = UInt8(day)
  }

  /// Nil when no year has such a day, or not every year (29 February).
  public init?(checking month: Int, _ day: Int) {
    guard CivilDate(year: 2001, month: month, day: day) != nil else { return nil }
    self.init(month: month, day: day)
  }
}
