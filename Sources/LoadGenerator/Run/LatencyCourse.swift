/// The worst latency of each stretch of the measured part: where in a run it was slow, which percentiles do not say.
///
/// Stretches are of equal length, by when a frame was meant to leave, so a wait is seen where it began. A run that
/// outgrows them gets stretches twice as long.
struct LatencyCourse {
  /// Nanoseconds of a stretch, and of the worst latency in each up to the latest that was begun.
  private(set) var stretch: UInt64
  private(set) var worst: [UInt64] = []
  let start: UInt64

  /// A course as the report draws it.
  static let drawnCount = 60
  static let stretchCountMax = 600
  static let shortestStretch: UInt64 = 100_000_000

  /// - Parameter start: monotonic nanoseconds.
  init(start: UInt64) {
    self.start = start
    stretch = Self.shortestStretch
    worst.reserveCapacity(Self.stretchCountMax)
  }

  /// Frames meant to leave before the start count as if at it.
  mutating func record(intendedAt: UInt64, latency: UInt64) {
    var place = (max(intendedAt, start) - start) / stretch
    while place >= UInt64(Self.stretchCountMax) {
      widen()
      place /= 2
    }
    while worst.count <= Int(place) { worst.append(0) }
    worst[Int(place)] = max(worst[Int(place)], latency)
  }

  private mutating func widen() {
    stretch *= 2
    let half = (worst.count + 1) / 2
    for place in 0..<half {
      worst[place] = max(worst[2 * place], 2 * place + 1 < worst.count ? worst[2 * place + 1] : 0)
    }
    worst.removeLast(worst.count - half)
  }

  /// At most `count` stretches, joined in equal numbers; and the length of one, nanoseconds.
  func joined(atMost count: Int) -> (stretch: UInt64, worst: [UInt64]) {
    precondition(count > 0, "something must be left")
    let factor = max(1, (worst.count + count - 1) / count)
    let joined = Swift.stride(from: 0, to: worst.count, by: factor).map { first in
      worst[first..<min(first + factor, worst.count)].max() ?? 0
    }
    return (stretch * UInt64(factor), joined)
  }

  /// Of each of `count` stretches of a length the part that the machine's host took.
  func stolenShares(_ stolen: StolenTime, stretch: UInt64, count: Int) -> [Double?] {
    (0..<UInt64(count)).map { stolen.share(from: start + $0 * stretch, to: start + ($0 + 1) * stretch) }
  }
}
