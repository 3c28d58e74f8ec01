/// Times as RFC 3339 writes them, in milliseconds since 1970 (UTC).
public enum RFC3339 {
  private static let dayMilliseconds: Int64 = 86_400_000

  /// The time as `2026-01-31T23:59:59.999Z`.
  public static func text(_ instant: Int64) -> String {
    // No date has more than four digits of a year; what lies further out is shown as the first or last that has.
    let milliseconds = min(max(instant, -62_167_219_200_000), 253_402_300_799_999)
    let day = milliseconds >= 0 ? milliseconds / dayMilliseconds : (milliseconds + 1) / dayMilliseconds - 1
    let rest = milliseconds - day * dayMilliseconds
    let (year, month, dayOfMonth) = civil(day)
    return unsafe String(unsafeUninitializedCapacity: 24) { text in
      func put(_ value: Int64, _ digitCount: Int, at place: Int, then mark: UInt8) {
        var rest = value
        for digit in stride(from: place + digitCount - 1, through: place, by: -1) {
          unsafe text.initializeElement(at: digit, to: 0x30 + UInt8(truncatingIfNeeded: rest % 10))
          rest /= 10
        }
        unsafe text.initializeElement(at: place + digitCount, to: mark)
      }
      put(year, 4, at: 0, then: 0x2D)
      put(month, 2, at: 5, then: 0x2D)
      put(dayOfMonth, 2, at: 8, then: 0x54)
      put(rest / 3_600_000, 2, at: 11, then: 0x3A)
      put(rest / 60_000 % 60, 2, at: 14, then: 0x3A)
      put(rest / 1_000 % 60, 2, at: 17, then: 0x2E)
      put(rest % 1_000, 3, at: 20, then: 0x5A)
      return 24
    }
  }

  /// Reads a date-time of RFC 3339, section 5.6; digits behind the millisecond are dropped. Nil when it is none. A leap
  /// second counts as the second after it.
  public static func milliseconds(_ text: String) -> Int64? {
    let bytes = [UInt8](text.utf8)
    func number(_ start: Int, _ count: Int) -> Int64? {
      guard start + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[start..<start + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      return value
    }
    func isMark(_ index: Int, _ marks: String) -> Bool { index < bytes.count && marks.utf8.contains(bytes[index]) }
    guard let year = number(0, 4), isMark(4, "-"), let month = number(5, 2), isMark(7, "-"), let day = number(8, 2),
      isMark(10, "Tt "), let hour = number(11, 2), isMark(13, ":"), let minute = number(14, 2), isMark(16, ":"),
      let second = number(17, 2), (1...12).contains(month), day >= 1, day <= dayCount(year, month), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    var index = 19
    var fraction: Int64 = 0
    if isMark(index, ".") {
      index += 1
      let start = index
      while let digit = number(index, 1) {
        if index - start < 3 { fraction += digit * [100, 10, 1][index - start] }
        index += 1
      }
      guard index > start else { return nil }
    }
    guard let offset = offsetMinutes(index, bytes.count, isMark, number) else { return nil }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
    return seconds * 1_000 + fraction
  }

  /// Minutes east of UTC; nil when no offset stands there, or more follows it.
  private static func offsetMinutes(
    _ index: Int, _ end: Int, _ isMark: (Int, String) -> Bool, _ number: (Int, Int) -> Int64?
  ) -> Int64? {
    if isMark(index, "Zz") { return index + 1 == end ? 0 : nil }
    guard isMark(index, "+-"), isMark(index + 3, ":"), index + 6 == end, let hours = number(index + 1, 2),
      let minutes = number(index + 4, 2), hours < 24, minutes < 60
    else { return nil }
    return (isMark(index, "-") ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  // Both after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil and civil_from_days. Years
  // begin in March, so that the leap day is a year's last.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let z = day + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}
