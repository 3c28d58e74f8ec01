import Crypto

/// The hash of one seal, fed commit by commit; see `Seal`.
struct SegmentHash {
  let first: CommitNumber
  let previous: [UInt8]
  private(set) var next: CommitNumber
  private(set) var byteCount = 0
  // Hashed apart, since the last commit's number comes before them and is known at the end only.
  private var commits = SHA256()

  init(first: CommitNumber, previous: [UInt8]) {
    self.first = first
    self.previous = previous
    next = first
  }

  /// Whether no commit was added yet.
  var isEmpty: Bool { next == first }

  var commitCount: UInt64 { next.rawValue - first.rawValue }

  mutating func add(_ header: CommitHeader, _ body: RawSpan) {
    precondition(header.number == next, "a commit out of order in a segment's hash")
    var fields: [UInt8] = []
    fields.reserveCapacity(32)
    fields.appendInteger(header.number.rawValue)
    fields.appendInteger(header.epoch)
    fields.appendInteger(header.timeMilliseconds)
    fields.appendInteger(UInt64(header.bodyByteCount))
    commits.update(data: fields)
    // The bytes are only read, during the call.
    unsafe body.withUnsafeBytes { unsafe commits.update(bufferPointer: $0) }
    next = next.next
    byteCount += header.bodyByteCount
  }

  /// The seal over what was added.
  /// - Precondition: not empty.
  func seal() -> Seal {
    precondition(!isEmpty, "a seal covers at least one commit")
    var head = previous
    head.appendInteger(first.rawValue)
    head.appendInteger(next.previous.rawValue)
    head += [UInt8](commits.finalize())
    return Seal(first: first, last: next.previous, previous: previous, hash: [UInt8](SHA256.hash(data: head)))
  }
}
