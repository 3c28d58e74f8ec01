public import Kernel

/// What `Engine.verify` looked at, and everything that is off.
public struct VerificationReport: Sendable {
  /// What was found wrong, each named with its place; empty for a store that is all right.
  public var differences: [String] = []
  /// Commits at hand, log and exported segments: first and last, 0 when there is none.
  public var firstCommit: UInt64 = 0
  public var lastCommit: UInt64 = 0
  /// Whether the history is whole, so that every shard was derived from nothing and held against its checkpoint.
  /// Otherwise the checkpoints are the base, and the log behind them was replayed.
  public var startsAtFirstCommit = false
  public var operationsReplayed: UInt64 = 0
  public var shards = 0
  /// Shards whose state came from a checkpoint.
  public var checkpoints = 0
  public var contracts = 0
  /// Those of them that are in the archive and not in memory.
  public var archivedContracts = 0
  /// Bank references that are in the archive and not in memory.
  public var archivedReferences = 0
  public var tenants = 0
  /// Sums over all tenants, minor units; re-derived from records by the audit.
  public var totals = Totals()
  /// Digest of each shard's logical content.
  public var digests: [UInt64] = []
  /// Seals of the audit chain whose hash was recomputed, and those whose commits are gone, so that only the link was
  /// checked.
  public var sealsVerified = 0
  public var sealsLinkOnly = 0
  /// The newest seal's hash; kept elsewhere, it anchors everything before it.
  public var newestSeal: [UInt8] = []
  public var sessions = 0
}
