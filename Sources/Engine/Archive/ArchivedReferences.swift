import Kernel
import Store

extension ContractArchive {
  /// Visits all archived references of a shard, in bounded reads.
  /// - Throws: `corrupt` when a page does not match its checksum, `store`.
  func allReferences(shard: UInt16, _ visit: (UInt128) -> Void) throws(EngineError) {
    let table = ArchiveTable.references(shard: shard)
    var next: ArchiveKey?
    repeat {
      do throws(StoreError) {
        next = try scan(table, from: next, rowCountMax: 65_536) { key, _ in
          visit(key.id)
          return .next
        }
      } catch { throw EngineError(reading: error) }
    } while next != nil
  }
}

// Names of pruned contracts lie among the references.
extension ContractArchive {
  /// The key that says that a contract was pruned, if the archive may have it: answered from filters in memory.
  func keyIfMayBePruned(_ name: ContractName, _ cell: ShardCell) -> ArchiveKey? {
    let table = ArchiveTable.references(shard: cell.index)
    let key = table.key(ofReference: cell.referenceNamer.key(ofPruned: name))
    return mayContain(key, in: table) ? key : nil
  }

  /// Whether a contract was pruned and memory does not know it any more.
  func hasPruned(_ name: ContractName, _ cell: ShardCell) throws(EngineError) -> Bool {
    guard let key = keyIfMayBePruned(name, cell) else { return false }
    do throws(StoreError) { return try fetch(key, in: .references(shard: cell.index)) != nil } catch {
      throw EngineError(reading: error)
    }
  }
}
