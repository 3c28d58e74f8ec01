#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

/// Takes rolling checkpoints, one shard after the other, in small steps.
///
/// ```
/// idle -> copy shard 0 -> extract what is closed -> wait for the log -> publish -> references leave memory
///      -> delete old blocks -> shard 1 ...
///      -> behind each quarter of the shards: publish the archive's run -> contracts leave memory -> sessions, log floor
///      -> idle
/// ```
///
/// A shard's image is cut at one moment; from then on the kernel saves a block before it changes it, until this has
/// copied it. The log may be behind the cut by what is in the ring, so the manifest waits until it is not. Used by
/// the maintenance thread alone, but for `forget`.
final class Checkpointer: @unchecked Sendable {
  private enum Phase {
    case idle
    // Places count shards in the round's order.
    case next(place: Int)
    case copying(Cut)
    case extracting(Cut)
    case publishing(Cut)
    case settling(Cut)
    case deleting(place: Int)
    /// The place to go on with behind it.
    case archiving(next: Int)
    case leaving(next: Int)
    case saving(next: Int)
  }

  private struct Cut {
    var place: Int
    var shard: Int
    var manifest: ShardManifest
    /// Where the log was at the cut.
    var position: UInt64
    /// The log must be durable through here before the manifest may say so.
    var ringEnd: UInt64
    var blockCount = 0
    /// Where the shard had closed contracts; taken from the end.
    var closed: [ClosedContract] = []
    /// Bank references that wait to leave the shard, and are in its image.
    var referenceCount = 0
  }

  private let store: Store
  private let configuration: EngineConfiguration
  private let batch: CheckpointBatch
  /// For what changes before it is copied: of one shard after the other.
  private let buffers: ImageBuffers
  /// How much is done in one hold of a lock, or written in one transaction: times what is when nothing presses.
  private var haste = 1
  private let keeper: SessionKeeper
  private let archiver: Archiver
  private var manifests: [ShardManifest?]
  /// Where the log was at each shard's last published cut; see `CommitPace`.
  private var positions: [UInt64]
  private var phase = Phase.idle
  /// The round's shards, those with the oldest cut first: rounds that a kill ends early still get somewhere.
  private var order: [Int] = []
  private var roundIsWanted = false
  /// Log that was there at the start and is in no checkpoint: a process that is killed again and again must not leave
  /// the next one more and more to replay.
  private var uncoveredByteCount: UInt64
  private var committedAtLastRound: UInt64 = 0
  private var lastRoundNanoseconds: UInt64?
  private var startNanoseconds: UInt64?
  /// Rounds that were begun and ended since the engine was opened.
  private(set) var startedRounds: UInt64 = 0
  private(set) var endedRounds: UInt64 = 0
  /// Guards `finishedNanoseconds`, for metrics.
  private let lock = Lock()
  private var finishedNanoseconds: UInt64?

  private static let staleBlocksPerStep = 256
  /// Of the log or time between the beginnings of two rounds, the part in which one is to be done.
  private static let roundShare = 0.75
  /// With this haste others wait less often and longer for a lock or the disk, and several times as much is done in a second.
  private static let hasteMax = 4
  /// So often in a round what is closed leaves memory, sessions are saved, and the log is let go of.
  private static let savesPerRound = 4

  init(
    store: Store, shardCount: Int, configuration: EngineConfiguration, replayedByteCount: UInt64
  ) throws(EngineError) {
    uncoveredByteCount = replayedByteCount
    self.store = store
    self.configuration = configuration
    batch = CheckpointBatch()
    buffers = ImageBuffers(hugePages: configuration.shard.usesHugePages)
    keeper = SessionKeeper(
      store: store,
      bounds: SessionKeeper.Bounds(
        perSession: configuration.sessionReplyByteCountMax, altogether: configuration.replyByteCountMax))
    archiver = Archiver(archive: store.archive)
    manifests = []
    positions = Array(repeating: 0, count: shardCount)
    do throws(StoreError) {
      for shard in 0..<shardCount { manifests.append(try store.state.manifest(shard: UInt16(shard))) }
    } catch { throw EngineError(.store, "a checkpoint manifest could not be read: \(error)") }
  }

