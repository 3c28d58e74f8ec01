/// Which days banks of a State work: not on Sundays, not on the second and fourth Saturday of a month, not on holidays.
///
/// Answers only inside its coverage: a day whose holidays are not listed has no answer rather than a wrong one, and the
/// error names the days that are known.
public struct BusinessCalendar: Sendable {
  /// `IN` or the ISO 3166-2 code of the State.
  public let place: String
  /// Days whose holidays are known, in order; periods that touch are one.
  public let coverage: [DatePeriod]
  private var once: [CivilDate: HolidayList.Holiday] = [:]
  private var yearly: [MonthDay: HolidayList.Holiday] = [:]
  /// Day numbers of `once`, sorted, and months and days of `yearly`, one bit for each day of a month: for who only counts.
  private var onceDays: [Int32] = []
  private var yearlyDays = InlineArray<13, UInt32>(repeating: 0)
  /// More than 27 years of business days; a bound for loops.
  public static let spanMax = 10_000

  /// Of two holidays on one day the first is told.
  public init(place: String, coverage: [DatePeriod], holidays: [HolidayList.Holiday]) {
    self.place = place
    self.coverage = DatePeriod.joined(coverage)
    for holiday in holidays {
      switch holiday.day {
      case .once(let date): once[date] = once[date] ?? holiday
      case .everyYear(let day): yearly[day] = yearly[day] ?? holiday
      }
    }
    onceDays = once.keys.map(\.dayNumber).sorted()
    for day in yearly.keys { yearlyDays[Int(day.month)] |= 1 << UInt32(day.day) }
  }

  /// Why banks are closed on a day; nil when they work. A holiday on a Sunday is told as the holiday.
  /// - Throws: `calendarNotCovered`.
  public func closure(on date: CivilDate) throws(FiscalError) -> BankClosure? {
    guard coverage.contains(where: { $0.contains(date) }) else {
      throw .calendarNotCovered(place: place, on: date, known: coverage)
    }
    if let holiday = once[date] { return .holiday(holiday) }
    if !yearly.isEmpty {
      let (_, month, day) = date.parts
      if let holiday = yearly[MonthDay(month: month, day: day)] { return .holiday(holiday) }
    }
    guard Self.isWeekend(date) else { return nil }
    return date.weekday == .sunday ? .sunday : .secondOrFourthSaturday
  }

  /// - Throws: `calendarNotCovered`.
  public func isBusinessDay(_ date: CivilDate) throws(FiscalError) -> Bool {
    guard coverage.contains(where: { $0.contains(date) }) else {
      throw .calendarNotCovered(place: place, on: date, known: coverage)
    }
    return isOpen(date)
  }

  /// Whether `closure(on:)` has nothing to say of a day that is covered.
  private func isOpen(_ date: CivilDate) -> Bool {
    if Self.isWeekend(date) || isListed(date.dayNumber) { return false }
    guard !yearly.isEmpty else { return true }
    let (_, month, day) = date.parts
    return yearlyDays[month] >> UInt32(day) & 1 == 0
  }

  private func isListed(_ day: Int32) -> Bool {
    var (low, high) = (0, onceDays.count)
    while low < high {
      let middle = (low + high) / 2
      if onceDays[middle] < day { low = middle + 1 } else { high = middle }
    }
    return low < onceDays.count && onceDays[low] == day
  }

  /// Sundays, and the Saturdays on which banks are closed.
  public static func isWeekend(_ date: CivilDate) -> Bool {
    switch date.weekday {
    case .sunday: true
    case .saturday: (8...14).contains(date.day) || (22...28).contains(date.day)
    default: false
    }
  }

  /// The day itself when it is a business day, else the next one.
  /// - Throws: `calendarNotCovered`, `dateOutOfRange`.
  public func businessDay(onOrAfter date: CivilDate) throws(FiscalError) -> CivilDate {
    try adding(businessDays: 0, to: date)
  }

  /// The `count`th business day after a day; for 0 the day itself or the next business day.
  /// - Throws: `calendarNotCovered`, `dateOutOfRange`; `invalidAmount` for a count outside 0...10,000.
  public func adding(businessDays count: Int, to date: CivilDate) throws(FiscalError) -> CivilDate {
    guard (0...Self.spanMax).contains(count) else { throw .invalidAmount }
    var day = count == 0 ? date : try date.adding(days: 1)
    var left = max(count, 1)
    // Ends: coverage or the calendar does.
    while true {
      if try isBusinessDay(day) {
        left -= 1
        if left == 0 { return day }
      }
      day = try day.adding(days: 1)
    }
  }

  /// As `adding(businessDays:to:)`, with the days that did not count and why.
  /// - Throws: as `adding(businessDays:to:)`.
  public func counting(businessDays count: Int, from date: CivilDate) throws(FiscalError) -> BusinessDay {
    guard (0...Self.spanMax).contains(count) else { throw .invalidAmount }
    var skipped: [ClosedDay] = []
    var day = count == 0 ? date : try date.adding(days: 1)
    var left = max(count, 1)
    // Ends: coverage or the calendar does.
    while true {
      if let closure = try closure(on: day) {
        skipped.append(ClosedDay(date: day, closure: closure))
      } else {
        left -= 1
        if left == 0 { return BusinessDay(date: day, skipped: skipped) }
      }
      day = try day.adding(days: 1)
    }
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
