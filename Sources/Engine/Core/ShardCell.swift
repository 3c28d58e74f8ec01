import Kernel
import Synchronization

/// One shard with the lock that guards it.
final class ShardCell: @unchecked Sendable {
  let index: UInt16
  let referenceNamer: ReferenceNamer
  /// Counts up whenever references leave for the archive, under the lock: what somebody asked there before may be old.
  let referenceVersion = Atomic<UInt64>(0)
  /// Counts up whenever contracts leave for the archive, under the lock.
  let archiveVersion = Atomic<UInt64>(0)
  /// Guards everything below.
  let lock = ShardLock()
  var shard: Shard
  /// Ring position behind the newest group with operations of this shard: what is seen here is durable once the log is.
  var lastRingEnd: UInt64 = 0

  init(index: UInt16, _ shard: consuming Shard) {
    self.index = index
    referenceNamer = shard.referenceNamer
    self.shard = shard
  }
}

/// What had left a cell for the archive at some moment: what was asked there after it still holds as long as this does not change.
struct ArchiveVersions: Equatable {
  private let shard: UInt16
  private let contracts: UInt64
  let references: UInt64

  init(_ cell: ShardCell) {
    shard = cell.index
    contracts = cell.archiveVersion.load(ordering: .acquiring)
    references = cell.referenceVersion.load(ordering: .acquiring)
  }
}
