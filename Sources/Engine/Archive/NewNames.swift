import Kernel
import Store

/// Names of contracts that a group creates and the archive does not have.
///
/// A created contract is nowhere in memory, so the archive must be asked whether it had one of that name: before the shard's lock is taken,
/// since filters may lie on disk.
struct NewNames {
  private var absent: [ContractName: ArchiveVersions] = [:]
  private var keys: [UInt128] = []

  /// Asks for names of one shard's part. No lock is held.
  /// - Parameter versions: of the cell, from before.
  mutating func ask(
    _ names: [ContractName], _ cell: ShardCell, _ versions: ArchiveVersions, _ archive: any ContractArchive
  ) {
    if names.isEmpty { return }
    keys.removeAll(keepingCapacity: true)
    for name in names { keys.append(cell.referenceNamer.key(ofPruned: name)) }
    let pruned = archive.candidates(keys, in: .references(shard: cell.index))
    for (name, key) in zip(names, keys)
    where !pruned.contains(key) && !archive.mayContain(ArchiveKey(name), in: .contracts) {
      absent[name] = versions
    }
  }

  /// Whether a name is for sure neither that of an archived contract nor of a pruned one.
  /// - Parameter versions: of the cell, whose lock is held.
  func isAbsent(_ name: ContractName, _ versions: ArchiveVersions) -> Bool {
    !absent.isEmpty && absent[name] == versions
  }

  /// The group is done.
  mutating func removeAll() {
    if !absent.isEmpty { absent.removeAll(keepingCapacity: true) }
  }
}
