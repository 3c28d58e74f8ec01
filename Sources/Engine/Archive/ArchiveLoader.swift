import Kernel
import Store

/// Brings archived contracts that a group names back into their shards, and takes out again what did not change; has the
/// shards recall archived bank references for the group.
///
/// ```
/// lock shards -> look -> note -> all there ----------------------> insert -> apply -> release -> unlock
///                         |
///                         +-> something may be archived -> unlock -> fetch -> lock shards -> look -> note ...
/// ```
/// Nothing is read from disk under a lock. References are asked for before: `ReferenceRecall`.
/// Guarded like the scratch or the replayer it belongs to; what is done with a
/// cell needs that cell's lock.
final class ArchiveLoader {
  /// What the archive said about a name, and when.
  private struct Fetched {
    /// The cell's `archiveVersion` when the name was missing: with another one this is not to be trusted.
    var version: UInt64
    /// nil: there is nothing under the name.
    var bytes: [UInt8]?
    var contract: ArchivedContract?
  }

  private struct Wanted {
    var name: ContractName
    var version: UInt64
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
    for name in cell.shard.missing where belongs(name, to: cell) {
      if !fetched.isEmpty, let known = fetched[name], known.version == cell.archiveVersion { continue }
      // Answered from filters in memory. A contract that has left this shard is in them: it leaves after its row.
      guard archive.mayContain(ArchiveKey(name), in: .contracts) else { continue }
      wanted.append(Wanted(name: name, version: cell.archiveVersion))
    }
    return wanted.count == before
  }

  /// A chain that spans tenants lies whole in the shard of its first member, which must not get others' contracts.
  private func belongs(_ name: ContractName, to cell: ShardCell) -> Bool {
    BatchLayout.shardIndex(tenant: name.tenant, shardCount: shardCount) == Int(cell.index)
  }

  /// Reads what was noted. No lock is held.
  /// - Throws: `corrupt`, `store`.
  func fetch(from archive: any ContractArchive, _ counters: EngineCounters?) throws(EngineError) {
    let records: [[UInt8]?]
    do throws(StoreError) {
      records = try archive.fetch(wanted.map { ArchiveKey($0.name) }, in: .contracts)
    } catch { throw EngineError(reading: error) }
    for (item, bytes) in zip(wanted, records) {
      let contract = try bytes.map { (bytes) throws(EngineError) in try ArchivedContract(bytes, of: item.name) }
      fetched[item.name] = Fetched(version: item.version, bytes: bytes, contract: contract)
      if bytes == nil { counters?.foundNothingInArchive() }
    }
    wanted.removeAll(keepingCapacity: true)
  }

  /// Puts what was fetched and is still missing into the shard. Everything was noted and fetched since the look.
  /// - Returns: false when the shard has no room.
  /// - Throws: `corrupt` when the archive holds what was never in the shard.
  func insert(into cell: ShardCell) throws(EngineError) -> Bool {
    if cell.shard.missing.isEmpty || fetched.isEmpty { return true }
    for name in cell.shard.missing where belongs(name, to: cell) {
      guard let contract = fetched[name]?.contract, !cell.shard.holds(name) else { continue }
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
