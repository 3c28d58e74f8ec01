#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

/// Keeps the archive's records of closed contracts within a bound: the oldest are exported to files, then pruned.
///
/// ```
/// export some row blocks -> prune the contracts in them -> (a whole round of checkpoints) -> drop the row blocks
/// ```
/// A file is durable before its first contract is pruned. Only a contract whose newest state is the very record that was
/// exported is pruned: one that is in memory in another state gets a newer row when it leaves, one with a newer row is
/// exported again with that.
/// Pruning is a logged operation of each contract, so a replay does it again, and needs the rows until every checkpoint has
/// it. A crash begins again with the same blocks; who is pruned already stays so.
///
/// What the directory refuses (full, gone, not writable) and what is damaged in old rows stops pruning, not the engine: it is
/// tried again after the next round.
///
/// Used by the maintenance thread alone.
final class Pruner {
  /// A record that was exported.
  private struct Exported {
    var name: ContractName
    var block: UInt64
    var offset: UInt32
    var byteCount: UInt32
  }

  /// Exporting and pruning some blocks.
  private struct Job: ~Copyable {
    var blocks: Range<UInt64>
    /// The next to be exported.
    var next: UInt64
    var writer: ArchiveFileWriter
    /// In the order of the blocks, which is by shard in long stretches.
    var records: [Exported] = []
    /// When the last of their contracts was completed.
    var completedAt: Instant = 0
    var prunedCount = 0
    var isExported = false
  }

  /// Blocks whose contracts are pruned.
  private struct Pruned {
    var end: UInt64
    /// The round of checkpoints that has to end before they are dropped.
    var round: UInt64
  }

  private let setting: ArchivePruning
  private let core: EngineCore
  private let loader: ArchiveLoader
  private let firings = TimerFirings()
  private var job: Job?
  /// In order.
  private var waiting: [Pruned] = []
  /// Pruning rests until this round of checkpoints has ended.
  private var restsUntil: UInt64 = 0
  /// Contracts pruned in one hold of a shard's lock: one after the shard was found full, until it was not.
  private var biteCount = Pruner.biteCountMax

  /// Most blocks of one file: 64 MiB, unless single records are longer than a block.
  private static let fileBlockCountMax: UInt64 = 1_024
  /// Smaller bounds are no reason to slow anybody down.
  private static let pressedByteCountMin = 256.0 * 1_024 * 1_024
  /// Blocks that are exported in one step.
  private static let stepBlockCount: UInt64 = 8
  /// Contracts, and bytes of their records, that are pruned in one hold of a shard's lock.
  private static let biteCountMax = 64
  private static let biteByteCountMax = 128 << 10

  /// - Throws: `store` when files cannot be made in the directory.
  init?(_ core: EngineCore) throws(EngineError) {
    guard let setting = core.configuration.pruning else { return nil }
    self.setting = setting
    self.core = core
    loader = ArchiveLoader(shardCount: core.cells.count)
    do throws(StoreError) { try ArchiveFile.prepareDirectory(setting.exportPath) } catch {
      throw EngineError(.store, "archived contracts cannot be exported: \(error)")
    }
  }

  /// Does one bounded piece of work.
  /// - Returns: whether there is more to do at once.
  func step() throws(EngineError) -> Bool {
    if try dropRows() { return true }
    // Whoever closes the engine waits for nothing new, and checkpoints that lag have the disk for themselves.
    guard !core.isStopped.load(ordering: .acquiring), core.checkpointer.endedRounds >= restsUntil,
      !core.pace.isPressed(committed: core.counters.committedByteCount)
    else {
      core.pace.press(archiveExcess: 0)
      return false
    }
    do throws(StoreError) {
      try press()
      if job == nil { try begin() }
      if job == nil { return false }
      if job?.isExported == false {
        try export()
        return true
      }
    } catch {
      job = nil
      core.counters.exportFailed("\(error)")
      rest()
      return false
    }
    return try prune()
  }

  private func rest() { restsUntil = core.checkpointer.startedRounds + 1 }

  /// Has commits wait for pruning, from a quarter above the bound on, up to twice the bound.
  private func press() throws(StoreError) {
    let bound = max(Double(setting.byteCountMax), Self.pressedByteCountMin)
    let excess = Double(try unprunedByteCount()) / bound - 1
    core.pace.press(archiveExcess: (excess - 0.25) / 0.75)
  }

  /// Bytes of records whose contracts are not pruned yet.
  private func unprunedByteCount() throws(StoreError) -> UInt64 {
    let present = core.store.archive.rowBlocks
    let start = min(present.upperBound, waiting.last?.end ?? present.lowerBound)
    // Blocks differ much in size: a round with few contracts makes a small one.
    let usage = try core.store.archive.rowUsage()
    return (present.upperBound - start) * (usage.byteCount / max(1, usage.blockCount))
  }

