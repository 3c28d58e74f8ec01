import Kernel
import NIOCore
import NIOPosix
import Testing
import Wire

@testable import Client

@Suite struct SubmitTests {
  @Test func resultsComeInTheOrderOfTheOperations() async throws {
    try await withClient { (client, server) async throws in
      let results = try await client.submit(batch(100, count: 5))
      #expect(results.map(\.amount) == [101, 102, 103, 104, 105])
      #expect(results.allSatisfy { $0.isAccepted && $0.version == 1 })
      #expect(client.session == FakeServer.firstSession)
      #expect(client.welcome.limits == Limits())
    }
  }

  @Test func aFrameOfTheLargestSizeGoesThrough() async throws {
    try await withClient { (client, _) async throws in
      var large = SubmitBatch(slotCapacity: 2 * 8_190)
      let lines = ReleaseLines()
      for index in 1...8_190 {
        large.append(
          Operation(.release, mode: 1, tenant: 1, contract: 2, ordinal: 1, id: UInt128(index), amount: 9), lines)
      }
      #expect(large.slotCount == 16_380)
      let results = try await client.submit(large)
      #expect(results.count == 8_190)
    }
  }

  @Test func manyCallersArePipelinedInsideTheWindow() async throws {
    try await withClient(react: { $0 % 8 == 0 ? .answer : .answer }, configure: { $0.requestWindow = 4 }) {
      (client, server) async throws in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for amount in 0..<200 as Range<Int64> {
          group.addTask { try await client.submit(batch(amount)).first?.amount == amount + 1 }
        }
        for try await isRight in group { #expect(isRight) }
      }
      let state = server.state.withLock { $0 }
      #expect(state.sessions.values.first?.applied.sorted() == Array(0..<200))
      #expect(state.unansweredMax <= 4)
    }
  }

  @Test func theServersSmallerWindowIsKept() async throws {
    let held = Locked(0)
    try await withClient(
      react: { _ in
        held.withLock { $0 += 1 }; return .hold
      },
      prepare: { $0.welcome.limits.requestWindow = 3 }
    ) { (client, server) async throws in
      let answers = Task {
        try await withThrowingTaskGroup(of: Int.self) { group in
          for amount in 0..<7 as Range<Int64> { group.addTask { try await client.submit(batch(amount)).count } }
          return try await group.reduce(0, +)
        }
      }
      var released = 0
      while released < 7 {
        let count = held.withLock { $0 }
        try await server.withConnections { $0.releaseHeld() }
        released = count
        await Task.yield()
      }
      #expect(try await answers.value == 7)
      // Three come at most before some are answered: the server counts on its own loop.
      let unansweredMax = server.state.withLock { $0.unansweredMax }
      #expect((1...3).contains(unansweredMax))
    }
  }

  @Test(arguments: [1, 3, 256]) func handlersGetEveryAnswerAndTheirBatchBack(window: Int) async throws {
    try await withClient(configure: { $0.requestWindow = window }) { (client, server) async throws in
      let collector = Collector(client: client, requests: 0..<500, operationCount: 7)
      try await collector.run()
      #expect(collector.answers.count == 500)
      for (amount, results) in collector.answers {
        #expect(results.map(\.amount) == (1...7).map { amount + $0 })
      }
      #expect(collector.errors.isEmpty)
      #expect(collector.batches.count <= window)
      #expect(collector.copiedCount == 0, "a frame is completed and sent where it was written")
      #expect(server.state.withLock { $0.sessions.values.first?.applied } == Array(0..<500))
    }
  }

  @Test func extensionsFollowTheirOperations() {
    var batch = SubmitBatch()
    let operation = Operation(.createContract, tenant: 1, contract: 2, id: 3, amount: 4)
    batch.append(operation, ContractTerms())
    batch.append(operation, ApproverPolicy())
    batch.append(operation, Predecessors())
    batch.append(operation, ReleaseLines())
    batch.append(operation)
    #expect(batch.count == 5)
    #expect(batch.slotCount == 9)
    #expect(SubmitBody.operationCount(batch.frame.readableBytesSpan.extracting(64..<640)) == 5)
    #expect(batch.operations.map(\.hasExtension) == [true, true, true, true, false])
    #expect(batch.operations.allSatisfy { $0.contract == 2 && $0.amount == 4 })
    batch.removeAll()
    #expect(batch.isEmpty && batch.slotCount == 0 && batch.operations.isEmpty)
  }

  @Test func aBatchOutsideTheLimitsIsNotSent() async throws {
    try await withClient(prepare: { $0.welcome.limits.operationCountMax = 4 }) { (client, server) async throws in
      await #expect(throws: ClientError.badBatch) { try await client.submit(SubmitBatch()) }
      await #expect(throws: ClientError.badBatch) { try await client.submit(batch(1, count: 5)) }
      let results = try await client.submit(batch(1, count: 4))
      #expect(results.count == 4)
    }
  }

  // MARK: Busy

