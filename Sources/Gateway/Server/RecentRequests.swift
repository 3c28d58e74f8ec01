import NIOConcurrencyHelpers

/// Requests of the last minute, and how long they took: what a page may ask for every second.
///
/// A histogram a second, each step of it a quarter above the one before or less, so a percentile is known to a quarter.
final class RecentRequests: Sendable {
  static let windowSeconds = 60
  /// Four steps for each doubling, from a microsecond to more than an hour.
  private static let stepCount = 4 * 32

  private struct Second {
    /// Since `began`.
    var number = -1
    var failed = 0
    var steps = [UInt32](repeating: 0, count: stepCount)
  }

  private struct State {
    var answered: Int64 = 0
    var failed: Int64 = 0
    var seconds = [Second](repeating: Second(), count: windowSeconds + 1)
  }

  private let began: ContinuousClock.Instant
  private let state = NIOLockedValueBox(State())

  init(began: ContinuousClock.Instant = .now) { self.began = began }

  func count(status: Int, nanoseconds: Int64, at now: ContinuousClock.Instant = .now) {
    let number = Int((now - began).components.seconds)
    let step = Self.step(of: nanoseconds / 1_000)
    state.withLockedValue { state in
      state.answered += 1
      let place = number % state.seconds.count
      if state.seconds[place].number != number {
        state.seconds[place].number = number
        state.seconds[place].failed = 0
        for step in 0..<Self.stepCount { state.seconds[place].steps[step] = 0 }
      }
      state.seconds[place].steps[step] += 1
      guard status >= 500 else { return }
      state.failed += 1
      state.seconds[place].failed += 1
    }
  }

  struct Summary: Sendable {
    /// Since the gateway began.
    var answered: Int64
    /// Answered 5xx, since it began.
    var failed: Int64
    /// Of the window.
    var recent: Int64
    var recentFailed: Int64
    /// The whole seconds of the window.
    var seconds: Int64
    /// By permille, microseconds; rounded up to the end of a step.
    var percentiles: [(permille: Int64, microseconds: Int64)]
  }

  /// The last whole seconds, the present one not among them.
  func summary(_ permilles: [Int64], at now: ContinuousClock.Instant = .now) -> Summary {
    let present = Int((now - began).components.seconds)
    let window = max(0, present - Self.windowSeconds)..<present
    return state.withLockedValue { state in
      var steps = [Int64](repeating: 0, count: Self.stepCount)
      var failed = 0
      for second in state.seconds where window.contains(second.number) {
        failed += second.failed
        for (step, count) in second.steps.enumerated() { steps[step] += Int64(count) }
      }
      let recent = steps.reduce(0, +)
      return Summary(
        answered: state.answered, failed: state.failed, recent: recent, recentFailed: Int64(failed),
        seconds: Int64(window.count),
        percentiles: permilles.map { ($0, Self.percentile($0, of: recent, in: steps)) })
    }
  }

  private static func percentile(_ permille: Int64, of count: Int64, in steps: [Int64]) -> Int64 {
    guard count > 0 else { return 0 }
    var left = (count * permille + 999) / 1_000
    for (step, count) in steps.enumerated() {
      left -= count
      if left <= 0 { return end(of: step) }
    }
    return end(of: steps.count - 1)
  }

  /// 0...3 are themselves; above, the two bits behind the first one divide each doubling.
  static func step(of microseconds: Int64) -> Int {
    let value = max(0, microseconds)
    guard value >= 4 else { return Int(value) }
    let doubling = 63 - value.leadingZeroBitCount
    return min(stepCount - 1, (doubling - 1) * 4 + Int(value >> Int64(doubling - 2) & 3))
  }

  /// The highest value of a step.
  static func end(of step: Int) -> Int64 {
    guard step >= 4 else { return Int64(step) }
    return (Int64(step % 4) + 5) << Int64(step / 4 - 1) - 1
  }
}
