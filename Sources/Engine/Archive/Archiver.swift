#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

/// Moves closed contracts and bank references from memory to the archive, along with a round of checkpoints.
///
/// The order is what makes a crash harmless at every step:
/// ```
/// 1 cut        the shard says which contracts are closed; its image holds them
/// 2 extract    each that still is becomes a record, a few in one hold of the lock; rows are staged, unseen
/// 3 manifest   the checkpoint counts: from here on recovery starts at the cut or later
/// 4 publish    the rows of some shards of the round become visible, as one run
/// 5 leave      each contract that is still as its newest row has it leaves memory
/// ```
/// Rows must not be seen before 3: a recovery from the checkpoint before could find a contract that is not created yet.
/// From 3 on every recovered image holds the contract or was cut after 5. A contract in memory wins over its row, so what
/// happened after 2, or a crash between 4 and 5, leaves no more behind than a row of no use; no row is ever taken back.
///
/// References go the same way, shard by shard and without waiting for the round's end: the shard sets them aside at the
/// cut, so its image holds them; once its manifest counts, their rows become visible, and they leave all at once.
///
/// Used by the maintenance thread alone.
final class Archiver {
  private struct Leaving {
    var shard: UInt16
    var name: ContractName
    /// As it was when its record was made: 64 bits, keyed.
    var digest: UInt64
  }

  private let archive: any ContractArchive
  private var run = StagedRun(.contracts)
  /// Extracted and not staged yet.
  private var rows: [ArchiveRow] = []
  private var rowByteCount = 0
  /// Extracted: they leave once the run is published.
  private var leaving: [Leaving] = []
  private var leftCount = 0

  /// Most contracts that wait for one run; more are published before their time. About 100 bytes of memory each.
  static let waitingMax = 1 << 18
  /// Contracts, and bytes of records, that are extracted in one hold of a shard's lock.
  private static let biteCount = 64
  private static let biteByteCount = 64 << 10
  /// Bytes of records that are staged in one transaction.
  private static let stageByteCount = 1 << 20
  /// Entries of timers that are looked at in one hold of a shard's lock, and how often for each bite that leaves: several
  /// times what these contracts can have left behind.
  private static let timerBiteCount = 1_024
  private static let sweepBiteCount = 4
  /// References that are copied in one hold of a shard's lock: 128 KiB.
  private static let referenceBiteCount = 8_192
  /// Larger records stay in memory: the archive does not take them.
  private static let recordByteCountMax = 1 << 20

  init(archive: any ContractArchive) { self.archive = archive }

  /// Whether contracts wait for their run.
  var hasWaiting: Bool { !leaving.isEmpty }
  /// Whether they should not wait for more shards.
  var isFull: Bool { leaving.count >= Self.waitingMax }

  /// Orders what a shard gave at its cut, each contract once; what is too much for one run waits for the next round.
  func order(_ closed: [ClosedContract], _ cell: ShardCell) -> [ClosedContract] {
    guard !closed.isEmpty else { return [] }
    var ordered: [ClosedContract] = []
    ordered.reserveCapacity(closed.count)
    // Descending: they are taken from the end.
    for item in closed.sorted(by: { $0.slot > $1.slot }) where ordered.last?.slot != item.slot { ordered.append(item) }
    if ordered.count > Self.waitingMax {
      let rest = ordered[Self.waitingMax...]
      cell.lock.withLockBehindOthers { cell.shard.returnClosed(rest) }
      ordered.removeSubrange(Self.waitingMax...)
    }
    return ordered
  }

