extension JSONNumber: Comparable {
  public static func < (left: JSONNumber, right: JSONNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative
      ? right.isMagnitudeLess(than: left) : left.isMagnitudeLess(than: right)
  }

  private func isMagnitudeLess(than other: JSONNumber) -> Bool {
    if isZero || other.isZero { return isZero && !other.isZero }
    let (own, others) = (digits.count + exponent, other.digits.count + other.exponent)
    return own == others ? digits.lexicographicallyPrecedes(other.digits) : own < others
  }
}

extension JSONNumber {
  /// Whether this is a whole multiple of `divisor`, exactly. Nothing but zero is a multiple of zero.
  /// - Complexity: bounded by the bounds of numbers, some ten thousand steps at worst.
  public func isMultiple(of divisor: JSONNumber) -> Bool {
    if isZero { return true }
    // Our last digit is not zero, so we are no multiple of a power of ten that is above it.
    guard !divisor.isZero, exponent >= divisor.exponent else { return false }
    let modulus = Self.limbs(divisor.digits)
    var rest = [UInt32](repeating: 0, count: modulus.count + 1)
    for position in 0..<digits.count + exponent - divisor.exponent {
      let digit = position < digits.count ? digits[position] : 0
      Self.multiplyByTen(&rest, adding: digit)
      while !Self.isLess(rest, modulus) { Self.subtract(modulus, from: &rest) }
    }
    return rest.allSatisfy { $0 == 0 }
  }

  /// The digits as an integer, the least significant limb first.
  private static func limbs(_ digits: [UInt8]) -> [UInt32] {
    var limbs: [UInt32] = [0]
    for digit in digits {
      if let last = limbs.last, last > UInt32.max / 16 { limbs.append(0) }
      multiplyByTen(&limbs, adding: digit)
    }
    return limbs
  }

  private static func multiplyByTen(_ limbs: inout [UInt32], adding digit: UInt8) {
    var carry = UInt64(digit)
    for index in limbs.indices {
      let product = UInt64(limbs[index]) * 10 + carry
      limbs[index] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
  }

  /// - Precondition: `left` is at least as long as `right`.
  private static func isLess(_ left: [UInt32], _ right: [UInt32]) -> Bool {
    for index in left.indices.reversed() {
      let other = index < right.count ? right[index] : 0
      if left[index] != other { return left[index] < other }
    }
    return false
  }

  /// - Precondition: `left` is at least as long as `right`, and not less.
  private static func subtract(_ right: [UInt32], from left: inout [UInt32]) {
    var borrow: Int64 = 0
    for index in left.indices {
      let difference = Int64(left[index]) - (index < right.count ? Int64(right[index]) : 0) + borrow
      left[index] = UInt32(truncatingIfNeeded: difference)
      borrow = difference >> 32
    }
  }
}

extension JSONNumber: CustomStringConvertible {
  /// All digits, laid out as ECMAScript lays out its numbers: plain from 1e-6 to below 1e21, with an exponent outside.
  public var description: String {
    guard !isZero else { return "0" }
    let text = digits.map { String($0) }.joined()
    // The point stands behind this many digits.
    let point = digits.count + exponent
    let magnitude: String
    if exponent >= 0, point <= 21 {
      magnitude = text + String(repeating: "0", count: exponent)
    } else if 1...21 ~= point {
      magnitude = text.prefix(point) + "." + text.dropFirst(point)
    } else if -5...0 ~= point {
      magnitude = "0." + String(repeating: "0", count: -point) + text
    } else {
      let fraction = digits.count > 1 ? "." + text.dropFirst() : ""
      magnitude = "\(text.prefix(1))\(fraction)e\(point > 0 ? "+" : "-")\(abs(point - 1))"
    }
    return isNegative ? "-" + magnitude : magnitude
  }
}
