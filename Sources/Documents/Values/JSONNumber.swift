/// A decimal number, exact: an integer of up to 128 digits times a power of ten.
///
/// Kept in one form: no zero at either end of the digits, zero without sign. So 1, 1.0 and 10e-1 are one number. The
/// bounds keep each function below a fixed cost, whatever somebody writes.
public struct JSONNumber: Hashable, Sendable {
  /// Most digits between the first and the last that is not zero.
  public static let digitCountMax = 128
  /// The first digit's power of ten is in -512...511.
  public static let magnitudeMax = 512

  public let isNegative: Bool
  /// 0 to 9, the most significant first; empty for zero.
  public let digits: [UInt8]
  /// The power of ten of the last digit.
  public let exponent: Int

  /// - Returns: nil outside the bounds.
  /// - Parameter digits: 0 to 9; zeros at the ends may be there.
  init?(isNegative: Bool, digits: ArraySlice<UInt8>, exponent: Int) {
    var (digits, exponent) = (digits.drop { $0 == 0 }, exponent)
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    guard !digits.isEmpty else {
      (self.isNegative, self.digits, self.exponent) = (false, [], 0)
      return
    }
    guard digits.count <= Self.digitCountMax,
      -Self.magnitudeMax...Self.magnitudeMax - 1 ~= exponent + digits.count - 1
    else { return nil }
    (self.isNegative, self.digits, self.exponent) = (isNegative, Array(digits), exponent)
  }

  public init(_ value: Int64) {
    var digits: [UInt8] = []
    var (rest, exponent) = (value.magnitude, 0)
    while rest > 0 {
      let digit = UInt8(rest % 10)
      if digit == 0, digits.isEmpty { exponent += 1 } else { digits.append(digit) }
      rest /= 10
    }
    self.digits = digits.reversed()
    self.isNegative = value < 0
    self.exponent = value == 0 ? 0 : exponent
  }

  /// Reads a sign, digits with a point among or before them, and an exponent; sign and exponent may be missing.
  /// - Returns: nil when it is something else, or outside the bounds.
  public init?(_ text: String) { self.init(text.utf8Span.span) }

  init?(_ text: Span<UInt8>) {
    var position = 0
    func next() -> UInt8? { position < text.count ? text[position] : nil }
    func takeSign() -> Bool {
      guard let sign = next(), sign == 0x2B || sign == 0x2D else { return false }
      position += 1
      return sign == 0x2D
    }
    let isNegative = takeSign()
    var (digits, exponent, hasDigit, hasPoint): ([UInt8], Int, Bool, Bool) = ([], 0, false, false)
    while let byte = next() {
      if byte == 0x2E, !hasPoint {
        hasPoint = true
      } else if 0x30...0x39 ~= byte {
        hasDigit = true
        // Zeros in front say nothing, and a long row of them must cost nothing.
        if byte != 0x30 || !digits.isEmpty { digits.append(byte - 0x30) }
        if hasPoint { exponent -= 1 }
      } else {
        break
      }
      position += 1
    }
    guard hasDigit else { return nil }
    if let byte = next(), byte | 0x20 == 0x65 {
      position += 1
      let isDown = takeSign()
      var power = 0
      guard next() != nil else { return nil }
      while let byte = next(), 0x30...0x39 ~= byte {
        // Far outside is as good as farther: what the text's own digits can make up for is less than this.
        power = min(power * 10 + Int(byte - 0x30), 1 << 40)
        position += 1
      }
      exponent += isDown ? -power : power
    }
    guard position == text.count else { return nil }
    self.init(isNegative: isNegative, digits: digits[...], exponent: exponent)
  }

  public var isZero: Bool { digits.isEmpty }

  public var isWhole: Bool { exponent >= 0 }

  /// The number as an integer, when it is whole and fits.
  public var integer: Int64? {
    guard exponent >= 0, digits.count + exponent <= 19 else { return nil }
    var value: Int64 = 0
    for position in 0..<digits.count + exponent {
      let digit = position < digits.count ? Int64(digits[position]) : 0
      // Downwards, because the least integer has no positive counterpart.
      let (tenfold, isOver) = value.multipliedReportingOverflow(by: 10)
      let (sum, isOverToo) = tenfold.subtractingReportingOverflow(digit)
      guard !isOver, !isOverToo else { return nil }
      value = sum
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }
}
