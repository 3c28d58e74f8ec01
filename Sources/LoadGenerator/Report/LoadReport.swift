public import Kernel

/// What a run measured and found. Times are seconds, sums minor units.
public struct LoadReport: Sendable {
  public var configuration: LoadConfiguration
  /// Setup and warming up: everything before the measured part.
  public var preloadOperations = 0
  public var preloadSeconds = 0.0
  /// The measured part: operations answered, from its start to its last answer.
  public var operations = 0
  public var seconds = 0.0
  /// Contracts that came to their end in the measured part.
  public var contractsClosed = 0
  /// What a search for the highest rate tried, and what it found; nil: no rate held the goal.
  public var steps: [RateSearch.Step] = []
  public var highestRate: Double?
  /// Refused operations of the measured part, by code name; all of them were predicted unless `differenceCount` says otherwise.
  public var rejected: [(name: String, count: Int)] = []
  public var latency = Latency()
  /// When it was slow.
  var course = LatencyCourse(start: 0)
  /// When this machine's host kept the processors from it; nil when the system does not tell.
  var stolen: StolenTime?
  /// Contracts read beside the operations, and of their milestones those that were compared field by field: nothing was
  /// under way for them. The others were compared by version.
  public var reads = 0
  public var readsCompared = 0
  public var readLatency = Latency()
  /// Most operations sent and unanswered at one moment of the measured part.
  public var inFlightMax = 0
  /// Every counted operation was answered by a `result` frame, which leaves the server only after its commit is on disk.
  public var isDurable = false
  /// Answers of the whole run that were not the predicted ones, and the first of them as text.
  public var differenceCount = 0
  public var differences: [String] = []
  /// Tenants whose totals were compared, those that differ, and the first of them as text.
  public var tenantsCompared = 0
  public var tenantsDiffering = 0
  /// Sums over all tenants that this run caused, as the server has them.
  public var totals = Totals()
  /// Open loop: frames that left more than an interval late.
  public var delayedFrames = 0
  public var reconnects = 0
  public var resentFrames = 0
  public var replayedFrames = 0
  /// Processor time of this process in the measured part.
  public var generatorSeconds = 0.0
  /// What ended the run early, or nil.
  public var failure: String?

  /// Percentiles from the intended send (open loop) or the send (closed loop) to the durable answer, microseconds.
  public struct Latency: Sendable {
    public var p50 = 0.0
    public var p90 = 0.0
    public var p99 = 0.0
    public var p999 = 0.0
    public var max = 0.0
    public init() {}

    var json: JSONText {
      .object([
        ("p50", .number(p50)), ("p90", .number(p90)), ("p99", .number(p99)), ("p999", .number(p999)),
        ("max", .number(max)),
      ])
    }
  }

  public init(_ configuration: LoadConfiguration) { self.configuration = configuration }

  public var operationsPerSecond: Double { seconds > 0 ? Double(operations) / seconds : 0 }

  /// Every answer was the predicted one, totals are equal, and nothing broke off.
  public var isClean: Bool { failure == nil && differenceCount == 0 && tenantsDiffering == 0 && tenantsCompared > 0 }
}

extension LoadReport {
  /// The report as `--json` writes it. Keys are part of the tool's contract: add, never rename.
  public var json: JSONText {
    .object([
      ("workload", .string(configuration.workloadName)),
      ("settings", settings),
      (
        "preload",
        .object([
          ("operations", .integer(preloadOperations)), ("seconds", .number(preloadSeconds)),
          ("operationsPerSecond", .number(preloadSeconds > 0 ? Double(preloadOperations) / preloadSeconds : 0)),
        ])
      ),
      ("operationsAcknowledged", .integer(operations)),
      ("seconds", .number(seconds)),
      ("operationsPerSecond", .number(operationsPerSecond)),
      ("contractsClosed", .integer(contractsClosed)),
      // What a recording closes has as many as it has.
      (
        "milestonesClosed",
        .integer(configuration.recording == nil ? contractsClosed * configuration.milestonesPerContract : 0)
      ),
      ("search", searchJSON),
      ("rejected", .object(rejected.map { ($0.name, .integer($0.count)) })),
      ("latencyMicroseconds", latency.json),
      (
        "course",
        .object([
          ("seconds", .number(Double(course.stretch) / 1e9)),
          ("worstMicroseconds", .array(course.worst.map { .number(Double($0) / 1_000) })),
          // A stretch that nothing is known of has null.
          (
            "stolenShares",
            .array(
              (stolen.map { course.stolenShares($0, stretch: course.stretch, count: course.worst.count) } ?? [])
                .map { .number($0 ?? .nan) })
          ),
        ])
      ),
      (
        "reads",
        .object([
          ("contracts", .integer(reads)), ("milestonesCompared", .integer(readsCompared)),
          ("latencyMicroseconds", readLatency.json),
        ])
      ),
      ("maxInFlight", .integer(inFlightMax)),
      ("durable", .bool(isDurable)),
      ("mismatches", .integer(differenceCount)),
      ("differences", .array(differences.map { .string($0) })),
      (
        "totals",
        .object([
          ("equal", .bool(tenantsDiffering == 0 && tenantsCompared > 0)), ("tenants", .integer(tenantsCompared)),
          ("tenantsDiffering", .integer(tenantsDiffering)), ("sums", totals.json),
        ])
      ),
      ("delayedFrames", .integer(delayedFrames)),
      ("reconnects", .integer(reconnects)),
      ("resentFrames", .integer(resentFrames)),
      ("replayedFrames", .integer(replayedFrames)),
      ("generatorCpuSeconds", .number(generatorSeconds)),
      ("failure", failure.map { .string($0) } ?? .string("")),
      ("ok", .bool(isClean)),
    ])
  }

