import LMDB

/// The archive in the state environment.
///
/// Records are appended once, packed in blocks, and never move. What is sorted, merged and looked up are entries: of
/// contracts 36 bytes that say where the record of a key lies, of references the 16 bytes that they are. Tables:
/// ```
/// archive-rows     block number (integer, appended)   -> records (`RowBlock`); 0: the first unpublished block, and the first kept
/// archive-runs     table, run                         -> description (`ArchiveRun`)
/// archive-pages    table, run, first key in the page  -> sorted entries (`RunPage`)
/// archive-filters  table, run, chunk                  -> a piece of the run's filter (`RunFilter`)
/// ```
/// A run counts once its description is written; pages and chunks without one are what a crash left, and are
/// deleted in the background. So are row blocks that a crash left of a run that was staged and not published: the
/// transaction that publishes a run notes how far the blocks of published runs reach. Records are dropped by the block, the
/// oldest first: what an entry points to before the first kept block is gone. Each closed contract costs its record, about 37 bytes of entry (rewritten once for each
/// fourfold growth) and 3 bytes of filter. Records whose contract came back to memory stay on
/// disk.
///
/// A table of references has no records, only keys: 16 bytes each, and three of filter.
public final class LMDBArchive: ContractArchive {
  let environment: Environment
  let rows: Database
  let runs: Database
  let pages: Database
  let filters: Database
  let gate: WriteGate
  /// Whether large filters are read where they are stored. Not where another process may delete them.
  let mapsFilters: Bool
  /// What readers look at; replaced as a whole after each transaction that changes the runs.
  let current = Locked(Current())
  /// What only writers look at.
  let writing: Locked<Writing>

  /// Runs by table, the newest first.
  struct Current: Sendable {
    var runs: [ArchiveTable: [ArchiveRun]] = [:]
    /// Records in row blocks before it were dropped.
    var firstBlock: UInt64 = 1
    /// The first row block that belongs to no published run.
    var publishedEnd: UInt64 = 1
    var version: UInt64 = 0

    /// Whether an entry's record was dropped.
    func hasDropped(_ entry: ArchiveEntry) -> Bool {
      !entry.isTombstone && !entry.isKeyAlone && entry.block < firstBlock
    }
  }

  struct Writing: Sendable {
    var nextRun: UInt64
    var nextBlock: UInt64
    var job: MergeJob?
    var garbage: [GarbageRun]
    /// Row blocks that were dropped, or staged before a crash; deleted from the front.
    var garbageBlocks: [Range<UInt64>] = []

    var hasGarbage: Bool { deletableRun != nil || !garbageBlocks.isEmpty }

    /// A run that can be deleted now.
    var deletableRun: Int? { garbage.firstIndex { $0.run == nil } }
  }

  /// A run that does not count any more.
  struct GarbageRun: Sendable {
    var name: RunName
    /// Gone when nobody looks at it any more: its filter may be read without a snapshot, where it is stored.
    weak var run: ArchiveRun?
  }

  struct RunName: Hashable, Sendable {
    var table: ArchiveTable
    var number: UInt64
  }

  /// Opens the tables in an open environment; makes them unless that is read-only. Checks all filters.
  init(environment: Environment, gate: WriteGate, mapsFilters: Bool = true) throws(StoreError) {
    self.environment = environment
    self.gate = gate
    self.mapsFilters = mapsFilters
    (rows, runs, pages, filters) = try at("archive") {
      (
        try environment.openDatabase(named: "archive-rows", integerKeys: true),
        try environment.openDatabase(named: "archive-runs"), try environment.openDatabase(named: "archive-pages"),
        try environment.openDatabase(named: "archive-filters")
      )
    }
    writing = Locked(Writing(nextRun: 1, nextBlock: 1, job: nil, garbage: []))
    try load()
  }

  public func mayContain(_ key: ArchiveKey, in table: ArchiveTable) -> Bool {
    let runs = current.withLock { $0.runs[table] ?? [] }
    return runs.contains { $0.filter.mayContain(key) }
  }

  public func rowCount(in table: ArchiveTable) -> UInt64 {
    current.withLock { ($0.runs[table] ?? []).reduce(0) { $0 + $1.rowCount } }
  }

