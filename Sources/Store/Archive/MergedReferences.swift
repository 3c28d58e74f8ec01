import LMDB

/// Reads several runs of one shard's references as one, in order and each reference once.
///
/// What `MergedEntries` is to entries, for keys alone, of which there are a hundred times as many. Holds one page of each
/// run, copied, and a position.
struct MergedReferences: Sendable {
  private struct Source: Sendable {
    var reader: RunReader
    /// Where its page begins in `ids`, what was given out of it, and where it ends.
    let start: Int
    var next: Int
    var end: Int
    var isAtEnd = false
  }

  private var sources: [Source]
  /// A page for each source, in its place.
  private var ids: [UInt128]
  private static let pageCount = RunPage.entryCountMax(.references(shard: 0))

  init(_ runs: [ArchiveRun]) {
    sources = runs.enumerated().map { place, run in
      let start = place * Self.pageCount
      return Source(reader: RunReader(run), start: start, next: start, end: start)
    }
    ids = [UInt128](repeating: 0, count: runs.count * Self.pageCount)
  }

  /// The next references, at most `countMax`; none at the end.
  mutating func next(
    _ countMax: Int, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws -> [UInt128] {
    try unsafe [UInt128](unsafeUninitializedCapacity: countMax) { merged, count in
      while count < countMax {
        for place in sources.indices { try fill(place, archive, transaction) }
        sources.removeAll { $0.isAtEnd }
        if sources.isEmpty { break }
        unsafe mergePages(into: merged, &count)
      }
    }
  }

  private mutating func fill(
    _ place: Int, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws {
    guard sources[place].next == sources[place].end else { return }
    let start = sources[place].start
    var found: [UInt128] = []
    let isThere = try sources[place].reader.nextPage(archive, transaction) { page, count in
      found = RunPage.references(page, count: count)
    }
    ids.replaceSubrange(start..<start + found.count, with: found)
    sources[place].next = start
    sources[place].end = start + found.count
    sources[place].isAtEnd = !isThere
  }

  /// Merges until one of the pages ends, or the room for the result.
  private mutating func mergePages(into merged: UnsafeMutableBufferPointer<UInt128>, _ count: inout Int) {
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe sources.withUnsafeMutableBufferPointer { sources in
        var isPageDone = false
        while !isPageDone, count < merged.count {
          // In bounds: no page is at its end.
          var least = unsafe ids[sources[0].next]
          for place in 1..<max(1, sources.count) { unsafe least = min(least, ids[sources[place].next]) }
          unsafe merged.initializeElement(at: count, to: least)
          count += 1
          for place in 0..<sources.count where unsafe ids[sources[place].next] == least {
            unsafe sources[place].next += 1
            if unsafe sources[place].next == sources[place].end { isPageDone = true }
          }
        }
      }
    }
  }
}
