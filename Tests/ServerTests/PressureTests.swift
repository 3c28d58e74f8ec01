import Kernel
import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct PressureTests {
  @Test func readingStopsAtTheBoundAndGoesOn() async throws {
    try await withServer {
      $0.limits.bytesInFlightMax = 4 << 20
      $0.limits.requestWindow = 1_024
      // One small frame a round is far less than can be read in it: reading runs ahead, however fast the machine is.
      $0.operationsPerRoundMax = 1
      $0.operationsPerContestedRoundMax = 1
      $0.receiveByteCount = 64 << 10
      $0.readsPerTurnMax = 4
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      let frameCount = 800
      // Made first, so that the client sends as fast as the sockets go.
      client.post((1...frameCount).flatMap { Sample.refused(count: 200, session: session, request: UInt64($0)) })
      for request in 1...frameCount {
        let answer = try await client.expect(.result)
        #expect(answer.header.request == UInt64(request))
        #expect(answer.header.count == 200)
      }
      #expect(fixture.metric("milepost_client_pauses_total")! > 0)
      try await fixture.eventually { fixture.metric("milepost_operations_in_flight") == 0 }
      #expect(fixture.metric("milepost_bytes_in_flight") == 0)
      #expect(fixture.metric("milepost_operations_in_flight_max")! * 64 <= Double(4 << 20))
      #expect(fixture.metric("milepost_operations_received_total") == Double(frameCount * 200))
      #expect(fixture.metric("milepost_busy_replies_total") == 0)
    }
  }

  @Test func halfReceivedFramesStopNobody() async throws {
    try await withServer {
      $0.limits.bytesInFlightMax = 1 << 20
    } _: { fixture in
      // Headers that promise far more than is left for one client, and for all, with bodies that come later or never.
      var halves: [(client: RawClient, session: UInt128, frame: [UInt8])] = []
      for index in 0..<4 {
        let client = try await RawClient(port: fixture.port)
        let session = try await client.hello().session
        let frame = Sample.refused(count: 3_700, session: session, request: 1)
        try await client.send(Array(frame[..<1_000]))
        halves.append((client, session, frame))
        // Two of them are half of all that may be in flight; past it the oldest goes.
        try await fixture.eventually {
          fixture.metric("milepost_bytes_in_flight") == Double(min(index + 1, 2) * 3_700 * 64)
            && fixture.metric("milepost_frames_given_up_total") == Double(max(0, index - 1))
        }
      }
      let other = try await RawClient(port: fixture.port)
      let session = try await other.hello().session
      for request in 1...20 {
        try await other.send(Sample.refused(count: 100, session: session, request: UInt64(request)))
        #expect(try await other.expect(.result).header.request == UInt64(request))
      }
      // Of the others one comes at last and is taken. Those that were given up are told so, and are as good as any when they come again: with the
      // one that never comes there are no more than two at a time.
      for index in [2, 0, 1] {
        let half = halves[index]
        try await half.client.send(Array(half.frame[1_000...]))
        if index < 2 {
          #expect(try await half.client.expect(.busy).header.request == 1)
          try await half.client.send(half.frame)
        }
        #expect(try await half.client.expect(.result).header.count == 3_700)
      }
      await halves[3].client.close()
      try await fixture.eventually { fixture.metric("milepost_bytes_in_flight") == 0 }
      #expect(fixture.metric("milepost_frames_given_up_total") == 2)
    }
  }

  /// A client that begins a frame and sends it slowly does not keep its place for ever, given up or not.
  @Test func slowFramesEnd() async throws {
    try await withServer {
      $0.limits.bytesInFlightMax = 1 << 20
      $0.limits.idleMilliseconds = 600
    } _: { fixture in
      var clients: [RawClient] = []
      for _ in 0..<3 {
        let client = try await RawClient(port: fixture.port)
        let session = try await client.hello().session
        try await client.send(Array(Sample.refused(count: 3_700, session: session, request: 1)[..<100]))
        clients.append(client)
      }
      try await fixture.eventually { fixture.metric("milepost_frames_given_up_total") == 1 }
      // Never silent for long.
      for _ in 0..<40 where fixture.metric("milepost_connections") != 0 {
        for client in clients { try? await client.send([0]) }
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(fixture.metric("milepost_connections_closed_total{reason=\"idleTimeout\"}") == 3)
    }
  }

  @Test func frameOverTheBoundIsAnsweredBusyAndSoIsEverythingBehindIt() async throws {
    try await withServer {
      $0.limits.bytesInFlightMax = 32 << 10
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(
        Sample.refused(count: 600, session: session, request: 1)
          + Sample.refused(count: 1, session: session, request: 2))
      for request in 1...2 {
        let frame = try await client.expect(.busy)
        #expect(frame.header.request == UInt64(request))
        let busy = try BusyBody(decoding: frame.body.span.bytes)
        #expect(busy.lastRequest == 0)
        #expect((1...1_000).contains(busy.retryMilliseconds))
      }
      // From behind the last request taken, everything is as before.
      for request in 1...2 {
        try await client.send(Sample.refused(count: 1, session: session, request: UInt64(request)))
        #expect(try await client.expect(.result).header.request == UInt64(request))
      }
      #expect(fixture.metric("milepost_bytes_in_flight") == 0)
    }
  }

  @Test func manyConnectionsShareARound() async throws {
    try await withServer { fixture in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 1...32 {
          tasks.addTask {
            let client = try await RawClient(port: fixture.port)
            let session = try await client.hello().session
            for request in 1...20 {
              let contract = number * 100 + request
              try await client.send(Sample.create(contract...contract, session: session, request: UInt64(request)))
              let answer = try await client.expect(.result)
              #expect(answer.header.request == UInt64(request))
              #expect(answer.results.allSatisfy { $0.isAccepted })
            }
            await client.close()
          }
        }
        try await tasks.waitForAll()
      }
      #expect(fixture.metric("milepost_operations_received_total") == 640)
    }
  }

  @Test func aCrowdAtTheDoorIsRefusedAFewAtATime() async throws {
    try await withServer {
      $0.limits.connectionCountMax = 4
    } _: { fixture in
      var inside: [(RawClient, UInt128)] = []
      for _ in 0..<4 {
        let client = try await RawClient(port: fixture.port)
        inside.append((client, try await client.hello().session))
      }
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<200 {
          tasks.addTask {
            let client = try await RawClient(port: fixture.port)
            #expect(try await client.expectError().reason == .tooManyConnections)
            await client.close()
          }
        }
        // Those who are in are served meanwhile.
        for request in 1...20 {
          let (client, session) = inside[request % 4]
          let number = UInt64(request / 4 + (request % 4 == 0 ? 0 : 1))
          try await client.send(Sample.create(request...request, session: session, request: number))
          #expect(try await client.expect(.result).results.allSatisfy { $0.isAccepted })
        }
        try await tasks.waitForAll()
      }
      #expect(fixture.metric("milepost_connections_accepted_total") == 204)
      await inside[0].0.close()
      try await fixture.eventually { fixture.metric("milepost_connections") == 3 }
      _ = try await RawClient(port: fixture.port).hello()
    }
  }

  @Test func severalLoopsServeOneStore() async throws {
    try await withServer {
      $0.loopCount = 3
    } _: { fixture in
      var clients: [(RawClient, UInt128)] = []
      for _ in 0..<6 {
        let client = try await RawClient(port: fixture.port)
        clients.append((client, try await client.hello().session))
      }
      for (index, (client, session)) in clients.enumerated() {
        try await client.send(Sample.create(index + 1...index + 1, session: session, request: 1))
      }
      for (client, _) in clients { #expect(try await client.expect(.result).results.allSatisfy { $0.isAccepted }) }
      // A session may move to a connection of another loop.
      for (index, (_, session)) in clients.enumerated() {
        let next = try await RawClient(port: fixture.port)
        #expect(try await next.hello(session: session).body.lastRequest == 1)
        try await next.send(Sample.create(index + 101...index + 101, session: session, request: 2))
        #expect(try await next.expect(.result).results.allSatisfy { $0.isAccepted })
      }
    }
  }
}
