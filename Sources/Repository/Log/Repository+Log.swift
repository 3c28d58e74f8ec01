internal import Store

/// What the log comes to.
public enum LogVerdict: Hashable, Sendable {
  /// Every entry follows from the one before, and the last one is the one that was written last.
  case sound(end: LogMark?)
  /// The first entry for which that is not so. All before it are as they were written; this one, or the link to it in
  /// the one behind, is not.
  case broken(sequence: UInt64, LogFault)
}

public enum LogFault: String, Hashable, Sendable {
  case missing
  /// It is no entry, or one of another number.
  case unreadable
  /// The next entry, or the mark of the end, has another digest of it.
  case changed
  /// It was put behind the end.
  case unknown
  /// The digest that was kept elsewhere is another one.
  case otherThanKept
}

extension Repository {
  /// Entries read at once.
  private static let logChunk = 512

  /// The last entry; nil while there is none.
  public func logEnd() throws(RepositoryError) -> LogMark? {
    try rows.value(LogMark.self, .repositoryLog, LogMark.key)
  }

  /// Entries behind a number, oldest first. For the program itself: they tell of all tenants.
  /// - Parameter countMax: at most 1,000 are given.
  public func logEntries(after sequence: UInt64 = 0, countMax: Int = 100) throws(RepositoryError) -> [LogEntry] {
    try logLines(after: sequence, countMax: countMax).map { line throws(RepositoryError) in
      guard let entry = LogEntry(line: line) else { throw .damaged(.repositoryLog) }
      return entry
    }
  }

  /// The same as JSON Lines, byte for byte what the digests are of: an entry's `previous` is the SHA-256 of the line
  /// before, without its end.
  public func exportLog(after sequence: UInt64 = 0, countMax: Int = 1_000) throws(RepositoryError) -> [UInt8] {
    Array(try logLines(after: sequence, countMax: countMax).map { $0 + [0x0A] }.joined())
  }

  private func logLines(after sequence: UInt64, countMax: Int) throws(RepositoryError) -> [[UInt8]] {
    guard sequence < .max else { return [] }
    return try rows.list(
      Blob.self, .repositoryLog, prefix: [], from: (sequence + 1).catalogKey, countMax: min(countMax, 1_000)
    ).map(\.value.bytes)
  }

  /// Walks the log up to where it ends now.
  ///
  /// Taking away the newest entries together with the mark of the end, or writing all anew, shows only against a mark
  /// that was kept elsewhere.
  /// - Parameter kept: marks from `logEnd()` of earlier times.
  /// - Throws: `store`, and `damaged` when the mark of the end is no mark.
  public func verify(kept: [LogMark] = []) throws(RepositoryError) -> LogVerdict {
    let end = try logEnd()
    var chain = LogChain(kept: kept)
    while chain.sequence < end?.sequence ?? 0 {
      let next = chain.sequence + 1
      var broken: LogVerdict?
      let fault = rows.scan(.repositoryLog, from: next.catalogKey, countMax: Self.logChunk) { key, bytes in
        broken = chain.sequence < end?.sequence ?? 0 ? chain.add(key, bytes) : nil
        return broken == nil ? .next : .stop
      }
      if let broken { return broken }
      // Bytes that do not match their checksum are no entry; all before them was looked at.
      if chain.sequence < next {
        guard let fault else { return .broken(sequence: next, .missing) }
        guard case .damaged = fault.kind else { throw .store(fault) }
        return .broken(sequence: next, .unreadable)
      }
    }
    if let broken = chain.finish(end) { return broken }
    return try foreign(behind: end?.sequence ?? 0) ?? .sound(end: end)
  }

  /// An entry behind the end that was not written since the walk began.
  private func foreign(behind end: UInt64) throws(RepositoryError) -> LogVerdict? {
    var next: [UInt8]?
    let fault = rows.scan(.repositoryLog, from: (end + 1).catalogKey, countMax: 1) { key, _ in
      next = key
      return .stop
    }
    if let fault { throw .store(fault) }
    guard let next else { return nil }
    // A key of another length is no entry's.
    let sequence = UInt64(catalogKey: next) ?? end + 1
    guard try logEnd()?.sequence ?? 0 < sequence else { return nil }
    return .broken(sequence: sequence, .unknown)
  }
}
