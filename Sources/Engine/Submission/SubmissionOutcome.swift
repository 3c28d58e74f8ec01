/// How a submission as a whole ended. Operations have result codes of their own.
public enum SubmissionOutcome: UInt8, Sendable {
  /// Not answered yet.
  case pending = 0
  /// Applied and durable; `results` are valid.
  case committed
  /// A request of this session that was applied before; `results` are the kept ones.
  case repeated
  /// The request number is more than one past the session's last.
  case requestGap
  /// The request was applied before, but its reply is no longer kept.
  case requestTooOld
  /// The session was evicted.
  case sessionEvicted
  /// The session is used by another connection now.
  case sessionMoved
  /// A repeated request number with another number of operations.
  case requestMismatch
  /// The slots are not a whole number of operations: the last one announces an extension that is not there, or there
  /// is none at all.
  case malformed
  /// More operations than `operationsPerSubmissionMax`.
  case tooLarge
  /// The engine failed or was closed before the submission was durable; whether it is, shows after the restart. Or a
  /// shard is full (`Submission.failure` says so): then nothing was applied, and the request may come again.
  case failed
}
