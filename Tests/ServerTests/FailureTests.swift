import Kernel
import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
  /// Goal: a store that can no longer be written is never served on. Method: a map that is soon full; then the same
  /// store with room, to see that everything answered is there and nothing was applied twice.
  @Test func fullMapStopsServingAndKeepsEverythingAnswered() async throws {
    try await withDirectory { directory in
      var session: UInt128 = 0
      var answered: UInt64 = 0
      try await withServer(at: directory, mapByteCount: 8 << 20) { fixture in
        let bystander = try await RawClient(port: fixture.port)
        try await bystander.hello()
        let client = try await RawClient(port: fixture.port)
        session = try await client.hello().session
        var failure: ErrorBody?
        while failure == nil {
          try await client.send(Sample.refused(count: 4_000, session: session, request: answered + 1))
          let frame = try #require(try await client.frame())
          if frame.header.kind == .result {
            answered += 1
          } else {
            failure = try ErrorBody(decoding: frame.body.span.bytes)
          }
        }
        #expect(failure?.reason == .serverFailure)
        #expect(failure?.text.isEmpty == false)
        #expect(answered > 0)
        #expect(try await bystander.expectError().reason == .serverFailure)
        try await fixture.eventually { !fixture.status.isHealthy }
      }
      try await withServer(at: directory) { fixture in
        let client = try await RawClient(port: fixture.port)
        #expect(try await client.hello(session: session).body.lastRequest >= answered)
        try await client.send(Sample.refused(count: 4_000, session: session, request: answered))
        #expect(try await client.expect(.result).header.flags.contains(.replayed))
        try await client.send(Sample.refused(count: 4_000, session: session, request: answered + 1))
        #expect(try await client.expect(.result).header.count == 4_000)
      }
    }
  }
}
