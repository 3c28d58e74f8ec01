import Synchronization

/// Which connection has which session, over all event loops, so that a resumed session is taken from the
/// connection that had it. Asked at hello and at close only.
final class SessionDirectory: Sendable {
  /// A connection by its loop and its number in this process.
  struct Owner: Sendable {
    let worker: LoopWorker
    let connection: UInt64
  }

  private let owners = Mutex<[UInt64: Owner]>([:])

  /// Makes `owner` the session's connection.
  ///
  /// - Returns: the one it had before.
  func claim(session: UInt64, by owner: Owner) -> Owner? {
    owners.withLock { $0.updateValue(owner, forKey: session) }
  }

  /// Forgets the session if `connection` still has it.
  func release(session: UInt64, by connection: UInt64) {
    owners.withLock { owners in
      if owners[session]?.connection == connection { owners[session] = nil }
    }
  }
}
