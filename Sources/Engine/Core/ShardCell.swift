import Kernel

/// One shard with the lock that guards it.
final class ShardCell: @unchecked Sendable {
  let index: UInt16
  /// Guards everything below.
  let lock = Lock()
  var shard: Shard
  /// Ring position behind the newest group with operations of this shard: what is seen here is durable once the log is.
  var lastRingEnd: UInt64 = 0
  /// Counts up whenever contracts or references leave for the archive: what somebody fetched from there before may be old.
  var archiveVersion: UInt64 = 0

  init(index: UInt16, _ shard: consuming Shard) {
    self.index = index
    self.shard = shard
  }
}
