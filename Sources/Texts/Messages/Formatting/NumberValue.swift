/// A number in a message: what it is, and how it is to be shown.
struct NumberValue: Hashable, Sendable {
  enum Unit: Hashable, Sendable {
    case none
    /// It is shown and selects as a hundred times what it is.
    case percent
    /// ISO 4217, in capitals.
    case currency(String)
  }

  /// How the currency is written.
  enum CurrencyDisplay: String, Hashable, Sendable {
    case symbol, narrowSymbol, code, name, never
  }

  /// How keys are matched that are not the number itself.
  enum Select: String, Hashable, Sendable { case plural, ordinal, exact }

  var number: DecimalNumber
  var style = NumberStyle()
  var unit = Unit.none
  var currencyDisplay = CurrencyDisplay.symbol
  /// When an option says so.
  var select: Select?

  init(number: DecimalNumber) { self.number = number }

  init(paise: Int64) {
    number = DecimalNumber(paise: paise)
    unit = .currency("INR")
    style = NumberStyle(fractionDigitsMin: 2, fractionDigitsMax: 2)
  }

  var shown: ShownNumber {
    // What is too great to be shown a hundredfold is refused by the function.
    ShownNumber(unit == .percent ? number.scaled(by: 2) ?? number : number, style)
  }

  /// The keys that match, the best first.
  func keys(_ select: Select, in language: Language) -> [String] {
    let shown = shown
    var plain = TextBuffer(reserving: 16)
    ShownNumber(
      shown.number,
      NumberStyle(
        grouping: .never, integerDigitsMin: style.integerDigitsMin, fractionDigitsMin: shown.fractionDigitCount)
    ).append(to: &plain, zero: "0")
    return switch select {
    case .exact: [plain.text]
    case .plural: [plain.text, language.plural(shown.operands).rawValue]
    case .ordinal: [plain.text, language.ordinal(shown.operands).rawValue]
    }
  }

  func append(to buffer: inout TextBuffer, language: Language, digits: DigitStyle) {
    let shown = shown
    let zero = language.zero(digits)
    switch (unit, currencyDisplay) {
    case (.none, _), (.currency, .never): shown.append(to: &buffer, zero: zero)
    case (.percent, _):
      shown.append(to: &buffer, zero: zero)
      buffer.append("%")
    case (.currency("INR"), .symbol), (.currency("INR"), .narrowSymbol):
      language.append(rupees: shown, to: &buffer, digits: digits)
    case (.currency("INR"), .name):
      shown.append(to: &buffer, zero: zero)
      buffer.append(" ")
      buffer.append(language.rupee.form(for: language.plural(shown.operands)))
    case (.currency(let code), _):
      // Other currencies have no signs and names here.
      if let sign = shown.sign { buffer.append(sign) }
      buffer.append(code)
      buffer.append("\u{A0}")
      shown.appendDigits(to: &buffer, zero: zero)
    }
  }
}
