import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import Gateway

/// A receiver of webhooks on a loopback port of its own, which keeps what came.
final class WebhookReceiver: Sendable {
  /// One request.
  struct Delivery: Sendable {
    var id: String
    var timestamp: String
    var signatures: [String]
    var type: String
    var body: String
    var trace: [String?]
    var time = NIODeadline.now()

    var json: JSONValue {
      get throws {
        let bytes = Array(body.utf8)
        return try JSONValue(reading: bytes.span)
      }
    }

    /// Whether a secret signed it.
    func isSigned(with secret: WebhookSecret) -> Bool {
      guard let seconds = Int64(timestamp) else { return false }
      let signer = WebhookSigner([WebhookSecret(bytes: secret.bytes, created: 0)])
      return signatures.contains(signer.signature(id: id, now: seconds * 1_000, body: Array(body.utf8)))
    }
  }

  struct Answer: Sendable {
    var status = 204
    var headers: [(String, String)] = []
    /// nil for never.
    var afterMilliseconds: Int64? = 0
    /// Bytes of the body.
    var byteCount = 0
    static let accepted = Answer()
    static func status(_ status: Int) -> Answer { Answer(status: status) }
    static let never = Answer(afterMilliseconds: nil)
  }

  private struct Waiter: Sendable {
    var isMet: @Sendable ([Delivery]) -> Bool
    var continuation: CheckedContinuation<Bool, Never>
    var number: Int
  }
  private struct State: Sendable {
    var deliveries: [Delivery] = []
    var waiters: [Waiter] = []
    var waiterCount = 0
    var answer: @Sendable (Delivery) -> Answer
  }
  private let state: NIOLockedValueBox<State>
  private let channel: any Channel

  private init(_ state: NIOLockedValueBox<State>, _ channel: any Channel) {
    self.state = state
    self.channel = channel
  }

  /// - Parameter answer: what is said to each request.
  static func start(_ answer: @escaping @Sendable (Delivery) -> Answer = { _ in .accepted }) async throws
    -> WebhookReceiver
  {
    let state = NIOLockedValueBox(State(answer: answer))
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler { Self.take($0, state) })
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return WebhookReceiver(state, channel)
  }

  var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/hook" }
  var deliveries: [Delivery] { state.withLockedValue { $0.deliveries } }
  var ids: [String] { deliveries.map(\.id) }

  /// Says something else from now on.
  func answer(_ answer: @escaping @Sendable (Delivery) -> Answer) { state.withLockedValue { $0.answer = answer } }

  private static func take(_ delivery: Delivery, _ state: NIOLockedValueBox<State>) -> Answer {
    let (answer, met) = state.withLockedValue { state in
      state.deliveries.append(delivery)
      let met = state.waiters.filter { $0.isMet(state.deliveries) }
      state.waiters.removeAll { waiter in met.contains { $0.number == waiter.number } }
      return (state.answer, met)
    }
    for waiter in met { waiter.continuation.resume(returning: true) }
    return answer(delivery)
  }

  /// Waits until what came is as it should be; half a minute at most.
  func wait(
    _ comment: Comment, at location: SourceLocation = #_sourceLocation,
    until isMet: @escaping @Sendable ([Delivery]) -> Bool
  ) async throws {
    let isThere = await withCheckedContinuation { continuation in
      let (isMetAlready, number) = state.withLockedValue { state -> (Bool, Int) in
        if isMet(state.deliveries) { return (true, 0) }
        state.waiterCount += 1
        state.waiters.append(Waiter(isMet: isMet, continuation: continuation, number: state.waiterCount))
        return (false, state.waiterCount)
      }
      if isMetAlready { return continuation.resume(returning: true) }
      channel.eventLoop.scheduleTask(in: .seconds(30)) { [state] in
        let late = state.withLockedValue { state -> Waiter? in
          guard let place = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
          return state.waiters.remove(at: place)
        }
        late?.continuation.resume(returning: false)
      }
    }
    try #require(isThere, comment, sourceLocation: location)
  }

  func wait(count: Int, at location: SourceLocation = #_sourceLocation) async throws {
    try await wait("\(count) deliveries", at: location) { $0.count >= count }
  }

  func stop() async throws { try await channel.close().get() }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let take: (Delivery) -> Answer
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ take: @escaping (Delivery) -> Answer) { self.take = take }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): (self.head, body) = (head, ByteBuffer())
      case .body(var part): body.writeBuffer(&part)
      case .end:
        let headers = head?.headers ?? [:]
        let answer = take(
          Delivery(
            id: headers.first(name: "webhook-id") ?? "", timestamp: headers.first(name: "webhook-timestamp") ?? "",
            signatures: (headers.first(name: "webhook-signature") ?? "").split(separator: " ").map(String.init),
            type: headers.first(name: "content-type") ?? "", body: String(buffer: body),
            trace: [headers.first(name: "traceparent"), headers.first(name: "tracestate")]))
        guard let delay = answer.afterMilliseconds else { return }
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(delay)) {
          var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
          for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
          if answer.status != 204 { head.headers.add(name: "content-length", value: "\(answer.byteCount)") }
          context.value.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
          if answer.byteCount > 0 {
            let body = ByteBuffer(repeating: 0x78, count: answer.byteCount)
            context.value.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
          }
          context.value.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
        }
      }
    }
  }
}
