/// Seals the log from behind, segment by segment; the seals travel to disk with later appends.
///
/// Whoever appends hands each commit to `add` afterwards, while its bytes are still in the cache: read back from the
/// log they would have to be mapped, and the page cache could not drop them. `step` reads what is in the log already,
/// for example what was not sealed when the last process ended. Not thread-safe.
public struct AuditChain: ~Copyable {
  private let log: any CommitLog
  private let segmentByteCount: Int
  private let segmentCommitCount: UInt64
  private var hash: SegmentHash
  /// Bytes hashed in one step: a few milliseconds' work, and a bounded read.
  private let stepByteCount = 4 << 20

  /// Starts behind the log's newest seal.
  /// - Parameter segmentByteCount: a segment is sealed once it has this many body bytes,
  /// - Parameter segmentCommitCount: or this many commits.
  public init(log: any CommitLog, segmentByteCount: Int = 64 << 20, segmentCommitCount: Int = 65_536) {
    precondition(segmentByteCount > 0 && segmentCommitCount > 0, "a segment holds at least one commit")
    self.log = log
    self.segmentByteCount = segmentByteCount
    self.segmentCommitCount = UInt64(segmentCommitCount)
    hash = Self.start(behind: log.lastSeal)
  }

  private static func start(behind seal: Seal?) -> SegmentHash {
    SegmentHash(
      first: seal?.last.next ?? .first, previous: seal?.hash ?? [UInt8](repeating: 0, count: 32))
  }

  /// The first commit that was not hashed yet.
  public var position: CommitNumber { hash.next }

  /// Hashes a commit that was just appended; queues a seal when a segment is full.
  /// - Precondition: `header.number == position`.
  public mutating func add(_ header: CommitHeader, _ body: RawSpan) {
    hash.add(header, body)
    if isFull { seal() }
  }

  private var isFull: Bool { hash.byteCount >= segmentByteCount || hash.commitCount >= segmentCommitCount }

  /// Hashes one bounded chunk; queues a seal when a segment is full.
  /// - Returns: whether more commits wait to be hashed.
  public mutating func step() throws(StoreError) -> Bool {
    guard hash.next < log.range.next else { return false }
    var hash = hash
    let (byteCountMax, commitCountMax) = (segmentByteCount, segmentCommitCount)
    _ = try log.read(from: hash.next, byteCountMax: stepByteCount) { header, body in
      hash.add(header, body)
      return hash.byteCount >= byteCountMax || hash.commitCount >= commitCountMax ? .stop : .next
    }
    self.hash = hash
    if isFull { seal() }
    return self.hash.next < log.range.next
  }

  /// Hashes all there is and seals it though the segment is not full: at close, and before an export.
  public mutating func sealNow() throws(StoreError) {
    while try step() {}
    if !hash.isEmpty { seal() }
  }

  private mutating func seal() {
    let seal = hash.seal()
    log.enqueue(seal)
    hash = Self.start(behind: seal)
  }
}
