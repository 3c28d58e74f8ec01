internal import Formats

/// Sums of money as public data writes them, turned into minor units.
enum MoneyText {
  /// Minor units of a decimal text, rounded half up (away from zero for negative sums).
  ///
  /// Takes any number of decimals (`26.85120450862128`), Indian and Western grouping (`40,78,121`, `3,466,810.561`), an
  /// exponent (`1.4e8`) and spaces around. Digits are used as they stand, never through a floating-point number.
  ///
  /// - Parameter decimals: of the currency, 2 for rupees and euro, 0 for guarani.
  /// - Returns: nil for anything else, or when the sum does not fit.
  static func minorUnits(_ text: String, decimals: Int) -> Int64? {
    var digits: [UInt8] = []
    var fractionCount = 0
    var isNegative = false
    var hasPoint = false
    var exponent = 0
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count && bytes[index] == 0x20 { index += 1 }
    if index < bytes.count && (bytes[index] == 0x2D || bytes[index] == 0x2B) {
      isNegative = bytes[index] == 0x2D
      index += 1
    }
    scan: while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case 0x30...0x39:
        digits.append(byte - 0x30)
        if hasPoint { fractionCount += 1 }
      case 0x2E where !hasPoint: hasPoint = true
      // A group mark stands between digits of the whole part.
      case 0x2C
      where !hasPoint && !digits.isEmpty && index + 1 < bytes.count && (0x30...0x39).contains(bytes[index + 1]): break
      case 0x65 where !digits.isEmpty, 0x45 where !digits.isEmpty:
        guard let value = Int(String(decoding: bytes[(index + 1)...], as: UTF8.self).trimmingSpaces()),
          (-40...40).contains(value)
        else { return nil }
        exponent = value
        index = bytes.count
        break scan
      case 0x20:
        guard bytes[index...].allSatisfy({ $0 == 0x20 }) else { return nil }
        index = bytes.count
        break scan
      default: return nil
      }
      index += 1
    }
    guard !digits.isEmpty else { return nil }
    // Digits that stand left of the rounding place.
    let kept = digits.count - fractionCount + exponent + decimals
    var sum: Int64 = 0
    for place in 0..<max(0, kept) {
      let digit = place < digits.count ? Int64(digits[place]) : 0
      let (scaled, overflow) = sum.multipliedReportingOverflow(by: 10)
      let (next, carry) = scaled.addingReportingOverflow(digit)
      guard !overflow && !carry else { return nil }
      sum = next
    }
    if kept >= 0 && kept < digits.count && digits[kept] >= 5 {
      guard sum < Int64.max else { return nil }
      sum += 1
    }
    return isNegative ? -sum : sum
  }

  /// As `minorUnits`, and nil for more than an operation can carry (10^15): a builder adds up thousands of such sums
  /// without reaching the end of the number line.
  static func amount(_ text: String, decimals: Int) -> Int64? {
    guard let sum = minorUnits(text, decimals: decimals), sum.magnitude <= 1_000_000_000_000_000 else { return nil }
    return sum
  }

  /// Shares of a sum that add up to it: largest remainder, ties to the lowest index. Even weights: the first shares are
  /// one larger.
  static func split(_ sum: Int64, into count: Int) -> [Int64] {
    precondition(count > 0 && sum >= 0, "a sum is split into at least one share")
    let base = sum / Int64(count)
    let rest = Int(sum % Int64(count))
    return (0..<count).map { $0 < rest ? base + 1 : base }
  }

  /// Shares by weight that add up to the sum: floors first, what is left by largest remainder, ties to the lowest
  /// index.
  static func split(_ sum: Int64, weights: [Int64]) -> [Int64] {
    let total = weights.reduce(0, +)
    precondition(total > 0 && sum >= 0, "weights add up to more than nothing")
    var shares: [Int64] = []
    var remainders: [(Int, Int128)] = []
    for (index, weight) in weights.enumerated() {
      let product = Int128(sum) * Int128(weight)
      shares.append(Int64(product / Int128(total)))
      remainders.append((index, product % Int128(total)))
    }
    var left = sum - shares.reduce(0, +)
    for (index, _) in remainders.sorted(by: { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }) where left > 0 {
      shares[index] += 1
      left -= 1
    }
    return shares
  }
}
