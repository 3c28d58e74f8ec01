import LMDB

/// The embedded log: one LMDB environment, one record and one transaction for each commit.
///
/// Tables: `commits` (commit number -> `CommitRecord`) and `seals` (last commit covered -> seal). Commits are appended
/// behind the last key, so that pages fill up and none is split. At least the newest commit is always kept.
///
/// What it trades: LMDB's pages carry no checksum, ours do inside the values; damage to LMDB's own page structure is
/// reported where LMDB or a checksum notices it.
public final class LMDBCommitLog: CommitLog {
  let environment: Environment
  let commits: Database
  let seals: Database
  let gate: WriteGate
  let retention: LogRetention
  let shared: Locked<Shared>

  /// What the appending thread and everybody else both look at.
  struct Shared: Sendable {
    var range: CommitRange
    var epoch: UInt64
    /// Time of the newest commit: what ages are counted from.
    var timeMilliseconds: Int64 = 0
    var floors = LogFloors()
    var writtenSeal: Seal?
    var waitingSeals: [Seal] = []
    /// Bytes of the file that the page cache was asked to drop.
    var droppedByteCount = 0
  }

  /// Opens the log in an open environment; makes its tables unless that is read-only.
  init(environment: Environment, gate: WriteGate, retention: LogRetention) throws(StoreError) {
    self.environment = environment
    self.gate = gate
    self.retention = retention
    (commits, seals) = try at("log") {
      (
        try environment.openDatabase(named: "commits", integerKeys: true),
        try environment.openDatabase(named: "seals", integerKeys: true)
      )
    }
    shared = Locked(try Self.find(in: environment, commits: commits, seals: seals))
  }

  /// The first and last commit, and the last seal, as they lie in the environment.
  private static func find(
    in environment: Environment, commits: Database, seals: Database
  ) throws(StoreError) -> Shared {
    try at("log") {
      var shared = Shared(range: CommitRange(first: .first, next: .first), epoch: 0)
      let transaction = try environment.beginReading()
      var cursor = try transaction.cursor(in: commits)
      if try cursor.moveToFirst() {
        let first = CommitNumber(cursor.integerKey)
        _ = try cursor.moveToLast()
        let last = CommitNumber(cursor.integerKey)
        shared.range = CommitRange(first: first, next: last.next)
        let header = try CommitRecord.header(of: cursor.value, number: last, at: "log commit \(last)")
        shared.epoch = header.epoch
        shared.timeMilliseconds = header.timeMilliseconds
      }
      var sealCursor = try transaction.cursor(in: seals)
      if try sealCursor.moveToLast() {
        shared.writtenSeal = try Seal(value: sealCursor.value, last: CommitNumber(sealCursor.integerKey))
      }
      return shared
    }
  }

  /// Looks again what another process has written since; for a log opened beside its writer.
  func refresh() throws(StoreError) {
    let found = try Self.find(in: environment, commits: commits, seals: seals)
    shared.withLock {
      $0.range = found.range
      $0.epoch = found.epoch
      $0.timeMilliseconds = found.timeMilliseconds
      $0.writtenSeal = found.writtenSeal
    }
  }

  public var range: CommitRange { shared.withLock { $0.range } }

  public var lastSeal: Seal? { shared.withLock { $0.waitingSeals.last ?? $0.writtenSeal } }

  public func setFloors(_ floors: LogFloors) { shared.withLock { $0.floors = floors } }

  public func enqueue(_ seal: Seal) { shared.withLock { $0.waitingSeals.append(seal) } }

  public func usage() throws(StoreError) -> StoreUsage {
    try at("log") { try StoreUsage(of: [commits, seals], in: environment) }
  }
}
