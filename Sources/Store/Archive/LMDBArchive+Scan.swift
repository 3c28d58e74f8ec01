import LMDB

extension LMDBArchive {
  public func scan(
    _ table: ArchiveTable, from start: ArchiveKey?, rowCountMax: Int, _ visit: (ArchiveKey, RawSpan) -> ReadStep
  ) throws(StoreError) -> ArchiveKey? {
    try at(table.place) {
      try reading(table) { transaction, runs in
        var entries = MergedEntries(runs, from: start)
        var count = 0
        var isStopped = false
        while let entry = try entries.next(self, transaction) {
          if entry.isTombstone { continue }
          if count >= rowCountMax || isStopped { return entry.key }
          isStopped = visit(entry.key, entry.isKeyAlone ? RawSpan() : try record(entry, transaction)) == .stop
          count += 1
        }
        return nil
      }
    }
  }
}
