/// A day that there is, of the Gregorian calendar from year 1 to 9999. It knows nothing but its three numbers: who counts days has a type
/// of their own.
struct CalendarDay: Hashable, Sendable {
  let year: Int
  let month: Int
  let day: Int

  /// Nil when there is no such day.
  init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.dayCount(year, month) else {
      return nil
    }
    (self.year, self.month, self.day) = (year, month, day)
  }

  private static func dayCount(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Reads the date of ISO 8601, `2026-04-01`; a time of day behind a `T` is looked at and left out. Nil for anything else.
  init?(literal: String) {
    let bytes = Array(literal.utf8.prefix(Self.literalByteCountMax + 1))
    guard bytes.count <= Self.literalByteCountMax, bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]),
      bytes.count == 10 || Self.isTime(bytes[10...])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// A date, a time to the nanosecond, an offset.
  private static let literalByteCountMax = 35

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var number = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      number = number * 10 + Int(digit - 0x30)
    }
    return number
  }

  /// `T15:04:06`, with a fraction of a second or without, and `Z`, an offset or nothing.
  private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    func take(_ first: UInt8, upTo limit: Int) -> Bool {
      guard rest.count >= 3, rest.first == first, let number = number(rest.dropFirst().prefix(2)), number <= limit
      else {
        return false
      }
      rest = rest.dropFirst(3)
      return true
    }
    guard take(0x54, upTo: 23), take(0x3A, upTo: 59), take(0x3A, upTo: 59) else { return false }
    if rest.first == 0x2E {
      let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard (1...9).contains(digits.count) else { return false }
      rest = rest.dropFirst(1 + digits.count)
    }
    if rest.isEmpty || rest.elementsEqual([0x5A]) { return true }
    return (take(0x2B, upTo: 14) || take(0x2D, upTo: 14)) && take(0x3A, upTo: 59) && rest.isEmpty
  }
}
