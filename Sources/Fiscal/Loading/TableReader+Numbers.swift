internal import Documents

extension TableReader {
  /// A percentage, 0...100, with at most two decimals: basis points.
  mutating func percent(_ name: String, of node: DocumentNode) -> BasisPoints? {
    guard let found = member(name, of: node) else { return nil }
    guard let value = Self.hundredths(found), (0...10_000).contains(value) else {
      add(.notAPercentage, at: found)
      return nil
    }
    return Int(value)
  }

  /// Rupees, with at most two decimals, not negative: paise.
  mutating func rupees(_ name: String, of node: DocumentNode) -> Paise? {
    guard let found = member(name, of: node) else { return nil }
    guard let value = Self.hundredths(found), value >= 0 else {
      add(.notASum, at: found)
      return nil
    }
    return value
  }

  /// Rupees that may be left out.
  mutating func optionalRupees(_ name: String, of node: DocumentNode) -> Paise?? {
    guard node.member(name) != nil else { return .some(nil) }
    return rupees(name, of: node).map(Optional.some)
  }

  /// A count, not negative.
  mutating func count(_ name: String, of node: DocumentNode) -> Int64? {
    guard let found = member(name, of: node) else { return nil }
    guard let value = found.integer, value >= 0 else {
      add(.notACount, at: found)
      return nil
    }
    return value
  }

  /// A number times a hundred, when that is whole and fits.
  private static func hundredths(_ node: DocumentNode) -> Int64? {
    guard let number = node.number else { return nil }
    if number.isZero { return 0 }
    let zeros = number.exponent + 2
    guard zeros >= 0, zeros + number.digits.count <= 18 else { return nil }
    // At most 18 digits, so nothing overflows.
    var value = number.digits.reduce(Int64(0)) { $0 * 10 + Int64($1) }
    for _ in 0..<zeros { value *= 10 }
    return number.isNegative ? -value : value
  }
}
