public import Kernel
public import Store

/// The embeddable milestone-payment engine: applies batches of operations, makes them durable, answers.
///
/// All methods may be called from any thread unless they say otherwise. A reply or a read never shows what is not on
/// disk. When a write to the log fails the engine stops serving (`failure`), because memory is then ahead of the
/// disk; the process should say why and exit.
public final class Engine: Sendable {
  let core: EngineCore
  let threads: EngineThreads
  private let submitter: AsyncSubmitter

  /// Opens the store at `configuration.path`, recovers and starts the background threads.
  ///
  /// - Parameters:
  ///   - configuration: path and limits.
  ///   - storeOptions: how the store is opened; retention of the log among others.
  ///   - clock: where stamps come from.
  ///   - progress: called on the calling thread while the log is replayed.
  /// - Throws: `store` when it cannot be opened (missing, in use, another version, not a store), `corrupt` when it
  ///   does not add up.
  public static func open(
    _ configuration: EngineConfiguration, storeOptions: StoreOptions = StoreOptions(),
    clock: any EngineClock = SystemClock(), progress: ((RecoveryProgress) -> Void)? = nil
  ) throws(EngineError) -> Engine {
    let store: Store
    do throws(StoreError) {
      store = try Store.open(
        configuration.path, configuration.createsStore ? .createOrOpen(shardCount: configuration.shardCount) : .open,
        options: storeOptions)
    } catch { throw EngineError(.store, "\(error)") }
    return try Engine(configuration: configuration, store: store, clock: clock, progress: progress)
  }

  /// An engine over a store that is open already, or put together from other parts.
  public init(
    configuration: EngineConfiguration, store: Store, clock: any EngineClock = SystemClock(),
    progress: ((RecoveryProgress) -> Void)? = nil
  ) throws(EngineError) {
    try configuration.check()
    let recovered = try Recovery(store: store, configuration: configuration).run(progress: progress)
    core = try EngineCore(configuration: configuration, clock: clock, store: store, recovered: recovered)
    submitter = AsyncSubmitter(core: core)
    threads = try EngineThreads(core: core)
    if configuration.startsThreads { try threads.start() }
  }

  /// An engine that was not closed ends here all the same; whoever wants to know how it went calls `close()`.
  deinit { threads.abandon() }

  // MARK: Submitting

  /// Takes frames in order: applies each to its shards and reserves its place in the log.
  ///
  /// Runs on the calling thread, which must own `queue`, and never waits for the disk unless it commits a small group
  /// itself. Every taken submission comes back through `queue`, committed or refused. Frames of one call are applied
  /// in groups of up to 20,480 slots, so pass all that one loop round has assembled. After the call drain the queue: it
  /// may hold answers of this very call without a wake.
  ///
  /// - Returns: how many were taken, from the front. Less than all means that the ring is full, or that a session has
  ///   its whole window in flight; the queue is woken when there is room. Until then the owner should stop reading
  ///   from its sockets.
  public func submit(_ submissions: [Submission], to queue: CompletionQueue) -> Int {
    core.submit(submissions, to: queue)
  }

  /// Applies a batch and returns its results, in order, when it is durable.
  /// - Throws: `failed`, `closed`; `invalid` when it is empty; `limit` when it has more operations than one
  ///   submission may, or when a shard is full.
  public func submit(
    _ batch: OperationBatch, authority: Authority = .full
  ) async throws(EngineError) -> [OperationResult] {
    let outcome: (SubmissionOutcome, [OperationResult], EngineError?) = await withCheckedContinuation { continuation in
      submitter.submit(batch, authority) { submission in
        continuation.resume(
          returning: (submission.outcome, unsafe Array(submission.results), submission.failure))
      }
    }
    switch outcome.0 {
    case .committed: return outcome.1
    case .malformed: throw EngineError(.invalid, "a batch holds at least one operation")
    case .tooLarge:
      throw EngineError(.limit, "a batch holds at most \(core.configuration.operationsPerSubmissionMax) operations")
    default: throw outcome.2 ?? core.refusal()
    }
  }

  // MARK: Sessions

  /// Opens a session and calls back when that is durable, on any thread. When the table is full the session that was
  /// idle longest is evicted, one without a queue if there is any.
  public func openSession(_ completion: @escaping @Sendable (Result<Session, EngineError>) -> Void) {
    core.openSession(completion)
  }

  /// Finds a session to resume.
  /// - Throws: `sessionUnknown`, `sessionEvicted`.
  public func session(_ id: UInt64) throws(EngineError) -> Session { try core.sessions.find(id) }

  /// Gives a session to the queue of the connection that uses it now. What the queue before still submits for it is
  /// answered `sessionMoved`; what it had submitted goes on. Must not be called while the caller is inside `submit`.
  public func attach(_ session: Session, to queue: CompletionQueue) { core.attach(session, to: queue) }

