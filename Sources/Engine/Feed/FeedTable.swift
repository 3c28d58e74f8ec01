import Kernel

/// Who follows the log right now, so that it is kept for them as far as retention allows.
final class FeedTable: @unchecked Sendable {
  /// Guards `positions`.
  private let lock = Lock()
  private var positions: [ObjectIdentifier: UInt64] = [:]

  /// Notes that a follower still needs `commit` and what comes after.
  func note(_ feed: ChangeFeed, needs commit: UInt64) { lock.withLock { positions[ObjectIdentifier(feed)] = commit } }

  func remove(_ feed: ObjectIdentifier) { lock.withLock { _ = positions.removeValue(forKey: feed) } }

  /// The oldest commit that a follower needs.
  var oldestNeeded: UInt64? { lock.withLock { positions.values.min() } }
}
