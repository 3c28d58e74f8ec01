#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store

/// Asks the archive for the bank references that a group wants to use, and has the shards recall those that are there.
///
/// A part of the `ArchiveLoader`, and guarded like it.
struct ReferenceRecall {
  private struct Name: Hashable {
    var shard: UInt16
    var id: UInt128
  }

  /// What the archive said about a reference, and when.
  private struct Known {
    /// The cell's `archiveVersion` at that time: with another one a no is not to be trusted.
    var version: UInt64
    var isThere: Bool
  }

  private var wanted: [(name: Name, version: UInt64)] = []
  private var known: [Name: Known] = [:]
  private var recalled: [ShardCell] = []

  /// Notes which references the archive may have of those that the shard's last look met.
  /// - Returns: whether everything that is needed was fetched.
  mutating func note(_ cell: ShardCell, _ archive: any ContractArchive) -> Bool {
    if cell.shard.namedReferences.isEmpty { return true }
    // Answered from filters in memory. A reference that has left this shard is in them: it leaves after its row.
    let candidates = archive.candidates(cell.shard.namedReferences, in: .references(shard: cell.index))
    return candidates.isEmpty || noteCandidates(candidates, cell)
  }

  @inline(never)
  private mutating func noteCandidates(_ candidates: [UInt128], _ cell: ShardCell) -> Bool {
    let before = wanted.count
    for id in candidates where !cell.shard.holds(reference: id) {
      let name = Name(shard: cell.index, id: id)
      if let known = known[name], known.isThere || known.version == cell.archiveVersion { continue }
      wanted.append((name, cell.archiveVersion))
    }
    return wanted.count == before
  }

  /// Reads what was noted. No lock is held.
  mutating func fetch(from archive: any ContractArchive, _ counters: EngineCounters?) throws(StoreError) {
    var start = 0
    while start < wanted.count {
      let shard = wanted[start].name.shard
      let part = wanted[start...].prefix { $0.name.shard == shard }
      let table = ArchiveTable.references(shard: shard)
      let records = try archive.fetch(part.map { table.key(ofReference: $0.name.id) }, in: table)
      for (item, record) in zip(part, records) {
        known[item.name] = Known(version: item.version, isThere: record != nil)
        if record == nil { counters?.foundNothingInArchive() }
      }
      start = part.endIndex
    }
    wanted.removeAll(keepingCapacity: true)
  }

  /// Has the shard recall what the group names and the archive has. Everything was noted and fetched since the look.
  mutating func recall(into cell: ShardCell) {
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_archived_reference_lost) { return }
    #endif
    if known.isEmpty { return }
    var isFirst = true
    for id in cell.shard.namedReferences where known[Name(shard: cell.index, id: id)]?.isThere ?? false {
      cell.shard.recall(reference: id)
      if isFirst { recalled.append(cell) }
      isFirst = false
    }
  }

  /// The group is applied, or it is not going to be yet. The locks are still held.
  mutating func release() {
    if recalled.isEmpty { return }
    for cell in recalled { cell.shard.forgetRecalledReferences() }
    recalled.removeAll(keepingCapacity: true)
  }

  /// Forgets what was fetched: the group is done.
  mutating func removeAll() {
    if known.isEmpty && wanted.isEmpty { return }
    known.removeAll(keepingCapacity: true)
    wanted.removeAll(keepingCapacity: true)
  }
}
