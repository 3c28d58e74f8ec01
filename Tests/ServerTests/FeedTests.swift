import Kernel
import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct FeedTests {
  private static func subscribe(
    _ body: SubscribeBody, session: UInt128, number: UInt64 = 77
  ) -> [UInt8] {
    encodeFrame(
      FrameHeader(.subscribe, session: session, request: number), bodyByteCount: SubscribeBody.byteCount
    ) { body.store(into: &$0) }
  }

  private static func credit(_ count: UInt32, flags: FrameFlags = [], session: UInt128) -> [UInt8] {
    encodeFrame(
      FrameHeader(.credit, flags: flags, count: count, session: session, request: 77), bodyByteCount: 0
    ) { _ in }
  }

  /// Contracts of the events until there were `count`.
  private static func contracts(_ client: RawClient, count: Int) async throws -> [UInt128] {
    var contracts: [UInt128] = []
    while contracts.count < count {
      let frame = try await client.expect(.events)
      #expect(frame.header.request == 77)
      var offset = 0
      for _ in 0..<frame.header.count {
        let event = try EventRecord(decoding: frame.body.span.bytes, at: offset)
        contracts.append(event.operation.contract)
        #expect(event.result.isAccepted)
        offset += event.encodedByteCount
      }
      #expect(offset == frame.body.count)
    }
    return contracts
  }

  @Test func theEndOfTheLogIsTold() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.create(1...3, session: session, request: 1))
      _ = try await client.expect(.result)
      var body = SubscribeBody(from: EventPosition(commit: 0), credit: 100)
      body.reportsProgress = true
      // A tenant without events: only progress comes.
      body.scope = .one(99)
      try await client.send(Self.subscribe(body, session: session, number: 78))
      let none = try await client.expect(.events)
      #expect(none.header.flags == .progress)
      #expect(none.header.request == 78)
      let end = try EventsProgress(decoding: none.body.span.bytes).next
      #expect(end == EventPosition(commit: fixture.engine.durableCommit + 1))
      // Behind the events, and again when there are more.
      body.scope = .all
      try await client.send(Self.subscribe(body, session: session))
      #expect(try await Self.contracts(client, count: 3) == [1, 2, 3])
      let told = try await client.expect(.events)
      #expect(try EventsProgress(decoding: told.body.span.bytes).next == end)
      let other = try await RawClient(port: fixture.port)
      try await other.send(Sample.create(4...4, session: try await other.hello().session, request: 1))
      _ = try await other.expect(.result)
      var numbers: Set<UInt64> = []
      var count = 0
      while numbers.count < 2 {
        let frame = try await client.expect(.events)
        count += Int(frame.header.count)
        guard frame.header.flags == .progress,
          try EventsProgress(decoding: frame.body.span.bytes).next.commit > fixture.engine.durableCommit
        else { continue }
        numbers.insert(frame.header.request)
      }
      #expect(count == 1)
    }
  }

  @Test func eventsComeInOrderAndNeverBeyondTheCredit() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.create(1...10, session: session, request: 1))
      _ = try await client.expect(.result)
      var body = SubscribeBody(from: EventPosition(commit: 0), credit: 3)
      body.acceptedOnly = true
      try await client.send(Self.subscribe(body, session: session))
      #expect(try await Self.contracts(client, count: 3) == [1, 2, 3])
      // Nothing more comes without credit: the pong is next.
      try await client.send(Sample.ping(session: session))
      _ = try await client.expect(.pong)
      try await client.send(Self.credit(20, session: session))
      #expect(try await Self.contracts(client, count: 7) == (4...10).map { UInt128($0) })
      // What is committed later follows by itself.
      let other = try await RawClient(port: fixture.port)
      let otherSession = try await other.hello().session
      try await other.send(Sample.create(11...12, session: otherSession, request: 1))
      _ = try await other.expect(.result)
      #expect(try await Self.contracts(client, count: 2) == [11, 12])
      try await client.send(Self.credit(0, flags: .cancels, session: session))
      let end = try await client.expect(.events)
      #expect(end.header.flags.contains(.ended))
      #expect(try EventsEnd(decoding: end.body.span.bytes).reason == .cancelled)
    }
  }

  @Test func positionThatDoesNotExistYetIsRefused() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      let body = SubscribeBody(from: EventPosition(commit: 1_000_000), credit: 3)
      try await client.send(Self.subscribe(body, session: session))
      let end = try await client.expect(.events)
      #expect(try EventsEnd(decoding: end.body.span.bytes).reason == .positionAhead)
      // Only the subscription is over.
      try await client.send(Sample.ping(session: session))
      _ = try await client.expect(.pong)
    }
  }

  @Test func creditBeyondTheLimitEndsTheSubscription() async throws {
    try await withServer {
      $0.limits.eventCreditMax = 10
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(
        Self.subscribe(SubscribeBody(from: EventPosition(commit: 0), credit: 5), session: session)
          + Self.credit(6, session: session))
      let end = try await client.expect(.events)
      #expect(try EventsEnd(decoding: end.body.span.bytes).reason == .creditOverflow)
    }
  }
}
