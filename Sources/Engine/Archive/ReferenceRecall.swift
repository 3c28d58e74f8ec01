#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

/// Asks the archive for the bank references that a group wants to use, and has the shards recall those that are there.
///
/// ```
/// ask -> lock shards -> none left memory since -> recall -> apply -> release -> unlock
///  ^                            |
///  +-- unlock <-- some did -----+
/// ```
/// Asking needs no lock: nearly every reference is new, and what filters cannot exclude is read from disk. The names of contracts
/// that the group creates are asked for along with them.
/// A part of the `ArchiveLoader`, and guarded like it.
struct ReferenceRecall {
  /// What the archive said about one shard's part of the group.
  private struct Answer {
    /// Of the cell before the archive was asked; nil: it was not.
    var versions: ArchiveVersions?
    var found: [UInt128] = []
  }

  /// By the shard's place in the group.
  private var answers: [Answer] = []
  private var names: [UInt128] = []
  private var created: [ContractName] = []
  private(set) var newNames = NewNames()
  private var recalled: [ShardCell] = []

  /// Asks for the references of one shard's part, unless the last answer still holds. No lock is held.
  /// - Parameters: as for `Shard.apply`.
  mutating func ask(
    _ cell: ShardCell, at place: Int, slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>,
    _ archive: any ContractArchive, _ counters: EngineCounters?
  ) throws(StoreError) {
    while answers.count <= place { answers.append(Answer()) }
    let versions = ArchiveVersions(cell)
    if answers[place].versions == versions { return }
    answers[place].versions = nil
    answers[place].found.removeAll(keepingCapacity: true)
    unsafe try find(cell, at: place, versions, slots: slots, entries: entries, archive, counters)
    answers[place].versions = versions
  }

  private mutating func find(
    _ cell: ShardCell, at place: Int, _ versions: ArchiveVersions, slots: UnsafeRawPointer,
    entries: UnsafeBufferPointer<BatchEntry>, _ archive: any ContractArchive, _ counters: EngineCounters?
  ) throws(StoreError) {
    let table = ArchiveTable.references(shard: cell.index)
    let hasReferences = archive.rowCount(in: table) > 0
    guard hasReferences || archive.rowCount(in: .contracts) > 0 else { return }
    names.removeAll(keepingCapacity: true)
    created.removeAll(keepingCapacity: true)
    // The caller's pointers, as long as the caller said.
    unsafe cell.referenceNamer.append(slots: slots, entries: entries, to: &names, created: &created)
    newNames.ask(created, cell, versions, archive)
    if names.isEmpty || !hasReferences { return }
    let candidates = archive.candidates(names, in: table)
    if candidates.isEmpty { return }
    let records = try archive.fetch(candidates.map { table.key(ofReference: $0) }, in: table)
    for (id, record) in zip(candidates, records) {
      if record == nil { counters?.foundNothingInArchive() } else { answers[place].found.append(id) }
    }
  }

  /// Has a shard recall what its part names and the archive has. Its lock is held from here on until `release`.
  /// - Returns: false when references left memory since the archive was asked: it is to be asked again.
  mutating func recall(into cell: ShardCell, at place: Int) -> Bool {
    guard answers[place].versions?.references == cell.referenceVersion.load(ordering: .relaxed) else { return false }
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_archived_reference_lost) { return true }
    #endif
    if answers[place].found.isEmpty { return true }
    for id in answers[place].found { cell.shard.recall(reference: id) }
    recalled.append(cell)
    return true
  }

  /// Has a shard recall a reference that was fetched by itself. Its lock is held from here on until `release`.
  mutating func recall(_ id: UInt128, into cell: ShardCell) {
    cell.shard.recall(reference: id)
    recalled.append(cell)
  }

  /// The group is applied, or it is not going to be yet. The locks are still held.
  mutating func release() {
    if recalled.isEmpty { return }
    for cell in recalled { cell.shard.forgetRecalledReferences() }
    recalled.removeAll(keepingCapacity: true)
  }

  /// The group is done.
  mutating func removeAll() {
    for place in answers.indices { answers[place].versions = nil }
    newNames.removeAll()
  }
}