  /// Drops the oldest blocks whose contracts no checkpoint and no replay needs.
  private func dropRows() throws(EngineError) -> Bool {
    #if MILEPOST_PLANTED_DEFECTS
      let waits = !milepost_has_defect(milepost_defect_rows_dropped_early)
    #else
      let waits = true
    #endif
    guard let first = waiting.first, core.checkpointer.endedRounds >= first.round || !waits else { return false }
    do throws(StoreError) {
      // A backup is copying them: later.
      guard try core.store.dropRows(before: first.end) else { return false }
    } catch { throw EngineError(.failed, "archived contracts could not be dropped: \(error)") }
    waiting.removeFirst()
    return true
  }

  private func begin() throws(StoreError) {
    let present = core.store.archive.rowBlocks
    let start = waiting.last?.end ?? present.lowerBound
    guard start < present.upperBound else { return }
    let unpruned = try unprunedByteCount()
    let keptBlockCount = UInt64(setting.byteCountMax) / max(1, unpruned / (present.upperBound - start))
    // The same range at each start from the same place, while the bound stays the same: a crash makes the same file again.
    let count = min(Self.fileBlockCountMax, max(1, UInt64(setting.byteCountMax) / (16 * 65_536)))
    guard present.upperBound - start >= keptBlockCount, present.upperBound - start - keptBlockCount >= count else {
      return
    }
    let blocks = start..<start + count
    let writer = try ArchiveFileWriter(blocks, path: setting.exportPath + "/" + ArchiveFile.fileName(for: blocks))
    job = Job(blocks: blocks, next: blocks.lowerBound, writer: writer)
  }

  private func export() throws(StoreError) {
    guard var job = job.take() else { return }
    for number in job.next..<min(job.blocks.upperBound, job.next + Self.stepBlockCount) {
      job.next = number + 1
      // What a crash left unpublished was deleted, so that there are gaps.
      guard let block = try core.store.archive.rowBlock(number) else { continue }
      var completedAt = job.completedAt
      let records = try job.writer.add(block, number: number) { bytes in
        ArchivedContract.front(of: bytes).map { found in
          completedAt = max(completedAt, found.completedAt)
          return (ArchiveKey(found.name), found.byteCount)
        }
      }
      job.completedAt = completedAt
      job.records += records.map {
        Exported(
          name: ContractName($0.key), block: number, offset: UInt32($0.offset), byteCount: UInt32($0.byteCount))
      }
    }
    if job.next == job.blocks.upperBound {
      if job.completedAt <= core.clock.now() - setting.millisecondsMin {
        try job.writer.finish()
        job.isExported = true
        core.counters.exported(job.records.count)
      } else {
        // Too young: looked at again after the next round.
        rest()
      }
    }
    self.job = consume job
  }

  private func prune() throws(EngineError) -> Bool {
    guard var job = job.take() else { return false }
    if job.prunedCount == job.records.count {
      // The one that runs began before the last contract was pruned.
      waiting.append(Pruned(end: job.blocks.upperBound, round: core.checkpointer.startedRounds + 1))
      return true
    }
    let cell = core.cell(ofTenant: job.records[job.prunedCount].name.tenant)
    var (count, byteCount) = (0, 0)
    for record in job.records[job.prunedCount...].prefix(biteCount) {
      guard byteCount <= Self.biteByteCountMax, core.cell(ofTenant: record.name.tenant) === cell else { break }
      count += 1
      byteCount += Int(record.byteCount)
    }
    let bite = job.records[job.prunedCount..<job.prunedCount + count]
    let outcome = try prune(bite, in: cell)
    if outcome == .done { job.prunedCount += count }
    self.job = consume job
    switch outcome {
    case .done:
      biteCount = Self.biteCountMax
      return true
    case .noRing: return false
    case .full:
      // One needs less room than many; if there is none for one, the next round makes some.
      let wasOne = biteCount == 1
      biteCount = 1
      if wasOne { rest() }
      return !wasOne
    }
  }

  /// Prunes the contracts of a bite that are what was exported.
  private func prune(_ bite: ArraySlice<Exported>, in cell: ShardCell) throws(EngineError) -> EngineCore.PruneOutcome {
    let records: [[UInt8]?]
    do throws(StoreError) {
      // Rows are published by this very thread, so what is newest now is so when it is pruned.
      records = try core.store.archive.records(
        at: bite.map { (key: ArchiveKey($0.name), block: $0.block, offset: Int($0.offset)) })
    } catch { throw EngineError(reading: error) }
    let chosen = zip(bite, records).compactMap { exported, record in record.map { (exported.name, $0) } }
    return try core.prune(chosen, in: cell, loader, firings)
  }
}