  @Test func busyRequestsAreSentAgainInOrder() async throws {
    let refusals = Locked<[UInt64: Int]>([:])
    try await withClient(react: { request in
      // Every seventh request is refused twice.
      guard request % 7 == 0 else { return .answer }
      let count = refusals.withLock { counts in
        counts[request, default: 0] += 1
        return counts[request, default: 0]
      }
      return count <= 2 ? .busy(milliseconds: 1) : .answer
    }) { (client, server) async throws in
      let collector = Collector(client: client, requests: 0..<100, operationCount: 1)
      try await collector.run()
      #expect(collector.answers.count == 100)
      #expect(server.state.withLock { $0.sessions.values.first?.applied } == Array(0..<100))
      let statistics = try await client.eventLoop.submit { client.statistics }.get()
      #expect(statistics.busyCount >= 28)
      #expect(statistics.connectionCount == 1)
    }
  }

  // MARK: Ends

  @Test func aFatalErrorFailsEverythingWithItsReason() async throws {
    try await withClient(react: { $0 == 5 ? .error(.tenantScope) : .hold }) { client, _ in
      let collector = Collector(client: client, requests: 0..<10, operationCount: 1)
      try await collector.run()
      let expected = ClientError.refused(ErrorBody(.tenantScope, text: "as told"))
      #expect(collector.errors == Array(repeating: expected, count: 10))
      await #expect(throws: expected) { try await client.submit(batch(1)) }
      await #expect(throws: expected) { try await client.ping() }
      await #expect(throws: expected) { try await client.totals(tenant: 1) }
    }
  }

  @Test func aMalformedReplyIsNamed() async throws {
    let noise = [UInt8](repeating: 7, count: 64)
    try await withClient(react: { _ in .bytes(noise) }) { client, _ in
      await #expect(throws: ClientError.badReply(FrameError(.badMagic, place: 0, value: 0x0707_0707))) {
        try await client.submit(batch(1))
      }
    }
  }

  @Test func aReplyToNothingIsAFault() async throws {
    let stray = encodeFrame(FrameHeader(.result, count: 1, request: 9), bodyByteCount: 16)
    try await withClient(react: { _ in .bytes(stray) }) { client, _ in
      await #expect(throws: ClientError.badReply(FrameError(.requestOutOfWindow, place: 48, value: 9))) {
        try await client.submit(batch(1))
      }
    }
    let short = encodeFrame(FrameHeader(.result, count: 1, request: 1), bodyByteCount: 16)
    try await withClient(react: { _ in .bytes(short) }) { client, _ in
      await #expect(throws: ClientError.badReply(FrameError(.countMismatch, place: 12, value: 1))) {
        try await client.submit(batch(1, count: 2))
      }
    }
  }

  @Test func closeWaitsForAnswersAndSaysGoodbye() async throws {
    try await withClient(react: { _ in .hold }) { (client, server) async throws in
      async let answer = client.submit(batch(41))
      try await waitUntil { server.state.withLock { $0.sessions.values.first?.lastRequest == 1 } }
      async let closed: Void = client.close()
      // The close is waiting now: nothing new is taken, what is under way is still answered.
      try await waitUntil { try await client.eventLoop.submit { client.core.closing != nil }.get() }
      await #expect(throws: ClientError.closed) { try await client.submit(batch(1)) }
      try await server.withConnections { $0.releaseHeld() }
      #expect(try await answer.first?.amount == 42)
      await closed
      let last = server.state.withLock { $0.received.last }
      #expect(last?.kind == .goodbye)
      #expect(last?.flags == [.endsSession])
      await client.close()
      await #expect(throws: ClientError.closed) { try await client.submit(batch(1)) }
    }
  }

  @Test func aSessionCanBeLeftAndTakenUpAgain() async throws {
    let server = try await FakeServer()
    var configuration = quickConfiguration()
    let group = MultiThreadedEventLoopGroup.singleton
    let first = try await MilepostClient.connect(
      host: "127.0.0.1", port: server.port, configuration: configuration, group: group)
    _ = try await first.submit(batch(1))
    await first.close(endsSession: false)
    #expect(server.state.withLock { $0.received.last?.flags } == [])
    configuration.session = first.session
    let second = try await MilepostClient.connect(
      host: "127.0.0.1", port: server.port, configuration: configuration, group: group)
    #expect(second.welcome.resumed)
    #expect(try await second.submit(batch(2)).first?.version == 2)
    await second.close()
    try await server.stop()
  }

  @Test func abortLeavesTheOutcomeUnknown() async throws {
    try await withClient(react: { _ in .hold }) { (client, server) async throws in
      let answer = Task { try await client.submit(batch(1)) }
      try await waitUntil { server.state.withLock { $0.sessions.values.first?.lastRequest == 1 } }
      client.abort()
      await #expect(throws: ClientError.outcomeUnknown("aborted by the caller")) { try await answer.value }
    }
  }
}

/// Lets others run until `condition` holds.
func waitUntil(_ condition: () async throws -> Bool) async throws {
  while try await !condition() { await Task.yield() }
}
