import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Connections whose requests have a time limit for their head.
struct HeadLimitedChannel<Base: ServerChildChannel>: ServerChildChannel {
  private let base: Base
  private let limit: TimeAmount

  /// - Parameter limit: from the first bytes of a head to its end.
  init(_ base: Base, limit: TimeAmount) { (self.base, self.limit) = (base, limit) }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    base.setup(channel: channel, logger: logger).flatMapThrowing { [limit] value in
      try HeadDeadline.add(to: channel.pipeline.syncOperations, limit: limit)
      return value
    }
  }

  func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// How long the head of a request may take to come. A connection that takes longer is answered 408 and closed, however steadily its bytes
/// trickle. One that sends nothing at all is closed for its silence, not here.
///
/// Two handlers of one connection: this one sees the parts of requests and answers, `Bytes` what they are made of.
final class HeadDeadline: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let limit: TimeAmount
  /// Requests whose heads have come, and that are not answered yet.
  private var unansweredCount = 0
  /// Between a head and the end of its request nothing is waited for here.
  private var isInRequest = false
  /// Since bytes came last.
  private var hasSeenPart = false
  private var timer: Scheduled<Void>?
  private var context: ChannelHandlerContext?

  private init(_ limit: TimeAmount) { self.limit = limit }

  /// Adds both around the decoder of requests.
  /// - Throws: when there is none.
  static func add(to pipeline: ChannelPipeline.SynchronousOperations, limit: TimeAmount) throws {
    let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
    let parts = HeadDeadline(limit)
    try pipeline.addHandler(parts, position: .after(decoder))
    try pipeline.addHandler(Bytes(parts), position: .before(decoder))
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    stop()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasSeenPart = true
    switch unwrapInboundIn(data) {
    case .head:
      stop()
      isInRequest = true
      unansweredCount += 1
    case .body: break
    case .end: isInRequest = false
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { unansweredCount -= 1 }
    context.write(data, promise: promise)
  }

  fileprivate func bytesWillCome() { hasSeenPart = false }

  /// They made no part: a head has begun, and the rest of it is to come.
  fileprivate func bytesHaveCome() {
    guard !hasSeenPart, !isInRequest, timer == nil else { return }
    start()
  }

  private func start() {
    guard let context else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { self.overdue() }
  }

  private func overdue() {
    timer = nil
    guard let context else { return }
    // While an answer is under way nothing more may be read, so that the head is not to blame.
    guard unansweredCount <= 0 else { return start() }
    let head = HTTPResponseHead(
      version: .http1_1, status: .requestTimeout, headers: ["connection": "close", "content-length": "0"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(promise: nil)
  }

  private func stop() {
    timer?.cancel()
    timer = nil
  }

  /// Before the decoder.
  private final class Bytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let parts: HeadDeadline

    init(_ parts: HeadDeadline) { self.parts = parts }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      parts.bytesWillCome()
      // The decoder hands on what it makes of them before this returns.
      context.fireChannelRead(data)
      parts.bytesHaveCome()
    }
  }
}
