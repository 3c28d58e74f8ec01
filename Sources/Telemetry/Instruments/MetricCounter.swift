import Synchronization

/// A count that only grows. To add is one atomic addition; any thread may.
public final class MetricCounter: Sendable {
  private let total = Atomic<UInt64>(0)

  /// A counter of its own, in no registry.
  public init() {}

  /// Adds `amount`. The count wraps after 2^64, which Prometheus takes for a restart.
  public func add(_ amount: Int = 1) {
    precondition(amount >= 0, "a counter only grows")
    total.wrappingAdd(UInt64(amount), ordering: .relaxed)
  }

  /// What was counted so far.
  public var value: UInt64 { total.load(ordering: .relaxed) }

  /// Back to zero: for swift-metrics, whose counters can be reset.
  func reset() { total.store(0, ordering: .relaxed) }
}
