import NIOCore
import Telemetry

/// Latencies of replies that are delivered together. Requests of one loop round arrived at the same moment, so
/// most neighbours are equal and the histogram is touched once for many.
struct LatencyRun {
  private var arrival = NIODeadline.uptimeNanoseconds(0)
  private var seconds = 0.0
  private var times = 0

  /// Counts a request that arrived at `arrival` and is answered `now`.
  mutating func add(_ arrival: NIODeadline, now: NIODeadline, to histogram: MetricHistogram) {
    if arrival != self.arrival {
      finish(histogram)
      self.arrival = arrival
      seconds = Double((now - arrival).nanoseconds) / 1e9
    }
    times += 1
  }

  /// Writes out what is not yet in the histogram.
  mutating func finish(_ histogram: MetricHistogram) {
    if times > 0 { histogram.observe(seconds, times: times) }
    times = 0
  }

  /// The newest latency, at least one millisecond; nil when there was none.
  var milliseconds: Int64? {
    arrival == .uptimeNanoseconds(0) ? nil : max(1, Int64(seconds * 1000))
  }
}
