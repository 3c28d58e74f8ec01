/// A day of the proleptic Gregorian calendar, without time or zone: 0001-01-01...9999-12-31.
///
/// Days in India begin at 00:00 IST (UTC+05:30, no daylight saving); `init(indianDayOf:)` finds the day of an instant.
public struct CivilDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let dayNumber: Int32

  public static let first = CivilDate(unchecked: -719_162)
  public static let last = CivilDate(unchecked: 2_932_896)

  init(unchecked dayNumber: Int32) { self.dayNumber = dayNumber }

  /// Nil outside the range.
  public init?(dayNumber: Int64) {
    guard dayNumber >= Self.first.dayNumber, dayNumber <= Self.last.dayNumber else { return nil }
    self.dayNumber = Int32(dayNumber)
  }

  /// Nil when there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.dayCount(ofMonth: month, year: year)
    else { return nil }
    // Years run from March, so that the leap day comes last.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(dayNumber: Int64(era * 146_097 + dayOfEra - 719_468))
  }

  /// The day in India at an instant, milliseconds since 1970 UTC.
  /// - Throws: `dateOutOfRange`.
  public init(indianDayOf milliseconds: Int64) throws(FiscalError) {
    let (local, overflow) = milliseconds.addingReportingOverflow(Self.indianOffset)
    guard !overflow else { throw .dateOutOfRange }
    let day = local / Self.dayMilliseconds - (local % Self.dayMilliseconds < 0 ? 1 : 0)
    guard let date = CivilDate(dayNumber: day) else { throw .dateOutOfRange }
    self = date
  }

  /// When the day begins in India, milliseconds since 1970 UTC.
  public var indianStart: Int64 { Int64(dayNumber) * Self.dayMilliseconds - Self.indianOffset }

  private static let dayMilliseconds: Int64 = 86_400_000
  private static let indianOffset: Int64 = 19_800_000

  public static func < (a: Self, b: Self) -> Bool { a.dayNumber < b.dayNumber }

  /// Year, month and day of the month.
  public var parts: (year: Int, month: Int, day: Int) {
    // The inverse of `init(year:month:day:)`. Positive: the first day is 305 days into the era.
    let shifted = Int(dayNumber) + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
  }

  public var year: Int { parts.year }
  public var month: Int { parts.month }
  public var day: Int { parts.day }

  /// 1970-01-01 was a Thursday.
  public var weekday: Weekday {
    // Positive: the first day is above -719,166, which is a multiple of 7.
    switch (Int(dayNumber) + 719_166 + 3) % 7 {
    case 0: .monday
    case 1: .tuesday
    case 2: .wednesday
    case 3: .thursday
    case 4: .friday
    case 5: .saturday
    default: .sunday
    }
  }

  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// - Precondition: month is 1...12.
  public static func dayCount(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// Days of the week, numbered as in ISO 8601.
public enum Weekday: Int, Sendable, CaseIterable {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday
}
