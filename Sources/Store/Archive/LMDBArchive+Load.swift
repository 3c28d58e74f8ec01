import LMDB

extension LMDBArchive {
  /// Reads descriptions and filters, and finds what crashes left behind.
  func load() throws(StoreError) {
    try at("archive") {
      let transaction = try environment.beginReading()
      var found = Current()
      var nextRun: UInt64 = 1
      var garbage: Set<RunName> = []
      for kind in ArchiveTable.Kind.allCases {
        let list = try runs(of: kind, transaction)
        for run in list.sorted(by: { $0.age > $1.age }) { found.runs[run.table, default: []].append(run) }
        let known = Set(list.map(\.number))
        for database in [pages, filters] {
          for number in try numbers(of: kind, in: database, transaction) {
            nextRun = max(nextRun, number + 1)
            if !known.contains(number) {
              garbage.insert(RunName(table: ArchiveTable(kind: kind, part: 0), number: number))
            }
          }
        }
        nextRun = max(nextRun, (known.max() ?? 0) + 1)
      }
      let mark = try rowMark(transaction)
      found.firstBlock = mark.firstBlock
      found.publishedEnd = mark.publishedEnd
      let present = try presentBlocks(transaction)
      // Numbers are not given again: an entry of a run that counts may still name a block that was dropped.
      let nextBlock = max(present.upperBound, mark.publishedEnd)
      let left = garbage.sorted { $0.number < $1.number }.map { GarbageRun(name: $0) }
      let blocks = [present.lowerBound..<max(present.lowerBound, mark.firstBlock), mark.publishedEnd..<nextBlock]
      current.withLock { $0 = found }
      writing.withLock {
        $0 = Writing(
          nextRun: nextRun, nextBlock: nextBlock, job: nil, garbage: left,
          garbageBlocks: blocks.filter { !$0.isEmpty })
      }
    }
  }

  /// Row blocks on disk, from the first to behind the last.
  private func presentBlocks(_ transaction: borrowing ReadTransaction) throws -> Range<UInt64> {
    var blocks = try transaction.cursor(in: rows)
    guard try blocks.move(atOrAfter: Self.markKey + 1) else { return 1..<1 }
    let first = blocks.integerKey
    _ = try blocks.moveToLast()
    return first..<blocks.integerKey + 1
  }

  /// Which row blocks count.
  func rowMark(_ transaction: borrowing ReadTransaction) throws -> RowMark {
    if let value = try transaction.value(for: Self.markKey, in: rows) { return try RowMark(value) }
    // Without a mark and without a run nothing was ever published; a store of before the mark keeps what it has.
    var runs = try transaction.cursor(in: runs)
    let end = try runs.moveToFirst() ? presentBlocks(transaction).upperBound : 1
    return RowMark(firstBlock: 1, publishedEnd: end)
  }

  private func runs(
    of kind: ArchiveTable.Kind, _ transaction: borrowing ReadTransaction
  ) throws -> [ArchiveRun] {
    var list: [ArchiveRun] = []
    var cursor = try transaction.cursor(in: runs)
    var isThere = unsafe try cursor.move(atOrAfter: RunKey.run(kind, 0).span.bytes)
    while isThere, let number = RunKey.number(cursor.key, kind) {
      let table = ArchiveTable(kind: kind, part: try part(of: kind, run: number, transaction))
      let run = try RunDescription(cursor.value, table: table, number: number)
      list.append(ArchiveRun(run, try RunFilter(run, maps: mapsFilters, self, transaction)))
      isThere = try cursor.moveToNext()
    }
    return list
  }

  /// Which part of its table a run belongs to: the tenant of its keys.
  private func part(
    of kind: ArchiveTable.Kind, run: UInt64, _ transaction: borrowing ReadTransaction
  ) throws -> UInt32 {
    if kind == .contracts { return 0 }
    var cursor = try transaction.cursor(in: pages)
    guard unsafe try cursor.move(atOrAfter: RunKey.run(kind, run).span.bytes),
      RunKey.number(cursor.key, kind) == run, let first = RunKey.first(cursor.key)
    else { throw StoreError(.damaged, at: "archive table \(kind.rawValue) run \(run)", "the run has no pages") }
    return first.tenant
  }

  /// The runs that have something in `database`, found by leaping from one to the next.
  private func numbers(
    of kind: ArchiveTable.Kind, in database: Database, _ transaction: borrowing ReadTransaction
  ) throws -> [UInt64] {
    var numbers: [UInt64] = []
    var cursor = try transaction.cursor(in: database)
    var isThere = unsafe try cursor.move(atOrAfter: RunKey.run(kind, 0).span.bytes)
    while isThere, let number = RunKey.number(cursor.key, kind) {
      numbers.append(number)
      isThere = unsafe try cursor.move(atOrAfter: RunKey.run(kind, number + 1).span.bytes)
    }
    return numbers
  }
}
