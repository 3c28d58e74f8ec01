import LMDB

/// Reads several runs as one, in key order; where runs have the same key, the newest run's entry stands.
///
/// Holds one page of each run, copied, and a position; so it can stop, let its transaction go, and continue in another.
struct MergedEntries: Sendable {
  private struct Source: Sendable {
    var reader: RunReader
    var entries: [ArchiveEntry] = []
    var index = 0
    var isAtEnd = false
  }

  /// The newest run first.
  private var sources: [Source]
  private let start: ArchiveKey?

  init(_ runs: [ArchiveRun], from start: ArchiveKey? = nil) {
    sources = runs.sorted { $0.age > $1.age }.map { Source(reader: RunReader($0, from: start)) }
    self.start = start
  }

  /// The next entry, or nil at the end.
  mutating func next(_ archive: LMDBArchive, _ transaction: borrowing ReadTransaction) throws -> ArchiveEntry? {
    var best: ArchiveEntry?
    for index in sources.indices {
      try fill(index, archive, transaction)
      guard sources[index].index < sources[index].entries.count else { continue }
      let entry = sources[index].entries[sources[index].index]
      // Runs are looked at from the newest on, so an equal key does not replace the best.
      if let best, best.key <= entry.key { continue }
      best = entry
    }
    guard let best else { return nil }
    for index in sources.indices {
      let source = sources[index]
      if source.index < source.entries.count, source.entries[source.index].key == best.key { sources[index].index += 1 }
    }
    return best
  }

  /// Reads the next page of a run if all of the last one was given out.
  private mutating func fill(
    _ index: Int, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws {
    let (start, table) = (start, sources[index].reader.run.table)
    while !sources[index].isAtEnd, sources[index].index == sources[index].entries.count {
      var entries: [ArchiveEntry] = []
      let isThere = try sources[index].reader.nextPage(archive, transaction) { page, count in
        for place in 0..<count {
          let entry = RunPage.entry(page, place, table)
          if start.map({ entry.key >= $0 }) ?? true { entries.append(entry) }
        }
      }
      sources[index].entries = entries
      sources[index].index = 0
      sources[index].isAtEnd = !isThere
    }
  }
}
