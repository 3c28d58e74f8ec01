import LMDB

extension LMDBArchive {
  public func scan(
    _ table: ArchiveTable, from start: ArchiveKey?, rowCountMax: Int, _ visit: (ArchiveKey, RawSpan) -> ReadStep
  ) throws(StoreError) -> ArchiveKey? {
    try at(table.place) {
      try reading { transaction, current in
        var entries = MergedEntries(current.runs[table] ?? [], from: start)
        var (count, lookedAt) = (0, 0)
        var isStopped = false
        while let entry = try entries.next(self, transaction) {
          // Entries without a record may be many, too.
          lookedAt += 1
          if count >= rowCountMax || isStopped || lookedAt - count > Self.deadEntryCountMax { return entry.key }
          if entry.isTombstone || current.hasDropped(entry) { continue }
          isStopped = visit(entry.key, entry.isKeyAlone ? RawSpan() : try record(entry, transaction)) == .stop
          count += 1
        }
        return nil
      }
    }
  }

  /// Entries that count for nothing and are passed in one chunk.
  private static let deadEntryCountMax = 4_096
  /// Row blocks that are read in one snapshot: 4 MiB.
  private static let scanBlockCount: UInt64 = 64

  public func scanContractsByAge(
    from block: UInt64, front: (RawSpan) -> (key: ArchiveKey, byteCount: Int)?, _ visit: (ArchiveKey, RawSpan) -> Void
  ) throws(StoreError) -> UInt64? {
    try at("archive") {
      try reading { transaction, current in
        var cursor = try transaction.cursor(in: rows)
        let start = max(block, current.firstBlock)
        guard try cursor.move(atOrAfter: start) else { return nil }
        let end = start + Self.scanBlockCount
        while cursor.integerKey < end {
          let number = cursor.integerKey
          environment.readAhead(cursor.value, byteCount: 1 << 20)
          try visitNewest(cursor.value, number, current, transaction, front, visit)
          if try !cursor.moveToNext() { return nil }
        }
        return cursor.integerKey
      }
    }
  }

  /// Visits the records of a block that nothing replaced.
  private func visitNewest(
    _ block: RawSpan, _ number: UInt64, _ current: Current, _ transaction: borrowing ReadTransaction,
    _ front: (RawSpan) -> (key: ArchiveKey, byteCount: Int)?, _ visit: (ArchiveKey, RawSpan) -> Void
  ) throws {
    var found: [(key: ArchiveKey, offset: Int, byteCount: Int)] = []
    try RowBlock.forEach(block, at: "archive row block \(number)", front: front) { key, offset, record in
      found.append((key, offset, record.byteCount))
    }
    for item in found where try isNewest(item.key, number, item.offset, current, transaction) {
      visit(item.key, block.extracting((item.offset + 4)..<(item.offset + 4 + item.byteCount)))
    }
  }

  /// Whether the newest entry of a key is at a place.
  private func isNewest(
    _ key: ArchiveKey, _ block: UInt64, _ offset: Int, _ current: Current, _ transaction: borrowing ReadTransaction
  ) throws -> Bool {
    try newestEntry(of: key, .contracts, current, transaction).map { Self.lies($0, block, offset) } ?? false
  }

  /// Whether an entry is that of the record at a place.
  private static func lies(_ entry: ArchiveEntry, _ block: UInt64, _ offset: Int) -> Bool {
    !entry.isTombstone && entry.block == block && entry.offset == UInt32(offset)
  }

  public func records(
    at places: [(key: ArchiveKey, block: UInt64, offset: Int)]
  ) throws(StoreError) -> [[UInt8]?] {
    try at(ArchiveTable.contracts.place) {
      try reading { transaction, current in
        var records: [[UInt8]?] = []
        for place in places {
          let entry = try newestEntry(of: place.key, .contracts, current, transaction)
          if let entry, Self.lies(entry, place.block, place.offset), !current.hasDropped(entry) {
            records.append(try record(entry, transaction).array)
          } else {
            records.append(nil)
          }
        }
        return records
      }
    }
  }

  public func contractCount() throws(StoreError) -> UInt64 {
    try at(ArchiveTable.contracts.place) {
      var (count, next): (UInt64, ArchiveKey?) = (0, nil)
      repeat {
        next = try reading { transaction, current in
          var entries = MergedEntries(current.runs[.contracts] ?? [], from: next)
          for _ in 0..<65_536 {
            guard let entry = try entries.next(self, transaction) else { return nil }
            if !entry.isTombstone && !current.hasDropped(entry) { count += 1 }
          }
          return try entries.next(self, transaction)?.key
        }
      } while next != nil
      return count
    }
  }
}
