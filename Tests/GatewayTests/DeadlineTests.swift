import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import Testing

@testable import Gateway

@Suite("Time limits of requests")
struct DeadlineTests {
  private let group = MultiThreadedEventLoopGroup.singleton
  private var loop: any EventLoop { group.next() }

  private func route(_ name: String) throws -> Route {
    try #require(RouteTable.standard.routes.first { $0.name == name })
  }

  /// A handler that waits until it is let go.
  private final class Gate: Sendable {
    private let state = NIOLockedValueBox<(isOpen: Bool, waiter: CheckedContinuation<Void, Never>?)>((false, nil))

    func pass() async {
      await withCheckedContinuation { continuation in
        let isOpen = state.withLockedValue { state in
          if !state.isOpen { state.waiter = continuation }
          return state.isOpen
        }
        if isOpen { continuation.resume() }
      }
    }

    func open() {
      let waiter = state.withLockedValue { state in
        state.isOpen = true
        return state.waiter.take()
      }
      waiter?.resume()
    }
  }

  /// What is said when a handler does not end before it is said.
  private func told(
    _ name: String, awaitsBody: Bool = false, body: TimeAmount = .milliseconds(1), answer: TimeAmount = .milliseconds(1)
  ) async throws -> Problem? {
    let (gate, record, deadlines) = (Gate(), CallRecord(trace: nil), Deadlines(body: body, answer: answer, on: group))
    record.awaitsBody = awaitsBody
    var problem: Problem?
    do {
      _ = try await deadlines.answer(
        try route(name), record, on: loop, executor: nil, close: {}
      ) {
        await gate.pass()
        return RouteCall.document { $0.null() }
      }
    } catch let error as Problem { problem = error }
    gate.open()
    // Nothing is left behind.
    await deadlines.finish()
    return problem
  }

