import Kernel
public import Store

extension Engine {
  /// Makes a store of a backup again, as it was at the backup's last commit or at an earlier point, and verifies it.
  ///
  /// Checkpoints cannot be taken back. A point that is older than what they hold is restored from the whole history
  /// instead: the log from commit 1 on, completed by exported segments. The restored store then has no checkpoints, and a
  /// start replays its history until the first round of them.
  ///
  /// - Parameters:
  ///   - configuration: `path`, where the store is to be, and shard sizes.
  ///   - backup: the backup's directory.
  ///   - point: where the restored store is to end.
  ///   - segments: paths of exported segments that lie before the backup's log.
  ///   - storeOptions: how the restored store is opened meanwhile.
  ///   - copying: called while files are copied and checked.
  ///   - progress: called while the log is replayed.
  /// - Returns: the report. If the verification found a difference, nothing was kept.
  /// - Throws: `invalid` when the point cannot be reached, saying which can; `corrupt` and `store` when the backup is
  ///   damaged, unfinished or none. Nothing is kept then.
  public static func restore(
    _ configuration: EngineConfiguration, from backup: String, to point: RestorePoint = .end, segments: [String] = [],
    storeOptions: StoreOptions = StoreOptions(), copying: ((BackupProgress) -> Void)? = nil,
    progress: ((RecoveryProgress) -> Void)? = nil
  ) throws(EngineError) -> RestoreReport {
    let directory: RestoreDirectory
    do throws(StoreError) {
      directory = try RestoreDirectory(backup: backup, path: configuration.path, progress: copying)
    } catch { throw EngineError(reading: error) }
    do throws(EngineError) {
      var restoration = Restoration(directory, configuration, storeOptions)
      try restoration.rewind(to: point, segments: segments)
      try restoration.verify(progress)
      guard restoration.report.verification.differences.isEmpty else {
        directory.discard()
        return restoration.report
      }
      do throws(StoreError) { try directory.finish() } catch { throw EngineError(reading: error) }
      return restoration.report
    } catch {
      directory.discard()
      throw error
    }
  }
}

/// One run of `Engine.restore`, between the copy of the files and the end.
private struct Restoration {
  let directory: RestoreDirectory
  let configuration: EngineConfiguration
  let options: StoreOptions
  var report: RestoreReport

  init(_ directory: RestoreDirectory, _ configuration: EngineConfiguration, _ options: StoreOptions) {
    self.directory = directory
    self.configuration = configuration
    self.options = options
    report = RestoreReport(backup: directory.backup)
  }

  /// Cuts what lies behind the point.
  mutating func rewind(to point: RestorePoint, segments: [String]) throws(EngineError) {
    let range = directory.backup.range
    report.commit = range.next.rawValue - 1
    report.milliseconds = directory.backup.lastCommitMilliseconds
    if case .end = point {} else { try cut(to: point, segments) }
    do throws(StoreError) {
      try skipSessions(try directory.open(.open, options: options))
      if report.base == .history { try directory.dropState(options: options) }
    } catch { throw EngineError(reading: error) }
  }

  /// More sessions than a store opens between a backup and its restore.
  private static let skippedSessionCount: UInt64 = 1 << 32

  /// Passes over the ids that the store of the backup may have given since: who holds one of them is told that it was evicted, where it
  /// would else share the session of somebody new, and be answered for requests that never were.
  private func skipSessions(_ store: Store) throws(StoreError) {
    var head = SessionRecord.Head(cut: 0, newestID: 0)
    try store.catalog.visit(.sessions) { key, value in
      if key == SessionRecord.Head.key, let found = SessionRecord.Head(value) { head = found }
    }
    head.newestID += Self.skippedSessionCount
    try store.catalog.apply([.put(.sessions, key: SessionRecord.Head.key, value: head.bytes)])
  }

