import Glibc
import Kernel
import Store

/// What goes on behind the traffic: checkpoints, merging and pruning of the archive, trimming of the log, a bounded step
/// at a time.
///
/// Used by the maintenance thread, or by whoever drives an engine without threads.
final class Maintenance {
  private let core: EngineCore
  /// A round of checkpoints ended: what it freed can be trimmed once it is sealed.
  private var wantsFlush = false
  private var lastCommit: UInt64
  /// nil when nothing is pruned.
  private let pruner: Pruner?
  /// What the round's steps since the last one of archive work have earned for it, in nanoseconds.
  private var archiveCredit: UInt64 = 0
  private var lastArchiveTime: UInt64 = 0
  private var lastWarming: UInt64 = 0
  private var share = BackgroundShare()
  /// Log that no checkpoint has, in what begins a round: up to which nothing presses, and from which on there are no rests.
  private static let unhurriedRounds = 1.5
  private static let hurriedRounds = 2.0
  private static let warmingPause: UInt64 = 20_000_000
  /// Of the time of a round, the part that merging and pruning may take besides: what they need to keep up at full rate. A
  /// round is twice as long at most.
  private static let archiveShare: UInt64 = 1
  /// What merging, and then pruning, may do in a row.
  private static let turnStepCountMax = 32
  private static let turnTimeMax: UInt64 = 20_000_000
  /// Runs of a table of the archive; with more, merging takes whole turns. Each costs a cache miss for every new reference.
  private static let unhurriedRunCount = 8

  /// - Throws: `store`.
  init(_ core: EngineCore) throws(EngineError) {
    self.core = core
    pruner = try Pruner(core)
    lastCommit = core.waiters.commit
  }

  /// Has memory backed that the shards will need soon.
  private func warmMemory() {
    for cell in core.cells {
      for part in cell.lock.withLockBehindOthers({ cell.shard.takeColdMemory() }) { part.touch() }
    }
    core.cells[0].shard.blockPool.warm()
  }

  /// - Returns: whether there is more to do at once.
  func step() throws(EngineError) -> Bool {
    let start = core.clock.monotonicNanoseconds()
    let hasMore = try work(start)
    share.worked(nanoseconds: max(start, core.clock.monotonicNanoseconds()) - start)
    return hasMore
  }

  /// How long to leave the disk and the processors to others before the next step; 0 while that one does not wait.
  /// - Parameter isAwaited: somebody waits for a round of checkpoints.
  func takeRest(isAwaited: Bool) -> UInt64 {
    // Whoever writes to a shard of which an image is taken has to save what he overwrites.
    if core.checkpointer.isCopying { return 0 }
    return share.takeRest(urgency: isAwaited ? 1 : urgency)
  }

  /// How late pruning or a round of checkpoints is, 0 to 1. From two rounds' of log that a start would have to replay nothing else counts.
  var urgency: Double {
    if core.pace.isPressedByArchive { return 1 }
    let uncovered = Double(core.pace.uncovered(committed: core.counters.committedByteCount))
    let rounds = uncovered / Double(core.configuration.checkpointLogByteCount)
    let lag = min(1, max(0, (rounds - Self.unhurriedRounds) / (Self.hurriedRounds - Self.unhurriedRounds)))
    return max(lag, core.checkpointer.urgency(core))
  }

  /// What a step does.
  /// - Parameter now: monotonic nanoseconds at its start.
  /// - Returns: whether there is more to do at once.
  private func work(_ now: UInt64) throws(EngineError) -> Bool {
    if now &- lastWarming >= Self.warmingPause {
      lastWarming = now
      warmMemory()
    }
    let wasIdle = core.checkpointer.isIdle
    var hasMore = try core.checkpointer.step(core, urgency: urgency)
    let roundEnd = core.clock.monotonicNanoseconds()
    archiveCredit += max(1, (max(roundEnd, now) - now) / Self.archiveShare)
    if !wasIdle && core.checkpointer.isIdle {
      core.sealer.want()
      wantsFlush = true
    }
    do throws(StoreError) { try core.store.housekeep() } catch { throw Self.failed(error) }
    // Both write to the same environment, so the archive's work goes on between rounds; a little of it within them, lest runs pile
    // up when one round follows the other.
    // Nothing is lost while the round waits for the log.
    if core.checkpointer.isIdle || !hasMore || archiveCredit >= lastArchiveTime {
      let start = core.clock.monotonicNanoseconds()
      // A step of merging a turn is enough for a while, and pruning needs the time more; then runs pile up, since the larger they are the
      // more there is to merge.
      let mergeTurn = core.store.archive.runCountMax > Self.unhurriedRunCount ? Self.turnStepCountMax : 1
      if try turn(mergeTurn, { () throws(EngineError) in try merge() }) { hasMore = true }
      if let pruner, try turn(Self.turnStepCountMax, { () throws(EngineError) in try pruner.step() }) { hasMore = true }
      lastArchiveTime = max(start, core.clock.monotonicNanoseconds()) - start
      archiveCredit = 0
    }
    // Seals and trimming ride along with commits; only a quiet log needs a transaction of its own.
    let commit = core.waiters.commit
    if wantsFlush && commit == lastCommit { wantsFlush = try core.flushLog() ?? true }
    lastCommit = commit
    return hasMore
  }

  /// At most so many steps of merging, or of pruning, and no longer than a turn.
  /// - Returns: whether there is more to do.
  private func turn(_ stepCountMax: Int, _ step: () throws(EngineError) -> Bool) throws(EngineError) -> Bool {
    let start = core.clock.monotonicNanoseconds()
    for _ in 0..<stepCountMax {
      guard try step() else { return false }
      if core.clock.monotonicNanoseconds() >= start + Self.turnTimeMax { break }
    }
    return true
  }

  private func merge() throws(EngineError) -> Bool {
    do throws(StoreError) { return try core.store.archive.mergeStep() } catch { throw Self.failed(error) }
  }

  /// Takes a whole round, and seals and trims behind it. Nobody else may run maintenance meanwhile.
  func checkpoint() throws(EngineError) {
    core.checkpointer.wantRound()
    repeat {
      // The checkpointer waits for what is applied to be durable, and so does the log's flush for what was pruned meanwhile.
      if try !step(), !core.commitStep() { sched_yield() }
      if let failure = core.failureNow { throw failure }
    } while !core.checkpointer.isIdle || wantsFlush
  }

  /// Ends maintenance: the last checkpoint, the last seal. Nothing is submitted any more.
  func finish(checkpoints: Bool) throws(EngineError) {
    if checkpoints { try checkpoint() }
    core.sealer.want()
    var hasMore = true
    while hasMore {
      if let failure = core.failureNow { throw failure }
      // Nil while the last commit ends on another thread.
      if let left = try core.flushLog() { hasMore = left } else { sched_yield() }
    }
    do throws(StoreError) { try core.store.close() } catch { throw Self.failed(error) }
  }

  /// Nothing more to do but wait.
  var isIdle: Bool { core.checkpointer.isIdle && !wantsFlush }

  private static func failed(_ error: StoreError) -> EngineError {
    EngineError(.failed, "the store could not be kept in order: \(error)")
  }
}