  @Test("who answers in time is heard, whatever it says")
  func inTime() async throws {
    let deadlines = Deadlines(body: .hours(1), answer: .hours(1), on: group)
    for name in ["get_contract", "fund", "submit_stream"] {
      let route = try route(name)
      let answer = try await deadlines.answer(route, CallRecord(trace: nil), on: loop, executor: nil, close: {}) {
        RouteCall.document(.accepted) { $0.null() }
      }
      #expect(answer.status == .accepted)
      await #expect(throws: Problem.self) {
        try await deadlines.answer(route, CallRecord(trace: nil), on: loop, executor: nil, close: {}) {
          throw Problem.notFound("contract")
        }
      }
    }
  }

  @Test("an answer that takes too long is a problem, which says whether something may have been done")
  func late() async throws {
    let reading = try await told("get_contract")
    #expect(reading?.status == .serviceUnavailable)
    #expect(reading?.code == "timed_out")
    #expect(reading?.headers[.retryAfter] == "1")
    #expect(try await told("fund")?.code == "outcome_unknown")
    #expect(try await told("revoke_key")?.code == "outcome_unknown")
  }

  @Test("a body that does not come is refused, and one that has come is not")
  func slowBody() async throws {
    let problem = try await told("fund", awaitsBody: true, answer: .hours(1))
    #expect(problem?.status == .requestTimeout)
    #expect(problem?.code == "request_timeout")
    #expect(problem?.headers[.connection] == "close")
    #expect(try await told("fund", awaitsBody: false)?.code == "outcome_unknown")
  }

  @Test("over a socket: half a body is answered 408 and the connection closed; what comes in time is done")
  func socket() async throws {
    try await withGateway(configure: { $0.bodySeconds = 1 }) { api in
      let head = "POST /v1/tenants/1/contracts HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
      let half = try await talk(api.gateway.port, head + "content-length: 500\r\n\r\n{\"payer\":")
      #expect(half.hasPrefix("HTTP/1.1 408"))
      #expect(half.contains("\"code\":\"request_timeout\""))
      #expect(try await api.get("/v1/tenants/1/contracts").json["items"]?.count == 0)
      try await api.fund("77")
    }
  }

  /// Sends a text, and reads until the other side closes.
  private func talk(_ port: Int, _ text: String) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: text))
      var answer = ""
      for try await part in inbound { answer += String(buffer: part) }
      return answer
    }
  }

  @Test("over a socket: half a head is answered 408 and the connection closed")
  func slowHead() async throws {
    try await withGateway(configure: { $0.headSeconds = 1 }) { api in
      let answer = try await talk(api.gateway.port, "GET /v1/status HTTP/1.1\r\nhost: a\r\nx-slow: ")
      #expect(answer.hasPrefix("HTTP/1.1 408"))
      #expect(answer.contains("connection: close"))
      #expect(try await api.get("/v1/status").status == 200)
    }
  }

  /// A connection of which the test has the clock.
  private func connection(_ limit: TimeAmount) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    let pipeline = channel.pipeline.syncOperations
    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
    try HeadDeadline.add(to: pipeline, limit: limit)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  /// What was sent so far.
  private func sent(_ channel: EmbeddedChannel) throws -> String {
    var text = ""
    while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
    return text
  }

  private func answer(_ channel: EmbeddedChannel) throws {
    try channel.writeOutbound(
      HTTPServerResponsePart.head(.init(version: .http1_1, status: .ok, headers: ["content-length": "0"])))
    try channel.writeOutbound(HTTPServerResponsePart.end(nil))
  }

  @Test("bytes that trickle do not put the end of a head off")
  func trickle() throws {
    let channel = try connection(.seconds(10))
    for byte in "GET / HT".utf8 {
      try channel.writeInbound(ByteBuffer(bytes: [byte]))
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      #expect(channel.isActive)
    }
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
    #expect(try sent(channel).hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }

  @Test("a head that comes in time has no limit left; each head of a connection has its own")
  func headsInTime() throws {
    let channel = try connection(.seconds(10))
    for _ in 0..<3 {
      try channel.writeInbound(ByteBuffer(string: "POST / HTTP/1.1\r\nhost: a\r\n"))
      channel.embeddedEventLoop.advanceTime(by: .seconds(9))
      try channel.writeInbound(ByteBuffer(string: "content-length: 2\r\n\r\n{"))
      // A body has a limit elsewhere, and so has silence.
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
      try channel.writeInbound(ByteBuffer(string: "}"))
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
      try answer(channel)
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
      #expect(channel.isActive)
      #expect(try sent(channel).hasPrefix("HTTP/1.1 200"))
    }
    try channel.writeInbound(ByteBuffer(string: "G"))
    channel.embeddedEventLoop.advanceTime(by: .seconds(10))
    #expect(!channel.isActive)
  }

  @Test("while a request is being answered, the head of the next one may take as long")
  func pipelined() throws {
    let channel = try connection(.seconds(10))
    try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nhost: a\r\n\r\n"))
    try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n"))
    channel.embeddedEventLoop.advanceTime(by: .seconds(15))
    #expect(channel.isActive)
    try answer(channel)
    #expect(try sent(channel).hasPrefix("HTTP/1.1 200"))
    channel.embeddedEventLoop.advanceTime(by: .seconds(5))
    #expect(!channel.isActive)
    #expect(try sent(channel).hasPrefix("HTTP/1.1 408"))
  }

  @Test("limits that make no sense are refused before anything is started")
  func configuration() {
    for limits in [[15, 0, 60], [15, 3_601, 60], [15, 30, 0], [15, 30, 3_601], [0, 30, 60], [3_601, 30, 60]] {
      var settings = GatewayConfiguration(host: "127.0.0.1", port: 0, kernelHost: "127.0.0.1", kernelPort: 1)
      (settings.headSeconds, settings.bodySeconds, settings.answerSeconds) = (
        Int64(limits[0]), Int64(limits[1]), Int64(limits[2])
      )
      #expect(throws: GatewayError.self) { try Gateway.check(settings) }
    }
  }
}