  /// Opens the store for it, and lets go of it at the end.
  private mutating func cut(to point: RestorePoint, _ segments: [String]) throws(EngineError) {
    let store: Store
    let source: any CommitSource
    do throws(StoreError) {
      store = try directory.open(.open, options: options)
      source = segments.isEmpty ? store.log : try Engine.history(segments, store.log)
    } catch { throw EngineError(reading: error) }
    let last = try resolve(point, source)
    guard last < source.range.next.previous else { return }
    let survey = try CommitSurvey(behind: last, of: source, store)
    let earliest = try earliestFromCheckpoints(survey, store)
    let hasAll = source.range.first == .first
    guard last >= earliest || hasAll && last >= .first else {
      throw try unreachable(point, hasAll ? .first : earliest, source)
    }
    if last < earliest { report.base = .history }
    report.commit = last.rawValue
    report.milliseconds = try source.milliseconds(of: last)
    try SessionRewind(store: store, source: source, point: last, survey: survey).run(usesCatalog: !hasAll)
    do throws(StoreError) {
      if report.base == .checkpoints { try clampCuts(to: last, store) }
      try directory.rewind(store, to: last, history: report.base == .history ? source : nil)
    } catch { throw EngineError(reading: error) }
  }

  /// The commit that a point names, which may lie before everything at hand.
  private func resolve(_ point: RestorePoint, _ source: any CommitSource) throws(EngineError) -> CommitNumber {
    guard let newest = source.range.last else { throw EngineError(.invalid, "the backup's log is empty") }
    switch point {
    case .end: return newest
    case .commit(let number):
      guard number <= newest.rawValue else {
        throw EngineError(
          .invalid,
          "commit \(number) is not in the backup, which ends with commit \(newest) of \(RFC3339.text(report.milliseconds))"
        )
      }
      return CommitNumber(number)
    case .time(let milliseconds):
      return try source.last(until: milliseconds) ?? source.range.first.previous
    }
  }

  /// The earliest point that the backup's own checkpoints and log reach.
  ///
  /// Not before an operation that a checkpoint has. Nor before the log begins, or in the middle of a sealed segment whose
  /// front the log no longer has: the audit chain could not be carried on from there.
  private func earliestFromCheckpoints(_ survey: CommitSurvey, _ store: Store) throws(EngineError) -> CommitNumber {
    let first = store.log.range.first
    var earliest = max(survey.covered ?? .first, first)
    guard first > .first else { return earliest }
    do throws(StoreError) {
      try store.log.readSeals(from: first.previous) { seal in
        earliest = max(earliest, seal.last)
        return .stop
      }
    } catch { throw EngineError(reading: error) }
    return earliest
  }

  private func unreachable(
    _ point: RestorePoint, _ earliest: CommitNumber, _ source: any CommitSource
  ) throws(EngineError) -> EngineError {
    let place =
      switch point {
      case .end: "the end"
      case .commit(let number): "commit \(number)"
      case .time(let milliseconds): RFC3339.text(milliseconds)
      }
    let (first, last) = (RFC3339.text(try source.milliseconds(of: earliest)), RFC3339.text(report.milliseconds))
    let reach = "it restores to commits \(earliest) (\(first)) to \(report.commit) (\(last))"
    return EngineError(
      .invalid,
      earliest == .first
        ? "\(place) lies before the first commit of the store: \(reach)"
        : "\(place) lies before what the backup's checkpoints hold: \(reach); for earlier points give the segments exported from commit 1 on"
    )
  }

  /// A checkpoint of a shard that did not change counts as of a later commit than its last operation.
  private func clampCuts(to last: CommitNumber, _ store: Store) throws(StoreError) {
    for shard in 0..<UInt16(store.manifest.shardCount) {
      guard var manifest = try store.state.manifest(shard: shard), manifest.cut > last else { continue }
      manifest.cut = last
      try store.state.publish(manifest, shard: shard, durableThrough: last)
    }
  }

  /// Verifies what is there now, and that it ends where it must.
  mutating func verify(_ progress: ((RecoveryProgress) -> Void)?) throws(EngineError) {
    let store: Store
    do throws(StoreError) { store = try directory.open(.readOnly, options: options) } catch {
      throw EngineError(reading: error)
    }
    report.verification = try Engine.verify(store, store.log, configuration, progress: progress)
    guard report.verification.differences.isEmpty else { return }
    let found = store.log.range.next.rawValue - 1
    if found != report.commit {
      report.verification.differences.append("the log ends with commit \(found), not \(report.commit)")
    } else if found > 0 {
      let milliseconds = try store.log.milliseconds(of: CommitNumber(found))
      if milliseconds != report.milliseconds {
        report.verification.differences.append(
          "commit \(found) is of \(RFC3339.text(milliseconds)), not \(RFC3339.text(report.milliseconds))")
      }
    }
  }
}
