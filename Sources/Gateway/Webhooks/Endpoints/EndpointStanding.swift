import Wire

/// How far an endpoint is, and how it fares.
struct EndpointStanding: Sendable, Equatable {
  /// Everything before it is delivered, a dead letter, or a row that waits for another try.
  var cursor: EventPosition
  /// A range of the log is being sent again.
  var replay: Replay?
  /// First failure since the last success.
  var failingSince: Int64?
  var lastSuccess: Int64?
  var lastFailure: Failure?
  /// Attempts of about the newest 1,000, by how they ended.
  private(set) var successCount: Int64 = 0
  private(set) var failureCount: Int64 = 0
  /// Attempts ever: numbers the delivery log.
  private(set) var attemptCount: UInt64 = 0

  struct Replay: Sendable, Equatable {
    /// From here on nothing is sent again.
    var end: EventPosition
    /// Where to go on then.
    var resumption: EventPosition
  }

  struct Failure: Sendable, Equatable {
    var time: Int64
    /// The receiver's answer; nil when there was none.
    var status: Int?
    /// Stable word.
    var error: String
  }

  /// Past so many both counts are halved: what is long ago counts less.
  private static let countMax: Int64 = 1_000

  init(cursor: EventPosition) { self.cursor = cursor }

  /// A standing as it was kept.
  init(cursor: EventPosition, successCount: Int64, failureCount: Int64, attemptCount: UInt64) {
    self.cursor = cursor
    self.successCount = successCount
    self.failureCount = failureCount
    self.attemptCount = attemptCount
  }

  mutating func count(_ attempt: DeliveryAttempt) {
    attemptCount += 1
    if attempt.isAccepted {
      successCount += 1
      lastSuccess = attempt.time
      failingSince = nil
    } else {
      failureCount += 1
      lastFailure = Failure(time: attempt.time, status: attempt.status, error: attempt.error ?? "status")
      failingSince = failingSince ?? attempt.time
    }
    if successCount + failureCount > Self.countMax {
      successCount /= 2
      failureCount /= 2
    }
  }

  /// Of 100 attempts; nil when there was none.
  var successPercent: Int64? {
    let count = successCount + failureCount
    return count == 0 ? nil : successCount * 100 / count
  }
}
