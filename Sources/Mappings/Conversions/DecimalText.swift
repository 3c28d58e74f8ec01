/// Decimal sums as texts, exactly: nothing is rounded, and what does not fit is none.
enum DecimalText {
  enum Fault: String, Error {
    case notDecimal = "value.not-decimal"
    case tooPrecise = "value.too-precise"
    case tooLarge = "value.too-large"
    case negative = "value.negative"
  }

  /// Minor units of a decimal number: a sign, digits, perhaps in groups, a point and digits.
  ///
  /// - Throws: `tooPrecise` for digits behind the last place that are not 0.
  static func minorUnits(_ text: String, _ style: AmountStyle) throws(Fault) -> Int64 {
    var digits = text.utf8[...]
    let isNegative = digits.first == 0x2D
    if isNegative || digits.first == 0x2B { digits = digits.dropFirst() }
    let parts = digits.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : parts[0].prefix(0)
    guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !fraction.isEmpty,
      fraction.allSatisfy(isDigit), isWhole(whole, style)
    else { throw .notDecimal }
    guard fraction.dropFirst(style.places).allSatisfy({ $0 == 0x30 }) else { throw .tooPrecise }
    // Downwards: the least integer has no positive counterpart.
    var units: Int64 = 0
    let padding = repeatElement(UInt8(0x30), count: max(0, style.places - fraction.count))
    for digit in Array(whole) + Array(fraction.prefix(style.places)) + Array(padding) where digit != 0x2C {
      let (tenfold, isOver) = units.multipliedReportingOverflow(by: 10)
      let (sum, isOverToo) = tenfold.subtractingReportingOverflow(Int64(digit - 0x30))
      guard !isOver, !isOverToo else { throw .tooLarge }
      units = sum
    }
    // So `units` is below zero for a number above.
    let isBelow = isNegative != (style.sign == .reversed)
    guard isBelow || units != .min else { throw .tooLarge }
    let value = isBelow ? units : -units
    guard style.sign != .positive || value >= 0 else { throw .negative }
    return value
  }

  /// A decimal number of minor units, with all places.
  ///
  /// - Throws: `negative`, `tooLarge` when the sign cannot be reversed.
  static func text(_ minorUnits: Int64, _ style: AmountStyle) throws(Fault) -> String {
    guard style.sign != .positive || minorUnits >= 0 else { throw .negative }
    let isNegative = style.sign == .reversed ? minorUnits > 0 : minorUnits < 0
    var digits = String(minorUnits.magnitude)
    digits = String(repeating: "0", count: max(0, style.places + 1 - digits.utf8.count)) + digits
    let whole = String(digits.dropLast(style.places))
    let fraction = style.places > 0 ? "." + digits.suffix(style.places) : ""
    return (isNegative ? "-" : "") + (style.hasGroups ? grouped(whole) : whole) + fraction
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Digits; with commas between groups of three, or of two before the last three, when the style has them.
  private static func isWhole(_ whole: Substring.UTF8View, _ style: AmountStyle) -> Bool {
    let groups = whole.split(separator: 0x2C, omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return false }
    guard groups.count > 1 else { return true }
    guard style.hasGroups, groups.last?.count == 3, let first = groups.first else { return false }
    let inner = groups.dropFirst().dropLast()
    return inner.allSatisfy { $0.count == 2 } && first.count <= 2
      || inner.allSatisfy { $0.count == 3 } && first.count <= 3
  }

  /// In groups as they are written in India: `12,34,567`.
  private static func grouped(_ whole: String) -> String {
    var groups = [whole.suffix(3)]
    var rest = whole.dropLast(3)
    while !rest.isEmpty {
      groups.append(rest.suffix(2))
      rest = rest.dropLast(2)
    }
    return groups.reversed().joined(separator: ",")
  }
}
