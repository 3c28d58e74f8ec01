import Synchronization

/// Owns the instruments of a process and writes them out on request.
///
/// Any thread may register and scrape. Ask for an instrument once and keep it: looking it up takes a lock
/// and hashes its name. Not for unbounded label values (tenants, contracts): a series lives as long as the registry.
public final class MetricsRegistry: Sendable {
  enum Instrument: Sendable {
    case counter(MetricCounter)
    case gauge(MetricGauge)
    case realCounter(MetricReal)
    case realGauge(MetricReal)
    case histogram(MetricHistogram)
  }

  struct Key: Hashable {
    var name: String
    var labels: [MetricLabel]
  }

  private struct State {
    var instruments: [Key: (help: String, instrument: Instrument)] = [:]
    var hooks: [@Sendable (inout Exposition) -> Void] = []
  }

  private let state = Mutex(State())

  /// An empty registry.
  public init() {}

  /// The counter of that name and those labels, made on first request.
  ///
  /// - Precondition: the name is valid and no instrument of another kind has it.
  public func counter(_ name: String, help: String, labels: [MetricLabel] = []) -> MetricCounter {
    let instrument = instrument(name, help, labels) { .counter(MetricCounter()) }
    guard case .counter(let counter) = instrument else { preconditionFailure("a metric has one kind") }
    return counter
  }

  /// The gauge of that name and those labels, made on first request.
  ///
  /// - Precondition: the name is valid and no instrument of another kind has it.
  public func gauge(_ name: String, help: String, labels: [MetricLabel] = []) -> MetricGauge {
    let instrument = instrument(name, help, labels) { .gauge(MetricGauge()) }
    guard case .gauge(let gauge) = instrument else { preconditionFailure("a metric has one kind") }
    return gauge
  }

  /// The histogram of that name and those labels, made on first request.
  ///
  /// - Precondition: the name is valid and no instrument of another kind has it; bounds ascend.
  public func histogram(
    _ name: String, help: String, labels: [MetricLabel] = [], upperBounds: [Double]
  ) -> MetricHistogram {
    let instrument = instrument(name, help, labels) { .histogram(MetricHistogram(upperBounds: upperBounds)) }
    guard case .histogram(let histogram) = instrument else { preconditionFailure("a metric has one kind") }
    return histogram
  }

  /// Runs `body` at every scrape, on the thread that scrapes, after the instruments were read.
  ///
  /// The place for figures that other layers keep: `body` reads and adds them up, and must not block.
  public func onScrape(_ body: @escaping @Sendable (inout Exposition) -> Void) {
    state.withLock { $0.hooks.append(body) }
  }

  /// Everything, as Prometheus text, version 0.0.4 (``Exposition/contentType``).
  public func text() -> String {
    // Hooks run outside the lock: they may register, and they may take locks of their own.
    let (instruments, hooks) = state.withLock { ($0.instruments, $0.hooks) }
    var exposition = Exposition()
    for (key, entry) in instruments {
      switch entry.instrument {
      case .counter(let counter):
        exposition.addCounter(key.name, help: entry.help, labels: key.labels, counter.value)
      case .gauge(let gauge):
        exposition.addGauge(key.name, help: entry.help, labels: key.labels, gauge.value)
      case .realCounter(let sum):
        exposition.addCounter(key.name, help: entry.help, labels: key.labels, sum.value)
      case .realGauge(let value):
        exposition.addGauge(key.name, help: entry.help, labels: key.labels, value.value)
      case .histogram(let histogram):
        exposition.addHistogram(key.name, help: entry.help, labels: key.labels, histogram.snapshot)
      }
    }
    for hook in hooks { hook(&exposition) }
    return exposition.text()
  }

  func instrument(
    _ name: String, _ help: String, _ labels: [MetricLabel], make: () -> Instrument
  ) -> Instrument {
    precondition(MetricName.isMetric(name), "not a valid metric name")
    let key = Key(name: name, labels: labels.sorted())
    return state.withLock { state in
      if let present = state.instruments[key] { return present.instrument }
      let made = make()
      state.instruments[key] = (help, made)
      return made
    }
  }

  func remove(where isGone: (Instrument) -> Bool) {
    state.withLock { state in
      for (key, entry) in state.instruments where isGone(entry.instrument) {
        state.instruments[key] = nil
      }
    }
  }
}
