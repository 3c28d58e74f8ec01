/// Which days banks of a State work: not on Sundays, not on the second and fourth Saturday of a month, not on holidays.
///
/// Answers only inside its coverage: a day whose holidays are not listed has no answer rather than a wrong one.
public struct BusinessCalendar: Sendable {
  /// Days whose holidays are known.
  public let coverage: DatePeriod
  private let holidays: Set<CivilDate>
  /// Days of the year that are holidays every year.
  private let yearly: Set<MonthDay>
  /// More than 27 years of business days; a bound for loops.
  public static let spanMax = 10_000

  public init(coverage: DatePeriod, holidays: Set<CivilDate>, yearly: Set<MonthDay> = []) {
    self.coverage = coverage
    self.holidays = holidays
    self.yearly = yearly
  }

  /// - Throws: `calendarNotCovered`.
  public func isBusinessDay(_ date: CivilDate) throws(FiscalError) -> Bool {
    guard coverage.contains(date) else { throw .calendarNotCovered(date) }
    return !Self.isWeekend(date) && !isHoliday(date)
  }

  /// Sundays, and the Saturdays on which banks are closed.
  public static func isWeekend(_ date: CivilDate) -> Bool {
    switch date.weekday {
    case .sunday: true
    case .saturday: (8...14).contains(date.day) || (22...28).contains(date.day)
    default: false
    }
  }

  private func isHoliday(_ date: CivilDate) -> Bool {
    if holidays.contains(date) { return true }
    if yearly.isEmpty { return false }
    let (_, month, day) = date.parts
    return yearly.contains(MonthDay(month: month, day: day))
  }

  /// The day itself when it is a business day, else the next one.
  /// - Throws: `calendarNotCovered`, `dateOutOfRange`.
  public func businessDay(onOrAfter date: CivilDate) throws(FiscalError) -> CivilDate {
    var day = date
    // Ends: coverage or the calendar does.
    while try !isBusinessDay(day) { day = try day.adding(days: 1) }
    return day
  }

  /// The `count`th business day after a day; for 0 the day itself or the next business day.
  /// - Throws: `calendarNotCovered`, `dateOutOfRange`; `invalidAmount` for a count outside 0...10,000.
  public func adding(businessDays count: Int, to date: CivilDate) throws(FiscalError) -> CivilDate {
    guard (0...Self.spanMax).contains(count) else { throw .invalidAmount }
    if count == 0 { return try businessDay(onOrAfter: date) }
    var day = date
    var left = count
    while left > 0 {
      day = try day.adding(days: 1)
      if try isBusinessDay(day) { left -= 1 }
    }
    return day
  }

  /// Business days in `[from, to)`; 0 when `to` is not later.
  /// - Throws: `calendarNotCovered`; `invalidAmount` for more than 10,000 days.
  public func businessDayCount(from: CivilDate, to: CivilDate) throws(FiscalError) -> Int {
    guard from.days(to: to) <= Self.spanMax else { throw .invalidAmount }
    var day = from
    var count = 0
    while day < to {
      if try isBusinessDay(day) { count += 1 }
      day = try day.adding(days: 1)
    }
    return count
  }
}

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
