public import Kernel

/// A place in the change feed, which is also the stable id of the event there.
public struct FeedPosition: Sendable, Hashable, Comparable {
  /// Number of the commit, from 1.
  public var commit: UInt64
  /// Index of the operation in its commit.
  public var index: UInt32

  public init(commit: UInt64, index: UInt32) {
    self.commit = commit
    self.index = index
  }

  /// The first event ever.
  public static let start = FeedPosition(commit: 1, index: 0)

  public static func < (a: Self, b: Self) -> Bool { (a.commit, a.index) < (b.commit, b.index) }
}

/// Which events a follower wants. What it does not want costs no credit.
public struct FeedFilter: Sendable, Hashable {
  public var scope = TenantScope.all
  /// Only this contract.
  public var contract: UInt128?
  /// Only these operations; nil for all.
  public var codes: Set<UInt8>?
  /// Leaves out operations that were refused. Those of callers outside the named tenant's scope are only in feeds of all tenants.
  public var acceptedOnly = true

  public init() {}
}

/// One operation with its answer, as the log has it.
public struct FeedEvent: Sendable, Hashable {
  public var position: FeedPosition
  public var stamp: Instant
  /// The shard that decided it, and the operation's sequence number there, from 0. Both 0 for an operation that was refused
  /// before it reached a shard.
  public var shard: UInt16
  public var sequence: UInt64
  /// 0 without a session, and for timers.
  public var session: UInt64
  public var request: UInt64
  public var operation: Operation
  /// The raw extension slot, when the operation has one; to be read as `ContractTerms` and so on.
  public var content: Operation?
  public var result: OperationResult
}

/// A chunk of events and where the follower stands after it.
public struct FeedChunk: Sendable {
  public var events: [FeedEvent]
  /// The position to go on from. Everything before it was seen or filtered out.
  public var next: FeedPosition
  /// True when nothing more is durable now.
  public var isAtEnd: Bool
}
