/// A decimal number, exact: up to 38 digits, of which up to 38 behind the point. Equal numbers are equal, however they were written.
public struct DecimalNumber: Hashable, Sendable {
  /// Without sign and point.
  let magnitude: UInt128
  /// Digits of it behind the point, 0 to `scaleMax`, the last of them not zero.
  let scale: Int
  let isNegative: Bool

  static let scaleMax = 38

  /// 10 to the power of the index.
  static let powers: [UInt128] = {
    var powers: [UInt128] = [1]
    while powers.count <= scaleMax { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  /// `magnitude` / 10^`scale`; zeros at the end are taken off.
  ///
  /// - Precondition: `scale` is 0 to `scaleMax`.
  init(magnitude: UInt128, scale: Int, isNegative: Bool) {
    precondition((0...Self.scaleMax).contains(scale), "a scale of \(scale)")
    var (magnitude, scale) = (magnitude, scale)
    while scale > 0, magnitude % 10 == 0 {
      magnitude /= 10
      scale -= 1
    }
    self.magnitude = magnitude
    self.scale = scale
    self.isNegative = isNegative && magnitude != 0
  }

  public init(_ integer: Int64) {
    self.init(magnitude: UInt128(integer.magnitude), scale: 0, isNegative: integer < 0)
  }

  /// An amount in rupees.
  public init(paise: Int64) {
    self.init(magnitude: UInt128(paise.magnitude), scale: 2, isNegative: paise < 0)
  }

  /// A rate, as a fraction of 1.
  public init(basisPoints: Int64) {
    self.init(magnitude: UInt128(basisPoints.magnitude), scale: 4, isNegative: basisPoints < 0)
  }

  public var isInteger: Bool { scale == 0 }
  public var isZero: Bool { magnitude == 0 }
}

extension DecimalNumber {
  /// This number times 10^`exponent`; nil when that has too many digits.
  func scaled(by exponent: Int) -> DecimalNumber? {
    let scale = scale - exponent
    if scale > Self.scaleMax { return isZero ? self : nil }
    if scale >= 0 { return DecimalNumber(magnitude: magnitude, scale: scale, isNegative: isNegative) }
    guard !isZero else { return self }
    guard -scale < Self.powers.count else { return nil }
    let (product, overflows) = magnitude.multipliedReportingOverflow(by: Self.powers[-scale])
    return overflows ? nil : DecimalNumber(magnitude: product, scale: 0, isNegative: isNegative)
  }

  /// The sum; nil when it has too many digits.
  func adding(_ integer: Int64) -> DecimalNumber? {
    let (addend, overflows) = UInt128(integer.magnitude).multipliedReportingOverflow(by: Self.powers[scale])
    guard !overflows else { return nil }
    if isNegative == (integer < 0) {
      let (sum, overflows) = magnitude.addingReportingOverflow(addend)
      return overflows ? nil : DecimalNumber(magnitude: sum, scale: scale, isNegative: isNegative)
    }
    let isLess = magnitude < addend
    return DecimalNumber(
      magnitude: isLess ? addend - magnitude : magnitude - addend, scale: scale, isNegative: isNegative != isLess)
  }

  /// With so many digits behind the point at most.
  func rounded(to fractionDigits: Int, _ mode: RoundingMode) -> DecimalNumber {
    guard scale > fractionDigits else { return self }
    let divisor = Self.powers[scale - fractionDigits]
    let (quotient, rest) = magnitude.quotientAndRemainder(dividingBy: divisor)
    // The divisor is 10 at least, so the quotient is far from the end of its type.
    let isUp = mode.goesUp(rest: rest, of: divisor, isNegative: isNegative, isOdd: quotient % 2 == 1)
    return DecimalNumber(magnitude: isUp ? quotient + 1 : quotient, scale: fractionDigits, isNegative: isNegative)
  }
}
