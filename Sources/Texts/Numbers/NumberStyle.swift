/// How a number is shown.
struct NumberStyle: Hashable, Sendable {
  enum Sign: String, Hashable, Sendable {
    /// A minus for what is less than zero.
    case auto
    case always
    /// As `always`, but none for zero.
    case exceptZero
    /// As `auto`, and none for what is rounded to zero, which here is the same: there is no negative zero.
    case negative
    case never
  }

  enum Grouping: String, Hashable, Sendable {
    case auto
    case always
    case never
    /// Only where the first group has two digits.
    case min2
  }

  /// As many digits as there are, so that nothing is rounded unless it is asked for.
  static let fractionDigitsMax = DecimalNumber.scaleMax

  var sign = Sign.auto
  var grouping = Grouping.auto
  var integerDigitsMin = 1
  var fractionDigitsMin = 0
  var fractionDigitsMax = NumberStyle.fractionDigitsMax
  /// No zeros behind the point when there are only zeros.
  var stripsZeroFraction = false
  var rounding = RoundingMode.halfExpand

  /// So many, neither more nor less.
  mutating func setFractionDigits(_ count: Int) { (fractionDigitsMin, fractionDigitsMax) = (count, count) }
}

/// A number as it is shown: rounded, and with as many digits as are wanted.
struct ShownNumber {
  let number: DecimalNumber
  /// As many as `number` has, and zeros behind them.
  let fractionDigitCount: Int
  let style: NumberStyle

  init(_ number: DecimalNumber, _ style: NumberStyle) {
    self.number = number.rounded(to: style.fractionDigitsMax, style.rounding)
    self.style = style
    let isStripped = style.stripsZeroFraction && self.number.isInteger
    fractionDigitCount = isStripped ? 0 : max(self.number.scale, style.fractionDigitsMin)
  }

  var operands: PluralOperands {
    PluralOperands(
      integer: number.magnitude / DecimalNumber.powers[number.scale], fractionDigitCount: fractionDigitCount,
      isWhole: number.isInteger)
  }

  var sign: Unicode.Scalar? {
    let positive: Unicode.Scalar? =
      switch style.sign {
      case .always: "+"
      case .exceptZero: number.isZero ? nil : "+"
      case .auto, .negative, .never: nil
      }
    return number.isNegative ? (style.sign == .never ? nil : "-") : positive
  }

  func append(to buffer: inout TextBuffer, zero: Unicode.Scalar) {
    if let sign { buffer.append(sign) }
    appendDigits(to: &buffer, zero: zero)
  }

  /// Digits and what separates them, without a sign: groups of three, then of two, in every language.
  func appendDigits(to buffer: inout TextBuffer, zero: Unicode.Scalar) {
    var digits = InlineArray<40, UInt8>(repeating: 0)
    let count = Self.digits(of: number.magnitude, &digits)
    let integerCount = max(count - number.scale, style.integerDigitsMin)
    let isGrouped = style.grouping != .never && integerCount >= (style.grouping == .min2 ? 5 : 4)
    for place in stride(from: integerCount - 1, through: 0, by: -1) {
      let index = place + number.scale
      buffer.append(digit: index < count ? digits[index] : 0, zero: zero)
      if isGrouped, place >= 3, place % 2 == 1 { buffer.append(",") }
    }
    guard fractionDigitCount > 0 else { return }
    buffer.append(".")
    for place in 1...fractionDigitCount {
      let index = number.scale - place
      buffer.append(digit: index >= 0 ? digits[index] : 0, zero: zero)
    }
  }

  /// - Returns: how many digits there are; the first is the one of least worth.
  private static func digits(of magnitude: UInt128, _ digits: inout InlineArray<40, UInt8>) -> Int {
    var count = 0
    var rest = magnitude
    // Division of 128 bits is slow, and few numbers need it.
    while rest > UInt128(UInt64.max) {
      digits[count] = UInt8(rest % 10)
      rest /= 10
      count += 1
    }
    var small = UInt64(rest)
    while small > 0 {
      digits[count] = UInt8(small % 10)
      small /= 10
      count += 1
    }
    return count
  }
}
