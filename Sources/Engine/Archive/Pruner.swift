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
/// A file is durable before its first contract is pruned. Pruning is a logged operation of each contract, so a replay does
/// it again, and needs the rows until every checkpoint has it. A crash begins again with the same blocks: the file
/// gets the same content, and who is pruned already stays so. A row of a contract that is open again, or that has a newer row, is
/// no more than a copy: the contract is exported again with that one.
///
/// Used by the maintenance thread alone.
final class Pruner {
  /// Exporting and pruning some blocks.
  private struct Job: ~Copyable {
    var blocks: Range<UInt64>
    /// The next to be exported.
    var next: UInt64
    var writer: ArchiveFileWriter
    /// In the order of the blocks, which is by shard in long stretches.
    var names: [ContractName] = []
    var prunedCount = 0
    var isExported = false
  }

  /// Blocks whose contracts are pruned.
  private struct Pruned {
    var end: UInt64
    /// The round of checkpoints that has to end before they are dropped.
    var round: UInt64
  }

  private let directory: String
  private let blockCountMax: UInt64
  private let core: EngineCore
  private let loader: ArchiveLoader
  private let firings = TimerFirings()
  private var job: Job?
  /// In order.
  private var waiting: [Pruned] = []
  /// A shard was full: pruning rests until this round of checkpoints has ended.
  private var restsUntil: UInt64 = 0

  /// Most blocks of one file: 256 MiB.
  private static let fileBlockCountMax: UInt64 = 4_096
  /// Blocks that are exported, contracts that are pruned in one step.
  private static let stepBlockCount: UInt64 = 8
  private static let stepContractCount = 64
  /// What a block takes on disk, at most: 64 KiB, and a page where LMDB says so.
  private static let blockByteCount: UInt64 = 17 * 4_096

  /// - Throws: `store` when the directory cannot be made.
  init?(_ core: EngineCore) throws(EngineError) {
    guard let setting = core.configuration.pruning else { return nil }
    directory = setting.exportPath
    blockCountMax = UInt64(setting.byteCountMax) / Self.blockByteCount
    self.core = core
    loader = ArchiveLoader(shardCount: core.cells.count)
    do throws(StoreError) { try ArchiveFile.prepareDirectory(directory) } catch {
      throw EngineError(.store, "archived contracts cannot be exported: \(error)")
    }
  }

  /// Does one bounded piece of work.
  /// - Returns: whether there is more to do at once.
  func step() throws(EngineError) -> Bool {
    if try dropRows() { return true }
    // Whoever closes the engine waits for nothing new.
    guard !core.isStopped.load(ordering: .acquiring), core.checkpointer.endedRounds >= restsUntil else { return false }
    do throws(EngineError) {
      if job == nil { try begin() }
      guard job != nil else { return false }
      if job?.isExported == false { try export() } else { try prune() }
      return true
    } catch {
      guard error.kind == .limit else { throw error }
      restsUntil = core.checkpointer.startedRounds + 1
      return false
    }
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
    } catch { throw Self.failed(error) }
    waiting.removeFirst()
    return true
  }

  private func begin() throws(EngineError) {
    let present = core.store.archive.rowBlocks
    let start = waiting.last?.end ?? present.lowerBound
    let count = present.upperBound - start
    // Files of a sixteenth of the bound, lest there be a new one every moment.
    let least = min(Self.fileBlockCountMax, max(1, blockCountMax / 16))
    guard count > blockCountMax, count - blockCountMax >= least else { return }
    let blocks = start..<start + min(Self.fileBlockCountMax, count - blockCountMax)
    do throws(StoreError) {
      let writer = try ArchiveFileWriter(blocks, path: directory + "/" + ArchiveFile.fileName(for: blocks))
      job = Job(blocks: blocks, next: blocks.lowerBound, writer: writer)
    } catch { throw Self.failed(error) }
  }

  private func export() throws(EngineError) {
    guard var job = job.take() else { return }
    do throws(StoreError) {
      for number in job.next..<min(job.blocks.upperBound, job.next + Self.stepBlockCount) {
        job.next = number + 1
        // What a crash left unpublished was deleted, so that there are gaps.
        guard let block = try core.store.archive.rowBlock(number) else { continue }
        let keys = try job.writer.add(block, number: number, front: ArchivedContract.keyAtFront)
        job.names += keys.map { ContractName($0) }
      }
      if job.next == job.blocks.upperBound {
        try job.writer.finish()
        job.isExported = true
        core.counters.exported(job.names.count)
      }
    } catch { throw Self.failed(error) }
    self.job = consume job
  }

  private func prune() throws(EngineError) {
    guard var job = job.take() else { return }
    if job.prunedCount == job.names.count {
      // The one that runs began before the last contract was pruned.
      waiting.append(Pruned(end: job.blocks.upperBound, round: core.checkpointer.startedRounds + 1))
      return
    }
    let cell = core.cell(ofTenant: job.names[job.prunedCount].tenant)
    let bite = job.names[job.prunedCount...].prefix(Self.stepContractCount)
      .prefix { core.cell(ofTenant: $0.tenant) === cell }
    job.prunedCount += bite.count
    // Should this fail, the job is gone and begins again.
    _ = try core.prune(bite, in: cell, loader, firings)
    self.job = consume job
  }

  private static func failed(_ error: StoreError) -> EngineError {
    EngineError(.failed, "archived contracts could not be pruned: \(error)")
  }
}
