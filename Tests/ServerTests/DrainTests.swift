import Engine
import Kernel
import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct DrainTests {
  @Test func drainAnswersWhatWasAcceptedAndSaysGoodbye() async throws {
    try await withDirectory { directory in
      var session: UInt128 = 0
      var last: UInt64 = 1
      try await withServer(at: directory) { fixture in
        let client = try await RawClient(port: fixture.port)
        session = try await client.hello().session
        try await client.send(Sample.create(1...100, session: session, request: 1))
        _ = try await client.expect(.result)
        for request in 2...60 {
          client.post(Sample.create(request * 100...request * 100 + 99, session: session, request: UInt64(request)))
        }
        async let drained: Void = fixture.server.drain()
        var saidGoodbye = false
        while let frame = try await client.frame() {
          switch frame.header.kind {
          case .result:
            #expect(frame.header.request == last + 1)
            last += 1
          case .goodbye: saidGoodbye = true
          default: Issue.record("\(frame.header.kind) during a drain")
          }
        }
        await client.close()
        await drained
        #expect(saidGoodbye)
        #expect(fixture.status.stage == .stopped)
      }
      // What was answered is there, and what was not was never applied.
      try await withServer(at: directory) { fixture in
        let resumed = try await RawClient(port: fixture.port)
        #expect(try await resumed.hello(session: session).body.lastRequest == last)
      }
    }
  }

  @Test func drainWaitsNoLongerThanToldForAClientThatDoesNotRead() async throws {
    try await withServer {
      $0.drainMilliseconds = 200
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.stopReading()
      for request in 1...100 {
        client.post(Sample.refused(count: 8_190, session: session, request: UInt64(request)))
      }
      try await fixture.eventually { fixture.metric("milepost_operations_received_total")! > 80_000 }
      await fixture.server.drain()
      #expect(fixture.status.stage == .stopped)
    }
  }

  @Test func nobodyConnectsWhileDraining() async throws {
    try await withServer { fixture in
      let waiting = try await RawClient(port: fixture.port)
      await fixture.server.drain()
      // Never is it served: it is told, or reset by the system when the server had not accepted it yet.
      let told = try? await waiting.frame().map(\.header.kind)
      #expect(told == nil || told == .error)
      await #expect(throws: (any Error).self) { _ = try await RawClient(port: fixture.port) }
    }
  }
}
