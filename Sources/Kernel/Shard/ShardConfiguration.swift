/// One operation of a frame that belongs to a shard: where it lies and where its answer goes.
public struct BatchEntry: BitwiseCopyable, Sendable {
  /// Index of the operation's 64-byte slot from the frame's first slot; an extension lies at `slot + 1`.
  public var slot: UInt32
  /// Index of its answer in the frame's results.
  public var result: UInt32

  public init(slot: UInt32, result: UInt32) {
    self.slot = slot
    self.result = result
  }
}

/// How a shard is made. Part of the store: the keys must be the same for ever.
public struct ShardConfiguration: Sendable {
  /// Secret keys of the id digests, from the store's manifest.
  public var key: (UInt64, UInt64) = (0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03)
  /// Most live contracts and milestones: address space that is reserved, not memory that is used.
  public var contractCountMax = 1 << 20
  public var milestoneCountMax = 1 << 23
  /// Most references in memory (deposits, UTRs, challans).
  public var referenceCountMax = 1 << 26
  public var tenantCountMax = 1 << 20
  /// Ask for huge pages; small tests do without.
  public var usesHugePages = true
  /// Where the shard's indices and timers get their memory; shared by the shards of an engine. nil: a pool of its own.
  public var pool: BlockPool?

  public init() {}
}

/// A deadline that has come, as the operation that fires it.
public struct DueTimer: Sendable {
  /// An operation of actor 0 with id (fire instant, timer number); to be applied alone at `stamp` and logged.
  public var operation: Operation
  /// max(fire instant, the tenant's own last stamp).
  public var stamp: Instant
}

/// One contiguous part of a shard's state inside a checkpoint. Blocks have a fixed size but the last.
public struct CheckpointSection: Sendable, Hashable {
  public var kind: UInt8
  public var byteCount: UInt64
  public var blockCount: UInt32

  /// A section from its parts.
  public init(kind: UInt8, byteCount: UInt64, blockCount: UInt32) {
    self.kind = kind
    self.byteCount = byteCount
    self.blockCount = blockCount
  }
}
