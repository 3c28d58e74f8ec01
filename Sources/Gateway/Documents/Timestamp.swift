internal import Kernel

/// Instants as text: RFC 3339 in UTC with milliseconds, `2026-04-01T09:30:00.000Z`.
///
/// Written here because a date of the Foundation library counts in floating-point seconds and may lose a millisecond.
enum Timestamp {
  /// The text of an instant.
  static func text(_ instant: Instant) -> String {
    let (days, rest) = divided(instant, by: 86_400_000)
    let (year, month, day) = date(days)
    let milliseconds = rest % 1_000
    let seconds = rest / 1_000
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    append(year, digits: 4, to: &bytes)
    bytes.append(0x2D)
    append(month, digits: 2, to: &bytes)
    bytes.append(0x2D)
    append(day, digits: 2, to: &bytes)
    bytes.append(0x54)
    append(seconds / 3_600, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(seconds / 60 % 60, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(seconds % 60, digits: 2, to: &bytes)
    bytes.append(0x2E)
    append(milliseconds, digits: 3, to: &bytes)
    bytes.append(0x5A)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The instant of a text: a date, `T`, a time, up to three digits of a fraction, and `Z` or an offset. Years 1970 to 9999.
  /// - Returns: nil when it is none.
  static func instant(_ text: String) -> Instant? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54 || bytes[10] == 0x74,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = number(bytes, 0..<4), let month = number(bytes, 5..<7), let day = number(bytes, 8..<10),
      let hour = number(bytes, 11..<13), let minute = number(bytes, 14..<16), let second = number(bytes, 17..<19),
      year >= 1970, (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year), hour < 24, minute < 60,
      second < 60
    else { return nil }
    var index = 19
    var milliseconds: Int64 = 0
    if bytes[index] == 0x2E {
      let start = index + 1
      index = start
      while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
      guard (1...3).contains(index - start), let fraction = number(bytes, start..<index) else { return nil }
      milliseconds = fraction * [100, 10, 1][index - start - 1]
    }
    guard let offset = offset(bytes, index) else { return nil }
    let days = days(year, month, day)
    return ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1_000 + milliseconds
  }

  /// Minutes ahead of UTC that end the text at `index`.
  private static func offset(_ bytes: [UInt8], _ index: Int) -> Int64? {
    guard index < bytes.count else { return nil }
    if bytes[index] == 0x5A || bytes[index] == 0x7A { return index + 1 == bytes.count ? 0 : nil }
    guard bytes[index] == 0x2B || bytes[index] == 0x2D, bytes.count == index + 6, bytes[index + 3] == 0x3A,
      let hours = number(bytes, index + 1..<index + 3), let minutes = number(bytes, index + 4..<index + 6), hours < 24,
      minutes < 60
    else { return nil }
    return (bytes[index] == 0x2D ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
    var value: Int64 = 0
    for index in range {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return value
  }

  private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  private static func divided(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }

  private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  // Days since 1970 and back, in the proleptic Gregorian calendar, with years that begin in March: the leap day is the last
  // one then. 719,468 days lie between 0000-03-01 and 1970-01-01; 146,097 days are 400 years.

  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = divided(shifted, by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}
