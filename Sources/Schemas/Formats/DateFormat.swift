/// Dates and times of RFC 3339, section 5.6, digit by digit.
enum DateFormat {
  /// `YYYY-MM-DD`, a day that the Gregorian calendar has.
  static func isDate(_ text: Span<UInt8>) -> Bool {
    guard text.count == 10, text[4] == 0x2D, text[7] == 0x2D, let year = number(text, 0..<4),
      let month = number(text, 5..<7), let day = number(text, 8..<10)
    else { return false }
    return 1...12 ~= month && 1...dayCount(of: month, year) ~= day
  }

  private static func dayCount(of month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// `hh:mm:ss`, a fraction if any, and `Z` or `+hh:mm`. A leap second is the last one of a day in UTC.
  static func isTime(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 9, text[2] == 0x3A, text[5] == 0x3A, let hour = number(text, 0..<2),
      let minute = number(text, 3..<5), let second = number(text, 6..<8), hour < 24, minute < 60, second <= 60
    else { return false }
    var position = 8
    if text[position] == 0x2E {
      position += 1
      let first = position
      while position < text.count, 0x30...0x39 ~= text[position] { position += 1 }
      guard position > first else { return false }
    }
    guard let offset = offset(text, from: position) else { return false }
    guard second == 60 else { return true }
    return (hour * 60 + minute - offset + 2 * 1440) % 1440 == 1439
  }

  /// Minutes before UTC.
  private static func offset(_ text: Span<UInt8>, from start: Int) -> Int? {
    guard start < text.count else { return nil }
    let sign = text[start]
    if sign | 0x20 == 0x7A { return start + 1 == text.count ? 0 : nil }
    guard sign == 0x2B || sign == 0x2D, text.count == start + 6, text[start + 3] == 0x3A,
      let hour = number(text, start + 1..<start + 3), let minute = number(text, start + 4..<start + 6), hour < 24,
      minute < 60
    else { return nil }
    return sign == 0x2B ? hour * 60 + minute : -(hour * 60 + minute)
  }

  /// A date and a time with a `T` between.
  static func isDateTime(_ text: Span<UInt8>) -> Bool {
    text.count > 11 && text[10] | 0x20 == 0x74 && isDate(text.extracting(0..<10))
      && isTime(text.extracting(11..<text.count))
  }

  private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var value = 0
    for index in range {
      guard 0x30...0x39 ~= text[index] else { return nil }
      value = value * 10 + Int(text[index] - 0x30)
    }
    return value
  }
}
