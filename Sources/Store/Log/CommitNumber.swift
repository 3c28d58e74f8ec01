/// The place of a commit in the log: 1 is the first commit of a store, and numbers have no gaps.
public struct CommitNumber: RawRepresentable, Comparable, Hashable, Sendable, CustomStringConvertible {
  /// The number itself; 0 means "before the first commit".
  public var rawValue: UInt64

  /// A commit number from its plain form.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// A commit number from its plain form.
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// "Before the first commit": what a shard that has seen nothing was cut at.
  public static let zero = CommitNumber(0)

  /// The number of the first commit of a store.
  public static let first = CommitNumber(1)

  /// The number after this one. A log that writes a million commits a second lasts 584,000 years.
  public var next: CommitNumber { CommitNumber(rawValue + 1) }

  /// The number before this one.
  /// - Precondition: not `.zero`.
  public var previous: CommitNumber { CommitNumber(rawValue - 1) }

  public static func < (a: CommitNumber, b: CommitNumber) -> Bool { a.rawValue < b.rawValue }

  public var description: String { "\(rawValue)" }
}

/// The commits that a log, or an exported segment, holds: `first` up to but not including `next`.
public struct CommitRange: Hashable, Sendable {
  /// The oldest commit that can be read; equals `next` when there is none.
  public var first: CommitNumber
  /// The number that the next commit will get.
  public var next: CommitNumber

  /// A range; empty when both are equal.
  /// - Precondition: `first <= next`.
  public init(first: CommitNumber, next: CommitNumber) {
    precondition(first <= next, "a commit range ends before it starts")
    self.first = first
    self.next = next
  }

  /// Whether nothing is held.
  public var isEmpty: Bool { first == next }

  /// How many commits are held.
  public var count: UInt64 { next.rawValue - first.rawValue }

  /// The newest commit held, or nil when empty.
  public var last: CommitNumber? { isEmpty ? nil : next.previous }

  /// Whether `number` is held.
  public func contains(_ number: CommitNumber) -> Bool { first <= number && number < next }
}
