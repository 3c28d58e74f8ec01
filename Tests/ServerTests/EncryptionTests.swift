import Access
import Client
import Kernel
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct EncryptionTests {
  private func connect(
    _ fixture: ServerFixture, host: String = "127.0.0.1", _ change: (inout ClientConfiguration) -> Void
  ) async throws -> MilepostClient {
    var configuration = ClientConfiguration()
    configuration.reconnect.giveUpMilliseconds = 2_000
    change(&configuration)
    return try await MilepostClient.connect(
      host: host, port: fixture.port, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton)
  }

  @Test func operationsTravelEncrypted() async throws {
    let files = try TestCertificates()
    try await withKeyedServer {
      $0.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["server.key"])
    } _: { fixture, administrators in
      let client = try await connect(fixture, host: "localhost") {
        $0.transport = .tls(ClientTLS(rootsFile: files["ca.pem"]))
        $0.authentication = .key(administrators.first.text)
      }
      var batch = SubmitBatch()
      // Many records of TLS in one frame.
      for number in 1...8_000 {
        batch.append(Operation(.offer, tenant: 1, contract: 1, id: UInt128(number), actor: 1))
      }
      let results = try await client.submit(batch)
      #expect(results.count == 8_000)
      #expect(results.allSatisfy { $0.code == ResultCode.tenantMismatch.rawValue })
      await client.close()
    }
  }

  @Test func whoDoesNotTrustTheServerDoesNotConnect() async throws {
    let files = try TestCertificates()
    try await withServer {
      $0.tls = ServerTLS(certificateFile: files["named.pem"], privateKeyFile: files["named.key"])
    } _: { fixture in
      // Another root, an address that the certificate has not, a name that it has not.
      for tls in [
        ClientTLS(rootsFile: files["other.pem"], serverName: "localhost"), ClientTLS(rootsFile: files["ca.pem"]),
        ClientTLS(rootsFile: files["ca.pem"], serverName: "elsewhere.example"),
      ] {
        await #expect(throws: ClientError.self) { try await connect(fixture) { $0.transport = .tls(tls) } }
      }
      // Plain bytes get no answer in the protocol.
      let plain = try await RawClient(port: fixture.port)
      try await plain.send(encodeFrame(FrameHeader(.hello), bodyByteCount: HelloBody.byteCount) { _ in })
      let answer = try? await plain.frame()
      #expect(answer == nil)
      let client = try await connect(fixture) {
        $0.transport = .tls(ClientTLS(rootsFile: files["ca.pem"], serverName: "localhost"))
      }
      _ = try await client.ping()
      await client.close()
    }
  }

  @Test func aCertificateProvesAKey() async throws {
    let files = try TestCertificates()
    try await withKeyedServer {
      $0.tls = ServerTLS(
        certificateFile: files["server.pem"], privateKeyFile: files["server.key"], clientRootsFile: files["ca.pem"])
    } _: { fixture, administrators in
      func transport(_ name: String?) -> ClientConfiguration.Transport {
        .tls(
          ClientTLS(
            rootsFile: files["ca.pem"], certificateFile: name.map { files["\($0).pem"] },
            privateKeyFile: name.map { files["\($0).key"] }))
      }
      func manage(_ secret: KeySecret, _ command: AccessCommand) async throws -> AccessAnswer {
        let client = try await connect(fixture) {
          $0.transport = transport("client")
          $0.authentication = .key(secret.text)
        }
        let answer = try AccessAnswer(json: try await client.manage(command.json))
        await client.close()
        return answer
      }
      let certificate = try NIOSSLCertificate.fromPEMFile(files["client.pem"])[0].toDERBytes()
      let content = AccessKey.Content(name: "machine", tenants: [7], roles: [.system])
      let asked = try await manage(
        administrators.first,
        .create(content: content, credential: .init(.certificate, digest: hexDigest(certificate))))
      guard case .proposed(let proposal) = asked else { throw Unexpected("\(asked)") }
      _ = try await manage(administrators.second, .approve(proposal: proposal))
      let client = try await connect(fixture) {
        $0.transport = transport("client")
        $0.authentication = .certificate
      }
      let me = try AccessAnswer(json: try await client.manage(AccessCommand.whoAmI.json))
      guard case .key(let key) = me else { throw Unexpected("\(me)") }
      #expect(key.content == content)
      await client.close()
      // No certificate, and one of another root: neither gets as far as a hello.
      for name in [nil, "stranger"] {
        await #expect(throws: ClientError.self) {
          try await connect(fixture) {
            $0.transport = transport(name)
            $0.authentication = .certificate
          }
        }
      }
      #expect(fixture.metric("milepost_connections_closed_total{reason=\"handshake\"}") == 2)
      let listed = try await manage(administrators.first, .audit(after: 0, limit: 99))
      guard case .events(let events) = listed else { throw Unexpected("\(listed)") }
      let refused = events.filter { $0.kind == .authenticationFailed }
      #expect(refused.map(\.subject) == ["TLS handshake"] && refused.map(\.count) == [2])
      #expect(refused.allSatisfy { $0.key == nil && $0.address == "127.0.0.1" })
    }
  }

  /// What is older than TLS 1.3, or no TLS, is turned away and counted.
  @Test(arguments: [(TLSVersion.tlsv12, false), (.tlsv13, true)])
  func onlyTheNewestVersionIsSpoken(version: TLSVersion, isTaken: Bool) async throws {
    let files = try TestCertificates()
    try await withServer {
      $0.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["server.key"])
    } _: { fixture in
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.trustRoots = .file(files["ca.pem"])
      configuration.minimumTLSVersion = .tlsv12
      configuration.maximumTLSVersion = version
      let context = try NIOSSLContext(configuration: configuration)
      let group = MultiThreadedEventLoopGroup.singleton
      let outcome = group.next().makePromise(of: Bool.self)
      let channel = try await ClientBootstrap(group: group)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers(
              NIOSSLClientHandler(context: context, serverHostname: "localhost"), HandshakeWatch(outcome))
          }
        }
        .connect(host: "127.0.0.1", port: fixture.port).get()
      #expect(try await outcome.futureResult.get() == isTaken)
      try? await channel.close()
      try await fixture.eventually {
        fixture.metric("milepost_audit_events_total{kind=\"authenticationFailed\"}") == (isTaken ? nil : 1)
      }
    }
  }

  @Test func otherAddressesNeedKeysAndTLS() throws {
    var configuration = ServerConfiguration(host: "0.0.0.0")
    #expect(throws: ServerError.self) { try Server.check(configuration) }
    configuration.tls = ServerTLS(certificateFile: "/nowhere.pem", privateKeyFile: "/nowhere.key")
    #expect {
      try Server.check(configuration)
    } throws: { "\($0)".contains("/nowhere.pem") }
    let files = try TestCertificates()
    configuration.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["client.key"])
    #expect(throws: ServerError.self) { try Server.check(configuration) }
    configuration.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["server.key"])
    try Server.check(configuration)
  }

  @Test func withoutKeysLoopbackOnlyEvenWithTLS() async throws {
    let files = try TestCertificates()
    await #expect(throws: ServerError.self) {
      try await withServer {
        $0.host = "0.0.0.0"
        $0.tls = ServerTLS(certificateFile: files["server.pem"], privateKeyFile: files["server.key"])
      } _: { _ in
      }
    }
  }
}

/// Says whether a handshake is done.
private final class HandshakeWatch: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let outcome: EventLoopPromise<Bool>

  init(_ outcome: EventLoopPromise<Bool>) { self.outcome = outcome }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted = event as? TLSUserEvent { outcome.succeed(true) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    outcome.succeed(false)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { outcome.succeed(false) }
}