  func forget(_ session: Session) { keeper.forget(session) }

  /// When the last full round was finished; nil before the first.
  var lastRound: UInt64? { lock.withLock { finishedNanoseconds } }

  var isIdle: Bool {
    if case .idle = phase { return !roundIsWanted }
    return false
  }

  /// The image of a shard is being copied.
  var isCopying: Bool {
    if case .copying = phase { return true }
    return false
  }

  /// How urgent the round under way is: 0 while it is as far as it should be, 1 when at this rate the next one would be due before its end.
  func urgency(_ core: EngineCore) -> Double {
    guard !isIdle else { return 0 }
    let written = Double(core.counters.committedByteCount - committedAtLastRound)
    let now = core.clock.monotonicNanoseconds()
    let seconds = Double(now - min(now, lastRoundNanoseconds ?? now)) / 1e9
    let interval = max(
      written / Double(configuration.checkpointLogByteCount), seconds / configuration.checkpointSeconds)
    return min(1, max(0, interval - progress * Self.roundShare) / (1 - Self.roundShare))
  }

  /// How much of a round is done, the shard under way included, 0 to 1.
  private var progress: Double {
    let shardsDone =
      switch phase {
      case .idle: 0
      case .next(let place), .deleting(let place): place + 1
      case .copying(let cut), .extracting(let cut), .publishing(let cut), .settling(let cut): cut.place + 1
      case .archiving(let next), .leaving(let next), .saving(let next): next
      }
    return Double(shardsDone) / Double(max(1, order.count))
  }

  /// Starts a round with the next step, whatever the configuration says about intervals.
  func wantRound() { roundIsWanted = true }

  /// Does one bounded piece of work.
  /// - Parameter urgency: 0 to 1; the more urgent, the more is done in one hold of a lock, and written at a time.
  /// - Returns: whether there is more to do at once; false when it waits for the log or for the next round.
  func step(_ core: EngineCore, urgency: Double) throws(EngineError) -> Bool {
    haste = 1 + Int(urgency * Double(Self.hasteMax - 1))
    do throws(StoreError) {
      return try advance(core)
    } catch { throw EngineError(.failed, "a checkpoint could not be written: \(error)") }
  }

