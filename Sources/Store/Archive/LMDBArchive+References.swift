import LMDB

extension LMDBArchive {
  public func publish(references: [UInt128], of shard: UInt16) throws(StoreError) {
    guard !references.isEmpty else { return }
    let table = ArchiveTable.references(shard: shard)
    let ids = Self.sorted(references)
    var filter = RunFilter(keyCount: UInt64(ids.count), bitsPerKey: table.kind.filterBitsPerKey)
    for id in ids { filter.insert(table.key(ofReference: id)) }
    let filterOfAll = filter
    try gate.write(at: table.place) { () throws(StoreError) in
      try at(table.place) {
        try writing.withLock { writing in
          let run = ArchiveRun(
            table: table, number: writing.nextRun, age: writing.nextRun, level: 0, rowCount: UInt64(ids.count),
            filter: filterOfAll)
          // Should this fail half way, pages without a description lie under a number that is not given again.
          writing.nextRun += 1
          var start = 0
          let stepCount = Self.stepEntryCount(table)
          while ids.count - start > stepCount {
            var transaction = try environment.beginWriting()
            try write(ids[start..<start + stepCount], table, run.number, &transaction)
            try transaction.commit()
            start += stepCount
          }
          var transaction = try environment.beginWriting()
          try write(ids[start...], table, run.number, &transaction)
          for index in 0..<run.filter.chunkCount { try writeChunk(run.filter, index, table, run.number, &transaction) }
          try writeDescription(run, filterKeyCount: run.rowCount, &transaction)
          // A run without records says nothing about those that another one has staged.
          try writeMark(writing.publishedBlockEnd, &transaction)
          try transaction.commit()
          show(run)
        }
      }
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
