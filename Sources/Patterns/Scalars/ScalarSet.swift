/// A set of code points, surrogates included: they may be written in a pattern, though no text has them.
struct ScalarSet: Hashable, Sendable {
  static let scalarMax: UInt32 = 0x10FFFF

  /// In order, with a gap between any two.
  let ranges: [ClosedRange<UInt32>]

  static let all = ScalarSet(sorted: [0...scalarMax])

  init(_ scalar: UInt32) { ranges = [scalar...scalar] }

  /// Ranges in any order, overlapping or not.
  init(_ ranges: [ClosedRange<UInt32>]) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      // Neither end is above 0x10FFFF, so that one more always fits.
      guard let last = merged.last, range.lowerBound <= last.upperBound + 1 else {
        merged.append(range)
        continue
      }
      merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }
    self.ranges = merged
  }

  private init(sorted: [ClosedRange<UInt32>]) { ranges = sorted }

  var complement: ScalarSet {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= Self.scalarMax { gaps.append(next...Self.scalarMax) }
    return ScalarSet(sorted: gaps)
  }

  func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

  func intersection(_ other: ScalarSet) -> ScalarSet { complement.union(other.complement).complement }

  /// - Complexity: O(log ranges).
  func contains(_ scalar: UInt32) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(scalar)
  }
}
