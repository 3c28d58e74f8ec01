import Kernel
import NIOCore
import NIOPosix
import NIOSSL
import Wire

/// The answer to a submit, for an awaiting caller.
struct SubmitAnswer: Sendable {
  var results: [OperationResult]
}

/// The session's state machine: connection, handshake, window, reconnect. Extensions hold one aspect each.
final class ClientCore: @unchecked Sendable {
  // `eventLoop` guards every variable below; methods say so when another thread may call them.

  let host: String
  let port: Int
  let configuration: ClientConfiguration
  let eventLoop: any EventLoop
  /// Nil for plaintext.
  let tls: NIOSSLContext?

  /// What other threads may look at.
  struct Published: Sendable {
    var session: UInt128
    var welcome = WelcomeBody()
  }
  let published: Locked<Published>

  enum State {
    /// Before the first attempt.
    case idle
    /// Connecting, or waiting for welcome.
    case opening
    /// A session on a live connection.
    case ready
    /// The server said goodbye: nothing more is sent, answers still come.
    case draining
    /// Waiting to try again.
    case pausing
    /// For good.
    case closed(ClientError)
  }
  var state = State.idle
  var connection: ConnectionHandler?
  var session: UInt128
  var limits = Limits()
  var statistics = ClientStatistics()

  // Reconnecting.
  var attemptCount = 0
  var unreachableSince: NIODeadline?
  var openWaiter: CheckedContinuation<Result<Void, ClientError>, Never>?
  var timer: Scheduled<Void>?
  var keepAlive: RepeatedTask?

  // Submits.
  /// A session was opened, so that requests can be numbered.
  var hasSession = false
  var window: RequestWindow
  /// The next request to be sent on this connection.
  var sendCursor: UInt64 = 0
  /// The highest request that was ever sent.
  var highestSent: UInt64 = 0
  /// Submit frames sent on this connection that have neither result nor busy.
  var awaitingCount = 0
  /// Said by `busy`: nothing is sent until all that was sent is answered and this time has come.
  var heldUntil: NIODeadline?
  var isRetryScheduled = false
  var waiting = CircularBuffer<(SubmitBatch, CheckedContinuation<Result<SubmitAnswer, ClientError>, Never>)>()

  // Reads, pings, subscriptions.
  /// Those that were sent, or will be with the next connection.
  var queries: [UInt64: Query] = [:]
  /// Those that wait for room in the window.
  var waitingQueries = CircularBuffer<Query.Asked>()
  var subscriptions: [UInt64: SubscriptionEntry] = [:]
  var lastNumber: UInt64 = 0

  // Sending.
  var outbox = ByteBufferAllocator().buffer(capacity: 65_536)
  var flushIsScheduled = false

  // Closing.
  var closing: (endsSession: Bool, goodbyeSent: Bool)?
  var closeWaiters: [CheckedContinuation<Void, Never>] = []

  init(host: String, port: Int, configuration: ClientConfiguration, eventLoop: any EventLoop) throws(ClientError) {
    precondition((1...65_536).contains(configuration.requestWindow), "a window holds 1...65,536 requests")
    self.host = host
    self.port = port
    self.configuration = configuration
    self.eventLoop = eventLoop
    if case .key = configuration.authentication, case .plaintext = configuration.transport, !Self.isLoopback(host) {
      throw .badConfiguration("a key's secret goes to \(host) over TLS only")
    }
    if case .tls(let options) = configuration.transport { tls = try options.context() } else { tls = nil }
    session = configuration.session
    window = RequestWindow(capacity: 1, after: 0)
    published = Locked(Published(session: configuration.session))
  }

  private static func isLoopback(_ host: String) -> Bool {
    // A name may begin with digits, too, and be anywhere.
    host == "localhost" || host.isIPAddress && (host == "::1" || host.hasPrefix("127."))
  }

  // MARK: Sending

  /// Frames up to this size are copied together; larger ones are written as they are.
  static let coalescedByteCountMax = 4_096

  func send(_ frame: ByteBuffer) {
    guard let connection else { return }
    if frame.readableBytes <= Self.coalescedByteCountMax {
      outbox.writeImmutableBuffer(frame)
    } else {
      if outbox.readableBytes > 0 {
        connection.write(outbox)
        outbox.clear()
      }
      connection.write(frame)
    }
  }

  func send(_ header: FrameHeader, bodyByteCount: Int = 0, _ body: (inout MutableRawSpan) -> Void = { _ in }) {
    send(Self.frame(header, bodyByteCount: bodyByteCount, body))
  }

  static func frame(
    _ header: FrameHeader, bodyByteCount: Int = 0, _ body: (inout MutableRawSpan) -> Void = { _ in }
  ) -> ByteBuffer {
    ByteBuffer(bytes: encodeFrame(header, bodyByteCount: bodyByteCount, body))
  }

  /// Sends what may be sent, and writes it out.
  func flush() {
    pump()
    guard let connection else { return }
    if outbox.readableBytes > 0 { connection.write(outbox) }
    connection.flush()
    // Keeps the memory when the socket took it all, as it mostly does; else the channel keeps it and there is new memory.
    outbox.clear()
  }

  /// Flushes at the end of this round of the event loop.
  func flushSoon() {
    if flushIsScheduled || connection?.isReading == true { return }
    flushIsScheduled = true
    eventLoop.execute { [self] in
      flushIsScheduled = false
      flush()
    }
  }

  /// A number for a read, ping or subscription.
  func newNumber() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  // MARK: Receiving

  /// A frame came. Returns whether the connection is still the client's.
  func received(_ header: FrameHeader, _ body: RawSpan, from source: ConnectionHandler) -> Bool {
    guard connection === source else { return false }
    do throws(FrameError) {
      try dispatch(header, body)
    } catch {
      fail(.badReply(error))
    }
    return connection === source
  }

  private func dispatch(_ header: FrameHeader, _ body: RawSpan) throws(FrameError) {
    if case .opening = state {
      switch header.kind {
      case .welcome: try welcomed(header, WelcomeBody(decoding: body))
      case .error: try refused(ErrorBody(decoding: body))
      default: throw Self.unexpected(header)
      }
      return
    }
    switch header.kind {
    case .result, .readReply, .pong, .managed, .events: if attemptCount > 0 { recovered() }
    default: break
    }
    switch header.kind {
    case .result: try answered(header, body)
    case .busy: try wasBusy(header, BusyBody(decoding: body))
    case .readReply: try readReplied(header, body)
    case .pong: ponged(header, PongBody(decoding: body))
    case .managed: try managed(header, body)
    case .events: try eventsCame(header, body)
    case .error: try refused(ErrorBody(decoding: body))
    case .goodbye: saidGoodbye()
    case .ping:
      // A client has no clock to tell and no commits; the echo is what counts.
      let pong = FrameHeader(.pong, session: session, trace: header.trace, request: header.request)
      send(pong, bodyByteCount: PongBody.byteCount) { PongBody(now: 0, commit: 0).store(into: &$0) }
    case .hello, .welcome, .submit, .read, .subscribe, .credit, .manage: throw Self.unexpected(header)
    }
  }

  static func unexpected(_ header: FrameHeader) -> FrameError {
    FrameError(.badKind, place: 5, value: UInt64(header.kind.rawValue))
  }
}
