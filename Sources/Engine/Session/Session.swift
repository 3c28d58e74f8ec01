import Kernel

/// A client's numbered stream of requests: the memory that makes a resend safe across lost connections and crashes.
///
/// Requests apply in number order from 1. The replies of the last `EngineConfiguration.sessionWindow` requests are
/// kept.
public final class Session: @unchecked Sendable {
  /// Names the session for ever; never given to another.
  public let id: UInt64

  /// The queue that may submit for it. Written while the submit locks of the old and the new owner are held, so holding
  /// either is enough to read it. The same goes for `planned` and `isEvicted`.
  var owner: CompletionQueue?
  /// The newest request that the owner's running submit has taken.
  var planned: UInt64
  var isEvicted = false

  /// Guards what follows.
  let lock = Lock()
  var window: ReplyWindow
  /// Stamp of its newest request, or when it was opened.
  var lastUse: Instant
  /// Requests with a reply in the catalog, and how many bytes lie there.
  var keptReplies: [UInt64: Int] = [:]
  /// Changed since it was last written to the catalog.
  var isDirty = true

  init(id: UInt64, window: ReplyWindow, lastUse: Instant) {
    self.id = id
    self.window = window
    self.lastUse = lastUse
    planned = window.lastRequest
  }

  /// The newest request that was applied, 0 before the first. It may not be durable yet.
  public var lastRequest: UInt64 { lock.withLock { window.lastRequest } }

  /// When it was last used.
  var newestUse: Instant { lock.withLock { lastUse } }

  /// Bytes of replies that lie in the catalog.
  var keptByteCount: Int { lock.withLock { keptReplies.values.reduce(0, +) } }
}
