import LMDB

extension LMDBArchive {
  public func publish(references: [UInt128], of shard: UInt16) throws(StoreError) {
    guard !references.isEmpty else { return }
    let ids = SortedDigests.sorted(references)
    try publish(.references(shard: shard), rowCount: ids.count) { rows, run, filter, transaction in
      try write(references: ids[rows], of: run, &filter, &transaction)
    }
  }

  /// Writes sorted references as pages of a run, and chunks of its filter as they are done.
  func write(
    references ids: ArraySlice<UInt128>, of run: RunDescription, _ filter: inout FilterBuilder,
    _ transaction: inout WriteTransaction
  ) throws {
    let countMax = RunPage.entryCountMax(run.table)
    var start = ids.startIndex
    while start < ids.endIndex {
      let page = ids[start..<min(ids.endIndex, start + countMax)]
      let key = RunKey.page(run.table, run.number, first: run.table.key(ofReference: ids[start]))
      unsafe try transaction.put(
        RunPage.bytes(references: page, run: run.number).span.bytes, for: key.span.bytes, in: pages)
      start = page.endIndex
    }
    var rest = ids.dropFirst(filter.insert(ascending: ids))
    while !rest.isEmpty {
      try writeChunk(&filter, run, &transaction)
      rest = rest.dropFirst(filter.insert(ascending: rest))
    }
  }

  public func candidates(_ ids: [UInt128], in table: ArchiveTable) -> [UInt128] {
    let runs = current.withLock { $0.runs[table] ?? [] }
    var found: [UInt128] = []
    if runs.isEmpty { return found }
    unsafe withUnsafeTemporaryAllocation(of: FilterHash.self, capacity: ids.count) { hashes in
      // Runs of one format, unless some are left of an older one.
      for isOrdered in [true, false] where runs.contains(where: { $0.filter.isOrdered == isOrdered }) {
        for (place, id) in ids.enumerated() {
          unsafe hashes.initializeElement(
            at: place, to: FilterHash(table.key(ofReference: id), isOrdered: isOrdered))
        }
        for run in runs where run.filter.isOrdered == isOrdered {
          unsafe run.filter.forEachCandidate(UnsafeBufferPointer(hashes)) { found.append(ids[$0]) }
        }
      }
    }
    return found
  }
}
