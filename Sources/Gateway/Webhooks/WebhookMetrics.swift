import CoreMetrics

/// Deliveries through swift-metrics. Nothing is by tenant: whoever reads metrics learns no customers.
struct WebhookMetrics: Sendable {
  private let delivered = Counter(label: "milepost_webhook_deliveries", dimensions: [("outcome", "delivered")])
  private let failed = Counter(label: "milepost_webhook_deliveries", dimensions: [("outcome", "failed")])
  private let dead = Counter(label: "milepost_webhook_deliveries", dimensions: [("outcome", "dead")])
  private let time = Timer(label: "milepost_webhook_delivery")
  private let endpoints = Meter(label: "milepost_webhook_endpoints")
  private let retries = Meter(label: "milepost_webhook_retries_waiting")
  private let deadLetters = Meter(label: "milepost_webhook_dead_letters")
  private let lag = Meter(label: "milepost_webhook_lag_commits")

  enum Outcome {
    case delivered
    /// It is tried again.
    case failed
    /// It was the last try.
    case dead
  }

  func count(_ outcome: Outcome, milliseconds: Int64) {
    switch outcome {
    case .delivered: delivered.increment()
    case .failed: failed.increment()
    case .dead: dead.increment()
    }
    time.recordMilliseconds(milliseconds)
  }

  /// Sums over all endpoints; the lag is that of the one that is furthest behind, of those that are not disabled.
  struct Sums {
    var endpointCount = 0
    var retryCount = 0
    var deadLetterCount = 0
    var lagMax: UInt64 = 0
  }

  func set(_ sums: Sums) {
    endpoints.set(sums.endpointCount)
    retries.set(sums.retryCount)
    deadLetters.set(sums.deadLetterCount)
    lag.set(Int64(clamping: sums.lagMax))
  }
}
