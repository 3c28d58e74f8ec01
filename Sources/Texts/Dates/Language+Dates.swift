/// How a date is shown.
public enum DateStyle: Hashable, Sendable {
  /// 1 April 2026
  case long
  /// 01/04/2026
  case short
}

extension Language {
  /// A date as day, month and year, in that order in every language: 1 April 2026, 1 अप्रैल 2026.
  ///
  /// - Parameters:
  ///   - year: 1 to 9999, of the Gregorian calendar.
  ///   - month: 1 to 12.
  ///   - day: 1 to the last of the month.
  /// - Returns: nil for a day that there is not.
  public func text(
    ofYear year: Int, month: Int, day: Int, style: DateStyle = .long, digits: DigitStyle = .latin
  ) -> String? {
    guard let day = CalendarDay(year: year, month: month, day: day) else { return nil }
    var buffer = TextBuffer()
    append(day, style: style, digits: digits, to: &buffer)
    return buffer.text
  }

  func append(_ day: CalendarDay, style: DateStyle, digits: DigitStyle, to buffer: inout TextBuffer) {
    func append(_ number: Int, width: Int) {
      let style = NumberStyle(grouping: .never, integerDigitsMin: width)
      ShownNumber(DecimalNumber(Int64(number)), style).append(to: &buffer, zero: zero(digits))
    }
    switch style {
    case .long:
      append(day.day, width: 1)
      buffer.append(" ")
      buffer.append(name(ofMonth: day.month) ?? "")
      buffer.append(" ")
      append(day.year, width: 1)
    case .short:
      append(day.day, width: 2)
      buffer.append("/")
      append(day.month, width: 2)
      buffer.append("/")
      append(day.year, width: 4)
    }
  }
}
