import NIOConcurrencyHelpers

/// Counts requests against limits, exactly: of any number that come at once, as many are admitted as there is room for.
///
/// The generic cell rate algorithm: for each who is counted there is one instant, at which all of its requests so far would be
/// due at the rate. A request is admitted while that lies no further ahead than the burst allows.
final class RateLimiter: Sendable {
  let limits: [RateLimit]
  private let now: @Sendable () -> Int64
  private let state = NIOLockedValueBox(State())

  /// Counted at once. Past it those that have nothing outstanding are forgotten, which changes nothing for them.
  static let countMax = 1 << 20

  /// Who is counted, under which limit.
  struct Subject: Hashable {
    var limit: Int
    var name: String
  }

  private struct State {
    /// Nanoseconds.
    var due: [Subject: Int64] = [:]
  }

  /// What became of a request under one limit.
  struct Standing: Sendable {
    var limit: RateLimit
    /// Requests that would still be admitted now.
    var remaining: Int64
    /// Nanoseconds until all of the burst is free again.
    var reset: Int64
  }

  enum Decision: Sendable {
    /// With the standing under the limit that has the least left; nil without limits.
    case admitted(Standing?)
    /// Nanoseconds until it would be admitted.
    case refused(Standing, wait: Int64)
    /// Too many are counted.
    case full
  }

  /// - Parameter now: monotonic nanoseconds.
  init(_ limits: [RateLimit], now: @escaping @Sendable () -> Int64) {
    self.limits = limits
    self.now = now
  }

  /// Counts a request under all of its limits, or under none when one refuses it.
  func admit(_ subjects: [Subject]) -> Decision {
    guard !subjects.isEmpty else { return .admitted(nil) }
    return state.withLockedValue { state in
      let now = self.now()
      if state.due.count + subjects.count > Self.countMax {
        state.due = state.due.filter { $0.value > now }
        guard state.due.count + subjects.count <= Self.countMax else { return .full }
      }
      var least: Standing?
      for subject in subjects {
        let limit = limits[subject.limit]
        let ahead = max(0, (state.due[subject] ?? now) - now)
        let room = limit.interval * Int64(limit.burst)
        guard ahead + limit.interval <= room else {
          return .refused(Standing(limit: limit, remaining: 0, reset: ahead), wait: ahead + limit.interval - room)
        }
        let standing = Standing(
          limit: limit, remaining: (room - ahead) / limit.interval - 1, reset: ahead + limit.interval)
        if least.map({ standing.remaining < $0.remaining }) ?? true { least = standing }
      }
      for subject in subjects {
        state.due[subject] = max(now, state.due[subject] ?? now) + limits[subject.limit].interval
      }
      return .admitted(least)
    }
  }
}
