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
