import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct HandshakeTests {
  @Test func welcomeTellsLimitsAndOperatorClass() async throws {
    try await withServer {
      $0.limits.requestWindow = 64
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let welcome = try await client.hello()
      #expect(welcome.session != 0)
      #expect(welcome.body.sessionClass == .operator)
      #expect(welcome.body.limits.requestWindow == 64)
      #expect(!welcome.body.resumed)
      #expect(welcome.body.lastRequest == 0)
      await client.close()
    }
  }

  @Test func sessionsHaveTheirOwnNames() async throws {
    try await withServer { fixture in
      let first = try await RawClient(port: fixture.port)
      let second = try await RawClient(port: fixture.port)
      #expect(try await first.hello().session != second.hello().session)
    }
  }

  @Test func resumingTellsTheLastRequest() async throws {
    try await withServer { fixture in
      let first = try await RawClient(port: fixture.port)
      let session = try await first.hello().session
      try await first.send(Sample.create(1...2, session: session, request: 1))
      _ = try await first.expect(.result)
      await first.close()
      let second = try await RawClient(port: fixture.port)
      let welcome = try await second.hello(session: session)
      #expect(welcome.session == session)
      #expect(welcome.body.resumed)
      #expect(welcome.body.lastRequest == 1)
    }
  }

  @Test func unknownSessionIsNeverTakenForANewOne() async throws {
    try await withServer { fixture in
      for session in [UInt128(4_711), UInt128(1) << 64] {
        let client = try await RawClient(port: fixture.port)
        let hello = HelloBody()
        try await client.send(
          encodeFrame(FrameHeader(.hello, session: session), bodyByteCount: HelloBody.byteCount) {
            hello.store(into: &$0)
          })
        #expect(try await client.expectError().reason == .sessionUnknown)
        #expect(try await client.frame() == nil)
      }
    }
  }

  @Test func resumedSessionIsTakenFromItsOldConnection() async throws {
    try await withServer { fixture in
      let old = try await RawClient(port: fixture.port)
      let session = try await old.hello().session
      let new = try await RawClient(port: fixture.port)
      try await new.hello(session: session)
      #expect(try await old.expectError().reason == .sessionTaken)
      try await new.send(Sample.create(1...1, session: session, request: 1))
      #expect(try await new.expect(.result).header.request == 1)
    }
  }

  @Test func aServerWithoutKeysTakesNone() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      var hello = HelloBody()
      hello.authentication = .key
      hello.credential = [1, 2, 3]
      try await client.send(
        encodeFrame(FrameHeader(.hello), bodyByteCount: hello.encodedByteCount) { hello.store(into: &$0) })
      #expect(try await client.expectError().reason == .authenticationFailed)
    }
  }

  @Test func lateHelloIsClosed() async throws {
    try await withServer {
      $0.limits.handshakeMilliseconds = 50
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      #expect(try await client.expectError().reason == .handshakeTimeout)
    }
  }

  @Test func silentConnectionIsClosedAndAPingKeepsItOpen() async throws {
    try await withServer {
      $0.limits.idleMilliseconds = 400
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.ping(session: session))
      _ = try await client.expect(.pong)
      #expect(try await client.expectError().reason == .idleTimeout)
    }
  }

  @Test func connectionsPastTheLimitAreToldSo() async throws {
    try await withServer {
      $0.limits.connectionCountMax = 2
    } _: { fixture in
      let first = try await RawClient(port: fixture.port)
      let second = try await RawClient(port: fixture.port)
      try await first.hello()
      try await second.hello()
      let third = try await RawClient(port: fixture.port)
      #expect(try await third.expectError().reason == .tooManyConnections)
      await second.close()
      try await fixture.eventually { fixture.metric("milepost_connections") == 1 }
      let fourth = try await RawClient(port: fixture.port)
      try await fourth.hello()
    }
  }

  @Test func thoseWhoSayNothingKeepNobodyOut() async throws {
    try await withServer {
      $0.limits.connectionCountMax = 3
    } _: { fixture in
      let member = try await RawClient(port: fixture.port)
      try await member.hello()
      let silent = [try await RawClient(port: fixture.port), try await RawClient(port: fixture.port)]
      try await fixture.eventually { fixture.metric("milepost_connections") == 3 }
      let late = try await RawClient(port: fixture.port)
      #expect(try await silent[0].expectError().reason == .tooManyConnections)
      try await late.hello()
      let later = try await RawClient(port: fixture.port)
      #expect(try await silent[1].expectError().reason == .tooManyConnections)
      try await later.hello()
      // All are members now: nobody else is let in.
      let last = try await RawClient(port: fixture.port)
      #expect(try await last.expectError().reason == .tooManyConnections)
    }
  }

  @Test func whatCameBehindTheHelloIsTakenWithIt() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      // A byte at a time; then hello's end and a ping at once.
      let hello = encodeFrame(FrameHeader(.hello), bodyByteCount: HelloBody.byteCount) { HelloBody().store(into: &$0) }
      for byte in hello.dropLast() { try await client.send([byte]) }
      try await client.send([hello[hello.count - 1]] + Sample.ping(session: 1))
      _ = try await client.expect(.welcome)
      _ = try await client.expect(.pong)
    }
  }

  @Test func onlyLoopbackIsServed() async throws {
    try await withServer { fixture in
      for host in ["0.0.0.0", "::", "192.0.2.1"] {
        await #expect(throws: ServerError.self) {
          _ = try await Server.start(
            ServerConfiguration(host: host), engine: fixture.engine, registry: fixture.registry,
            status: ServerStatus())
        }
      }
    }
  }
}
