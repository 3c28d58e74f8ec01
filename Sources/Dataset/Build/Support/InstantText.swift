internal import Formats
internal import Kernel

/// Dates and times as public data writes them, turned into milliseconds since 1970 UTC.
enum InstantText {
  /// `2017-01-09T09:49:50.000+01:00`, `2005-03-23 00:00:00+01:00`, `2014-06-12T12:00:00Z`, `2010-01-29`; without an
  /// offset the offset is `offsetMinutes`. Nil for anything else.
  static func iso(_ text: String, offsetMinutes: Int = 0) -> Instant? {
    var parts = Parts(text)
    guard let year = parts.number(4), parts.take("-"), let month = parts.number(2), parts.take("-"),
      let day = parts.number(2), let days = days(year, month, day)
    else { return nil }
    guard !parts.isAtEnd else { return Instant(days * 86_400 - offsetMinutes * 60) * 1000 }
    guard parts.take("T") || parts.take(" "), let hour = parts.number(2), parts.take(":"), let minute = parts.number(2),
      hour < 24, minute < 60
    else { return nil }
    var second = 0
    var milliseconds = 0
    if parts.take(":") {
      guard let value = parts.number(2), value <= 60 else { return nil }
      second = value
      if parts.take(".") {
        guard let value = parts.fraction() else { return nil }
        milliseconds = value
      }
    }
    var offset = offsetMinutes
    if parts.take("Z") {
      offset = 0
    } else if !parts.isAtEnd {
      let isEast = parts.take("+")
      guard isEast || parts.take("-"), let hours = parts.number(2), parts.take(":"), let minutes = parts.number(2)
      else {
        return nil
      }
      offset = (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
    guard parts.isAtEnd else { return nil }
    return Instant(days * 86_400 + hour * 3600 + minute * 60 + second - offset * 60) * 1000 + Instant(milliseconds)
  }

  /// `29-Jan-2026`, with or without `06:55 PM`, in Indian time (UTC+05:30). Nil for anything else.
  static func indian(_ text: String) -> Instant? {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    var parts = Parts(text)
    guard let day = parts.number(2), parts.take("-"), let name = parts.letters(3),
      let month = names.firstIndex(of: name.lowercased()), parts.take("-"), let year = parts.number(4),
      let days = days(year, month + 1, day)
    else { return nil }
    var seconds = days * 86_400 - 19_800
    if parts.take(" ") {
      guard var hour = parts.number(2, atLeast: 1), parts.take(":"), let minute = parts.number(2), parts.take(" "),
        let half = parts.letters(2)
      else { return nil }
      guard (1...12).contains(hour), minute < 60, half == "AM" || half == "PM" else { return nil }
      hour = hour % 12 + (half == "PM" ? 12 : 0)
      seconds += hour * 3600 + minute * 60
    }
    guard parts.isAtEnd else { return nil }
    return Instant(seconds) * 1000
  }

  /// `2024-01-09T09:49:50Z`; milliseconds are cut off.
  static func text(_ instant: Instant) -> String {
    let seconds = Int((instant >= 0 ? instant : instant - 999) / 1000)
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    // The inverse of `days`: years run from March.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    let digits = String(year)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      + "-\(two(month < 10 ? month + 3 : month - 9))-\(two(day))T"
      + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }

  /// Days since 1970-01-01 in the Gregorian calendar; nil when there is no such date.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), day >= 1, day <= lengths[month - 1] else { return nil }
    // Years run from March, so that the leap day comes last.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private struct Parts {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.trimmingSpaces().utf8) }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ mark: Character) -> Bool {
      guard index < bytes.count, bytes[index] == mark.asciiValue else { return false }
      index += 1
      return true
    }

    /// Exactly `count` digits, or from `atLeast` to `count`.
    mutating func number(_ count: Int, atLeast: Int? = nil) -> Int? {
      var value = 0
      var seen = 0
      while seen < count, index < bytes.count, (0x30...0x39).contains(bytes[index]) {
        value = value * 10 + Int(bytes[index] - 0x30)
        index += 1
        seen += 1
      }
      return seen >= (atLeast ?? count) ? value : nil
    }

    /// Digits after the point, as milliseconds.
    mutating func fraction() -> Int? {
      var value = 0
      var seen = 0
      while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
        if seen < 3 { value = value * 10 + Int(bytes[index] - 0x30) }
        index += 1
        seen += 1
      }
      guard seen > 0 else { return nil }
      for _ in seen..<max(seen, 3) { value *= 10 }
      return value
    }

    mutating func letters(_ count: Int) -> String? {
      guard index + count <= bytes.count else { return nil }
      defer { index += count }
      return String(decoding: bytes[index..<(index + count)], as: UTF8.self)
    }
  }
}
