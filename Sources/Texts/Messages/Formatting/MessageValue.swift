/// What an expression comes to (a "resolved value"): what is shown, and what selects.
package struct MessageValue: Sendable {
  enum Content: Sendable {
    /// What could not be had; the text is what is in its braces.
    case fallback(String)
    case text(String)
    case number(NumberValue)
    case day(CalendarDay, DateStyle)
  }

  /// How keys of variants are chosen.
  enum Selection: Sendable {
    case unsupported
    /// These keys match, the best first.
    case keys([String])
    /// By the number and its categories.
    case number(NumberValue.Select)
  }

  var content: Content
  var selection: Selection
  /// Of its text; nil when that is not known.
  var direction: TextDirection?
  /// Whether it is isolated, even when its direction is that of the text around it.
  var isIsolated = false

  init(_ content: Content, selection: Selection = .unsupported, direction: TextDirection? = nil) {
    self.content = content
    self.selection = selection
    self.direction = direction
  }

  /// A text that matches keys; nil keys for one that does not select.
  package init(text: String, keys: [String]?) {
    self.init(.text(text), selection: keys.map(Selection.keys) ?? .unsupported)
  }

  init(_ number: NumberValue) { self.init(.number(number), direction: .leftToRight) }

  /// Nil for a day that there is not.
  init?(argument: MessageArgument) {
    switch argument {
    case .text(let text): self.init(.text(text))
    case .integer(let integer): self.init(NumberValue(number: DecimalNumber(integer)))
    case .number(let number): self.init(NumberValue(number: number))
    case .paise(let paise): self.init(NumberValue(paise: paise))
    case .day(let year, let month, let day):
      guard let day = CalendarDay(year: year, month: month, day: day) else { return nil }
      self.init(.day(day, .long))
    }
  }

  var isFallback: Bool {
    if case .fallback = content { true } else { false }
  }

  /// Its text for programs: as an option's value, as what `:string` sees. Nil for a fallback.
  package var plainText: String? {
    switch content {
    case .fallback: return nil
    case .text(let text): return text
    case .number(let value):
      var buffer = TextBuffer()
      ShownNumber(value.number, NumberStyle(grouping: .never)).append(to: &buffer, zero: "0")
      return buffer.text
    case .day(let day, _):
      func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
      }
      return "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
    }
  }

  /// The number that it is, or that its text is by the rules of literals.
  package var number: DecimalNumber? {
    switch content {
    case .number(let value): value.number
    case .text(let text): DecimalNumber(literal: text)
    case .fallback, .day: nil
    }
  }

  func append(to buffer: inout TextBuffer, language: Language, digits: DigitStyle) {
    switch content {
    case .fallback(let source):
      buffer.append("{")
      buffer.append(source)
      buffer.append("}")
    case .text(let text): buffer.append(text)
    case .number(let value): value.append(to: &buffer, language: language, digits: digits)
    case .day(let day, let style): language.append(day, style: style, digits: digits, to: &buffer)
    }
  }
}
