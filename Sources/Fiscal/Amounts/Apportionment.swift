extension Amount {
  /// Most shares that one sum is split into.
  public static let shareCountMax = 65_535

  /// Splits a sum by weights so that the shares add up to it: each gets the whole part of what is due to it, and the
  /// units left over go to the largest remainders, the lowest index first among equals.
  ///
  /// With a unit of a rupee the paise of the sum go to the share that is next in that order.
  /// - Throws: `invalidAmount` for a negative sum or weight, for no weights, for weights that are all zero or for more
  ///   than 65,535 of them; `overflow` when the weights do not add up in 64 bits.
  public static func split(
    _ total: Paise, weights: [Int64], to unit: RoundingUnit = .paisa
  ) throws(FiscalError) -> [Paise] {
    guard total >= 0, !weights.isEmpty, weights.count <= shareCountMax, weights.allSatisfy({ $0 >= 0 }) else {
      throw .invalidAmount
    }
    let weightSum = try sum(weights)
    guard weightSum > 0 else { throw .invalidAmount }
    let units = Int128(total / unit.rawValue)
    var shares: [Paise] = []
    var remainders: [(rest: Int128, index: Int)] = []
    var left = total
    for (index, weight) in weights.enumerated() {
      let product = units * Int128(weight)
      // At most the total: a weight is at most the sum of weights.
      let share = Int64(product / Int128(weightSum)) * unit.rawValue
      shares.append(share)
      if weight > 0 { remainders.append((product % Int128(weightSum), index)) }
      left -= share
    }
    remainders.sort { $0.rest != $1.rest ? $0.rest > $1.rest : $0.index < $1.index }
    // Fewer whole units are left than there are weights that are not zero; then less than a unit.
    var next = 0
    while left > 0 {
      let part = min(left, unit.rawValue)
      shares[remainders[next].index] += part
      left -= part
      next += 1
    }
    return shares
  }
}