  /// What the measured stretch means for a search.
  func step(of search: RateSearch, offered: Double?) -> RateSearch.Step {
    // Every frame that was due is sent; the last answer may take as long as any other.
    let keepsRate = offered.map { seconds <= 1.02 * Double(operations) / $0 + search.p99Milliseconds / 1_000 } ?? true
    return RateSearch.Step(
      offered: offered, operationsPerSecond: operationsPerSecond, latency: latency,
      holds: keepsRate && latency.p99 <= search.p99Milliseconds * 1_000)
  }

  private var searchJSON: JSONText {
    guard let search = configuration.search else { return .object([]) }
    return .object([
      ("p99Milliseconds", .number(search.p99Milliseconds)), ("highestRate", .number(highestRate ?? 0)),
      (
        "steps",
        .array(
          steps.map { step in
            .object([
              ("offered", .number(step.offered ?? 0)), ("operationsPerSecond", .number(step.operationsPerSecond)),
              ("p50", .number(step.latency.p50)), ("p99", .number(step.latency.p99)), ("holds", .bool(step.holds)),
            ])
          })
      ),
    ])
  }

  private var settings: JSONText {
    var members: [(String, JSONText)] = [
      ("recording", .string(configuration.recording?.name ?? "")),
      ("tenants", .integer(configuration.tenantCount)),
      ("spread", .string(configuration.spread.rawValue)),
      ("firstTenant", .integer(Int(configuration.firstTenant))),
      ("contracts", .integer(configuration.contractCount)),
      ("milestones", .integer(configuration.contractCount * configuration.milestonesPerContract)),
      ("connections", .integer(configuration.connectionCount)),
      ("batch", .integer(configuration.batch)),
      ("inFlight", .integer(configuration.inFlight)),
      ("readers", .integer(configuration.readersPerConnection)),
      ("seed", .integer(Int(truncatingIfNeeded: configuration.seed))),
    ]
    switch configuration.limit {
    case .duration(let seconds): members.append(("duration", .number(seconds)))
    case .operations(let count): members.append(("operations", .integer(count)))
    }
    if let rate = configuration.rate { members.append(("rate", .number(rate))) }
    return .object(members)
  }
}

extension LoadConfiguration {
  /// What the measured part does, in a word.
  var workloadName: String { recording == nil ? workload.rawValue : "recording" }
}

extension Totals {
  /// The sums by name.
  var json: JSONText { .object(Self.names.map { ($0.name, .integer(Int(self[keyPath: $0.path]))) }) }

  static var names: [(name: String, path: WritableKeyPath<Totals, Int64>)] {
    [
      ("funded", \.funded), ("unallocated", \.unallocated), ("held", \.held), ("retained", \.retained),
      ("payoutPending", \.payoutPending), ("refundPending", \.refundPending), ("taxWithheld", \.taxWithheld),
      ("otherWithheld", \.otherWithheld), ("paidOut", \.paidOut), ("returned", \.returned), ("refunded", \.refunded),
      ("taxDeposited", \.taxDeposited), ("otherPaid", \.otherPaid), ("fee", \.fee),
    ]
  }

  /// Field by field, wrapping as the server's sums do.
  mutating func combine(_ other: Totals, _ operation: (Int64, Int64) -> Int64) {
    for (_, path) in Self.names { self[keyPath: path] = operation(self[keyPath: path], other[keyPath: path]) }
  }
}
