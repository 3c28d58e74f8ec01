/// Sizes of one environment.
public struct StoreUsage: Hashable, Sendable {
  /// Bytes of the file up to the last page ever used.
  public var usedByteCount: UInt64
  /// Bytes inside those pages that hold live data (the rest is free, to be used again).
  public var liveByteCount: UInt64
  /// Size of the map: `usedByteCount` cannot pass it.
  public var mapByteCount: UInt64
  /// Records held.
  public var recordCount: UInt64
  /// Reader slots in use or used so far.
  public var readerCount: Int
  /// Transactions made durable since the environment was opened, and the time spent in writing and syncing them.
  public var syncCount: UInt64
  public var syncNanoseconds: UInt64

  /// Sizes from their parts.
  public init(
    usedByteCount: UInt64, liveByteCount: UInt64, mapByteCount: UInt64, recordCount: UInt64, readerCount: Int,
    syncCount: UInt64 = 0, syncNanoseconds: UInt64 = 0
  ) {
    self.usedByteCount = usedByteCount
    self.liveByteCount = liveByteCount
    self.mapByteCount = mapByteCount
    self.recordCount = recordCount
    self.readerCount = readerCount
    self.syncCount = syncCount
    self.syncNanoseconds = syncNanoseconds
  }
}
