public import Kernel
public import Store

/// Where a restored store ends.
public enum RestorePoint: Sendable, Hashable {
  /// With the backup's last commit.
  case end
  /// With this commit.
  case commit(UInt64)
  /// With the last commit before the first one that is later than this, in milliseconds since 1970.
  case time(Instant)
}

/// What the state of a restored store is made of.
public enum RestoreBase: String, Sendable {
  /// The backup's checkpoints and the log behind them.
  case checkpoints
  /// The log from the first commit on, with exported segments in front: the checkpoints are newer than the point.
  case history
}

/// What was restored, and what verifying it found.
public struct RestoreReport: Sendable {
  public var backup: BackupManifest
  /// The newest commit of the restored store, and its time in milliseconds since 1970; 0 for an empty log.
  public var commit: UInt64 = 0
  public var milliseconds: Instant = 0
  public var base = RestoreBase.checkpoints
  /// Of the restored store. With any difference in it nothing was kept.
  public var verification = VerificationReport()
}