  private func advance(_ core: EngineCore) throws(StoreError) -> Bool {
    switch phase {
    case .idle:
      guard isDue(core) else { return false }
      roundIsWanted = false
      startedRounds += 1
      committedAtLastRound = core.counters.committedByteCount
      uncoveredByteCount = 0
      lastRoundNanoseconds = core.clock.monotonicNanoseconds()
      let cuts = manifests.map { $0?.cut.rawValue ?? 0 }
      order = cuts.indices.sorted { (cuts[$0], $0) < (cuts[$1], $1) }
      phase = .next(place: 0)
      return true
    case .next(let place):
      try begin(place, core)
      return true
    case .copying(let cut):
      try copy(cut, core)
      return true
    case .extracting(var cut):
      let ringEnd = try archiver.extract(core.cells[cut.shard], &cut.closed, haste: haste)
      // What was seen must be durable before anything of it is visible.
      cut.ringEnd = max(cut.ringEnd, ringEnd)
      #if MILEPOST_PLANTED_DEFECTS
        if cut.closed.isEmpty, milepost_has_defect(milepost_defect_rows_before_manifest) {
          try archiver.publish(core.counters)
        }
      #endif
      phase = cut.closed.isEmpty ? .publishing(cut) : .extracting(cut)
      return true
    case .publishing(let cut):
      #if MILEPOST_PLANTED_DEFECTS
        let waits = !milepost_has_defect(milepost_defect_checkpoint_ahead_of_log)
      #else
        let waits = true
      #endif
      core.ringWantedEnd.store(cut.ringEnd, ordering: .relaxed)
      guard core.waiters.position >= cut.ringEnd || !waits else { return false }
      try store.state.publish(
        cut.manifest, shard: UInt16(cut.shard), durableThrough: CommitNumber(core.waiters.commit))
      manifests[cut.shard] = cut.manifest
      positions[cut.shard] = cut.position
      core.counters.checkpointed(blocks: cut.blockCount)
      phase = cut.referenceCount > 0 ? .settling(cut) : .deleting(place: cut.place)
      return true
    case .settling(let cut):
      try archiver.archiveReferences(cut.referenceCount, core.cells[cut.shard], core)
      // The image does without them, or the next start would bring them back and archive them once more.
      var manifest = cut.manifest
      for part in manifest.parts.indices where manifest.parts[part].kind == Shard.referenceSectionKind {
        manifest.parts[part].byteCount = 0
        manifest.parts[part].blockCount = 0
      }
      try store.state.publish(
        manifest, shard: UInt16(cut.shard), durableThrough: CommitNumber(core.waiters.commit))
      manifests[cut.shard] = manifest
      phase = .deleting(place: cut.place)
      return true
    case .deleting(let place):
      let shard = UInt16(order[place])
      if try store.state.deleteStale(shard: shard, blockCountMax: Self.staleBlocksPerStep) { return true }
      let isArchiving = archiver.isFull || savesBehind(place + 1) && archiver.hasWaiting
      phase = isArchiving ? .archiving(next: place + 1) : following(place + 1)
      return true
    case .archiving(let next):
      try archiver.publish(core.counters)
      phase = .leaving(next: next)
      return true
    case .leaving(let next):
      if archiver.leave(core, haste: haste) { return true }
      phase = following(next)
      return true
    case .saving(let next):
      save(core)
      if next < order.count {
        phase = .next(place: next)
        return true
      }
      phase = .idle
      endedRounds += 1
      let now = core.clock.monotonicNanoseconds()
      lock.withLock { finishedNanoseconds = now }
      return false
    }
  }

  private func following(_ next: Int) -> Phase { savesBehind(next) ? .saving(next: next) : .next(place: next) }

  private func savesBehind(_ next: Int) -> Bool {
    next == order.count || next % ((order.count + Self.savesPerRound - 1) / Self.savesPerRound) == 0
  }

  private func isDue(_ core: EngineCore) -> Bool {
    if roundIsWanted { return true }
    let now = core.clock.monotonicNanoseconds()
    let start = lastRoundNanoseconds ?? startNanoseconds ?? now
    if startNanoseconds == nil { startNanoseconds = now }
    let written = core.counters.committedByteCount - committedAtLastRound + uncoveredByteCount
    guard written > 0 else { return false }
    return written >= UInt64(configuration.checkpointLogByteCount)
      || Double(now - start) >= configuration.checkpointSeconds * 1e9
  }

