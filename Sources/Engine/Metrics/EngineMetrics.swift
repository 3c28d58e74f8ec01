/// Figures of a running engine at one moment; counters count from the opening of the engine.
public struct EngineMetrics: Sendable {

  /// Applied operations of clients by code, index 0 for unknown codes; accepted or refused.
  public var operationsByCode: [UInt64] = []
  /// Their answers by result code, index 0...127.
  public var resultsByCode: [UInt64] = []
  public var framesApplied: UInt64 = 0
  /// Groups: frames that were applied together.
  public var groupsApplied: UInt64 = 0
  public var timersFired: UInt64 = 0
  public var readsServed: UInt64 = 0
  /// Commits and the bytes in them.
  public var commits: UInt64 = 0
  public var commitBytes: UInt64 = 0
  /// From the start of the append until the group is on disk.
  public var commitTime = EngineHistogram(counts: [], sumNanoseconds: 0)
  /// Bytes of log that no checkpoint has yet, and how long commits were held back for there being too many.
  public var uncoveredLogBytes: UInt64 = 0
  public var commitPauseNanoseconds: UInt64 = 0
  /// Times that a shard's lock was not free, and how long that took.
  public var lockWaits: UInt64 = 0
  public var lockWaitNanoseconds: UInt64 = 0
  /// Operations applied and not yet durable, now and at most.
  public var operationsInFlight: Int = 0
  public var operationsInFlightMax: Int = 0
  /// Bytes in the commit ring, and its size.
  public var ringUsedBytes: UInt64 = 0
  public var ringBytes: UInt64 = 0
  public var durableCommit: UInt64 = 0
  public var sessions: Int = 0
  /// Shard checkpoints published, blocks written for them, and seconds since the last full round (nil before the
  /// first).
  public var checkpoints: UInt64 = 0
  public var checkpointBlocks: UInt64 = 0
  public var checkpointAgeSeconds: Double?
  /// Rows of closed contracts written to the archive, and contracts that left memory for it.
  public var contractsArchived: UInt64 = 0
  public var contractsLeftMemory: UInt64 = 0
  /// Records that were exported to files to be pruned, contracts that were pruned, and blocks of 64 KiB of records that the
  /// archive has.
  public var contractsExported: UInt64 = 0
  public var contractsPruned: UInt64 = 0
  /// How often an export failed, and why the last one did; nil when it did not.
  public var exportFailures: UInt64 = 0
  public var exportFailure: String?
  public var archiveRowBlocks: UInt64 = 0
  /// Sorted runs of the archive's table that has the most.
  public var archiveRunsMax: Int = 0
  /// Bank references that left memory for the archive.
  public var referencesArchived: UInt64 = 0
  /// Contracts that operations or reads fetched from the archive, and look-ups there that found nothing although the
  /// filters let them through.
  public var contractsLoaded: UInt64 = 0
  public var archiveFalsePositives: UInt64 = 0
}
