import NIOCore
import NIOPosix
import NIOSSL
import Wire

extension ClientCore {
  // MARK: Opening

  /// Connects for the first time. Any thread.
  func open() async throws(ClientError) {
    let result = await withCheckedContinuation { waiter in
      eventLoop.execute { [self] in
        openWaiter = waiter
        unreachableSince = .now()
        connect()
      }
    }
    try result.get()
  }

  private func connect() {
    state = .opening
    attemptCount += 1
    ClientBootstrap(group: eventLoop)
      .connectTimeout(.milliseconds(configuration.connectMilliseconds))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 20, high: 4 << 20))
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4_096, initial: 65_536, maximum: 1 << 18)
      )
      .channelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls, case .tls(let options) = configuration.transport {
            try channel.pipeline.syncOperations.addHandler(
              ClientTLS.handler(tls, host: host, serverName: options.serverName))
          }
          try channel.pipeline.syncOperations.addHandler(ConnectionHandler(core: self))
        }
      }
      .connect(host: host, port: port)
      .whenFailure { [self] error in disconnected(nil, "\(error)") }
  }

  /// The socket is connected: say hello.
  func connected(_ handler: ConnectionHandler) {
    guard case .opening = state, connection == nil else {
      handler.close()
      return
    }
    connection = handler
    var hello = HelloBody()
    hello.scope = configuration.scope
    switch configuration.authentication {
    case .none: break
    case .key(let secret):
      hello.authentication = .key
      hello.credential = Array(secret.utf8.prefix(Limits.credentialByteCountMax))
    case .certificate: hello.authentication = .certificate
    }
    send(FrameHeader(.hello, session: session), bodyByteCount: hello.encodedByteCount) { hello.store(into: &$0) }
    flush()
    timer = eventLoop.scheduleTask(in: .milliseconds(configuration.connectMilliseconds)) { [self] in
      loseConnection("no welcome in time")
    }
  }

  func welcomed(_ header: FrameHeader, _ welcome: WelcomeBody) throws(FrameError) {
    guard header.session != 0, session == 0 || header.session == session else {
      throw FrameError(.wrongSession, place: 16, value: UInt64(truncatingIfNeeded: header.session))
    }
    timer?.cancel()
    session = header.session
    limits = welcome.limits
    published.withLock { $0 = Published(session: header.session, welcome: welcome) }
    if hasSession {
      // What was answered is durable, and nothing behind the last sent exists: any other number is another history.
      guard welcome.lastRequest >= window.oldest - 1, welcome.lastRequest <= highestSent else {
        fail(
          .outcomeUnknown("the server's session ends at request \(welcome.lastRequest), not where this client's does"))
        return
      }
    } else {
      guard welcome.lastRequest < UInt64.max else {
        throw FrameError(.reservedBits, place: FrameHeader.byteCount + 8, value: welcome.lastRequest)
      }
      hasSession = true
      window = RequestWindow(capacity: configuration.requestWindow, after: welcome.lastRequest)
      highestSent = welcome.lastRequest
    }
    state = .ready
    // Whose requests wait is well again when one is answered: the server may fail at the very first.
    if isIdle { recovered() }
    statistics.connectionCount += 1
    sendCursor = window.oldest
    startKeepAlive()
    resendQueries()
    resubscribe()
    openWaiter?.resume(returning: .success(()))
    openWaiter = nil
    admitWaiting()
    finishClosingIfIdle()
  }

  /// The server answers: the next loss is a new one.
  func recovered() {
    attemptCount = 0
    unreachableSince = nil
  }

  private func startKeepAlive() {
    // Well inside the server's own idle limit.
    let milliseconds = max(1, min(configuration.keepAliveMilliseconds, Int64(limits.idleMilliseconds) / 3))
    connection?.heard = true
    keepAlive = eventLoop.scheduleRepeatedTask(
      initialDelay: .milliseconds(milliseconds), delay: .milliseconds(milliseconds)
    ) { [self] _ in
      guard let connection else { return }
      guard connection.heard else {
        loseConnection("the server is silent")
        return
      }
      connection.heard = false
      // Number 0 belongs to no caller, so its pong is only heard.
      send(FrameHeader(.ping, session: session))
      flush()
    }
  }

  // MARK: Losing and finding again

  /// Gives the connection up and closes it.
  func loseConnection(_ text: String) {
    guard let connection else { return }
    disconnected(connection, text)
    connection.close()
  }

  /// A connection is gone, or an attempt failed (`handler` nil). Tries again, or gives up.
  func disconnected(_ handler: ConnectionHandler?, _ text: String) {
    if case .closed = state { return }
    guard connection === handler else { return }
    forgetConnection()
    if closing != nil, isIdle {
      finish(.closed)
      return
    }
    let since = unreachableSince ?? .now()
    unreachableSince = since
    guard NIODeadline.now() - since < .milliseconds(configuration.reconnect.giveUpMilliseconds) else {
      fail(hasSession ? .outcomeUnknown(text) : .unreachable(text))
      return
    }
    state = .pausing
    timer = eventLoop.scheduleTask(in: .milliseconds(pauseMilliseconds())) { [self] in connect() }
  }

  /// TLS could not be agreed on. Before the first session that will not change by trying again.
  func untrusted(_ handler: ConnectionHandler, _ text: String) {
    guard !hasSession else { return disconnected(handler, text) }
    fail(.badConfiguration("TLS with \(host):\(port) failed: \(text)"))
  }

  /// Doubles with each attempt; random, so that many clients do not come back in step.
  private func pauseMilliseconds() -> Int64 {
    let doublings = min(max(attemptCount - 1, 0), 16)
    let reconnect = configuration.reconnect
    let pause = max(1, min(reconnect.pauseMilliseconds << doublings, reconnect.pauseMillisecondsMax))
    return Int64.random(in: (pause + 1) / 2...pause)
  }

  private func forgetConnection() {
    connection = nil
    timer?.cancel()
    keepAlive?.cancel()
    keepAlive = nil
    outbox.clear()
    awaitingCount = 0
    heldUntil = nil
    isRetryScheduled = false
  }

  /// The server's error frame: some reasons pass, most do not.
  func refused(_ error: ErrorBody) {
    switch error.reason {
    case .draining, .serverFailure, .tooManyConnections, .handshakeTimeout, .idleTimeout, .slowReader, .headerChecksum,
      .bodyChecksum:
      loseConnection(error.description)
    case .sessionUnknown, .sessionEvicted, .sessionTaken, .requestOutOfWindow:
      fail(hasSession ? .outcomeUnknown(error.description) : .refused(error))
    default:
      fail(.refused(error))
    }
  }

  /// The server drains: it answers what it has taken, then closes.
  func saidGoodbye() {
    if closing?.goodbyeSent == true {
      loseConnection("goodbye")
      return
    }
    state = .draining
  }

  // MARK: Closing

  /// Any thread.
  func close(endsSession: Bool) async {
    await withCheckedContinuation { waiter in
      eventLoop.execute { [self] in
        if case .closed = state {
          waiter.resume()
          return
        }
        closeWaiters.append(waiter)
        if closing == nil { closing = (endsSession, false) }
        finishClosingIfIdle()
      }
    }
  }

  private var isIdle: Bool {
    waiting.isEmpty && queries.isEmpty && waitingQueries.isEmpty && window.unansweredCount == 0
  }

  /// Says goodbye once everything is answered.
  func finishClosingIfIdle() {
    guard let closing, !closing.goodbyeSent, isIdle else { return }
    switch state {
    case .idle, .pausing: finish(.closed)
    // Welcome, or the end of the connection, comes back here.
    case .opening, .draining, .closed: return
    case .ready:
      self.closing = (closing.endsSession, true)
      send(FrameHeader(.goodbye, flags: closing.endsSession ? [.endsSession] : [], session: session))
      flush()
      timer = eventLoop.scheduleTask(in: .milliseconds(configuration.connectMilliseconds)) { [self] in
        loseConnection("no goodbye in time")
      }
    }
  }

  /// Ends the client: everything unanswered fails with `error`.
  func fail(_ error: ClientError) {
    if case .closed = state { return }
    finish(error)
  }

  private func finish(_ error: ClientError) {
    let handler = connection
    forgetConnection()
    state = .closed(error)
    handler?.close()
    openWaiter?.resume(returning: .failure(error))
    openWaiter = nil
    failSubmits(error)
    failQueries(error)
    failSubscriptions(error)
    let waiters = closeWaiters
    closeWaiters = []
    for waiter in waiters { waiter.resume() }
  }
}
