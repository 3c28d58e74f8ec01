import LMDB

/// Reads several runs of one shard's references as one, in order and each reference once.
///
/// What `MergedEntries` is to entries, for keys alone, of which there are a hundred times as many. Holds one page of each
/// run, copied, and a position.
struct MergedReferences: Sendable {
  private struct Source: Sendable {
    var reader: RunReader
    var ids: [UInt128] = []
    var index = 0
    var isAtEnd = false
  }

  private var sources: [Source]

  init(_ runs: [ArchiveRun]) { sources = runs.map { Source(reader: RunReader($0)) } }

  /// The next references, at most `countMax`; none at the end.
  mutating func next(
    _ countMax: Int, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws -> [UInt128] {
    var merged: [UInt128] = []
    merged.reserveCapacity(countMax)
    while merged.count < countMax {
      for place in sources.indices { try fill(place, archive, transaction) }
      sources.removeAll { $0.isAtEnd }
      if sources.isEmpty { break }
      mergePages(into: &merged, countMax)
    }
    return merged
  }

  private mutating func fill(
    _ place: Int, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws {
    guard sources[place].index == sources[place].ids.count else { return }
    var ids: [UInt128] = []
    let isThere = try sources[place].reader.nextPage(archive, transaction) { page, count in
      ids = RunPage.references(page, count: count)
    }
    sources[place].ids = ids
    sources[place].index = 0
    sources[place].isAtEnd = !isThere
  }

  /// Merges until one of the pages ends.
  private mutating func mergePages(into merged: inout [UInt128], _ countMax: Int) {
    while merged.count < countMax {
      var least = sources[0].ids[sources[0].index]
      for place in 1..<max(1, sources.count) { least = min(least, sources[place].ids[sources[place].index]) }
      merged.append(least)
      var isPageDone = false
      for place in sources.indices where sources[place].ids[sources[place].index] == least {
        sources[place].index += 1
        if sources[place].index == sources[place].ids.count { isPageDone = true }
      }
      if isPageDone { return }
    }
  }
}
