import Histogram

/// What all connections of a run count together. Confined to the run's one event loop.
struct LoadBoard: ~Copyable {
  /// Ten minutes, nanoseconds: longer ones count as this.
  static let longestLatency: UInt64 = 600_000_000_000

  /// Latency of measured operations, nanoseconds, three significant digits, up to 10 minutes.
  private var latency = Histogram<UInt64>(
    lowestDiscernibleValue: 1_000, highestTrackableValue: Self.longestLatency, numberOfSignificantValueDigits: .three)
  /// When the measured part was slow.
  private(set) var course = LatencyCourse(start: 0)
  /// Answers by raw code, measured part.
  var codes = FlatArray(repeating: 0, count: 256)
  /// Operations sent and not answered, now and at most.
  var inFlight = 0
  var inFlightMax = 0
  /// Operations answered, in all and in the measured part.
  var answered = 0
  var measured = 0
  /// When the latest measured answer came, monotonic nanoseconds.
  var measuredUntil: UInt64 = 0
  /// Answers that were not the predicted ones, and the first of them as text.
  var differenceCount = 0
  var differences: [String] = []
  /// Reads of the measured part.
  var reads = ReadCounts()
  /// Frames that left more than an interval late, because the window was full or the processor busy (open loop).
  var delayedFrameCount = 0

  /// Begins another measured part.
  mutating func beginMeasuring(at now: UInt64) {
    latency.reset()
    course = LatencyCourse(start: now)
    for code in 0..<codes.count { codes[code] = 0 }
    measured = 0
    measuredUntil = 0
    inFlightMax = inFlight
    delayedFrameCount = 0
    reads.reset()
  }

  mutating func sent(_ count: Int) {
    inFlight += count
    inFlightMax = max(inFlightMax, inFlight)
  }

  /// Counts the answers to a measured frame.
  mutating func record(_ frame: PendingFrame, at now: UInt64) {
    measured += frame.count
    measuredUntil = now
    let waited = min(now - min(now, frame.intendedAt), Self.longestLatency)
    latency.record(waited, count: UInt64(frame.count))
    course.record(intendedAt: frame.intendedAt, latency: waited)
    frame.addCodes(to: &codes)
  }

  /// Percentiles so far.
  var percentiles: LoadReport.Latency { LoadReport.Latency(latency) }

  /// Keeps the first texts only.
  mutating func note(_ text: String, atMost limit: Int) {
    if differences.count < limit { differences.append(text) }
  }
}

/// The state that a run's connections share, on their one event loop.
final class LoadRunState: @unchecked Sendable {
  // Confined to the event loop that all clients of the run share.
  var board = LoadBoard()
  let configuration: LoadConfiguration
  /// Operations that may still be sent in the measured part.
  private var operationsLeft = Int.max

  init(_ configuration: LoadConfiguration) {
    self.configuration = configuration
    if configuration.search == nil, case .operations(let count) = configuration.limit { operationsLeft = count }
  }

  /// Whether a further frame of the measured part may be sent, which is then counted.
  func takeOperations(_ count: Int) -> Bool {
    if operationsLeft <= 0 { return false }
    if operationsLeft != .max { operationsLeft -= count }
    return true
  }

  var isUsedUp: Bool { operationsLeft <= 0 }

  func note(_ text: String) { board.note(text, atMost: configuration.differenceCountMax) }
}
