import Engine
import Kernel
import NIOCore
import Telemetry
import Wire

/// One client that the lobby admitted: assembles its frames, keeps its session, writes its replies.
///
/// ```
/// hello --hello--> opening --session--> open --goodbye (either side), or the client's end of input--> finishing
///   \_______________\____________________\___________________________________________________________/
///                     error, or all answered --> lingering --peer closed, or deadline--> closed
/// ```
///
/// Lingering discards what still comes until the peer has closed: to close with unread input would make the
/// system reset the connection, and the error just sent could be lost.
// Confined to the event loop of its channel.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase: Equatable {
    /// Nothing but a hello may come. Until the deadline.
    case hello(deadline: NIODeadline)
    /// The session is being opened; what comes meanwhile waits in `stash`.
    case opening
    case open
    /// Takes nothing new, answers what was accepted, then closes.
    case finishing
    case lingering(deadline: NIODeadline)
    case closed
  }

  /// Where in a frame the input stands.
  enum Assembly {
    case header
    case submit(FrameHeader, Request)
    case body(FrameHeader)
    /// A submit that was refused with `busy`: its body is read past.
    case refused(FrameHeader, left: Int)
  }

  /// Tells connections apart inside this process.
  let number: UInt64
  let worker: LoopWorker
  let address: String?
  var context: ChannelHandlerContext?
  var phase: Phase

  var session: Session?
  /// As the frames name it; 0 before welcome.
  var sessionID: UInt128 = 0
  var grant = Grant.none
  /// It proved who it is, and has a place that nobody takes any more.
  var isSeated = false
  /// Whose share of places it takes; nil without keys.
  var seatedKey: UInt32?
  /// Its own, or its key's from welcome on.
  var flow = Flow()
  /// Instant until which a second factor counts that was shown here; nil when none was.
  var steppedUpUntil: Int64?
  /// A command is being carried out.
  var isManaging = false
  /// When the header came of the submit that is being received.
  var frameBegan = NIODeadline.distantFuture
  /// Highest request number taken from this session so far.
  var lastTaken: UInt64 = 0
  /// Submits after `lastTaken` are refused until the one right behind it comes again.
  var isRefusing = false
  /// Submits and reads taken and not answered.
  var unanswered = 0
  /// The client's goodbye said that the session will not be resumed.
  var endsSession = false
  /// An error frame is on its way: there is one at most.
  var isEnding = false

  var assembly = Assembly.header
  /// The part of a header, or of a small body, that has come.
  var partial = ByteBuffer()
  var stash = ByteBuffer()
  var isInputClosed = false
  /// Everything was written, and our direction is closed.
  var isOutputFlushed = false

  var outbound = ByteBuffer()
  var needsFlush = false
  var isReading = true
  var lastReceived = NIODeadline.now()
  /// When the peer last took bytes while some were waiting, and how many waited then.
  var lastProgress = NIODeadline.now()
  var waitingByteCount = 0
  /// Of its bytes that the socket has not taken those that the loop counts.
  private var countedByteCount = 0

  var subscriptions: [UInt64: Subscription] = [:]

  /// How long the peer of a connection that ends may take to read the last of it and to close its end.
  static let lingering = TimeAmount.seconds(2)

  init(_ admission: Lobby.Admission, worker: LoopWorker) {
    self.worker = worker
    number = admission.number
    address = admission.address
    phase = .hello(deadline: admission.deadline)
  }

  var limits: Limits { worker.configuration.limits }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    let now = NIODeadline.now()
    lastReceived = now
    lastProgress = now
    worker.add(self)
    updateReading()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    worker.readingBegins()
    worker.counts.bytesReceived += buffer.readableBytes
    lastReceived = worker.now
    consume(&buffer)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    lastProgress = .now()
    updateReading()
    guard canTakeMore else { return }
    for subscription in subscriptions.values { subscription.advance() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      inputClosed()
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    countBuffered(0)
    dropPartialFrame()
    leave(reason: "peer")
    worker.remove(self)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The socket failed, or the handshake before the first frame: nothing can be said to the peer any more.
    let isRefused = isRefusedHandshake(error)
    if isRefused { noteRefusedHandshake() }
    leave(reason: isRefused ? "handshake" : "socket")
    context.close(promise: nil)
  }

  private func inputClosed() {
    isInputClosed = true
    dropPartialFrame()
    switch phase {
    case .hello, .opening:
      leave(reason: "peer")
      context?.close(promise: nil)
    case .lingering:
      // What is still being written goes out first; `outputFlushed` closes behind it.
      if isOutputFlushed { context?.close(promise: nil) }
    case .open:
      phase = .finishing
      finishIfAnswered()
    case .finishing: finishIfAnswered()
    case .closed: break
    }
  }

  /// A frame of which only a part came counts for nothing.
  func dropPartialFrame() {
    switch assembly {
    case .header:
      if partial.readableBytes > 0 { worker.metrics.framesCut.add() }
    case .submit(_, let request):
      worker.metrics.framesCut.add()
      worker.abandon(request)
    case .body, .refused:
      worker.metrics.framesCut.add()
    }
    assembly = .header
    frameBegan = .distantFuture
    partial.clear()
    stash.clear()
  }

  // MARK: Reading

  /// Whether the peer keeps up with what is written.
  var canTakeMore: Bool { context?.channel.isWritable ?? false }

  /// Tells the channel whether to read, from everything that may speak against it.
  func updateReading() {
    guard let context else { return }
    let wanted =
      switch phase {
      case .hello, .open: worker.isReadingAllowed && !flow.isPaused && canTakeMore
      case .opening, .finishing: false
      case .lingering: true
      case .closed: false
      }
    guard wanted != isReading else { return }
    isReading = wanted
    let now = NIODeadline.now()
    // While nothing is read, a frame that has begun does not wait for the client.
    if wanted, frameBegan != .distantFuture { frameBegan = frameBegan + (now - lastReceived) }
    lastReceived = now
    do {
      try context.channel.syncOptions?.setOption(.autoRead, value: wanted)
    } catch {
      // The channel is closed already; `channelInactive` follows.
      isReading = false
    }
  }

  /// Closes what has waited too long. Runs a few times a second.
  ///
  /// - Returns: whether there was something to close.
  func checkDeadlines(now: NIODeadline) -> Bool {
    let idle = TimeAmount.milliseconds(Int64(limits.idleMilliseconds))
    switch phase {
    case .hello(let deadline):
      guard now >= deadline else { return false }
      fail(.handshakeTimeout, value: UInt64(limits.handshakeMilliseconds))
    case .open:
      if isSlow(now: now, idle: idle) {
        fail(.slowReader, value: UInt64(waitingByteCount))
      } else if isReading, unanswered == 0, now - lastReceived > idle || now > frameBegan + idle {
        fail(.idleTimeout, value: UInt64(limits.idleMilliseconds))
      } else {
        return false
      }
    case .finishing:
      guard isSlow(now: now, idle: idle) else { return false }
      fail(.slowReader, value: UInt64(waitingByteCount))
    case .lingering(let deadline):
      guard now >= deadline else { return false }
      abort()
    case .opening, .closed: return false
    }
    return true
  }

  /// A peer that takes nothing for as long as it may be silent does not read.
  private func isSlow(now: NIODeadline, idle: TimeAmount) -> Bool {
    let waiting = bufferedByteCount()
    countBuffered(waiting)
    if waiting == 0 || waiting < waitingByteCount { lastProgress = now }
    waitingByteCount = waiting
    return now - lastProgress > idle
  }

  /// Counts what the socket has not taken yet among what all connections of the loop have so.
  func countBuffered(_ byteCount: Int) {
    worker.bytesBuffered += byteCount - countedByteCount
    countedByteCount = byteCount
  }

  /// Bytes that the socket has not taken yet.
  func bufferedByteCount() -> Int {
    guard let options = context?.channel.syncOptions else { return 0 }
    do {
      return try options.getOption(.bufferedWritableBytes)
    } catch {
      // Only a closed channel does not answer. Should another one, its peer has made no progress.
      return waitingByteCount
    }
  }
}
