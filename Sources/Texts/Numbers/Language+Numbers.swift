extension Language {
  /// An integer, in groups of three and then of two digits: 12,34,567. All languages group like that here, also those for which common
  /// locale data does not.
  public func text(of integer: Int64, digits: DigitStyle = .latin) -> String {
    text(of: DecimalNumber(integer), digits: digits)
  }

  /// A number with all of its digits.
  public func text(of number: DecimalNumber, digits: DigitStyle = .latin) -> String {
    var buffer = TextBuffer()
    ShownNumber(number, NumberStyle()).append(to: &buffer, zero: zero(digits))
    return buffer.text
  }

  /// A rate as per cent, exact and without zeros at the end: 18%, 2.5%, 0.25%. The sign stands directly behind the number in every
  /// language, as on the country's invoices.
  public func text(ofBasisPoints basisPoints: Int64, digits: DigitStyle = .latin) -> String {
    var buffer = TextBuffer()
    let percent = DecimalNumber(magnitude: UInt128(basisPoints.magnitude), scale: 2, isNegative: basisPoints < 0)
    ShownNumber(percent, NumberStyle()).append(to: &buffer, zero: zero(digits))
    buffer.append("%")
    return buffer.text
  }
}
