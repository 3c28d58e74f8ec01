public import Kernel

/// How an engine is opened. Every bound of the engine is here.
public struct EngineConfiguration: Sendable {
  /// Directory of the store. Made when it does not exist and `createsStore` is true.
  public var path: String
  public var createsStore = true
  /// Shards of a new store, a power of two, 1...1,024. An existing store keeps its own number.
  public var shardCount = 64
  /// Size of each shard. The keys are replaced by those of the store's manifest.
  public var shard = ShardConfiguration()

  /// Bytes of log groups that are applied and not yet durable, a power of two, at least 4 MiB.
  public var ringByteCount = 64 << 20
  /// Touches the whole ring at open, so that no page is met cold on the hot path.
  public var prefaultsRing = true
  /// Most bytes in one commit. A single larger group still goes alone.
  public var commitByteCountMax = 4 << 20
  /// A group of at most this many bytes is committed by its caller when the committer is idle.
  public var inlineCommitByteCountMax = 16 << 10
  /// Most operations in one submission; told to clients.
  public var operationsPerSubmissionMax = 8_190
  /// Most timers that one call fires before it makes room for others.
  public var timersPerStepMax = 4_096

  /// Most sessions at once. Past it the one that was idle longest is evicted.
  public var sessionCountMax = 65_536
  /// Requests of a session whose replies are kept. A power of two.
  public var sessionWindow = 256
  /// Bytes of replies that one session may keep outside the log once the log is trimmed; by default a full window of
  /// the largest frames.
  public var sessionReplyByteCountMax = 36 << 20
  /// The same for all sessions together. Past it the oldest replies of the sessions that were idle longest go, and their
  /// requests answer "too old" when they come again.
  public var replyByteCountMax = 4 << 30

  /// A checkpoint round starts after this many bytes of log, or after `checkpointSeconds`, whichever is first.
  public var checkpointLogByteCount = 1 << 30
  public var checkpointSeconds = 60.0
  /// Log that no checkpoint has: from half of it on commits are slowed down, so that it is hardly ever exceeded, whatever
  /// comes in. At least four times `checkpointLogByteCount` is used.
  public var checkpointLagByteCountMax = 8 << 30
  /// Blocks of 64 KiB that are copied in one hold of a shard's lock.
  public var checkpointBlocksPerBite = 4
  /// Closed and cancelled contracts leave memory for the store's archive, in the rounds of checkpoints. Never changes an
  /// answer; what is archived already is found there either way.
  public var archivesClosedContracts = true
  /// Bank references leave memory for the archive when a shard has so many of them, in the rounds of checkpoints, if
  /// closed contracts do.
  public var archivedReferencesMin = 4_096
  /// Keeps the archive's records of closed contracts within a bound; nil keeps them all for ever.
  public var pruning: ArchivePruning?
  /// Starts the committer, timer and checkpoint threads. Off in simulations, which call the steps themselves.
  public var startsThreads = true
  /// Fires deadlines. Off while public logs are replayed with their own stamps.
  public var firesTimers = true
  /// Takes a last checkpoint in `close()`, so that the next open replays nothing.
  public var checkpointsAtClose = false

  public init(path: String) { self.path = path }
}

/// How the archive's records of closed contracts are kept within a bound.
public struct ArchivePruning: Sendable, Hashable {
  /// Bytes of records in the store that are kept; the oldest above are exported and pruned, some 64 MiB at a time. Names of
  /// contracts and bank references are not among them: they stay for ever.
  public var byteCountMax: Int
  /// Contracts that were completed less than this ago are not pruned, whatever the bound: a payout can still be returned.
  public var millisecondsMin: Int64
  /// Directory of the files that they are exported to before (`ArchiveFile`); made when it does not exist. It may lie on another
  /// disk, and files may be moved away.
  public var exportPath: String

  public init(byteCountMax: Int, millisecondsMin: Int64 = 90 * 86_400_000, exportPath: String) {
    self.byteCountMax = byteCountMax
    self.millisecondsMin = millisecondsMin
    self.exportPath = exportPath
  }
}

extension EngineConfiguration {
  /// `checkpointLagByteCountMax`, or more where checkpoints are taken more seldom.
  var uncoveredLogByteCountMax: UInt64 {
    let (least, isTooLong) = checkpointLogByteCount.multipliedReportingOverflow(by: 4)
    return UInt64(max(checkpointLagByteCountMax, isTooLong ? .max : least))
  }

  /// Bounds that the parts of the engine rely on.
  /// - Throws: `limit`, naming the first setting that is out of range.
  func check() throws(EngineError) {
    func isPowerOfTwo(_ value: Int) -> Bool { value > 0 && value & (value - 1) == 0 }
    let rules: [(Bool, String)] = [
      (isPowerOfTwo(shardCount) && shardCount <= 1_024, "shardCount is a power of two up to 1,024"),
      (
        isPowerOfTwo(ringByteCount) && ringByteCount >= 4 << 20, "ringByteCount is a power of two, at least 4 MiB"
      ),
      (commitByteCountMax >= 4_096, "commitByteCountMax is at least 4,096"),
      (inlineCommitByteCountMax >= 0, "inlineCommitByteCountMax is not negative"),
      (
        (1...8_190).contains(operationsPerSubmissionMax), "operationsPerSubmissionMax is 1 to 8,190"
      ),
      ((1...4_096).contains(timersPerStepMax), "timersPerStepMax is 1 to 4,096"),
      (sessionCountMax > 0, "sessionCountMax is at least 1"),
      (isPowerOfTwo(sessionWindow) && sessionWindow <= 1 << 16, "sessionWindow is a power of two up to 65,536"),
      (
        sessionReplyByteCountMax >= 0 && replyByteCountMax >= 0,
        "sessionReplyByteCountMax and replyByteCountMax are not negative"
      ),
      (shard.contractCountMax <= 1 << 31, "contractCountMax is at most 2^31"),
      (checkpointSeconds > 0 && checkpointLogByteCount > 0, "checkpoint intervals are positive"),
      (checkpointLagByteCountMax > 0, "checkpointLagByteCountMax is positive"),
      ((1...64).contains(checkpointBlocksPerBite), "checkpointBlocksPerBite is 1 to 64"),
      (
        (pruning?.byteCountMax ?? 0) >= 0 && (0...1 << 48).contains(pruning?.millisecondsMin ?? 0),
        "pruning.byteCountMax and pruning.millisecondsMin are not negative"
      ),
      (pruning?.exportPath != "", "pruning.exportPath is a directory"),
      (
        archivedReferencesMin > 0 && archivedReferencesMin + operationsPerSubmissionMax <= shard.referenceCountMax,
        "archivedReferencesMin and operationsPerSubmissionMax together are at most referenceCountMax"
      ),
    ]
    for (holds, rule) in rules where !holds { throw EngineError(.limit, "configuration: \(rule)") }
  }
}
