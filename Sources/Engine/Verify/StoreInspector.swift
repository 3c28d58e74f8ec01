public import Kernel
public import Store

/// Looks into a store without serving it: what is kept, single commits, the history of a contract.
///
/// Opened without a lock, so it may look at a store that is being served; what it sees then moves on. One caller at a
/// time.
public final class StoreInspector {
  /// What a commit's group is, for people who read logs.
  public struct Group: Sendable {
    /// `frames`, `timers`, `sessionOpened` or `sessionEvicted`.
    public var kind: String
    public var stamp: Instant
    public var operations: Int
    public var byteCount: Int
    /// Shards with the sequence number before their first operation, and how many they have.
    public var shards: [(shard: Int, firstSequence: UInt64, operations: Int)]
    /// Session and request of each frame; session 0 for none.
    public var frames: [(session: UInt64, request: UInt64, operations: Int)]
  }

  public let store: Store
  private let source: any CommitSource

  /// - Parameters:
  ///   - segments: exported segments that lie before the log's first commit.
  /// - Throws: `store`.
  public init(path: String, segments: [String] = [], storeOptions: StoreOptions = StoreOptions()) throws(EngineError) {
    do throws(StoreError) {
      store = try Store.open(path, .inspect, options: storeOptions)
      var files: [SegmentFile] = []
      for segment in segments {
        let file = try SegmentFile(path: segment)
        if file.range.first < store.log.range.first { files.append(file) }
      }
      source = files.isEmpty ? store.log : try CommitHistory(segments: files, log: store.log)
    } catch { throw EngineError(.store, "\(error)") }
  }

  /// Commits that can be read.
  public var range: CommitRange { source.range }

  /// The groups of a commit, and the time it was written.
  /// - Throws: `tooOld`, `invalid` when there is no such commit, `corrupt`, `store`.
  public func groups(ofCommit commit: UInt64) throws(EngineError) -> (milliseconds: Int64, groups: [Group]) {
    var groups: [Group] = []
    var milliseconds: Int64 = 0
    try unsafe visit(from: commit, byteCountMax: 1) { (header, bytes) throws(EngineError) in
      guard header.number.rawValue == commit else { return .stop }
      milliseconds = header.timeMilliseconds
      try unsafe LogGroup.forEach(in: bytes, commit: commit) { group in groups.append(Self.describe(group)) }
      return .stop
    }
    guard !groups.isEmpty else { throw EngineError(.invalid, "commit \(commit) does not exist yet") }
    return (milliseconds, groups)
  }

  /// Visits operations that pass the filter, in the order of the log, until `visit` returns false.
  /// - Throws: `tooOld`, `corrupt`, `store`.
  public func events(
    from position: FeedPosition, filter: FeedFilter, _ visit: (FeedEvent) -> Bool
  ) throws(EngineError) {
    var next = max(position, FeedPosition(commit: range.first.rawValue, index: 0))
    var goesOn = true
    while goesOn, next.commit < range.next.rawValue {
      var reading = FeedReading(
        position: next, filter: filter, credit: .max, shardCount: store.manifest.shardCount)
      try unsafe self.visit(from: next.commit, byteCountMax: 4 << 20) { (header, bytes) throws(EngineError) in
        try unsafe reading.visit(bytes, commit: header.number.rawValue)
        return .next
      }
      for event in reading.events where goesOn { goesOn = visit(event) }
      next = reading.position
    }
  }

  private func visit(
    from commit: UInt64, byteCountMax: Int,
    _ body: (CommitHeader, UnsafeRawBufferPointer) throws(EngineError) -> ReadStep
  ) throws(EngineError) {
    var failure: EngineError?
    do throws(StoreError) {
      _ = try source.read(from: CommitNumber(commit), byteCountMax: byteCountMax) { header, span in
        unsafe span.withUnsafeBytes { bytes in
          do throws(EngineError) { return try unsafe body(header, bytes) } catch {
            failure = error
            return .stop
          }
        }
      }
    } catch { throw EngineError(reading: error) }
    if let failure { throw failure }
  }

  private static func describe(_ group: LogGroup) -> Group {
    Group(
      kind: "\(group.kind)", stamp: group.header.stamp, operations: group.operationCount,
      byteCount: Int(group.header.byteCount),
      shards: (0..<Int(group.header.shardCount)).map { index in
        let part = group.shard(index)
        return (Int(part.shard), part.firstSequence, Int(part.operationCount))
      },
      frames: (0..<Int(group.header.frameCount)).map { index in
        let frame = group.frame(index)
        return (frame.session, frame.request, Int(frame.operationCount))
      })
  }
}
