/// Exported segments in front of a log, read as one source.
public final class CommitHistory: CommitSource {
  private let segments: [SegmentFile]
  private let log: any CommitLog

  public var range: CommitRange {
    let logRange = log.range
    return CommitRange(first: min(segments.first?.range.first ?? logRange.first, logRange.first), next: logRange.next)
  }

  /// Joins segments, in any order, and a log. Segments may overlap the log; from its first commit on the log is read.
  /// - Throws: `damaged` when a commit between the first segment and the log is in none of them, or when a segment does
  ///   not carry the hash of the one before.
  public init(segments: [SegmentFile], log: any CommitLog) throws(StoreError) {
    let sorted = segments.sorted { $0.seal.first < $1.seal.first }
    for (earlier, later) in zip(sorted, sorted.dropFirst()) {
      guard later.seal.first == earlier.seal.last.next, later.seal.previous == earlier.seal.hash else {
        throw StoreError(.damaged, at: later.path, "the segment does not follow \(earlier.path)")
      }
    }
    if let last = sorted.last, last.range.next < log.range.first {
      throw StoreError(
        .damaged, at: last.path,
        "commits \(last.range.next) to \(log.range.first.previous) are neither in a segment nor in the log")
    }
    self.segments = sorted
    self.log = log
  }

  public func read(
    from first: CommitNumber, byteCountMax: Int, _ visit: (CommitHeader, RawSpan) -> ReadStep
  ) throws(StoreError) -> CommitNumber {
    if first < log.range.first, let segment = segments.last(where: { $0.range.contains(first) }) {
      return try segment.read(from: first, byteCountMax: byteCountMax, visit)
    }
    return try log.read(from: first, byteCountMax: byteCountMax, visit)
  }
}
