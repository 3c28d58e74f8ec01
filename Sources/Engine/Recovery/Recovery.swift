import CIntrinsics
import Kernel
import Store

/// Builds the state that everything durable leads to: newest checkpoint of each shard, then the log behind it.
struct Recovery {
  let store: Store
  let configuration: EngineConfiguration

  /// Bytes of log in one bounded read.
  private static let chunkByteCount = 8 << 20

  /// - Throws: `corrupt` when checkpoints and log do not add up, `store` when they cannot be read.
  func run(progress: ((RecoveryProgress) -> Void)?) throws(EngineError) -> RecoveredState {
    var first = UInt64.max
    try checkAddressSpace()
    let cells = emptyCells()
    var newest: UInt64 = 0
    for cell in cells {
      let cut = try restore(cell)
      first = min(first, cut + 1)
      newest = max(newest, cut)
    }
    let sessions = SessionTable(
      countMax: configuration.sessionCountMax, windowCapacity: configuration.sessionWindow)
    let saved = try restoreSessions(sessions)
    first = min(first, saved + 1)
    // New commits would get the numbers of those that are missing, and a later start would pass over them.
    guard max(newest, saved) < store.log.range.next.rawValue else {
      throw EngineError(
        .corrupt,
        "the checkpoints are of commit \(max(newest, saved)), and the log ends before commit \(store.log.range.next): is it an older copy, or was the store copied while it was written?"
      )
    }
    let replayer = try Replayer(cells: cells, sessions: sessions, archive: store.archive)
    let byteCount = try Self.replay(store.log, from: first, with: replayer, progress: progress)
    for session in sessions.all { session.planned = session.window.lastRequest }
    if configuration.firesTimers { for cell in cells { cell.shard.armTimers() } }
    return RecoveredState(cells: cells, sessions: sessions, replayedByteCount: byteCount)
  }

  /// Shards reserve what they may ever need at once, and cannot do without: so it is tried here.
  ///
  /// - Throws: `limit`.
  private func checkAddressSpace() throws(EngineError) {
    let byteCount = store.manifest.shardCount * Shard.reservedByteCount(configuration.shard)
    guard let memory = unsafe milepost_reserve(byteCount, false) else {
      throw EngineError(
        .limit,
        "no address space for \(store.manifest.shardCount) shards, \(byteCount >> 30) GiB: is it limited (ulimit -d, -v)?"
      )
    }
    unsafe milepost_release(memory, byteCount)
  }

  /// The store's shards with nothing in them: size from the caller, keys from the store, one pool of blocks for all.
  func emptyCells() -> [ShardCell] {
    var shard = configuration.shard
    shard.key = (store.manifest.digestKeys.k0, store.manifest.digestKeys.k1)
    shard.pool = shard.pool ?? BlockPool(hugePages: shard.usesHugePages)
    return (0..<store.manifest.shardCount).map { ShardCell(index: UInt16($0), Shard(shard)) }
  }

  /// Fills an empty shard with its newest checkpoint, if there is one.
  /// - Returns: the commit that replay starts behind.
  func restore(_ cell: ShardCell) throws(EngineError) -> UInt64 {
    do throws(StoreError) {
      guard let manifest = try store.state.manifest(shard: cell.index) else { return 0 }
      var isFitting = cell.shard.restore(
        sections: manifest.parts.map {
          CheckpointSection(kind: $0.kind, byteCount: $0.byteCount, blockCount: $0.blockCount)
        }, operationCount: manifest.operationCount, lastStamp: manifest.lastStamp)
      if isFitting {
        try store.state.load(shard: cell.index) { kind, block, bytes in
          unsafe bytes.withUnsafeBytes { unsafe cell.shard.restore(kind: kind, block: block, bytes: $0) }
        }
        isFitting = cell.shard.finishRestore()
      }
      guard isFitting else {
        throw StoreError(
          .damaged, at: "state shard \(cell.index) generation \(manifest.generation)",
          "the checkpoint does not add up to a shard")
      }
      return manifest.cut.rawValue
    } catch { throw EngineError(reading: error) }
  }

  /// Fills the table from the catalog.
  /// - Returns: the commit that replay starts behind.
  private func restoreSessions(_ sessions: SessionTable) throws(EngineError) -> UInt64 {
    var cut: UInt64 = 0
    var failure: EngineError?
    do throws(StoreError) {
      try store.catalog.visit(.sessions) { key, value in
        if key == SessionRecord.Head.key {
          guard let head = SessionRecord.Head(value) else {
            failure = EngineError(.corrupt, "catalog: the head of the session table has a wrong length")
            return
          }
          cut = head.cut
          sessions.restore(newestID: head.newestID)
          return
        }
        guard let id = UInt64(catalogKey: key), let record = SessionRecord(value) else {
          failure = EngineError(.corrupt, "catalog: the record of a session has a wrong length")
          return
        }
        let session = sessions.restore(id, lastUse: record.lastUse)
        for entry in record.entries {
          session.window.settle(entry.request, commit: entry.commit, offset: entry.offset, frame: entry.frame)
        }
        session.window.settle(through: record.lastRequest)
        session.isDirty = false
      }
      try store.catalog.visit(KeptReply.table) { key, value in
        guard let id = UInt64(catalogKey: key.prefix(8)), let request = UInt64(catalogKey: key.dropFirst(8)) else {
          return
        }
        // Of an evicted session a reply may be left that the catalog has not forgotten yet.
        sessions.kept(id)?.keptReplies[request] = value.count
      }
    } catch {
      throw EngineError(.store, "the session table could not be read: \(error)")
    }
    if let failure { throw failure }
    return cut
  }

  /// Replays a source from a commit to its end.
  /// - Returns: the bytes that were read.
  @discardableResult
  static func replay(
    _ source: any CommitSource, from first: UInt64, with replayer: Replayer, progress: ((RecoveryProgress) -> Void)?
  ) throws(EngineError) -> UInt64 {
    let range = source.range
    var next = CommitNumber(max(first, 1))
    guard next >= range.first else {
      throw EngineError(
        .corrupt, "the checkpoints need the log from commit \(next) on, but it starts at commit \(range.first)")
    }
    var byteCount: UInt64 = 0
    let count = next < range.next ? range.next.rawValue - next.rawValue : 0
    while next < range.next {
      var failure: EngineError?
      do throws(StoreError) {
        next = try source.read(from: next, byteCountMax: chunkByteCount) { header, body in
          unsafe body.withUnsafeBytes { bytes in
            do throws(EngineError) {
              try unsafe replayer.replay(bytes, commit: header.number.rawValue)
              byteCount += UInt64(bytes.count)
              return .next
            } catch {
              failure = error
              return .stop
            }
          }
        }
      } catch { throw EngineError(reading: error) }
      if let failure { throw failure }
      progress?(
        RecoveryProgress(
          commitsReplayed: count - (range.next.rawValue - next.rawValue), commitCount: count,
          operationsReplayed: replayer.operationCount))
    }
    return byteCount
  }
}
