import Kernel
import NIOCore
import NIOPosix
import Testing
import Wire

@testable import Client

@Suite struct ReconnectTests {
  @Test func aRequestThatWasNotAppliedIsAppliedOnce() async throws {
    let isFirst = Locked(true)
    try await withClient(react: { _ in
      isFirst.withLock { first in
        defer { first = false }; return first ? .cut : .answer
      }
    }) { (client, server) async throws in
      #expect(try await client.submit(batch(1)).first?.amount == 2)
      let state = server.state.withLock { $0 }
      #expect(state.hellos == [0, client.session])
      #expect(state.sessions.values.first?.applied == [1])
    }
  }

  @Test func aRequestThatWasAppliedIsAnsweredFromTheKeptReply() async throws {
    try await withClient(react: { _ in .applyThenCut }) { (client, server) async throws in
      let collector = Collector(client: client, requests: 0..<3, operationCount: 1)
      try await collector.run()
      #expect(collector.replayedCount == 3)
      #expect(server.state.withLock { $0.sessions.values.first?.applied } == [0, 1, 2])
    }
  }

  /// Connections break at random before and after requests are applied, and the server is busy at random. Whatever happens, each
  /// request is applied once, in order, and answered with its own result.
  @Test(arguments: 0..<12 as Range<UInt64>) func everyRequestIsAppliedExactlyOnceInOrder(seed: UInt64) async throws {
    let random = Locked(Linear(state: seed))
    try await withClient(
      react: { _ in
        switch random.withLock({ $0.next() }) % 40 {
        case 0: .cut
        case 1: .applyThenCut
        case 2: .busy(milliseconds: 0)
        case 3: .error(.slowReader)
        default: .answer
        }
      }, configure: { $0.requestWindow = 16 }
    ) { (client, server) async throws in
      let collector = Collector(client: client, requests: 0..<400, operationCount: 2)
      try await collector.run()
      #expect(collector.errors.isEmpty, "seed \(seed)")
      #expect(server.state.withLock { $0.sessions.values.first?.applied } == Array(0..<400), "seed \(seed)")
      for (amount, results) in collector.answers { #expect(results.map(\.amount) == [amount + 1, amount + 2]) }
      let statistics = try await client.eventLoop.submit { client.statistics }.get()
      #expect(statistics.connectionCount == server.state.withLock { $0.connectionCount })
      #expect(statistics.replayedCount == collector.replayedCount)
    }
  }

  /// A pseudo-random sequence that every platform agrees on.
  struct Linear {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }

  @Test(arguments: [ErrorReason.sessionEvicted, .sessionUnknown, .sessionTaken, .requestOutOfWindow])
  func alostSessionLeavesTheOutcomeUnknown(reason: ErrorReason) async throws {
    try await withClient(react: { _ in .cut }) { (client, server) async throws in
      server.state.withLock { $0.helloError = reason }
      await #expect(throws: ClientError.outcomeUnknown("\(reason): as told")) { try await client.submit(batch(1)) }
    }
  }

  /// The server comes back with an older store: what it had acknowledged is gone, and the client must say so.
  @Test func aServerThatForgotIsNotTrusted() async throws {
    let cuts = Locked(false)
    try await withClient(react: { _ in cuts.withLock { $0 } ? .cut : .answer }) { (client, server) async throws in
      _ = try await client.submit(batch(1))
      _ = try await client.submit(batch(2))
      cuts.withLock { $0 = true }
      server.state.withLock { state in
        for session in state.sessions.keys { state.sessions[session]?.lastRequest = 1 }
      }
      try await server.withConnections { $0.cut() }
      await #expect(throws: ClientError.self) { try await client.submit(batch(3)) }
    }
  }

  @Test func nobodyListening() async throws {
    let server = try await FakeServer()
    try await server.stopListening()
    var configuration = quickConfiguration()
    configuration.reconnect.giveUpMilliseconds = 20
    do {
      _ = try await MilepostClient.connect(
        host: "127.0.0.1", port: server.port, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton
      )
      Issue.record("connected to nothing")
    } catch {
      guard case .unreachable = error else { throw error }
    }
    try await server.stop()
  }

  @Test func aServerThatNeverWelcomes() async throws {
    let server = try await FakeServer()
    server.state.withLock { $0.welcomes = false }
    var configuration = quickConfiguration()
    configuration.connectMilliseconds = 300
    configuration.reconnect.giveUpMilliseconds = 200
    await #expect(throws: ClientError.unreachable("no welcome in time")) {
      _ = try await MilepostClient.connect(
        host: "127.0.0.1", port: server.port, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton
      )
    }
    try await server.stop()
  }

  @Test func aRefusedHello() async throws {
    let server = try await FakeServer()
    server.state.withLock { $0.helloError = .authenticationFailed }
    await #expect(throws: ClientError.refused(ErrorBody(.authenticationFailed, text: "as told"))) {
      _ = try await MilepostClient.connect(
        host: "127.0.0.1", port: server.port, configuration: quickConfiguration(),
        group: MultiThreadedEventLoopGroup.singleton)
    }
    try await server.stop()
  }

  @Test func aSilentServerIsLeft() async throws {
    try await withClient(
      react: { _ in .hold }, prepare: { $0.answersPings = false }, configure: { $0.keepAliveMilliseconds = 5 }
    ) { (client, server) async throws in
      async let answer = client.submit(batch(1))
      // The reply that was held on the first connection comes as a kept reply on the second.
      #expect(try await answer.first?.amount == 2)
      #expect(server.state.withLock { $0.connectionCount } >= 2)
      server.state.withLock { $0.answersPings = true }
    }
  }

  /// A draining server answers what it has and closes; the client goes on when there is a server again.
  @Test func goodbyeOfTheServerStopsSendingUntilTheNextConnection() async throws {
    let holds = Locked(true)
    try await withClient(react: { _ in holds.withLock { $0 } ? .hold : .answer }) { (client, server) async throws in
      async let first = client.submit(batch(1))
      try await waitUntil { server.state.withLock { $0.sessions.values.first?.lastRequest == 1 } }
      try await server.withConnections { $0.sayGoodbye() }
      try await waitUntil {
        try await client.eventLoop.submit { if case .draining = client.core.state { true } else { false } }.get()
      }
      async let second = client.submit(batch(2))
      holds.withLock { $0 = false }
      try await server.withConnections { $0.releaseHeld() }
      #expect(try await first.first?.amount == 2)
      #expect(server.state.withLock { $0.sessions.values.first?.applied } == [1])
      try await server.withConnections { $0.cut() }
      #expect(try await second.first?.amount == 3)
    }
  }

  @Test func aClosedClientDoesNotComeBack() async throws {
    try await withClient { (client, server) async throws in
      try await server.stopListening()
      try await server.withConnections { $0.cut() }
      try await waitUntil {
        try await client.eventLoop.submit { if case .ready = client.core.state { false } else { true } }.get()
      }
      await client.close()
      await #expect(throws: ClientError.closed) { try await client.submit(batch(1)) }
    }
  }
}
