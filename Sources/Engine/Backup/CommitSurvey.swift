import Store

/// What the commits behind a point say about the state at the point.
struct CommitSurvey {
  /// The newest commit behind the point with an operation that a checkpoint has already; nil when the checkpoints hold
  /// nothing from behind the point.
  private(set) var covered: CommitNumber?
  /// For each session its first request behind the point: the one before it is the newest at the point.
  private(set) var firstRequests: [UInt64: UInt64] = [:]
  /// Sessions that were opened behind the point.
  private(set) var opened: Set<UInt64> = []

  /// Reads `source` behind `point`.
  init(behind point: CommitNumber, of source: any CommitSource, _ store: Store) throws(EngineError) {
    var counts: [UInt64] = []
    do throws(StoreError) {
      for shard in 0..<store.manifest.shardCount {
        counts.append(try store.state.manifest(shard: UInt16(shard))?.operationCount ?? 0)
      }
    } catch { throw EngineError(reading: error) }
    guard let last = source.range.last else { return }
    try source.forEachGroup(from: point.next, through: last) { (group, commit) throws(EngineError) in
      for index in 0..<Int(group.header.shardCount) {
        let part = group.shard(index)
        guard Int(part.shard) < counts.count else {
          throw EngineError(.corrupt, "commit \(commit): there is no shard \(part.shard)")
        }
        if part.firstSequence < counts[Int(part.shard)] { covered = commit }
      }
      note(group)
    }
  }

  private mutating func note(_ group: LogGroup) {
    switch group.kind {
    case .timers, .sessionEvicted: break
    case .sessionOpened: opened.insert(group.frame(0).session)
    case .frames:
      for index in 0..<Int(group.header.frameCount) {
        let frame = group.frame(index)
        // Requests of a session are in number order in the log, so the first one seen is the lowest.
        if frame.session != 0, firstRequests[frame.session] == nil { firstRequests[frame.session] = frame.request }
      }
    }
  }
}
