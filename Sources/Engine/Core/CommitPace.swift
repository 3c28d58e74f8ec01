import Synchronization

/// Slows commits down when checkpoints or pruning do not keep up, so that the log, what a start has to replay, and the archive
/// stay bounded.
///
/// Behind half of the limit each commit is followed by a pause that grows without a step; from the limit on commits go at
/// the slowest pace, never to a stop: a checkpoint waits for what was applied before its cut to be durable.
final class CommitPace: Sendable {
  /// Bytes of log that no checkpoint has: what commits are let run up to with less and less speed.
  let byteCountMax: UInt64
  /// Bytes that were replayed at the start: positions below count them in.
  private let replayedByteCount: UInt64
  /// Everything before this position is in the checkpoints of all shards.
  private let covered = Atomic<UInt64>(0)
  /// How far pruning is behind, of `wholeExcess`.
  private let archiveExcess = Atomic<Int>(0)
  private let paused = Atomic<UInt64>(0)

  private static let wholeExcess = 1 << 20

  /// What half-way between the two thresholds each byte costs: about what commits take by themselves.
  private static let nanosecondsPerByte = 8.0
  /// 8 MB a second: the whole ring gets durable in a few seconds.
  private static let nanosecondsPerByteMax = 125.0

  init(byteCountMax: UInt64, replayedByteCount: UInt64) {
    self.byteCountMax = byteCountMax
    self.replayedByteCount = replayedByteCount
  }

  /// Where the log is after so many bytes were committed.
  func position(committed byteCount: UInt64) -> UInt64 { replayedByteCount + byteCount }

  /// Checkpoints have everything before a position now.
  func cover(to position: UInt64) { covered.max(position, ordering: .relaxed) }

  /// Bytes of log that some shard's checkpoint does not have.
  func uncovered(committed byteCount: UInt64) -> UInt64 {
    let (position, covered) = (position(committed: byteCount), covered.load(ordering: .relaxed))
    return position - min(position, covered)
  }

  /// How long nobody should commit after a commit of `byteCount` bytes.
  /// - Parameter committed: bytes committed so far, these included.
  func pause(after byteCount: Int, committed: UInt64) -> UInt64 {
    let half = byteCountMax / 2
    let uncovered = uncovered(committed: committed)
    let lag = uncovered > half ? Double(uncovered - half) / Double(max(1, byteCountMax - half)) : 0
    let excess = min(1, max(lag, Double(archiveExcess.load(ordering: .relaxed)) / Double(Self.wholeExcess)))
    guard excess > 0 else { return 0 }
    let price = excess < 1 ? Self.nanosecondsPerByte * excess / (1 - excess) : Self.nanosecondsPerByteMax
    let nanoseconds = UInt64(Double(byteCount) * min(price, Self.nanosecondsPerByteMax))
    paused.wrappingAdd(nanoseconds, ordering: .relaxed)
    return nanoseconds
  }

  /// Pruning is behind: 0 not at all, 1 as far as it may get.
  func press(archiveExcess excess: Double) {
    archiveExcess.store(Int(max(0, min(1, excess)) * Double(Self.wholeExcess)), ordering: .relaxed)
  }

  /// Whether pruning is so far behind that commits are held back for it.
  var isPressedByArchive: Bool { archiveExcess.load(ordering: .relaxed) > 0 }

  /// Whether commits are held back for checkpoints.
  func isPressed(committed byteCount: UInt64) -> Bool { uncovered(committed: byteCount) > byteCountMax / 2 }

  /// All pauses so far, whether anybody wanted to commit meanwhile or not.
  var pausedNanoseconds: UInt64 { paused.load(ordering: .relaxed) }
}
