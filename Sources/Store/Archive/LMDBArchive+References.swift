import LMDB

extension LMDBArchive {
  public func publish(references: [UInt128], of shard: UInt16) throws(StoreError) {
    guard !references.isEmpty else { return }
    let table = ArchiveTable.references(shard: shard)
    let ids = Self.sorted(references)
    var filter = RunFilter(keyCount: UInt64(ids.count), bitsPerKey: ArchiveTable.Kind.filterBitsPerKey)
    for id in ids { filter.insert(table.key(ofReference: id)) }
    try publish(table, rowCount: ids.count, filter) { rows, number, transaction in
      try write(ids[rows], table, number, &transaction)
    }
  }

  /// Writes sorted references as pages of a run.
  func write(
    _ ids: ArraySlice<UInt128>, _ table: ArchiveTable, _ number: UInt64, _ transaction: inout WriteTransaction
  ) throws {
    let countMax = RunPage.entryCountMax(table)
    var start = ids.startIndex
    while start < ids.endIndex {
      let page = ids[start..<min(ids.endIndex, start + countMax)]
      let key = RunKey.page(table, number, first: table.key(ofReference: ids[start]))
      unsafe try transaction.put(
        RunPage.bytes(references: page, run: number).span.bytes, for: key.span.bytes, in: pages)
      start = page.endIndex
    }
  }

  /// In order, each once.
  private static func sorted(_ references: [UInt128]) -> [UInt128] {
    let ids = references.sorted()
    var unique: [UInt128] = []
    unique.reserveCapacity(ids.count)
    for id in ids where unique.last != id { unique.append(id) }
    return unique
  }

  public func candidates(_ ids: [UInt128], in table: ArchiveTable) -> [UInt128] {
    let runs = current.withLock { $0.runs[table] ?? [] }
    var found: [UInt128] = []
    if runs.isEmpty { return found }
    unsafe withUnsafeTemporaryAllocation(of: RunFilter.Hash.self, capacity: ids.count) { hashes in
      for (place, id) in ids.enumerated() {
        unsafe hashes.initializeElement(at: place, to: RunFilter.Hash(table.key(ofReference: id)))
      }
      for run in runs { unsafe run.filter.forEachCandidate(UnsafeBufferPointer(hashes)) { found.append(ids[$0]) } }
    }
    return found
  }
}
