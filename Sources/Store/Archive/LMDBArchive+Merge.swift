import LMDB

/// A merge of runs of one level into one of the next, done in bounded steps.
struct MergeJob: Sendable {
  let run: RunDescription
  let inputs: [ArchiveRun]
  /// Tombstones end here: nothing older is left that they could hide.
  let dropsTombstones: Bool
  var rows: Rows
  var filter: FilterBuilder
  var rowCount: UInt64 = 0
  /// All pages are written.
  var isAtEnd = false

  /// What is left to be read of the inputs.
  enum Rows: Sendable {
    case entries(MergedEntries)
    case references(MergedReferences)
  }

  init(table: ArchiveTable, number: UInt64, inputs: [ArchiveRun], dropsTombstones: Bool) {
    let rowCountMax = inputs.reduce(0) { $0 + $1.rowCount }
    run = RunDescription(
      table: table, number: number, age: inputs.map(\.age).max() ?? 0, level: (inputs.map(\.level).max() ?? 0) + 1,
      rowCount: rowCountMax, filterKeyCount: rowCountMax)
    self.inputs = inputs
    self.dropsTombstones = dropsTombstones
    rows = table.isKeysOnly ? .references(MergedReferences(inputs)) : .entries(MergedEntries(inputs))
    filter = FilterBuilder(run.filterShape)
  }

  /// The run as it has become.
  var result: RunDescription {
    RunDescription(
      table: run.table, number: run.number, age: run.age, level: run.level, rowCount: rowCount,
      filterKeyCount: run.filterKeyCount)
  }
}

extension LMDBArchive {
  /// Runs of one level that make one of the next.
  static let fanIn = 4
  /// Entries of one transaction of a merge or a new run: about 1 MiB of pages. Commits of the log wait while the disk takes it.
  static func stepEntryCount(_ table: ArchiveTable) -> Int { 256 * RunPage.entryCountMax(table) }
  /// Filter chunks, or pages to delete, in one step.
  static let stepChunkCount = 16
  static let stepDeleteCount = 1_024
  /// Row blocks to delete in one step: 4 MiB.
  static let stepBlockCount = 64

  public func mergeStep() throws(StoreError) -> Bool {
    let hasWork = writing.withLock { writing in
      if writing.job == nil, !writing.hasGarbage { writing.job = nextJob(&writing.nextRun) }
      return writing.job != nil || writing.hasGarbage
    }
    guard hasWork else { return false }
    try gate.write(at: "archive") { () throws(StoreError) in
      try at("archive") {
        try writing.withLock { writing in
          if !writing.garbageBlocks.isEmpty {
            try deleteBlocks(&writing.garbageBlocks[0])
            if writing.garbageBlocks[0].isEmpty { writing.garbageBlocks.removeFirst() }
          } else if let place = writing.deletableRun {
            if try deleteSome(of: writing.garbage[place].name) { writing.garbage.remove(at: place) }
          } else if let job = writing.job {
            writing.job = nil
            writing.job = try advance(job, &writing.garbage)
          }
        }
      }
    }
    return true
  }

  /// The oldest runs of the lowest level that has enough of them.
  private func nextJob(_ nextRun: inout UInt64) -> MergeJob? {
    let all = current.withLock { $0.runs }
    // Where most runs wait: whichever comes first would never let go while every round brings new ones.
    for (table, runs) in all.sorted(by: {
      ($1.value.count, $0.key.kind.rawValue, $0.key.part) < ($0.value.count, $1.key.kind.rawValue, $1.key.part)
    }) where runs.count >= Self.fanIn {
      for level in Set(runs.map(\.level)).sorted() {
        let candidates = runs.filter { $0.level == level }
        guard candidates.count >= Self.fanIn else { continue }
        // Newest first, so the last ones are the oldest of the level, next to each other in age.
        let inputs = Array(candidates.suffix(Self.fanIn))
        let oldest = runs.last?.number
        let number = nextRun
        nextRun += 1
        return MergeJob(
          table: table, number: number, inputs: inputs, dropsTombstones: inputs.contains { $0.number == oldest })
      }
    }
    return nil
  }

