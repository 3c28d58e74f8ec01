/// One link of the audit chain: a digest over a run of commits and over the link before it.
///
/// `hash` is SHA-256 over: the previous hash (32 bytes), `first` and `last` (8 bytes each, little-endian), and the
/// SHA-256 of the commits. That one runs over each commit's number, epoch, time, body byte count (8 bytes each,
/// little-endian) and body, in order. Whoever keeps one hash outside the store can show that nothing before it was
/// changed.
public struct Seal: Hashable, Sendable {
  /// First commit covered.
  public var first: CommitNumber
  /// Last commit covered.
  public var last: CommitNumber
  /// Hash of the seal before, 32 bytes; zeros for the first.
  public var previous: [UInt8]
  /// The hash, 32 bytes.
  public var hash: [UInt8]

  /// A seal from its parts.
  /// - Precondition: both hashes have 32 bytes, `first <= last`.
  public init(first: CommitNumber, last: CommitNumber, previous: [UInt8], hash: [UInt8]) {
    precondition(previous.count == 32 && hash.count == 32, "a seal's hash has 32 bytes")
    precondition(first <= last, "a seal covers at least one commit")
    self.first = first
    self.last = last
    self.previous = previous
    self.hash = hash
  }
}
