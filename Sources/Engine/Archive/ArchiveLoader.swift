#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

/// Brings archived contracts that a group names back into their shards, and takes out again what did not change; has the
/// shards recall archived bank references for the group.
///
/// ```
/// lock shards -> look -> note -> all there ----------------------> insert -> apply -> release -> unlock
///                         |
///                         +-> something may be archived -> unlock -> fetch -> lock shards -> look -> note ...
/// ```
/// Nothing is read from disk under a lock. References, and names of new contracts, are asked for before: `ReferenceRecall`.
/// Guarded like the scratch or the replayer it belongs to; what is done with a
/// cell needs that cell's lock.
final class ArchiveLoader {
  /// What the archive said about a name, and when.
  private struct Fetched {
    /// With other versions of the cell this is not to be trusted.
    var versions: ArchiveVersions
    /// The contract was pruned; then what is under the name does not count.
    var isPruned: Bool
    /// nil: there is nothing under the name.
    var bytes: [UInt8]?
    var contract: ArchivedContract?
  }

  private struct Wanted {
    var name: ContractName
    /// The reference that says so, if the contract may have been pruned.
    var pruned: ArchiveKey?
    var versions: ArchiveVersions
  }

  private let shardCount: Int
  private var wanted: [Wanted] = []
  private var fetched: [ContractName: Fetched] = [:]
  private var inserted: [(cell: ShardCell, name: ContractName)] = []
  var references = ReferenceRecall()

  init(shardCount: Int) { self.shardCount = shardCount }

  /// Notes which contracts the archive may have of those that the shard's last look missed.
  /// - Returns: whether everything that is needed was fetched.
  func note(_ cell: ShardCell, _ archive: any ContractArchive) -> Bool {
    cell.shard.missing.isEmpty || noteMissing(cell, archive)
  }

  @inline(never)
  private func noteMissing(_ cell: ShardCell, _ archive: any ContractArchive) -> Bool {
    let before = wanted.count
    let versions = ArchiveVersions(cell)
    for name in cell.shard.missing where belongs(name, to: cell) {
      if !fetched.isEmpty, let known = fetched[name], known.versions == versions { continue }
      // Nearly all are new contracts, and the archive was asked before the lock was taken.
      if references.newNames.isAbsent(name, versions) { continue }
      // The rest is answered from filters: names that nobody has, or what is closed. A contract that has left this shard is
      // in them: it leaves after its row.
      let pruned = cell.shard.hasPruned ? archive.keyIfMayBePruned(name, cell) : nil
      guard pruned != nil || archive.mayContain(ArchiveKey(name), in: .contracts) else { continue }
      wanted.append(Wanted(name: name, pruned: pruned, versions: versions))
    }
    return wanted.count == before
  }

  /// A chain that spans tenants lies whole in the shard of its first member, which must not get others' contracts.
  private func belongs(_ name: ContractName, to cell: ShardCell) -> Bool {
    BatchLayout.shardIndex(tenant: name.tenant, shardCount: shardCount) == Int(cell.index)
  }

  /// Has records ready that the caller read already: whoever needs them finds them fetched. No lock is held, and nothing leaves the
  /// cell for the archive meanwhile.
  /// - Throws: `corrupt`, `store`.
  func prepare(
    _ records: [(name: ContractName, bytes: [UInt8])], _ cell: ShardCell, _ archive: any ContractArchive
  ) throws(EngineError) {
    let versions = ArchiveVersions(cell)
    for (name, bytes) in records {
      fetched[name] = Fetched(
        versions: versions, isPruned: try archive.hasPruned(name, cell), bytes: bytes,
        contract: try ArchivedContract(bytes, of: name))
    }
  }

  /// The contract of a name as it was fetched.
  func contract(_ name: ContractName) -> ArchivedContract? { fetched[name]?.contract }

  /// Reads what was noted. No lock is held.
  /// - Throws: `corrupt`, `store`.
  func fetch(from archive: any ContractArchive, _ counters: EngineCounters?) throws(EngineError) {
    do throws(StoreError) {
      // Names of pruned contracts are asked for first: a row is dropped after its contract is pruned.
      var prunedNames: Set<ContractName> = []
      for item in wanted {
        guard let key = item.pruned else { continue }
        if try archive.fetch(key, in: .references(shard: UInt16(key.tenant))) != nil { prunedNames.insert(item.name) }
      }
      let records = try archive.fetch(wanted.map { ArchiveKey($0.name) }, in: .contracts)
      for (item, bytes) in zip(wanted, records) {
        let isPruned = prunedNames.contains(item.name)
        fetched[item.name] = Fetched(versions: item.versions, isPruned: isPruned, bytes: bytes)
        if bytes == nil && !isPruned { counters?.foundNothingInArchive() }
      }
    } catch { throw EngineError(reading: error) }
    for item in wanted {
      guard let found = fetched[item.name], !found.isPruned, let bytes = found.bytes else { continue }
      fetched[item.name]?.contract = try ArchivedContract(bytes, of: item.name)
    }
    wanted.removeAll(keepingCapacity: true)
  }

  /// Puts what was fetched and is still missing into the shard. Everything was noted and fetched since the look.
  /// - Returns: false when the shard has no room.
  /// - Throws: `corrupt` when the archive holds what was never in the shard.
  func insert(into cell: ShardCell) throws(EngineError) -> Bool {
    if cell.shard.missing.isEmpty || fetched.isEmpty { return true }
    for name in cell.shard.missing where belongs(name, to: cell) {
      guard let found = fetched[name], !cell.shard.holds(name) else { continue }
      if found.isPruned {
        #if MILEPOST_PLANTED_DEFECTS
          if milepost_has_defect(milepost_defect_pruned_name_lost) { continue }
        #endif
        references.recall(cell.referenceNamer.key(ofPruned: name), into: cell)
        continue
      }
      guard let contract = found.contract, !cell.shard.isPruned(name) else { continue }
      switch cell.shard.insert(contract) {
      case .done: inserted.append((cell, name))
      case .noRoom: return false
      case .unknownTenant:
        throw EngineError(.corrupt, "archive: a contract of tenant \(name.tenant), which shard \(cell.index) never saw")
      }
    }
    return true
  }

  /// Lets go of what was inserted and did not change: refused operations on closed contracts must not fill memory. The
  /// locks are still held.
  func release(_ counters: EngineCounters?) {
    references.release()
    if inserted.isEmpty { return }
    for (cell, name) in inserted {
      guard let bytes = fetched[name]?.bytes else { continue }
      _ = cell.shard.remove(name, archivedAs: bytes)
    }
    counters?.loadedFromArchive(inserted.count)
    inserted.removeAll(keepingCapacity: true)
  }

  /// Forgets what was fetched: the group is done.
  func removeAll() {
    references.removeAll()
    if fetched.isEmpty && wanted.isEmpty { return }
    fetched.removeAll(keepingCapacity: true)
    wanted.removeAll(keepingCapacity: true)
  }
}
