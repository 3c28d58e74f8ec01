import LMDB

extension LMDBArchive {
  static let recordByteCountMax = 1 << 20
  /// Records are packed into blocks of about this size.
  static let rowBlockByteCount = 65_536

  public func append(_ rows: [ArchiveRow], to table: ArchiveTable) throws(StoreError) {
    guard !rows.isEmpty else { return }
    let place = "archive table \(table.rawValue)"
    for row in rows where row.record.map({ $0.count > Self.recordByteCountMax }) ?? false {
      throw StoreError(
        .outOfRange, at: place,
        "a record of \(row.record?.count ?? 0) bytes; the most is \(Self.recordByteCountMax)")
    }
    try gate.write(at: place) { () throws(StoreError) in
      try at(place) {
        try writing.withLock { writing in
          var transaction = try environment.beginWriting()
          var nextBlock = writing.nextBlock
          let entries = Self.sorted(try writeRows(rows, &nextBlock, &transaction))
          var filter = RunFilter(keyCount: UInt64(entries.count))
          for entry in entries { filter.insert(entry.key) }
          let run = ArchiveRun(
            table: table, number: writing.nextRun, age: writing.nextRun, level: 0, rowCount: UInt64(entries.count),
            filter: filter)
          try write(entries, to: run.table, run.number, &transaction)
          for index in 0..<filter.chunkCount { try writeChunk(filter, index, table, run.number, &transaction) }
          try writeDescription(run, filterKeyCount: run.rowCount, &transaction)
          try transaction.commit()
          writing.nextBlock = nextBlock
          writing.nextRun += 1
          current.withLock {
            $0.runs[table, default: []].insert(run, at: 0)
            $0.version += 1
          }
        }
      }
    }
  }

  /// Sorts by key; of several entries of one key the last one stays.
  private static func sorted(_ entries: [ArchiveEntry]) -> [ArchiveEntry] {
    var newest: [ArchiveKey: ArchiveEntry] = [:]
    newest.reserveCapacity(entries.count)
    for entry in entries { newest[entry.key] = entry }
    return newest.values.sorted { $0.key < $1.key }
  }

  /// Packs records into blocks and writes them behind the others.
  private func writeRows(
    _ rows: [ArchiveRow], _ nextBlock: inout UInt64, _ transaction: inout WriteTransaction
  ) throws -> [ArchiveEntry] {
    var entries: [ArchiveEntry] = []
    entries.reserveCapacity(rows.count)
    var block: [UInt8] = []
    for row in rows {
      guard let record = row.record else {
        entries.append(
          ArchiveEntry(key: row.key, block: 0, offset: 0, recordByteCount: ArchiveEntry.tombstone))
        continue
      }
      if !block.isEmpty, block.count + 4 + record.count > Self.rowBlockByteCount {
        unsafe try transaction.put(block.span.bytes, for: nextBlock, in: self.rows, .append)
        nextBlock += 1
        block.removeAll(keepingCapacity: true)
      }
      entries.append(
        ArchiveEntry(
          key: row.key, block: nextBlock, offset: UInt32(block.count), recordByteCount: UInt32(record.count)))
      block.appendInteger(record.withRawSpan { crc32c($0, seed: row.key.checksum) })
      block += record
    }
    if !block.isEmpty {
      unsafe try transaction.put(block.span.bytes, for: nextBlock, in: self.rows, .append)
      nextBlock += 1
    }
    return entries
  }

  /// Writes sorted entries as pages of a run.
  func write(
    _ entries: [ArchiveEntry], to table: ArchiveTable, _ number: UInt64, _ transaction: inout WriteTransaction
  ) throws {
    var start = 0
    while start < entries.count {
      let page = entries[start..<min(entries.count, start + RunPage.entryCountMax)]
      let key = RunKey.page(table, number, first: page[start].key)
      unsafe try transaction.put(RunPage.bytes(page, run: number).span.bytes, for: key.span.bytes, in: pages)
      start = page.endIndex
    }
  }

  func writeChunk(
    _ filter: RunFilter, _ index: Int, _ table: ArchiveTable, _ number: UInt64,
    _ transaction: inout WriteTransaction
  ) throws {
    let key = RunKey.chunk(table, number, index)
    unsafe try transaction.put(filter.chunk(index).span.bytes, for: key.span.bytes, in: filters)
  }

  func writeDescription(
    _ run: ArchiveRun, filterKeyCount: UInt64, _ transaction: inout WriteTransaction
  ) throws {
    let key = RunKey.run(run.table, run.number)
    unsafe try transaction.put(
      run.value(filterKeyCount: filterKeyCount).span.bytes, for: key.span.bytes, in: runs)
  }
}
