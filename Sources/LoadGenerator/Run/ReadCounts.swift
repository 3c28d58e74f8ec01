import Histogram

/// What the readers of a run count together. Confined to the run's one event loop.
struct ReadCounts: ~Copyable {
  /// Nanoseconds from asking to the answer, three significant digits, up to 10 minutes.
  private var latency = Histogram<UInt64>(
    lowestDiscernibleValue: 1_000, highestTrackableValue: LoadBoard.longestLatency,
    numberOfSignificantValueDigits: .three)
  private(set) var count = 0
  /// Milestones that were compared field by field.
  private(set) var comparedCount = 0

  mutating func reset() {
    latency.reset()
    count = 0
    comparedCount = 0
  }

  mutating func record(_ judgement: ReadJudgement, nanoseconds: UInt64) {
    count += 1
    comparedCount += judgement.comparedCount
    latency.record(min(nanoseconds, LoadBoard.longestLatency))
  }

  /// Percentiles so far, microseconds.
  var percentiles: LoadReport.Latency { LoadReport.Latency(latency) }
}

extension LoadReport.Latency {
  /// Of a histogram of nanoseconds; all zero when it is empty.
  init(_ histogram: borrowing Histogram<UInt64>) {
    guard histogram.totalCount > 0 else { return }
    p50 = Double(histogram.valueAtPercentile(50)) / 1_000
    p90 = Double(histogram.valueAtPercentile(90)) / 1_000
    p99 = Double(histogram.valueAtPercentile(99)) / 1_000
    p999 = Double(histogram.valueAtPercentile(99.9)) / 1_000
    max = Double(histogram.max) / 1_000
  }
}
