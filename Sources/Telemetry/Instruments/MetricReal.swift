import Synchronization

/// A floating-point figure that several threads add to: sums of seconds, swift-metrics gauges.
final class MetricReal: Sendable {
  private let bits = Atomic<UInt64>(0)

  init() {}

  func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

  func add(_ amount: Double) {
    var seen = bits.load(ordering: .relaxed)
    while true {
      let sum = Double(bitPattern: seen) + amount
      let (exchanged, original) = bits.weakCompareExchange(
        expected: seen, desired: sum.bitPattern, ordering: .relaxed)
      if exchanged { return }
      seen = original
    }
  }

  var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}
