import LMDB

/// Reads the pages of a run one after the other; it can stop, let its transaction go, and go on in another.
struct RunReader: Sendable {
  let run: ArchiveRun
  /// Where to begin; nil is the run's first key.
  private let start: ArchiveKey?
  /// The last key of the page read last.
  private var last: ArchiveKey?
  private var pageCount = 0
  /// Pages of a run mostly lie one behind the other: so many are asked for at once.
  private static let aheadCount = 64

  init(_ run: ArchiveRun, from start: ArchiveKey? = nil) {
    self.run = run
    self.start = start
  }

  /// Reads the next page: `body` gets it, checked, with its number of entries. It may hold keys before the start.
  /// - Returns: false at the end of the run.
  mutating func nextPage(
    _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction, _ body: (RawSpan, Int) -> Void
  ) throws -> Bool {
    var cursor = try transaction.cursor(in: archive.pages)
    let isThere: Bool
    if let last {
      // The page of the last key was read, so the one behind it is next.
      isThere = try archive.moveToPage(of: last, run, &cursor) && cursor.moveToNext()
    } else if let start, try archive.moveToPage(of: start, run, &cursor) {
      isThere = true
    } else {
      isThere = unsafe try cursor.move(atOrAfter: RunKey.run(run.table, run.number).span.bytes)
    }
    guard isThere, RunKey.belongs(cursor.key, run.table, run.number) else { return false }
    if pageCount % Self.aheadCount == 0 {
      archive.environment.readAhead(cursor.value, byteCount: Self.aheadCount * 4_096)
    }
    pageCount += 1
    let count = try RunPage.check(cursor.value, under: cursor.key, run)
    last = RunPage.entry(cursor.value, count - 1, run.table).key
    body(cursor.value, count)
    return true
  }
}