  /// Takes a session from its queue: its connection is gone. It may be evicted from now on.
  public func detach(_ session: Session) { core.attach(session, to: nil) }

  /// Ends a session for good; calls back when that is durable.
  public func evict(_ id: UInt64, _ completion: @escaping @Sendable (Result<Void, EngineError>) -> Void) {
    core.evict(id, completion)
  }

  // MARK: Change feed

  /// Starts to follow the log from a position on.
  /// - Throws: `tooOld(firstKept:)` when the log no longer has it, `invalid` when it lies past the next commit.
  public func follow(from position: FeedPosition, filter: FeedFilter = FeedFilter()) throws(EngineError) -> ChangeFeed {
    let range = core.store.log.range
    guard position.commit >= range.first.rawValue else {
      throw EngineError(
        .tooOld(firstKept: range.first.rawValue), "commit \(position.commit) is gone; the log starts at \(range.first)")
    }
    guard position.commit <= range.next.rawValue else {
      throw EngineError(.invalid, "commit \(position.commit) does not exist yet; the next one is \(range.next)")
    }
    return ChangeFeed(core: core, from: position, filter: filter)
  }

  /// Calls back once, on any thread, as soon as a commit later than `commit` is durable, with the newest one's
  /// number; or with the error that ended the engine.
  public func whenDurable(
    after commit: UInt64, _ completion: @escaping @Sendable (Result<UInt64, EngineError>) -> Void
  ) {
    core.waiters.whenDurable(after: commit, completion)
  }

  // MARK: Life

  /// The newest durable commit, 0 for an empty log.
  public var durableCommit: UInt64 { core.waiters.commit }

  /// The oldest commit that the log still has; 0 when it has none.
  public var oldestCommit: UInt64 { durableCommit == 0 ? 0 : core.store.log.range.first.rawValue }

  /// Why the engine stopped serving; nil while it is well, and after `close`.
  public var failure: EngineError? { core.failureNow }

  public var configuration: EngineConfiguration { core.configuration }

  /// What the store was created with.
  public var storeManifest: StoreManifest { core.store.manifest }

  /// The store's small tables; those below `CatalogTable.firstFree` that are not the caller's are to be left alone.
  public var catalog: any Catalog { core.store.catalog }

  /// Sizes of the store's three environments, for metrics: log, state, catalog.
  /// - Throws: `store`.
  public func storeUsage() throws(EngineError) -> (log: StoreUsage, state: StoreUsage, catalog: StoreUsage) {
    do throws(StoreError) {
      return (try core.store.log.usage(), try core.store.state.usage(), try core.store.catalog.usage())
    } catch { throw EngineError(.store, "\(error)") }
  }

  /// Figures of this moment.
  public func metrics() -> EngineMetrics {
    var metrics = EngineMetrics()
    core.counters.fill(&metrics)
    core.ringLock.withLock {
      metrics.ringUsedBytes = core.ring.usedByteCount
      metrics.ringBytes = core.ring.byteCount
    }
    metrics.archiveRowBlocks = UInt64(core.store.archive.rowBlocks.count)
    metrics.archiveRunsMax = core.store.archive.runCountMax
    metrics.uncoveredLogBytes = core.pace.uncovered(committed: metrics.commitBytes)
    metrics.commitPauseNanoseconds = core.pace.pausedNanoseconds
    metrics.durableCommit = core.waiters.commit
    metrics.sessions = core.sessions.count
    metrics.checkpointAgeSeconds = core.checkpointer.lastRound.map {
      Double(core.clock.monotonicNanoseconds() &- $0) / 1e9
    }
    return metrics
  }

  /// Digest of each shard's logical content, in shard order: equal for equal histories, whatever was checkpointed or
  /// replayed or archived. Stops one shard after the other for as long as it takes, and reads the whole archive. Not
  /// durable by itself: call it when nothing is submitted. Empty when the archive cannot be read: the engine has failed
  /// then.
  public func digests() -> [UInt64] { core.digests() }

  /// Starts a round of checkpoints now and returns when it is finished, or when the engine ended.
  public func checkpoint() throws(EngineError) { try threads.checkpointNow() }

  /// Copies the store, as it is at one instant, into a new directory, while everything goes on; see `Store.backup`.
  /// `restore` makes a store of it again.
  /// - Throws: `corrupt` when a record does not match its checksum, `store`.
  @discardableResult
  public func backup(
    to path: String, progress: ((BackupProgress) -> Void)? = nil
  ) throws(EngineError) -> BackupManifest {
    do throws(StoreError) { return try core.store.backup(to: path, progress: progress) } catch {
      throw EngineError(reading: error)
    }
  }

  /// Stops taking submissions, commits what was taken, stops the threads and, if configured, takes a last checkpoint.
  /// The store is released with the engine. Idempotent; submissions after it are answered `failed`.
  /// - Throws: `failed` when what was taken could not be committed, or the checkpoint not written.
  public func close() throws(EngineError) { try threads.close() }
}