  /// Extracts `haste` bites of a shard's closed contracts from the end of `closed`.
  /// - Returns: the ring position that makes what was seen durable.
  func extract(_ cell: ShardCell, _ closed: inout [ClosedContract], haste: Int) throws(StoreError) -> UInt64 {
    var found: [ArchiveRow] = []
    var digests: [UInt64] = []
    var byteCount = 0
    cell.lock.acquireBehindOthers()
    while found.count < haste * Self.biteCount, byteCount < haste * Self.biteByteCount, let item = closed.popLast() {
      // Reopened meanwhile: it is noted again when it is closed again.
      guard let (bytes, digest) = cell.shard.archivedRecord(item) else { continue }
      byteCount += bytes.count
      digests.append(digest)
      #if MILEPOST_PLANTED_DEFECTS
        if milepost_has_defect(milepost_defect_other_contract_archived) {
          found.append(ArchiveRow(key: ArchiveKey(cell.shard.name(inPlaceOf: item)), record: bytes))
          continue
        }
      #endif
      found.append(ArchiveRow(key: ArchiveKey(item.name), record: bytes))
    }
    let ringEnd = cell.lastRingEnd
    cell.lock.release()
    let isThere = try areArchived(found)
    for (index, row) in found.enumerated() {
      let byteCount = row.record?.count ?? 0
      guard byteCount <= Self.recordByteCountMax else { continue }
      leaving.append(Leaving(shard: cell.index, name: ContractName(row.key), digest: digests[index]))
      if isThere[index] { continue }
      rows.append(row)
      rowByteCount += byteCount
    }
    if rowByteCount >= Self.stageByteCount { try stage() }
    return ringEnd
  }

  /// Which rows the archive has already: an image that was cut before contracts left brings them back at a restart.
  private func areArchived(_ rows: [ArchiveRow]) throws(StoreError) -> [Bool] {
    var isThere = [Bool](repeating: false, count: rows.count)
    let places = rows.indices.filter { archive.mayContain(rows[$0].key, in: .contracts) }
    if places.isEmpty { return isThere }
    let records = try archive.fetch(places.map { rows[$0].key }, in: .contracts)
    for (place, record) in zip(places, records) where record == rows[place].record { isThere[place] = true }
    return isThere
  }

  private func stage() throws(StoreError) {
    try archive.stage(rows, in: &run)
    rows.removeAll(keepingCapacity: true)
    rowByteCount = 0
  }

  /// Makes what was extracted visible. The manifests of all its shards are published.
  func publish(_ counters: EngineCounters) throws(StoreError) {
    if !rows.isEmpty { try stage() }
    try archive.publish(run)
    counters.archived(run.rowCount)
    run = StagedRun(.contracts)
    leftCount = 0
  }

  /// Takes `haste` bites of the published contracts out of memory: each that did not change since its record was made.
  /// - Returns: whether more are to leave.
  func leave(_ core: EngineCore, haste: Int) -> Bool {
    guard leftCount < leaving.count else {
      leaving.removeAll(keepingCapacity: leaving.count < 1 << 12)
      return false
    }
    let shard = leaving[leftCount].shard
    let bite = leaving[leftCount...].prefix(haste * Self.biteCount).prefix { $0.shard == shard }
    leftCount += bite.count
    let cell = core.cells[Int(shard)]
    core.leavingLock.acquire()
    cell.lock.acquireBehindOthers()
    var count = 0
    for item in bite where cell.shard.remove(item.name, digest: item.digest) { count += 1 }
    if count > 0 { cell.archiveVersion.wrappingAdd(1, ordering: .releasing) }
    cell.lock.release()
    core.leavingLock.release()
    core.counters.leftMemory(count)
    for _ in 0..<Self.sweepBiteCount {
      cell.lock.withLockBehindOthers { cell.shard.sweepTimers(limit: haste * Self.timerBiteCount) }
    }
    return true
  }

  /// Writes the references that a shard set aside, and has them leave. The shard's manifest is published.
  func archiveReferences(_ count: Int, _ cell: ShardCell, _ core: EngineCore) throws(StoreError) {
    var references: [UInt128] = []
    references.reserveCapacity(count)
    while references.count < count {
      let bite = references.count..<min(count, references.count + Self.referenceBiteCount)
      references += cell.lock.withLockBehindOthers { cell.shard.referencesAside(bite) }
    }
    try archive.publish(references: references, of: cell.index)
    core.leavingLock.acquire()
    cell.lock.acquireBehindOthers()
    cell.shard.removeReferencesAside(count)
    cell.referenceVersion.wrappingAdd(1, ordering: .releasing)
    cell.lock.release()
    core.leavingLock.release()
    core.counters.archivedReferences(count)
  }
}
