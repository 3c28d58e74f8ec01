import LMDB

extension LMDBArchive {
  static let recordByteCountMax = 1 << 20
  /// Records are packed into blocks of about this size.
  static let rowBlockByteCount = 65_536
  /// Blocks are numbered from 1.
  static let markKey: UInt64 = 0

  public func append(_ rows: [ArchiveRow], to table: ArchiveTable) throws(StoreError) {
    guard !rows.isEmpty else { return }
    let place = table.place
    try check(rows, table, at: place)
    try gate.write(at: place) { () throws(StoreError) in
      try at(place) {
        try writing.withLock { writing in
          var transaction = try environment.beginWriting()
          var nextBlock = writing.nextBlock
          let entries = Self.sorted(try writeRows(rows, &nextBlock, &transaction))
          let run = RunDescription(
            table: table, number: writing.nextRun, age: writing.nextRun, level: 0, rowCount: UInt64(entries.count),
            filterKeyCount: UInt64(entries.count))
          var filter = FilterBuilder(run.filterShape)
          try write(entries, of: run, &filter, &transaction)
          while filter.hasChunk { try writeChunk(&filter, run, &transaction) }
          try writeDescription(run, &transaction)
          try writeMark(publishedEnd: nextBlock, &transaction)
          try transaction.commit()
          writing.nextBlock = nextBlock
          writing.nextRun += 1
          show(try opened(run), publishedEnd: nextBlock)
        }
      }
    }
  }

  public func stage(_ rows: [ArchiveRow], in run: inout StagedRun) throws(StoreError) {
    guard !rows.isEmpty else { return }
    let place = run.table.place
    for row in rows { precondition(row.record != nil, "a tombstone is appended, not staged") }
    try check(rows, run.table, at: place)
    let entries = try gate.write(at: place) { () throws(StoreError) in
      try at(place) {
        try writing.withLock { writing in
          var transaction = try environment.beginWriting()
          var nextBlock = writing.nextBlock
          let entries = try writeRows(rows, &nextBlock, &transaction)
          try transaction.commit()
          writing.nextBlock = nextBlock
          return entries
        }
      }
    }
    run.entries += entries
  }

  public func publish(_ staged: StagedRun) throws(StoreError) {
    guard !staged.entries.isEmpty else { return }
    let entries = Self.sortedByPlace(staged.entries)
    try publish(staged.table, rowCount: entries.count) { rows, run, filter, transaction in
      try write(Array(entries[rows]), of: run, &filter, &transaction)
    }
  }

  /// Makes a run of rows that `write` writes as pages, a bounded range in each transaction, and lets readers see it.
  func publish(
    _ table: ArchiveTable, rowCount: Int,
    write: (Range<Int>, RunDescription, inout FilterBuilder, inout WriteTransaction) throws -> Void
  ) throws(StoreError) {
    try gate.write(at: table.place) { () throws(StoreError) in
      try at(table.place) {
        try writing.withLock { writing in
          let run = RunDescription(
            table: table, number: writing.nextRun, age: writing.nextRun, level: 0, rowCount: UInt64(rowCount),
            filterKeyCount: UInt64(rowCount))
          var filter = FilterBuilder(run.filterShape)
          // Should this fail half way, pages without a description lie under a number that is not given again.
          writing.nextRun += 1
          var start = 0
          let stepCount = Self.stepEntryCount(table)
          while rowCount - start > stepCount {
            var transaction = try environment.beginWriting()
            try write(start..<start + stepCount, run, &filter, &transaction)
            try transaction.commit()
            start += stepCount
          }
          var transaction = try environment.beginWriting()
          try write(start..<rowCount, run, &filter, &transaction)
          while filter.hasChunk { try writeChunk(&filter, run, &transaction) }
          try writeDescription(run, &transaction)
          // A run without records says nothing about those that another one has staged.
          let blockEnd = table.isKeysOnly ? current.withLock { $0.publishedEnd } : writing.nextBlock
          try writeMark(publishedEnd: blockEnd, &transaction)
          try transaction.commit()
          show(try opened(run), publishedEnd: blockEnd)
        }
      }
    }
  }

