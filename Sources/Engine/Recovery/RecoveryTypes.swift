/// How far the replay at open has come.
public struct RecoveryProgress: Sendable {
  /// Commits replayed so far, and in all.
  public var commitsReplayed: UInt64
  public var commitCount: UInt64
  /// Operations applied again; those that a checkpoint already had do not count.
  public var operationsReplayed: UInt64
}

/// What recovery found: the state that everything durable leads to.
struct RecoveredState {
  var cells: [ShardCell]
  var sessions: SessionTable
  /// Bytes of log behind the oldest checkpoint.
  var replayedByteCount: UInt64
}
