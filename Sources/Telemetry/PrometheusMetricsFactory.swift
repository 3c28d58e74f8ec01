public import CoreMetrics

/// Puts a registry behind swift-metrics: what libraries report there shows up in the same scrape.
///
/// Labels and dimension names become valid Prometheus names (`a.b` is `a_b`); counters get `_total` and timers
/// `_seconds`. Recorders and timers are histograms over fixed buckets; a recorder that does not aggregate is a gauge.
public struct PrometheusMetricsFactory: MetricsFactory {
  /// Where the instruments live.
  public let registry: MetricsRegistry

  /// A factory for `MetricsSystem.bootstrap`.
  public init(registry: MetricsRegistry) {
    self.registry = registry
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    let name = Self.name(label, suffix: "_total")
    let instrument = registry.instrument(name, label, Self.labels(dimensions)) { .counter(MetricCounter()) }
    guard case .counter(let counter) = instrument else { preconditionFailure("a metric has one kind") }
    return CounterInstrument(counter: counter)
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    let name = Self.name(label, suffix: "_total")
    let instrument = registry.instrument(name, label, Self.labels(dimensions)) { .realCounter(MetricReal()) }
    guard case .realCounter(let sum) = instrument else { preconditionFailure("a metric has one kind") }
    return SumInstrument(sum: sum)
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    makeGauge(label, dimensions)
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    guard aggregate else { return makeGauge(label, dimensions) }
    let histogram = registry.histogram(
      Self.name(label, suffix: ""), help: label, labels: Self.labels(dimensions),
      upperBounds: MetricHistogram.countBounds)
    return RecorderInstrument(histogram: histogram)
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    let histogram = registry.histogram(
      Self.name(label, suffix: "_seconds"), help: label, labels: Self.labels(dimensions),
      upperBounds: MetricHistogram.secondsBounds)
    return TimerInstrument(histogram: histogram)
  }

  public func destroyCounter(_ handler: any CounterHandler) {
    guard let handler = handler as? CounterInstrument else { return }
    registry.remove { if case .counter(let counter) = $0 { counter === handler.counter } else { false } }
  }

  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
    guard let handler = handler as? SumInstrument else { return }
    registry.remove { if case .realCounter(let sum) = $0 { sum === handler.sum } else { false } }
  }

  public func destroyMeter(_ handler: any MeterHandler) {
    removeGauge(handler as? GaugeInstrument)
  }

  public func destroyRecorder(_ handler: any RecorderHandler) {
    removeGauge(handler as? GaugeInstrument)
    removeHistogram((handler as? RecorderInstrument)?.histogram)
  }

  public func destroyTimer(_ handler: any TimerHandler) {
    removeHistogram((handler as? TimerInstrument)?.histogram)
  }

  private func makeGauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeInstrument {
    let instrument = registry.instrument(Self.name(label, suffix: ""), label, Self.labels(dimensions)) {
      .realGauge(MetricReal())
    }
    guard case .realGauge(let value) = instrument else { preconditionFailure("a metric has one kind") }
    return GaugeInstrument(value: value)
  }

  private func removeGauge(_ gone: GaugeInstrument?) {
    guard let gone else { return }
    registry.remove { if case .realGauge(let value) = $0 { value === gone.value } else { false } }
  }

  private func removeHistogram(_ gone: MetricHistogram?) {
    guard let gone else { return }
    registry.remove { if case .histogram(let histogram) = $0 { histogram === gone } else { false } }
  }

  private static func name(_ label: String, suffix: String) -> String {
    let name = MetricName.metric(from: label)
    return name.hasSuffix(suffix) ? name : name + suffix
  }

  private static func labels(_ dimensions: [(String, String)]) -> [MetricLabel] {
    dimensions.map { MetricLabel(MetricName.label(from: $0.0), $0.1) }
  }
}

private final class CounterInstrument: CounterHandler {
  let counter: MetricCounter
  init(counter: MetricCounter) { self.counter = counter }
  func increment(by amount: Int64) { counter.add(Int(max(0, amount))) }
  func reset() { counter.reset() }
}

private final class SumInstrument: FloatingPointCounterHandler {
  let sum: MetricReal
  init(sum: MetricReal) { self.sum = sum }
  func increment(by amount: Double) { sum.add(amount) }
  func reset() { sum.set(0) }
}

private final class GaugeInstrument: MeterHandler, RecorderHandler {
  let value: MetricReal
  init(value: MetricReal) { self.value = value }
  func set(_ value: Int64) { self.value.set(Double(value)) }
  func set(_ value: Double) { self.value.set(value) }
  func increment(by amount: Double) { value.add(amount) }
  func decrement(by amount: Double) { value.add(-amount) }
  func record(_ value: Int64) { self.value.set(Double(value)) }
  func record(_ value: Double) { self.value.set(value) }
}

private final class RecorderInstrument: RecorderHandler {
  let histogram: MetricHistogram
  init(histogram: MetricHistogram) { self.histogram = histogram }
  func record(_ value: Int64) { histogram.observe(Double(value)) }
  func record(_ value: Double) { histogram.observe(value) }
}

private final class TimerInstrument: TimerHandler {
  let histogram: MetricHistogram
  init(histogram: MetricHistogram) { self.histogram = histogram }
  func recordNanoseconds(_ duration: Int64) { histogram.observe(Double(duration) / 1e9) }
}
