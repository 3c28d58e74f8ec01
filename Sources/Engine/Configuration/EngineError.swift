/// What can go wrong in the engine apart from outcomes of operations, which are result codes.
public struct EngineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is; callers branch on this.
  public enum Kind: Sendable, Hashable {
    /// The store could not be opened, read or written; the message names the place.
    case store
    /// The log, a checkpoint or a digest does not say what it must. Never skipped.
    case corrupt
    /// A position of the change feed that the log no longer keeps; the first kept commit.
    case tooOld(firstKept: UInt64)
    /// No such session was ever opened in this store.
    case sessionUnknown
    /// The session existed and was evicted. It is never taken for a new one.
    case sessionEvicted
    /// A bound of the configuration would be broken; the message names it.
    case limit
    /// `close()` was called.
    case closed
    /// An earlier write or sync failed. Nothing is served any more.
    case failed
    /// The request itself is malformed.
    case invalid
  }

  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
