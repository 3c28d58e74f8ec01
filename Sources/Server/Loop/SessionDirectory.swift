import Store

/// Which connection has which session, over all event loops, so that a resumed session is taken from the
/// connection that had it. Asked at hello and at close only.
final class SessionDirectory: Sendable {
  /// A connection by its loop and its number in this process.
  struct Owner: Sendable {
    let worker: LoopWorker
    let connection: UInt64
  }

  private let owners = Locked<[UInt64: Owner]>([:])

  /// Makes `owner` the session's connection.
  ///
  /// - Parameter attach: tells the engine, before another loop can claim it.
  /// - Returns: the one it had before.
  func claim(session: UInt64, by owner: Owner, attach: () -> Void) -> Owner? {
    owners.withLock { owners in
      attach()
      return owners.updateValue(owner, forKey: session)
    }
  }

  /// Whether a connection has the session.
  func hasOwner(session: UInt64) -> Bool { owners.withLock { $0[session] != nil } }

  /// Forgets the sessions of a loop that ends.
  func forget(_ worker: LoopWorker) {
    owners.withLock { owners in owners = owners.filter { $0.value.worker !== worker } }
  }

  /// Forgets the session if `connection` still has it.
  ///
  /// - Parameter detach: tells the engine then.
  func release(session: UInt64, by connection: UInt64, detach: () -> Void) {
    owners.withLock { owners in
      guard owners[session]?.connection == connection else { return }
      owners[session] = nil
      detach()
    }
  }
}
