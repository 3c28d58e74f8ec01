/// A receiver's limit of deliveries a second: the generic cell rate algorithm, with a tenth of a second at once.
struct PaceKeeper: Sendable {
  /// Microseconds between two deliveries.
  private let interval: Int64
  /// Microseconds by which they may come early.
  private let tolerance: Int64
  /// When the next one would be in time. Microseconds.
  private var expected: Int64 = 0

  /// - Precondition: the rate is at least 1.
  init(perSecond: Int) {
    precondition(perSecond > 0, "nothing would ever be delivered")
    interval = 1_000_000 / Int64(perSecond)
    tolerance = max(0, 100_000 - interval)
  }

  /// Counts one delivery, if its time has come.
  /// - Parameter now: milliseconds.
  /// - Returns: milliseconds to wait; 0 when it was counted.
  mutating func admit(at now: Int64) -> Int64 {
    let now = now * 1_000
    let early = expected - now
    guard early <= tolerance else { return (early - tolerance + 999) / 1_000 }
    expected = max(expected, now) + interval
    return 0
  }
}
