import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import Gateway

@Suite("Time limits of requests")
struct DeadlineTests {
  private let loop = MultiThreadedEventLoopGroup.singleton.next()

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
    let (gate, record, deadlines) = (Gate(), CallRecord(trace: nil), Deadlines(body: body, answer: answer))
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
    let deadlines = Deadlines(body: .hours(1), answer: .hours(1))
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

  @Test("limits that make no sense are refused before anything is started")
  func configuration() {
    for (body, answer) in [(0, 60), (3_601, 60), (30, 0), (30, 3_601)] as [(Int64, Int64)] {
      var settings = GatewayConfiguration(host: "127.0.0.1", port: 0, kernelHost: "127.0.0.1", kernelPort: 1)
      (settings.bodySeconds, settings.answerSeconds) = (body, answer)
      #expect(throws: GatewayError.self) { try Gateway.check(settings) }
    }
  }
}
