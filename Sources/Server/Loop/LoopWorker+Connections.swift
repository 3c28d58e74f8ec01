import Access
import NIOCore
import NIOPosix
import NIOSSL
import Telemetry
import Wire

// MARK: - Connections

extension LoopWorker {
  /// Takes a client over from the lobby.
  func admit(_ admission: Lobby.Admission) {
    ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.maxMessagesPerRead, value: UInt(configuration.readsPerTurnMax))
      .channelOption(
        .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: configuration.receiveByteCount)
      )
      .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 20, high: 4 << 20))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(FirstBytes(admission.received))
          if let tls = self.tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          try pipeline.addHandler(Connection(admission, worker: self))
        }
      }
      .withConnectedSocket(admission.descriptor)
      .whenFailure { _ in
        // Its socket failed meanwhile, or the loop shuts down.
        self.metrics.countClosed("socket")
        self.metrics.connections.add(-1)
        self.places.leave(admission.number, isSeated: false, key: nil)
      }
  }

  /// A connection is active.
  func add(_ connection: Connection) {
    connections[connection.number] = connection
    connection.flow.connections[connection.number] = connection
  }

  /// A connection is gone.
  func remove(_ connection: Connection) {
    guard connections.removeValue(forKey: connection.number) != nil else { return }
    metrics.connections.add(-1)
    places.leave(connection.number, isSeated: connection.isSeated, key: connection.seatedKey)
    leaveFlow(connection)
    if connections.isEmpty, let body = whenEmpty {
      whenEmpty = nil
      body()
    }
  }

  /// Somebody else was promised the place of a connection that has no session yet.
  func makeRoom(_ connection: UInt64) { connections[connection]?.makeRoom() }

  /// Looks at connections' deadlines and grants; runs a few times a second.
  func sweep() {
    now = .now()
    if sweepOrder.isEmpty {
      sweepOrder = Array(connections.keys)
      checkSomeDeadlines()
    }
    checkGrants()
    // What changed outside of rounds.
    publish()
  }

  /// All connections are looked at, some at a time: with ten thousand of them that takes long, and those with work have their turn in between.
  private func checkSomeDeadlines() {
    // To close a connection takes a few dozen microseconds, and those that came together run out together: so few are closed at a time.
    var closesLeft = 4
    var looksLeft = 128
    while closesLeft > 0, looksLeft > 0, let number = sweepOrder.popLast() {
      guard let connection = connections[number] else { continue }
      looksLeft -= 1
      if connection.checkDeadlines(now: now) { closesLeft -= 1 }
    }
    guard !sweepOrder.isEmpty else { return }
    loop.scheduleTask(in: .milliseconds(5)) {
      self.now = .now()
      self.checkSomeDeadlines()
    }
  }

  /// Looks again at what was granted: at once when a key was changed, else for those that run out. Never behind deadlines, of which thousands may
  /// have passed.
  private func checkGrants() {
    let revision = access.revision
    // Keys expire by the second.
    guard revision != accessRevision || now - grantsChecked >= .seconds(1) else { return }
    accessRevision = revision
    grantsChecked = now
    for connection in connections.values { connection.checkGrant() }
  }

  // MARK: Back-pressure

  /// Whether sockets may be read.
  var isReadingAllowed: Bool { !isReadingPaused && !isDraining }

  private func pauseReading() {
    guard !isReadingPaused else { return }
    isReadingPaused = true
    metrics.readingPauses.add()
    for connection in connections.values { connection.updateReading() }
  }

  /// Reading stops only while there are whole frames, whose answers let it go on: what is half received becomes complete
  /// by reading alone.
  func pauseIfNeeded(_ flow: Flow) {
    if bytesInFlight >= pauseByteCount, bytesAccepted > 0 { pauseReading() }
    if flow.bytesInFlight > bytesLeft, flow.bytesAccepted > 0, !flow.isPaused { pause(flow) }
  }

  func resumeReadingIfPossible() {
    if !pausedFlows.isEmpty { resumeFlows() }
    guard isReadingPaused, bytesInFlight <= resumeByteCount || bytesAccepted == 0 else { return }
    isReadingPaused = false
    for connection in connections.values { connection.updateReading() }
  }

  /// Bytes that may still come in flight before reading stops for all. One client may have as many in flight as are
  /// left for everybody: alone half of all, and always room for one more (dynamic thresholds; Choudhury and Hahne, 1998).
  var bytesLeft: Int { max(0, pauseByteCount - bytesInFlight) }

  private func pause(_ flow: Flow) {
    flow.isPaused = true
    pausedFlows.append(flow)
    metrics.clientPauses.add()
    for connection in flow.connections.values { connection.updateReading() }
  }

  private func resumeFlows() {
    for flow in pausedFlows where flow.bytesInFlight <= bytesLeft - bytesLeft / 4 || flow.bytesAccepted == 0 {
      flow.isPaused = false
      for connection in flow.connections.values { connection.updateReading() }
    }
    pausedFlows.removeAll { !$0.isPaused }
  }

  // MARK: Flows

  /// Gives a connection the flow of its key.
  func join(_ connection: Connection, key: UInt32) {
    connection.flow.connections[connection.number] = nil
    let flow = flowsOfKeys[key] ?? Flow(key: key)
    flowsOfKeys[key] = flow
    flow.connections[connection.number] = connection
    connection.flow = flow
  }

  /// A connection is gone. What it has in flight stays in its flow until it is answered.
  private func leaveFlow(_ connection: Connection) {
    let flow = connection.flow
    flow.connections[connection.number] = nil
    forgetIfUnused(flow)
  }

  /// Who leaves work behind and comes again finds the same flow.
  func forgetIfUnused(_ flow: Flow) {
    guard let key = flow.key, flow.connections.isEmpty, flow.bytesInFlight == 0, flow.work.isEmpty else { return }
    flowsOfKeys[key] = nil
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
    // Those who wait for answers would keep the loop, and so the store.
    idleAction = nil
    directory.forget(self)
  }

  /// The engine failed: every client is told, then closed.
  func failAll(_ reason: String) {
    for connection in connections.values { connection.fail(.serverFailure, text: reason) }
  }
}
