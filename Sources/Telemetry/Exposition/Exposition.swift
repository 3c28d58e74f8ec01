/// One scrape being put together: the samples of every family, written in a stable order at the end.
///
/// Scrape hooks get it `inout` and add what they know. Adding the same name and labels twice adds the
/// figures up, which is how per-shard counters become one series.
public struct Exposition {
  /// What Prometheus is told about a family.
  enum Kind: String {
    case counter, gauge, histogram
  }

  enum Sample {
    case integer(Int64)
    case real(Double)
    case buckets(HistogramSnapshot)
  }

  struct Family {
    let kind: Kind
    let help: String
    var series: [[MetricLabel]: Sample] = [:]
  }

  private(set) var families: [String: Family] = [:]

  init() {}

  /// Adds to a count that only grows.
  ///
  /// - Parameter name: by convention ends in `_total`.
  /// - Precondition: the name is valid and no other kind of metric has it.
  public mutating func addCounter(_ name: String, help: String, labels: [MetricLabel] = [], _ value: UInt64) {
    add(name, .counter, help, labels, .integer(Int64(clamping: value)))
  }

  /// Adds to a sum that only grows, for example seconds spent.
  ///
  /// - Precondition: the name is valid and no other kind of metric has it.
  public mutating func addCounter(_ name: String, help: String, labels: [MetricLabel] = [], _ value: Double) {
    add(name, .counter, help, labels, .real(value))
  }

  /// Adds to a figure that goes up and down.
  ///
  /// - Precondition: the name is valid and no other kind of metric has it.
  public mutating func addGauge(_ name: String, help: String, labels: [MetricLabel] = [], _ value: Int) {
    add(name, .gauge, help, labels, .integer(Int64(value)))
  }

  /// Adds to a figure that goes up and down.
  ///
  /// - Precondition: the name is valid and no other kind of metric has it.
  public mutating func addGauge(_ name: String, help: String, labels: [MetricLabel] = [], _ value: Double) {
    add(name, .gauge, help, labels, .real(value))
  }

  /// Adds a distribution.
  ///
  /// - Precondition: the name is valid, no other kind of metric has it, and the bounds agree with what is there.
  public mutating func addHistogram(
    _ name: String, help: String, labels: [MetricLabel] = [], _ value: HistogramSnapshot
  ) {
    add(name, .histogram, help, labels, .buckets(value))
  }

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ labels: [MetricLabel], _ sample: Sample) {
    precondition(MetricName.isMetric(name), "not a valid metric name")
    var family = families.removeValue(forKey: name) ?? Family(kind: kind, help: help)
    precondition(family.kind == kind, "a metric has one kind")
    let key = labels.sorted()
    family.series[key] = family.series[key].map { Self.sum($0, sample) } ?? sample
    families[name] = family
  }

  private static func sum(_ a: Sample, _ b: Sample) -> Sample {
    switch (a, b) {
    case (.integer(let a), .integer(let b)):
      let (sum, overflow) = a.addingReportingOverflow(b)
      return .integer(overflow ? .max : sum)
    case (.integer(let a), .real(let b)), (.real(let b), .integer(let a)): return .real(Double(a) + b)
    case (.real(let a), .real(let b)): return .real(a + b)
    case (.buckets(let a), .buckets(let b)): return .buckets(a.adding(b))
    case (.buckets, _), (_, .buckets): preconditionFailure("a histogram has buckets only")
    }
  }
}