  /// A run that was committed, with its filter as it is stored.
  func opened(_ run: RunDescription) throws -> ArchiveRun {
    let transaction = try environment.beginReading()
    return ArchiveRun(run, try RunFilter(run, maps: mapsFilters, self, transaction))
  }

  private func check(_ rows: [ArchiveRow], _ table: ArchiveTable, at place: String) throws(StoreError) {
    if table.isKeysOnly {
      for row in rows { precondition(row.record == [] && row.key.tenant == table.part, "a reference is only a key") }
    }
    for row in rows where row.record.map({ $0.count > Self.recordByteCountMax }) ?? false {
      throw StoreError(
        .outOfRange, at: place,
        "a record of \(row.record?.count ?? 0) bytes; the most is \(Self.recordByteCountMax)")
    }
  }

  /// Lets readers see a new run.
  private func show(_ run: ArchiveRun, publishedEnd: UInt64) {
    current.withLock {
      $0.publishedEnd = publishedEnd
      $0.runs[run.table, default: []].insert(run, at: 0)
      $0.version += 1
    }
  }

  /// Sorts by key; of several entries of one key the one staged last stays. Nearly all keys differ, so neighbours are
  /// compared once sorted.
  private static func sortedByPlace(_ entries: [ArchiveEntry]) -> [ArchiveEntry] {
    let sorted = entries.sorted { a, b in
      a.key != b.key ? a.key < b.key : (a.block, a.offset) < (b.block, b.offset)
    }
    var kept: [ArchiveEntry] = []
    kept.reserveCapacity(sorted.count)
    for entry in sorted {
      if let last = kept.last, last.key == entry.key { kept[kept.count - 1] = entry } else { kept.append(entry) }
    }
    return kept
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
      if record.isEmpty {
        entries.append(ArchiveEntry(row.key))
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

  /// Writes sorted entries as pages of a run, and puts them into its filter.
  func write(
    _ entries: [ArchiveEntry], of run: RunDescription, _ filter: inout FilterBuilder,
    _ transaction: inout WriteTransaction
  ) throws {
    if run.table.isKeysOnly {
      return try write(references: entries.map(\.key.id)[...], of: run, &filter, &transaction)
    }
    filter.insert(entries.lazy.map(\.key))
    var start = 0
    while start < entries.count {
      let page = entries[start..<min(entries.count, start + RunPage.entryCountMax(run.table))]
      let key = RunKey.page(run.table, run.number, first: page[start].key)
      unsafe try transaction.put(
        RunPage.bytes(page, run.table, run: run.number).span.bytes, for: key.span.bytes, in: pages)
      start = page.endIndex
    }
  }

  private func writeMark(publishedEnd: UInt64, _ transaction: inout WriteTransaction) throws {
    try write(RowMark(firstBlock: current.withLock { $0.firstBlock }, publishedEnd: publishedEnd), &transaction)
  }

  func write(_ mark: RowMark, _ transaction: inout WriteTransaction) throws {
    unsafe try transaction.put(mark.value.span.bytes, for: Self.markKey, in: rows)
  }

  /// Writes the next chunk of a filter.
  func writeChunk(
    _ filter: inout FilterBuilder, _ run: RunDescription, _ transaction: inout WriteTransaction
  ) throws {
    let key = RunKey.chunk(run.table, run.number, filter.nextChunk)
    let byteCount = filter.shape.chunkByteCount(filter.nextChunk)
    unsafe try transaction.reserve(byteCount: byteCount, for: key.span.bytes, in: filters) { bytes in
      unsafe filter.takeChunk(seed: RunKey.checksum(ofChunk: key), into: bytes)
    }
  }

  func writeDescription(_ run: RunDescription, _ transaction: inout WriteTransaction) throws {
    let key = RunKey.run(run.table, run.number)
    unsafe try transaction.put(run.value.span.bytes, for: key.span.bytes, in: runs)
  }
}
