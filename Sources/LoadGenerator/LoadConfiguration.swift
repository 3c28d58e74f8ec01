public import Client

/// What a run of the load generator does.
public struct LoadConfiguration: Sendable {
  /// Who the clients are and how their bytes travel; the window and how long they try come from below.
  public var client = ClientConfiguration()
  public var host = "127.0.0.1"
  public var port = 0
  public var workload = Workload.lifecycle
  /// Replayed instead of a workload, over and over; contracts, spread and warming up mean nothing then.
  public var recording: Recording?
  public var spread = TenantSpread.uniform
  /// Tenants that the contracts are spread over. Nothing else may use them during a run, or totals differ.
  public var tenantCount = 256
  /// The first tenant's number; the others follow.
  public var firstTenant: UInt32 = 1
  public var contractCount = 125_000
  /// Milestones of each contract, 1...64.
  public var milestonesPerContract = 8
  public var connectionCount = 4
  /// Operations of a frame.
  public var batch = 8_190
  /// Frames sent and unanswered on each connection. Open loop: the bound past which frames wait, their latency running.
  public var inFlight = 4
  /// Reads asked and unanswered on each connection in the measured part, beside the operations: each of a contract with
  /// its milestones.
  public var readersPerConnection = 0
  public var limit = Limit.duration(seconds: 10)
  /// Operations a second to offer, over all connections; nil: as fast as answers come.
  public var rate: Double?
  /// Looks for the highest rate instead of measuring one; `rate` and `limit` mean nothing then.
  public var search: RateSearch?
  public var seed: UInt64 = 1
  /// Steps each contract takes between setup and measurement, so that every state occurs from the start.
  public var warmStepsPerContract = 40
  /// How long a broken connection is tried again before the run fails.
  public var giveUpSeconds = 120
  /// Differences between answers and predictions that are kept as text.
  public var differenceCountMax = 10

  /// When the measured part ends.
  public enum Limit: Sendable, Equatable {
    case duration(seconds: Double)
    case operations(Int)
  }

  public init() {}

  /// Why the configuration makes no sense, or nil.
  public var problem: String? {
    if !(1...65_536).contains(tenantCount) { return "tenants must be 1 to 65536" }
    if !(1...1_024).contains(connectionCount) { return "connections must be 1 to 1024" }
    if contractCount < connectionCount { return "there must be a contract for each connection at least" }
    if !(1...64).contains(milestonesPerContract) { return "a contract has 1 to 64 milestones" }
    if !(1...8_190).contains(batch) { return "a batch has 1 to 8190 operations" }
    if !(1...256).contains(inFlight) { return "in flight must be 1 to 256 frames a connection" }
    if !(0...128).contains(readersPerConnection) { return "readers must be 0 to 128 a connection" }
    if let rate, !(rate > 0 && rate.isFinite) { return "the rate must be above 0" }
    if let recording {
      if recording.operationCount == 0 { return "\(recording.name) has no operations" }
      if recording.chainCountMax > batch {
        return "\(recording.name) has a chain of \(recording.chainCountMax) operations, more than a batch"
      }
      if tenantCount != recording.tenantCount { return "tenants are those of the recording" }
      if readersPerConnection > 0 { return "readers are for contracts of a workload, not of a recording" }
    }
    if let search {
      if rate != nil { return "give a rate or look for the highest one, not both" }
      if !(search.p99Milliseconds > 0 && search.p99Milliseconds.isFinite) { return "the p99 must be above 0" }
      if !(search.secondsPerStep >= 1 && search.secondsPerStep.isFinite) { return "a try takes at least a second" }
    }
    switch limit {
    case .duration(let seconds): if !(seconds > 0 && seconds.isFinite) { return "the duration must be above 0" }
    case .operations(let count): if count < 1 { return "the operations must be at least 1" }
    }
    return nil
  }
}