  public var runCountMax: Int {
    current.withLock { $0.runs.values.reduce(0) { max($0, $1.count) } }
  }

  public func fetch(_ key: ArchiveKey, in table: ArchiveTable) throws(StoreError) -> [UInt8]? {
    try at(table.place) {
      try reading { transaction, current in
        try newest(key, table, current, transaction)
      }
    }
  }

  public func fetch(_ keys: [ArchiveKey], in table: ArchiveTable) throws(StoreError) -> [[UInt8]?] {
    try at(table.place) {
      try reading { transaction, current in
        var records: [[UInt8]?] = []
        records.reserveCapacity(keys.count)
        for key in keys { records.append(try newest(key, table, current, transaction)) }
        return records
      }
    }
  }

  private func newest(
    _ key: ArchiveKey, _ table: ArchiveTable, _ current: Current, _ transaction: borrowing ReadTransaction
  ) throws -> [UInt8]? {
    guard let entry = try newestEntry(of: key, table, current, transaction), !entry.isTombstone,
      !current.hasDropped(entry)
    else { return nil }
    return entry.isKeyAlone ? [] : try record(entry, transaction).array
  }

  /// The newest entry of a key, or nil.
  func newestEntry(
    of key: ArchiveKey, _ table: ArchiveTable, _ current: Current, _ transaction: borrowing ReadTransaction
  ) throws -> ArchiveEntry? {
    for run in current.runs[table] ?? [] where run.filter.mayContain(key) {
      if let entry = try find(key, in: run, transaction) { return entry }
    }
    return nil
  }

  /// Runs `body` with a snapshot and what belongs to it.
  ///
  /// A merge first writes its result, then publishes the new list, and only then deletes what it replaced; records are
  /// deleted after everybody was told that they were dropped. So what did not change while the snapshot was taken names
  /// only runs and blocks that the snapshot has.
  func reading<R>(_ body: (borrowing ReadTransaction, Current) throws -> R) throws -> R {
    while true {
      let before = current.withLock { $0 }
      let transaction = try environment.beginReading()
      guard current.withLock({ $0.version }) == before.version else { continue }
      return try body(transaction, before)
    }
  }

  /// The entry of a key in a run.
  private func find(
    _ key: ArchiveKey, in run: ArchiveRun, _ transaction: borrowing ReadTransaction
  ) throws -> ArchiveEntry? {
    var cursor = try transaction.cursor(in: pages)
    guard try moveToPage(of: key, run, &cursor) else { return nil }
    let count = try RunPage.check(cursor.value, under: cursor.key, run)
    return RunPage.find(key, in: cursor.value, count: count, run.table)
  }

  /// Goes to the page that holds `key` if any does: the last one whose first key is not behind it.
  func moveToPage(of key: ArchiveKey, _ run: ArchiveRun, _ cursor: inout Cursor) throws -> Bool {
    let wanted = RunKey.page(run.table, run.number, first: key)
    let isThere = unsafe try cursor.move(atOrAfter: wanted.span.bytes)
    if isThere, RunKey.belongs(cursor.key, run.table, run.number), RunKey.first(cursor.key) == key { return true }
    guard try isThere ? cursor.moveToPrevious() : cursor.moveToLast() else { return false }
    return RunKey.belongs(cursor.key, run.table, run.number)
  }

  /// The record that an entry points to, checked.
  @_lifetime(borrow transaction)
  func record(_ entry: ArchiveEntry, _ transaction: borrowing ReadTransaction) throws -> RawSpan {
    let place = "archive row block \(entry.block) byte \(entry.offset)"
    guard let block = try transaction.value(for: entry.block, in: rows) else {
      throw StoreError(.damaged, at: place, "the row block is missing")
    }
    let start = Int(entry.offset)
    let end = start + 4 + Int(entry.recordByteCount)
    guard end <= block.byteCount else { throw StoreError(.damaged, at: place, "the row block ends early") }
    let record = block.extracting((start + 4)..<end)
    guard block.integer(UInt32.self, at: start) == crc32c(record, seed: entry.key.checksum) else {
      throw StoreError(.damaged, at: place, "the record does not match its checksum")
    }
    return record
  }
}