  /// Cuts a shard; one that did not change only moves its place in the log.
  private func begin(_ place: Int, _ core: EngineCore) throws(StoreError) {
    let shard = order[place]
    let cell = core.cells[shard]
    let generation = try store.state.nextGeneration(shard: UInt16(shard))
    cell.lock.acquireBehindOthers()
    let operationCount = cell.shard.operationCount
    if manifests[shard]?.operationCount != operationCount, buffers.areTooFew(for: cell.shard.imageBlockCount) {
      cell.lock.release()
      // The shard is begun with the step that finds enough.
      return buffers.addPage()
    }
    let cutCommit = CommitNumber(core.waiters.commit)
    let position = core.pace.position(committed: core.counters.committedByteCount)
    var closed: [ClosedContract] = []
    var referenceCount = 0
    if configuration.archivesClosedContracts {
      closed = cell.shard.takeClosed()
      referenceCount = cell.shard.setReferencesAside(atLeast: configuration.archivedReferencesMin)
    }
    if var unchanged = manifests[shard], unchanged.operationCount == operationCount {
      cell.lock.release()
      unchanged.cut = max(unchanged.cut, cutCommit)
      // The image that was published at this very moment of the shard holds what is closed, and all references.
      copied(
        Cut(
          place: place, shard: shard, manifest: unchanged, position: position, ringEnd: 0,
          closed: archiver.order(closed, cell),
          referenceCount: referenceCount))
      return
    }
    let sections = cell.shard.beginCheckpoint(saving: buffers)
    let manifest = ShardManifest(
      generation: generation, cut: cutCommit, operationCount: operationCount, lastStamp: cell.shard.lastStamp,
      parts: sections.map { CheckpointPart(kind: $0.kind, byteCount: $0.byteCount, blockCount: $0.blockCount) })
    let ringEnd = cell.lastRingEnd
    cell.lock.release()
    batch.removeAll()
    phase = .copying(
      Cut(
        place: place, shard: shard, manifest: manifest, position: position, ringEnd: ringEnd,
        closed: archiver.order(closed, cell),
        referenceCount: referenceCount))
  }

  /// The image is written: what is closed comes next, then the manifest.
  private func copied(_ cut: Cut) { phase = cut.closed.isEmpty ? .publishing(cut) : .extracting(cut) }

  /// Copies a few blocks under the shard's lock; writes them outside when the batch is full, or at the end.
  private func copy(_ cut: Cut, _ core: EngineCore) throws(StoreError) {
    var cut = cut
    let cell = core.cells[cut.shard]
    let byteCountMax = batch.byteCapacity / Self.hasteMax * haste
    // What was begun in more haste is written with the next block.
    let room = max(1, (byteCountMax - batch.byteCount) / Shard.checkpointBlockByteCount)
    let limit = min(room, configuration.checkpointBlocksPerBite * haste)
    cell.lock.acquireBehindOthers()
    // The bytes are valid during the call, and the batch copies them.
    let hasMore = unsafe cell.shard.copyCheckpointBlocks(limit: limit) { kind, block, bytes in
      let isAdded = unsafe batch.add(kind: kind, block: block, bytes: bytes)
      precondition(isAdded, "a bite is never larger than the room in the batch")
    }
    if !hasMore { cell.shard.endCheckpoint() }
    cell.lock.release()
    if !hasMore { buffers.trim() }
    let isFull = batch.byteCount + Shard.checkpointBlockByteCount > byteCountMax
    if !batch.isEmpty && (isFull || !hasMore) {
      cut.blockCount += batch.blockCount
      try store.state.write(batch, shard: UInt16(cut.shard), generation: cut.manifest.generation)
      batch.removeAll()
    }
    if hasMore { phase = .copying(cut) } else { copied(cut) }
  }

  /// Sessions go to the catalog, then the log may forget what nobody needs.
  private func save(_ core: EngineCore) {
    // Read before the sessions are: what they have beyond it, the log replays again.
    let cut = core.waiters.commit
    let oldestCut = manifests.map { $0?.cut.rawValue ?? 0 }.min() ?? 0
    #if MILEPOST_PLANTED_DEFECTS
      let oldest = milepost_has_defect(milepost_defect_log_trimmed_too_far) ? cut : oldestCut
    #else
      let oldest = oldestCut
    #endif
    let floor = min(oldest, cut) + 1
    do throws(EngineError) {
      try keeper.save(core.sessions, cut: cut, floor: floor)
    } catch { return core.fail(error) }
    core.pace.cover(to: positions.min() ?? 0)
    store.log.setFloors(
      LogFloors(recovery: CommitNumber(floor), subscribers: core.feeds.oldestNeeded.map { CommitNumber($0) }))
  }
}
