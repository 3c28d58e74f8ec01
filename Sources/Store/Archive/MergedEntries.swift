import LMDB

/// Reads several runs as one, in key order; where runs have the same key, the newest run's entry stands.
///
/// Holds one page of each run, copied, and a position; so it can stop, let its transaction go, and continue in another.
struct MergedEntries: Sendable {
  private struct Reader: Sendable {
    let run: ArchiveRun
    var entries: [ArchiveEntry] = []
    var index = 0
    /// Entries up to this key were read.
    var last: ArchiveKey?
    var isAtEnd = false
  }

  /// The newest run first.
  private var readers: [Reader]
  private let start: ArchiveKey?

  init(_ runs: [ArchiveRun], from start: ArchiveKey? = nil) {
    readers = runs.sorted { $0.age > $1.age }.map { Reader(run: $0) }
    self.start = start
  }

  /// The next entry, or nil at the end.
  mutating func next(_ archive: LMDBArchive, _ transaction: borrowing ReadTransaction) throws -> ArchiveEntry? {
    var best: ArchiveEntry?
    for index in readers.indices {
      try fill(index, archive, transaction)
      guard readers[index].index < readers[index].entries.count else { continue }
      let entry = readers[index].entries[readers[index].index]
      // Runs are looked at from the newest on, so an equal key does not replace the best.
      if let best, best.key <= entry.key { continue }
      best = entry
    }
    guard let best else { return nil }
    for index in readers.indices {
      let reader = readers[index]
      if reader.index < reader.entries.count, reader.entries[reader.index].key == best.key { readers[index].index += 1 }
    }
    return best
  }

  /// Reads the next page of a run if all of the last one was given out.
  private mutating func fill(
    _ index: Int, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws {
    guard !readers[index].isAtEnd, readers[index].index == readers[index].entries.count else { return }
    let run = readers[index].run
    var cursor = try transaction.cursor(in: archive.pages)
    var isThere: Bool
    if let last = readers[index].last {
      // The page of the last key was read, so the one behind it is next.
      isThere = try archive.moveToPage(of: last, run, &cursor) && cursor.moveToNext()
    } else if let start, try archive.moveToPage(of: start, run, &cursor) {
      isThere = true
    } else {
      isThere = unsafe try cursor.move(atOrAfter: RunKey.run(run.table, run.number).span.bytes)
    }
    readers[index].entries.removeAll(keepingCapacity: true)
    readers[index].index = 0
    while isThere, readers[index].entries.isEmpty, RunKey.belongs(cursor.key, run.table, run.number) {
      let count = try RunPage.check(cursor.value, run)
      for place in 0..<count {
        let entry = RunPage.entry(cursor.value, place, run.table)
        readers[index].last = entry.key
        if start.map({ entry.key >= $0 }) ?? true { readers[index].entries.append(entry) }
      }
      isThere = try cursor.moveToNext()
    }
    readers[index].isAtEnd = readers[index].entries.isEmpty
  }
}
