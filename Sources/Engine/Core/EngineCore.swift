#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

/// Everything an engine is, without threads: step functions over a clock and a store that are handed in.
///
/// `Engine` runs the steps on threads; a simulation calls them in an order of its choice:
/// `submit`, `commitStep`, `timerStep`, `maintenanceStep`.
final class EngineCore: @unchecked Sendable {
  let configuration: EngineConfiguration
  let clock: any EngineClock
  let store: Store
  let cells: [ShardCell]
  let sessions: SessionTable
  let waiters: DurableWaiters
  let counters = EngineCounters()

  let memory: RingMemory
  /// Guards every `ring...` property and `failure`.
  let ringLock = Lock()
  let ringSignal: Signal
  var ring: CommitRing
  /// Somebody is in `commitStep`. Only that thread uses `nextCommit` and `committed`.
  var ringIsCommitting = false
  /// The committer thread waits for `ringSignal`.
  var ringCommitterSleeps = false
  /// Nobody commits before this instant of the monotonic clock, but at the end; see `pace`.
  var ringPausedUntil: UInt64 = 0
  /// A checkpoint waits for the log to be durable through here: nobody pauses before.
  let ringWantedEnd = Atomic<UInt64>(0)
  /// Told when there is room again.
  var ringRoomWaiters: [CompletionQueue] = []
  private(set) var failure: EngineError?
  /// No more submissions are taken; set by `close` and by a failure.
  let isStopped = Atomic<Bool>(false)
  /// Calls of `submit` that are under way: `close` waits for them.
  let activeSubmits = Atomic<Int>(0)

  /// Number of the next commit; guarded by `ringIsCommitting`.
  var nextCommit: CommitNumber
  /// Tickets of the commit being published, reused; guarded by `ringIsCommitting`.
  var committed: [CommitRing.Ticket] = []
  let epoch: UInt64

  let pace: CommitPace
  let sealer: LogSealer
  let checkpointer: Checkpointer
  let feeds = FeedTable()
  /// Held while contracts leave memory for the archive, and by whoever must see both as one. Taken before the shards'.
  let leavingLock = Lock()
  let scanCursors = ScanCursors()

  init(
    configuration: EngineConfiguration, clock: any EngineClock, store: Store, recovered: consuming RecoveredState
  ) throws(EngineError) {
    self.configuration = configuration
    self.clock = clock
    self.store = store
    cells = recovered.cells
    sessions = recovered.sessions
    nextCommit = store.log.range.next
    waiters = DurableWaiters(commit: nextCommit.rawValue - 1)
    epoch = 1
    memory = try RingMemory(byteCount: configuration.ringByteCount, prefaults: configuration.prefaultsRing)
    ring = CommitRing(byteCount: configuration.ringByteCount)
    ringSignal = Signal(ringLock)
    pace = CommitPace(
      byteCountMax: configuration.uncoveredLogByteCountMax, replayedByteCount: recovered.replayedByteCount)
    sealer = try LogSealer(store.log)
    checkpointer = try Checkpointer(
      store: store, shardCount: cells.count, configuration: configuration,
      replayedByteCount: recovered.replayedByteCount)
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_evicted_session_back) { return }
    #endif
    for session in sessions.takeEvictedByLog() { checkpointer.forget(session) }
  }

  func cell(ofTenant tenant: UInt32) -> ShardCell {
    cells[BatchLayout.shardIndex(tenant: tenant, shardCount: cells.count)]
  }

  /// Stops everything for good: nothing that is in memory and not on disk may be served.
  func fail(_ error: EngineError) {
    isStopped.store(true, ordering: .sequentiallyConsistent)
    ringLock.acquire()
    if failure == nil { failure = error }
    let room = ringRoomWaiters
    ringRoomWaiters = []
    ringSignal.notifyAll()
    ringLock.release()
    waiters.fail(error)
    for queue in room { queue.wakeForRoom() }
    failReadyTickets()
  }

  /// Answers `failed` to what is applied and will not be committed any more.
  func failReadyTickets() {
    while true {
      ringLock.acquire()
      guard ring.hasReady, !ringIsCommitting else { return ringLock.release() }
      let ticket = ring.removeFirst()
      ring.free(through: ticket.end)
      ringLock.release()
      counters.answered(ticket.operationCount)
      var member = ticket.first
      while let submission = member {
        submission.outcome = .failed
        member = submission.next
      }
      if let queue = ticket.queue, let first = ticket.first, let last = ticket.last {
        queue.push(first, last, isOwner: false)
      }
    }
  }

  /// The failure, if there is one.
  var failureNow: EngineError? { ringLock.withLock { failure } }

  /// Why nothing is served, as a typed error.
  func refusal() -> EngineError {
    failureNow ?? EngineError(.closed, "the engine is closed")
  }
}
