import Access
import Kernel
import NIOPosix
import Testing
import Wire

@testable import Client
@testable import Server

/// Goal: nobody keeps others out, neither by many connections nor by ones that only begin.
@Suite(.timeLimit(.minutes(1)))
struct PlacesTests {
  @Test func keyGetsNoMorePlacesThanAreLeft() async throws {
    try await withKeyedServer {
      $0.limits.connectionCountMax = 8
    } _: { fixture, administrators in
      let (_, secret) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1])
      try await fixture.eventually { fixture.metric("milepost_connections") == 0 }
      var members: [RawClient] = []
      for _ in 1...4 { members.append(try await RawClient.connect(port: fixture.port, secret).0) }
      let fifth = try await RawClient(port: fixture.port)
      let refusal = try await fifth.refusal(HelloBody(secret))
      #expect(refusal.reason == .tooManyConnections)
      #expect(refusal.value == 4)
      // The others have what is left.
      for person in [administrators.first, administrators.first, administrators.second] {
        members.append(try await RawClient.connect(port: fixture.port, person).0)
      }
      // Whoever goes makes room for the same key again.
      for member in members { await member.close() }
      try await fixture.eventually { fixture.metric("milepost_connections") == 0 }
      for _ in 1...4 { members.append(try await RawClient.connect(port: fixture.port, secret).0) }
    }
  }

  /// A whole TLS record with a part of a ClientHello is all that the lobby asks for.
  @Test func handshakesThatOnlyBeginKeepNobodyOut() async throws {
    let files = try TestCertificates()
    try await withKeyedServer {
      $0.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["server.key"])
      $0.limits.connectionCountMax = 3
    } _: { fixture, administrators in
      var strangers: [RawClient] = []
      for count in 1...3 {
        let stranger = try await RawClient(port: fixture.port)
        try await stranger.send([22, 3, 1, 0, 8, 1, 0, 16, 0, 3, 3, 0, 0])
        strangers.append(stranger)
        try await fixture.eventually { fixture.metric("milepost_connections") == Double(count) }
      }
      var configuration = ClientConfiguration()
      configuration.transport = .tls(ClientTLS(rootsFile: files["ca.pem"]))
      configuration.authentication = .key(administrators.first.text)
      configuration.reconnect.giveUpMilliseconds = 1
      // The first attempt gets in, long before the strangers are overdue.
      let client = try await MilepostClient.connect(
        host: "localhost", port: fixture.port, configuration: configuration,
        group: MultiThreadedEventLoopGroup.singleton)
      #expect(try await strangers[0].frame() == nil)
      await client.close()
    }
  }

  /// Nor do those whose handshake is complete, or who were refused; and they go at once, however many they are.
  @Test(arguments: [true, false]) func strangersBeyondTheLimitAreGoneAtOnce(encrypted: Bool) async throws {
    let files = try TestCertificates()
    try await withKeyedServer {
      if encrypted { $0.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["server.key"]) }
      $0.limits.connectionCountMax = 3
    } _: { fixture, _ in
      let tls = encrypted ? try ClientTLS(rootsFile: files["ca.pem"]).context() : nil
      let hello = HelloBody(KeySecret())
      let frame = encodeFrame(FrameHeader(.hello), bodyByteCount: hello.encodedByteCount) { hello.store(into: &$0) }
      var strangers: [RawClient] = []
      for _ in 1...24 {
        let stranger = try await RawClient(port: fixture.port, tls: tls)
        // With TLS it is written when the handshake is complete. Without, it is a key that nobody has, and nobody reads that it is refused.
        if !encrypted { try await stranger.stopReading() }
        try await stranger.send(encrypted ? [frame[0]] : frame)
        strangers.append(stranger)
      }
      try await fixture.eventually { fixture.metric("milepost_connections_accepted_total") == 24 }
      // Those on their way out of their loops are counted for a moment.
      #expect((fixture.metric("milepost_connections") ?? 99) <= 8)
    }
  }

  /// Whoever resumes a session takes a place from itself, not one more of its key's share.
  @Test func sharesLeaveRoomForComingBack() async throws {
    try await withKeyedServer {
      $0.limits.connectionCountMax = 8
    } _: { fixture, administrators in
      let (_, secret) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1])
      try await fixture.eventually { fixture.metric("milepost_connections") == 0 }
      var sessions: [UInt128] = []
      var members: [RawClient] = []
      for _ in 1...4 {
        let (member, welcome) = try await RawClient.connect(port: fixture.port, secret)
        members.append(member)
        sessions.append(welcome.session)
      }
      for (member, session) in zip(members, sessions) {
        let (_, again) = try await RawClient.connect(port: fixture.port, secret, session: session)
        #expect(again.body.resumed)
        #expect(try await member.expectError().reason == .sessionTaken)
      }
    }
  }

  @Test func fullServerIsNoBadConfiguration() async throws {
    let files = try TestCertificates()
    try await withServer {
      $0.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["server.key"])
      $0.limits.connectionCountMax = 1
    } _: { fixture in
      var configuration = ClientConfiguration()
      configuration.transport = .tls(ClientTLS(rootsFile: files["ca.pem"]))
      configuration.reconnect.giveUpMilliseconds = 200
      let member = try await MilepostClient.connect(
        host: "localhost", port: fixture.port, configuration: configuration,
        group: MultiThreadedEventLoopGroup.singleton)
      do throws(ClientError) {
        _ = try await MilepostClient.connect(
          host: "localhost", port: fixture.port, configuration: configuration,
          group: MultiThreadedEventLoopGroup.singleton)
        Issue.record("there was no place left")
      } catch {
        guard case .unreachable = error else { throw error }
      }
      await member.close()
    }
  }

  /// A session without a connection goes before one that has been idle for longer.
  @Test func sessionIsLetGoWithItsConnection() async throws {
    try await withServer(engine: { $0.sessionCountMax = 2 }) { fixture in
      let idle = try await RawClient(port: fixture.port)
      let kept = try await idle.hello().session
      let gone = try await RawClient(port: fixture.port)
      let left = try await gone.hello().session
      // Cut off with a request on its way: it is applied, then the session is let go.
      try await gone.send(Sample.create(1...1, session: left, request: 1))
      try await gone.reset()
      try await fixture.eventually { fixture.metric("milepost_connections") == 1 }
      try await fixture.eventually {
        fixture.metric("milepost_operations_total{operation=\"CREATE_CONTRACT\"}") == 1
      }
      let third = try await RawClient(port: fixture.port)
      try await third.hello()
      let late = try await RawClient(port: fixture.port)
      #expect(try await late.refusal(session: left, HelloBody()).reason == .sessionEvicted)
      try await idle.send(Sample.create(2...2, session: kept, request: 1))
      #expect(try await idle.expect(.result).results.allSatisfy { $0.isAccepted })
    }
  }
}
