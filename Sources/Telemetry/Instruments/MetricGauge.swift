import Synchronization

/// A figure that goes up and down, whole numbers. Any thread may change it.
public final class MetricGauge: Sendable {
  private let current = Atomic<Int>(0)

  /// A gauge of its own, in no registry.
  public init() {}

  /// Replaces the figure.
  public func set(_ value: Int) { current.store(value, ordering: .relaxed) }

  /// Adds `amount`, which may be negative, and returns the new figure.
  @discardableResult
  public func add(_ amount: Int) -> Int {
    current.wrappingAdd(amount, ordering: .relaxed).newValue
  }

  /// Raises the figure to `value` if it is lower.
  public func raise(to value: Int) { _ = current.max(value, ordering: .relaxed) }

  /// The figure now.
  public var value: Int { current.load(ordering: .relaxed) }
}