  /// Does one step of a job; nil when it is done.
  private func advance(_ job: consuming MergeJob, _ garbage: inout [GarbageRun]) throws -> MergeJob? {
    if !job.isAtEnd {
      let written = try writeNext(&job)
      if written == 0 { job.isAtEnd = true }
      job.rowCount += UInt64(written)
      return job
    }
    guard job.filter.hasChunk else {
      try finish(job, &garbage)
      return nil
    }
    var transaction = try environment.beginWriting()
    for _ in 0..<Self.stepChunkCount where job.filter.hasChunk {
      try writeChunk(&job.filter, job.run, &transaction)
    }
    try transaction.commit()
    return job
  }

  /// Writes the next pages of a job's run.
  /// - Returns: how many rows they have; 0 at the end.
  private func writeNext(_ job: inout MergeJob) throws -> Int {
    let countMax = Self.stepEntryCount(job.run.table)
    switch job.rows {
    case .entries(var entries):
      var batch: [ArchiveEntry] = []
      do {
        let reading = try environment.beginReading()
        let current = current.withLock { $0 }
        while batch.count < countMax, let entry = try entries.next(self, reading) {
          if entry.isTombstone && job.dropsTombstones || current.hasDropped(entry) { continue }
          batch.append(entry)
        }
      }
      job.rows = .entries(entries)
      if batch.isEmpty { return 0 }
      var transaction = try environment.beginWriting()
      try write(batch, of: job.run, &job.filter, &transaction)
      try transaction.commit()
      return batch.count
    case .references(var references):
      let batch: [UInt128]
      do {
        let reading = try environment.beginReading()
        batch = try references.next(countMax, self, reading)
      }
      job.rows = .references(references)
      if batch.isEmpty { return 0 }
      var transaction = try environment.beginWriting()
      try write(references: batch[...], of: job.run, &job.filter, &transaction)
      try transaction.commit()
      return batch.count
    }
  }

  /// Puts the new run in place of its inputs, in one small transaction.
  private func finish(_ job: MergeJob, _ garbage: inout [GarbageRun]) throws {
    let run = job.result
    var transaction = try environment.beginWriting()
    for input in job.inputs {
      let key = RunKey.run(input.table, input.number)
      _ = unsafe try transaction.delete(key.span.bytes, in: runs)
    }
    // When every row was a tombstone, or dropped, there is nothing to keep.
    let isKept = run.rowCount > 0
    if isKept { try writeDescription(run, &transaction) }
    try transaction.commit()
    let opened = isKept ? [try opened(run)] : []
    let replaced = Set(job.inputs.map(\.number))
    current.withLock {
      let list = ($0.runs[run.table] ?? []).filter { !replaced.contains($0.number) } + opened
      $0.runs[run.table] = list.sorted { $0.age > $1.age }
      $0.version += 1
    }
    garbage += job.inputs.map { GarbageRun(name: RunName(table: $0.table, number: $0.number), run: $0) }
    if !isKept { garbage.append(GarbageRun(name: RunName(table: run.table, number: run.number))) }
  }

  /// Deletes some of the row blocks that nobody reads.
  private func deleteBlocks(_ blocks: inout Range<UInt64>) throws {
    let end = min(blocks.upperBound, blocks.lowerBound + UInt64(Self.stepBlockCount))
    var transaction = try environment.beginWriting()
    for block in blocks.lowerBound..<end { _ = try transaction.delete(block, in: rows) }
    try transaction.commit()
    blocks = end..<blocks.upperBound
  }

  /// Deletes pages and chunks of a run that no longer counts; true when all are gone.
  private func deleteSome(of name: RunName) throws -> Bool {
    var transaction = try environment.beginWriting()
    let start = RunKey.run(name.table, name.number)
    var left = Self.stepDeleteCount
    for database in [pages, filters] where left > 0 {
      left -= unsafe try transaction.deleteRecords(from: start.span.bytes, in: database, countMax: left) {
        RunKey.belongs($0, name.table, name.number)
      }
    }
    try transaction.commit()
    return left > 0
  }
}
