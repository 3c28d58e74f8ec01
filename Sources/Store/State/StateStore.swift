/// Which part of a shard a checkpoint block belongs to, and how large the part is.
public struct CheckpointPart: Hashable, Sendable {
  /// The kind, as the kernel numbers it.
  public var kind: UInt8
  /// Size of the whole part in bytes.
  public var byteCount: UInt64
  /// How many blocks it has.
  public var blockCount: UInt32

  /// A part's description.
  public init(kind: UInt8, byteCount: UInt64, blockCount: UInt32) {
    self.kind = kind
    self.byteCount = byteCount
    self.blockCount = blockCount
  }
}

/// What makes a shard's checkpoint current: written last, in one small transaction.
public struct ShardManifest: Hashable, Sendable {
  /// Which generation of blocks is current.
  public var generation: UInt32
  /// Every operation of the image lies in this commit or an earlier one, and every operation of earlier commits is in the
  /// image. Replay starts at this commit and skips what `operationCount` already counts.
  public var cut: CommitNumber
  /// The shard's sequence number at the cut.
  public var operationCount: UInt64
  /// The shard's newest stamp at the cut, in milliseconds.
  public var lastStamp: Int64
  /// The parts, with their block counts: what `load` checks to be complete.
  public var parts: [CheckpointPart]
  /// Bytes of the caller's own, at most 64 KiB (a digest, for example); checksummed, not interpreted.
  public var extra: [UInt8]

  /// A manifest from its parts.
  public init(
    generation: UInt32, cut: CommitNumber, operationCount: UInt64, lastStamp: Int64, parts: [CheckpointPart],
    extra: [UInt8] = []
  ) {
    self.generation = generation
    self.cut = cut
    self.operationCount = operationCount
    self.lastStamp = lastStamp
    self.parts = parts
    self.extra = extra
  }
}

/// Rolling checkpoints, one shard at a time.
///
/// Writing a checkpoint: take `nextGeneration`, call `write` with bounded batches, then `publish`. What a crash leaves
/// behind of an unpublished generation, and the generation that `publish` replaced, go with `deleteStale`, a step at a
/// time. One thread writes; anybody may read.
public protocol StateStore: AnyObject, Sendable {
  /// The current checkpoint of `shard`, or nil when it has none yet.
  func manifest(shard: UInt16) throws(StoreError) -> ShardManifest?

  /// The generation number that the next checkpoint of `shard` must use: higher than any that has blocks on disk.
  func nextGeneration(shard: UInt16) throws(StoreError) -> UInt32

  /// Writes all blocks of `batch` in one transaction, durable on return. Keep a batch at about a MB: a commit of the log waits meanwhile.
  /// - Throws: any error stops further writes (`writesStopped`).
  func write(_ batch: CheckpointBatch, shard: UInt16, generation: UInt32) throws(StoreError)

  /// Makes `manifest.generation` the current one in one small transaction.
  /// - Precondition: `durableThrough >= manifest.cut`: a checkpoint never gets ahead of the log.
  func publish(_ manifest: ShardManifest, shard: UInt16, durableThrough: CommitNumber) throws(StoreError)

  /// Deletes up to `blockCountMax` blocks of generations that are not current, in one transaction.
  /// - Returns: whether more are left.
  func deleteStale(shard: UInt16, blockCountMax: Int) throws(StoreError) -> Bool

  /// Visits every block of the current generation, ordered by kind and block, each checked against its checksum, and
  /// checks that none is missing. Works in bounded read transactions: nothing may publish or delete meanwhile.
  /// The bytes are valid during the call of `visit` only; `visit` returns false when it cannot use the block.
  /// - Throws: `damaged` with shard, generation, kind and block; also when `visit` returned false.
  func load(shard: UInt16, _ visit: (_ kind: UInt8, _ block: UInt32, _ bytes: RawSpan) -> Bool) throws(StoreError)

  /// Sizes, for metrics and `inspect`.
  func usage() throws(StoreError) -> StoreUsage
}
