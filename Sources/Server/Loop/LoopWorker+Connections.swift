import Access
import NIOCore
import Telemetry
import Wire

// MARK: - Connections

extension LoopWorker {
  /// A connection was accepted.
  func add(_ connection: Connection) {
    connections[connection.number] = connection
    metrics.connections.add(1)
    metrics.connectionsAccepted.add()
    if connections.count > Int(configuration.limits.connectionCountMax) / configuration.loopCount {
      connection.fail(.tooManyConnections, value: UInt64(configuration.limits.connectionCountMax))
    }
  }

  /// A connection is gone.
  func remove(_ connection: Connection) {
    guard connections.removeValue(forKey: connection.number) != nil else { return }
    metrics.connections.add(-1)
    if connections.isEmpty, let body = whenEmpty {
      whenEmpty = nil
      body()
    }
  }

  /// Looks at every connection's deadlines; runs a few times a second.
  func sweep() {
    now = .now()
    for connection in connections.values { connection.checkDeadlines(now: now) }
    checkGrants()
    // What changed outside of rounds.
    publish()
  }

  /// Looks again at what was granted: at once when a key was changed, else for those that run out.
  private func checkGrants() {
    let revision = access.revision
    sweepCount += 1
    // Keys expire by the second.
    guard revision != accessRevision || sweepCount % 10 == 0 else { return }
    accessRevision = revision
    for connection in connections.values { connection.checkGrant() }
  }

  // MARK: Back-pressure

  /// Whether sockets may be read.
  var isReadingAllowed: Bool { !isReadingPaused && !isDraining }

  func pauseReading() {
    guard !isReadingPaused else { return }
    isReadingPaused = true
    metrics.readingPauses.add()
    for connection in connections.values { connection.updateReading() }
  }

  func resumeReadingIfPossible() {
    guard isReadingPaused, bytesInFlight <= resumeByteCount else { return }
    isReadingPaused = false
    for connection in connections.values { connection.updateReading() }
  }

  // MARK: Draining

  /// Takes nothing new, says goodbye, finishes what was accepted, closes. Completes when no connection is left.
  func drain() -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    isDraining = true
    for connection in connections.values { connection.beginDraining() }
    whenIdle {
      for connection in self.connections.values { connection.finishDraining() }
      if self.connections.isEmpty { promise.succeed() } else { self.whenEmpty = { promise.succeed() } }
    }
    return promise.futureResult
  }

  /// Closes what is still open, without waiting for anybody.
  func closeAll() {
    for connection in connections.values { connection.abort() }
  }

  /// The engine failed: every client is told, then closed.
  func failAll(_ reason: String) {
    for connection in connections.values { connection.fail(.serverFailure, text: reason) }
  }
}
