/// What the log keeps beside the body of a commit.
public struct CommitHeader: Hashable, Sendable {
  /// Place in the log.
  public var number: CommitNumber
  /// The writer's epoch: a log refuses an epoch older than the newest it has seen.
  public var epoch: UInt64
  /// The caller's time of the commit, in milliseconds since 1970. The log only compares it for retention.
  public var timeMilliseconds: Int64
  /// Size of the body in bytes.
  public var bodyByteCount: Int

  /// A header as given by the caller or read back.
  public init(number: CommitNumber, epoch: UInt64, timeMilliseconds: Int64, bodyByteCount: Int) {
    self.number = number
    self.epoch = epoch
    self.timeMilliseconds = timeMilliseconds
    self.bodyByteCount = bodyByteCount
  }
}

/// What a reader wants next.
public enum ReadStep: Sendable {
  /// The next commit or block, if the chunk's bound allows.
  case next
  /// No more; the one just visited counts as read.
  case stop
}

/// Commits that can be read in order: the live log, or an exported segment.
public protocol CommitSource: AnyObject, Sendable {
  /// What can be read now. May be called from any thread.
  var range: CommitRange { get }

  /// Visits commits from `first` on, in order, and returns the number to go on from.
  ///
  /// One call is one bounded chunk: it ends after the commit that reaches `byteCountMax` body bytes, at the end of the
  /// source, or when `visit` says so. At least one commit is visited if there is one. The body given to `visit` lies in
  /// the store's own memory and is valid during that call only; `visit` must not wait and must not call the store.
  /// Every body was checked against its checksum. May be called from any thread.
  /// - Throws: `tooOld` when `first` was trimmed (with the first kept number), `positionMismatch` when `first` is past
  ///   the end, `damaged` with commit number and byte position, or the error of the reading itself.
  func read(
    from first: CommitNumber, byteCountMax: Int, _ visit: (CommitHeader, RawSpan) -> ReadStep
  ) throws(StoreError) -> CommitNumber
}

/// The place where the order of everything is decided and made durable: one commit, one record, one sync.
///
/// The embedded log is `LMDBCommitLog`; a simulation or a replicated log implements the same few calls. One thread
/// appends; everything else may be called from any thread.
public protocol CommitLog: CommitSource {
  /// Appends one commit and returns when it is durable.
  ///
  /// `header.number` must be `range.next` (the expected position fences a second writer). `fill` gets exactly
  /// `header.bodyByteCount` bytes to write, all of them; it runs once, on the calling thread. Seals that wait and a
  /// bounded number of trimmed commits ride along in the same transaction.
  /// - Throws: any error means that the commit may or may not be on disk: the caller stops, and every later append is
  ///   refused with `writesStopped`. (`positionMismatch` and `fenced` are found before anything is written and do not stop.)
  func append(_ header: CommitHeader, fill: (UnsafeMutableRawBufferPointer) -> Void) throws(StoreError)

  /// Says what must be kept. Trimming happens with later appends. Floors only move up.
  func setFloors(_ floors: LogFloors)

  /// Queues a seal, to be written with the next append or by `flush`.
  func enqueue(_ seal: Seal)

  /// Writes waiting seals, and trims one bounded step, in a transaction of its own. For the appending thread when idle.
  /// - Returns: whether trimming has more to do.
  func flush() throws(StoreError) -> Bool

  /// The newest seal, written or waiting; nil before the first.
  var lastSeal: Seal? { get }

  /// Visits the seals kept, in order, that end at or after `number`. The closure must not call the store.
  func readSeals(from number: CommitNumber, _ visit: (Seal) -> ReadStep) throws(StoreError)

  /// Sizes, for metrics and `inspect`.
  func usage() throws(StoreError) -> StoreUsage
}

/// What the log must keep, by reason. A number means: this commit and all later ones are still needed.
public struct LogFloors: Hashable, Sendable {
  /// First commit that recovery needs: the oldest cut of all shards (and of the session table).
  /// Nothing overrides it.
  public var recovery: CommitNumber
  /// First commit that a live subscriber still wants, or nil. The retention cap overrides it.
  public var subscribers: CommitNumber?

  /// The floors; `recovery` starts at the first commit.
  public init(recovery: CommitNumber = .first, subscribers: CommitNumber? = nil) {
    self.recovery = recovery
    self.subscribers = subscribers
  }
}

/// How much history the log keeps beyond what it must.
public struct LogRetention: Hashable, Sendable {
  /// Keep this many bytes of history though nobody needs them any more. 0 keeps none.
  public var keepByteCount: UInt64
  /// Keep commits that are at most this much older than the newest one, by commit time. 0 keeps none for their age.
  public var keepMilliseconds: Int64
  /// Above this many bytes a subscriber, and the two wishes above, no longer hold commits back: the subscriber gets "too old".
  public var capByteCount: UInt64
  /// The most commits that one append trims, so that trimming never delays a reply for long.
  public var trimCountMax: Int

  /// Settings; by default 1 GiB of history, and at most 64 GiB for a slow subscriber.
  public init(
    keepByteCount: UInt64 = 1 << 30, keepMilliseconds: Int64 = 0, capByteCount: UInt64 = 64 << 30, trimCountMax: Int = 8
  ) {
    precondition(trimCountMax > 0, "a log that never trims grows for ever")
    self.keepByteCount = keepByteCount
    self.keepMilliseconds = keepMilliseconds
    self.capByteCount = max(capByteCount, keepByteCount)
    self.trimCountMax = trimCountMax
  }
}
