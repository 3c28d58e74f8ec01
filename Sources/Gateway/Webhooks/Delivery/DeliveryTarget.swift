import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// A receiver at one address that was checked, and the connections there.
final class DeliveryTarget: Sendable {
  let address: SocketAddress
  private let client: HTTPClient
  private let request: HTTPClient.Request
  private let loop: any EventLoop
  private let state: NIOLockedValueBox<State>

  private struct State {
    var found: NIODeadline
    var inFlightCount = 0
    var isRetired = false
    var isClosed = false
  }

  var isClosed: Bool { state.withLockedValue { $0.isClosed } }

  /// When the name led there.
  var found: NIODeadline {
    get { state.withLockedValue { $0.found } }
    set { state.withLockedValue { $0.found = newValue } }
  }

  /// - Throws: what the client says to the URL.
  init(
    _ url: WebhookURL, at address: SocketAddress, on loop: any EventLoop, timeout: TimeAmount, connectionCountMax: Int
  ) throws {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: timeout, read: timeout))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionCountMax
    configuration.connectionPool.idleTimeout = .seconds(30)
    // A try that fails is a try: the ladder says when the next one is.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let numbers = address.ipAddress { configuration.dnsOverride = [url.host: numbers] }
    request = try HTTPClient.Request(
      url: url.text, method: .POST,
      headers: ["content-type": MediaType.cloudEvent, "user-agent": "Milepost-Webhooks"])
    // A loop is a group of one: connections, timers and answers all stay on it.
    client = HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
    self.address = address
    self.loop = loop
    state = NIOLockedValueBox(State(found: .now()))
  }

  func execute(_ message: WebhookSender.Message, before deadline: NIODeadline) -> EventLoopFuture<DeliveryAnswer> {
    let isOpen = state.withLockedValue { state in
      if !state.isRetired { state.inFlightCount += 1 }
      return !state.isRetired
    }
    guard isOpen else { return loop.makeFailedFuture(DeliveryFailure.stopped) }
    var request = request
    request.headers.add(name: "webhook-id", value: message.id)
    request.headers.add(name: "webhook-timestamp", value: String(message.time / 1_000))
    request.headers.add(name: "webhook-signature", value: message.signature)
    if let trace = message.trace {
      request.headers.add(name: "traceparent", value: trace.parent)
      if let state = trace.state { request.headers.add(name: "tracestate", value: state.text) }
    }
    request.body = .byteBuffer(ByteBuffer(bytes: message.body))
    let delegate = DeliveryDelegate()
    return client.execute(
      request: request, delegate: delegate, eventLoop: .delegateAndChannel(on: loop), deadline: deadline
    )
    .futureResult
    .flatMapError { error in
      // The status came, and a body that nobody asked for: the status counts.
      guard error is AnswerTooLong, let answer = delegate.answer else { return self.loop.makeFailedFuture(error) }
      return self.loop.makeSucceededFuture(answer)
    }
    .always { _ in self.leave() }
  }

  private func leave() {
    let isLast = state.withLockedValue { state in
      state.inFlightCount -= 1
      return state.isRetired && state.inFlightCount == 0
    }
    if isLast { close() }
  }

  /// Closes when what is on its way has ended.
  func retire() {
    let isLast = state.withLockedValue { state in
      guard !state.isRetired else { return false }
      state.isRetired = true
      return state.inFlightCount == 0
    }
    if isLast { close() }
  }

  private func close() { Task { await shutDown() } }

  /// Closes at once; what is on its way is cut off.
  func stop() async {
    state.withLockedValue { $0.isRetired = true }
    await shutDown()
  }

  private func shutDown() async {
    // To shut down twice is the only failure.
    try? await client.shutdown()
    state.withLockedValue { $0.isClosed = true }
  }
}

/// The receiver sends more than anybody would read.
struct AnswerTooLong: Error {}

/// Takes an answer: its status, and a body of which nothing is kept. On the target's loop.
final class DeliveryDelegate: HTTPClientResponseDelegate {
  private let state = NIOLockedValueBox<(answer: DeliveryAnswer?, byteCount: Int)>((nil, 0))
  /// Bytes of a body that are read before the connection is closed.
  static let byteCountMax = 64 << 10

  var answer: DeliveryAnswer? { state.withLockedValue { $0.answer } }

  func didReceiveHead(task: HTTPClient.Task<DeliveryAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.withLockedValue {
      $0.answer = DeliveryAnswer(status: Int(head.status.code), retryAfter: head.headers.first(name: "retry-after"))
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<DeliveryAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let count = state.withLockedValue { state in
      state.byteCount += buffer.readableBytes
      return state.byteCount
    }
    guard count <= Self.byteCountMax else { return task.eventLoop.makeFailedFuture(AnswerTooLong()) }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<DeliveryAnswer>) throws -> DeliveryAnswer {
    guard let answer else { throw DeliveryFailure.connection }
    return answer
  }
}
