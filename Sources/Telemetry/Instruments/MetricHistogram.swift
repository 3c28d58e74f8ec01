/// A distribution over fixed buckets. To observe is a search over the bounds and two atomic additions;
/// any thread may. Meant for what happens once a batch or once a commit, not once an operation.
public final class MetricHistogram: Sendable {
  /// Upper bounds of the buckets, inclusive, ascending; one more bucket takes what lies above.
  public let upperBounds: [Double]
  private let counts: [MetricCounter]
  private let sum = MetricReal()

  /// A histogram of its own, in no registry.
  ///
  /// - Precondition: `upperBounds` ascend and are finite.
  public init(upperBounds: [Double]) {
    precondition(zip(upperBounds, upperBounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
    precondition(upperBounds.allSatisfy(\.isFinite), "the last bucket is implied")
    self.upperBounds = upperBounds
    counts = (0...upperBounds.count).map { _ in MetricCounter() }
  }

  /// Counts `value` in its bucket, `times` times.
  public func observe(_ value: Double, times: Int = 1) {
    var low = 0
    var high = upperBounds.count
    while low < high {
      let middle = (low + high) / 2
      if value <= upperBounds[middle] { high = middle } else { low = middle + 1 }
    }
    counts[low].add(times)
    sum.add(value * Double(times))
  }

  /// The distribution so far. Bucket counts and sum are read one after another, so a scrape beside an
  /// observation may see one without the other.
  public var snapshot: HistogramSnapshot {
    HistogramSnapshot(upperBounds: upperBounds, counts: counts.map(\.value), sum: sum.value)
  }

  /// Bounds for times in seconds, 50 microseconds to 10 seconds: a disk sync to a stalled disk.
  public static let secondsBounds: [Double] = [
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// Bounds for sizes in bytes, 256 B to 64 MiB, in steps of four.
  public static let byteBounds: [Double] = (4...13).map { Double(1 << ($0 * 2)) }

  /// Bounds for counts, 1 to 1,048,576, in steps of four.
  public static let countBounds: [Double] = (0...10).map { Double(1 << ($0 * 2)) }
}

/// What a histogram holds at one moment, or what another layer counted in the same form.
public struct HistogramSnapshot: Sendable, Hashable {
  /// Inclusive upper bounds, ascending.
  public var upperBounds: [Double]
  /// Observations of each bucket, not cumulative; one more than there are bounds.
  public var counts: [UInt64]
  /// Sum of all observed values.
  public var sum: Double

  /// A snapshot.
  ///
  /// - Precondition: there is one count more than there are bounds.
  public init(upperBounds: [Double], counts: [UInt64], sum: Double) {
    precondition(counts.count == upperBounds.count + 1, "one count more than bounds")
    self.upperBounds = upperBounds
    self.counts = counts
    self.sum = sum
  }

  /// Observations in all.
  public var count: UInt64 { counts.reduce(0, +) }

  func adding(_ other: HistogramSnapshot) -> HistogramSnapshot {
    precondition(upperBounds == other.upperBounds, "a histogram has one set of bounds")
    return HistogramSnapshot(
      upperBounds: upperBounds, counts: zip(counts, other.counts).map(+), sum: sum + other.sum)
  }
}
