/// Whether paise are shown that are zero.
public enum PaiseStyle: Hashable, Sendable {
  /// ₹5,000.00
  case always
  /// ₹5,000, but ₹5,000.50
  case unlessZero
}

extension Language {
  /// An amount: ₹12,34,567.50, -₹5.00. The minus is in front of the sign of the rupee, and nothing is between that and the digits.
  public func text(ofPaise paise: Int64, style: PaiseStyle = .always, digits: DigitStyle = .latin) -> String {
    var buffer = TextBuffer()
    let style = NumberStyle(fractionDigitsMin: 2, stripsZeroFraction: style == .unlessZero)
    append(rupees: ShownNumber(DecimalNumber(paise: paise), style), to: &buffer, digits: digits)
    return buffer.text
  }

  /// An amount in lakh or crore rupees: ₹5 lakh, ₹1.25 crore. Less than a lakh is written in full, without paise that are zero.
  ///
  /// - Parameters:
  ///   - fractionDigits: How many digits there may be behind the point, 0 to 9.
  ///   - rounding: What becomes of further digits. Nil: an amount that has some is written in full, so that what is written is always exact.
  /// - Precondition: `fractionDigits` is in its range.
  public func shortText(
    ofPaise paise: Int64, fractionDigits: Int = 2, rounding: RoundingMode? = nil, digits: DigitStyle = .latin
  ) -> String {
    precondition((0...9).contains(fractionDigits), "\(fractionDigits) digits behind the point")
    let exact = DecimalNumber(paise: paise)
    let isCrore = paise.magnitude >= 1_00_00_000_00
    guard paise.magnitude >= 1_00_000_00, let units = exact.scaled(by: isCrore ? -7 : -5) else {
      return text(ofPaise: paise, style: .unlessZero, digits: digits)
    }
    let number = units.rounded(to: fractionDigits, rounding ?? .trunc)
    guard rounding != nil || number == units else { return text(ofPaise: paise, style: .unlessZero, digits: digits) }
    // What is rounded to a hundred lakh is a crore.
    let isRoundedToCrore = !isCrore && number.isInteger && number.magnitude == 100
    let shown = ShownNumber(isRoundedToCrore ? number.scaled(by: -2) ?? number : number, NumberStyle())
    let word = isCrore || isRoundedToCrore ? crore : lakh
    var buffer = TextBuffer()
    append(rupees: shown, to: &buffer, digits: digits)
    buffer.append(" ")
    buffer.append(word.form(for: plural(shown.operands)))
    return buffer.text
  }

  func append(rupees shown: ShownNumber, to buffer: inout TextBuffer, digits: DigitStyle) {
    if let sign = shown.sign { buffer.append(sign) }
    buffer.append("\u{20B9}")
    shown.appendDigits(to: &buffer, zero: zero(digits))
  }
}
