import Fiscal

/// How dates and times are written: `yyyy`, `MM`, `MMM` (`Apr`), `dd`, `HH`, `mm`, `ss` and what stands between them; letters that are
/// no part stand between `'`. Year, month and day must be there; without a time it is the day's beginning.
struct DatePattern: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    case year, month, monthName, day, hour, minute, second
    case literal(UInt8)
  }

  let text: String
  let parts: [Part]

  private static let words: [(word: String, part: Part)] = [
    ("yyyy", .year), ("MMM", .monthName), ("MM", .month), ("dd", .day), ("HH", .hour), ("mm", .minute), ("ss", .second),
  ]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// - Returns: nil for what is no pattern.
  init?(_ text: String) {
    guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    self.text = text
    var parts: [Part] = []
    var rest = text.utf8[...]
    var isQuoted = false
    while let byte = rest.first {
      if byte == 0x27 {
        isQuoted.toggle()
        rest = rest.dropFirst()
      } else if !isQuoted, let known = Self.words.first(where: { rest.starts(with: $0.word.utf8) }) {
        parts.append(known.part)
        rest = rest.dropFirst(known.word.utf8.count)
      } else {
        let isLetter = (0x61...0x7A).contains(byte | 0x20)
        guard isQuoted || !isLetter else { return nil }
        parts.append(.literal(byte))
        rest = rest.dropFirst()
      }
    }
    func count(_ wanted: Part) -> Int { parts.count { $0 == wanted } }
    guard !isQuoted, count(.year) == 1, count(.day) == 1, count(.month) + count(.monthName) == 1, count(.hour) <= 1,
      count(.minute) <= count(.hour), count(.second) <= count(.minute)
    else { return nil }
    self.parts = parts
  }

  /// Milliseconds of the local time since 1970-01-01T00:00; nil for another text and a time that there is not.
  func milliseconds(of text: String) -> Int64? {
    var rest = text.utf8[...]
    func number(_ count: Int) -> Int? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest = rest.dropFirst(count)
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    var (year, month, day, hour, minute, second) = (0, 0, 0, 0, 0, 0)
    for part in parts {
      switch part {
      case .literal(let byte):
        guard rest.first == byte else { return nil }
        rest = rest.dropFirst()
      case .monthName:
        let name = String(decoding: rest.prefix(3), as: UTF8.self).lowercased()
        guard let index = Self.months.firstIndex(where: { $0.lowercased() == name }) else { return nil }
        month = index + 1
        rest = rest.dropFirst(3)
      case .year:
        guard let value = number(4) else { return nil }
        year = value
      case .month, .day, .hour, .minute, .second:
        guard let value = number(2) else { return nil }
        switch part {
        case .month: month = value
        case .day: day = value
        case .hour: hour = value
        case .minute: minute = value
        default: second = value
        }
      }
    }
    guard rest.isEmpty, let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second < 60
    else { return nil }
    return Int64(date.dayNumber) * 86_400_000 + Int64((hour * 60 + minute) * 60 + second) * 1_000
  }

  /// The text of a local time; nil outside of the years 1 to 9999.
  func text(of milliseconds: Int64) -> String? {
    let day = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000
    guard let date = CivilDate(dayNumber: day) else { return nil }
    let seconds = Int((milliseconds - day * 86_400_000) / 1_000)
    let (year, month, dayOfMonth) = date.parts
    var text = ""
    for part in parts {
      switch part {
      case .literal(let byte): text.unicodeScalars.append(Unicode.Scalar(byte))
      case .year: text += Self.digits(year, 4)
      case .month: text += Self.digits(month, 2)
      case .monthName: text += Self.months[month - 1]
      case .day: text += Self.digits(dayOfMonth, 2)
      case .hour: text += Self.digits(seconds / 3_600, 2)
      case .minute: text += Self.digits(seconds / 60 % 60, 2)
      case .second: text += Self.digits(seconds % 60, 2)
      }
    }
    return text
  }

  static func digits(_ value: Int, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}
