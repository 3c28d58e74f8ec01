import Access
import Kernel
import Testing
import Wire

@testable import Server

@Suite("Tokens, second factors and outside issuers over the binary protocol", .timeLimit(.minutes(1)))
struct TokenTests {
  private static func hello(_ text: String) -> HelloBody {
    var hello = HelloBody()
    hello.authentication = .key
    hello.credential = Array(text.utf8)
    return hello
  }

  @Test("a token opens sessions with less than its key, until it is ended")
  func tokens() async throws {
    try await withKeyedServer { fixture, administrators in
      let (_, secret) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1, 2], person: 10)
      let (owner, own) = try await RawClient.connect(port: fixture.port, secret)
      let token = TokenText(.access)
      _ = try await owner.manage(
        .issueToken(digest: token.digest, scope: "tenant:1 amount:5", seconds: nil, oneTimeCode: nil),
        session: own.session)
      let client = try await RawClient(port: fixture.port)
      let welcome = try await client.hello(Self.hello(token.text))
      func deposit(_ tenant: UInt32, _ amount: Int64) -> Operation {
        Operation(.deposit, tenant: tenant, contract: 9, id: UInt128(tenant), actor: 10, amount: amount, argument: 1)
      }
      let codes = try await client.codes(
        [deposit(1, 5), deposit(1, 6), deposit(2, 1)], session: welcome.session, request: 1)
      #expect(codes == [.notFound, .notAuthorised, .tenantMismatch])
      let answer = try await client.manage(.whoAmI, session: welcome.session)
      guard case .key(let key) = answer else { throw Unexpected("\(answer)") }
      #expect(key.content.tenants == [1])
      #expect(key.content.amountMax == 5)
      _ = try await owner.manage(.endToken(digest: token.digest), session: own.session)
      // Its connections follow within a second.
      #expect(try await client.expectError().reason == .authenticationFailed)
      let late = try await RawClient(port: fixture.port)
      #expect(try await late.refusal(Self.hello(token.text)).reason == .authenticationFailed)
    }
  }

  @Test("a second factor that is shown counts for the connection that showed it")
  func secondFactor() async throws {
    try await withKeyedServer { fixture, administrators in
      let secret = KeySecret()
      let (first, one) = try await RawClient.connect(port: fixture.port, administrators.first)
      let (second, two) = try await RawClient.connect(port: fixture.port, administrators.second)
      let content = AccessKey.Content(
        name: "careful", tenants: [1], roles: [.payer], person: 10,
        stepUp: StepUp(operations: ["DEPOSIT", "CANCEL"], above: 100, commands: true))
      let asked = try await first.manage(.create(content: content, credential: secret.credential), session: one.session)
      guard case .proposed(let proposal) = asked else { throw Unexpected("\(asked)") }
      _ = try await second.manage(.approve(proposal: proposal), session: two.session)
      let (client, welcome) = try await RawClient.connect(port: fixture.port, secret)
      let session = welcome.session
      func deposit(_ amount: Int64) -> Operation {
        Operation(.deposit, tenant: 1, contract: 9, id: UInt128(amount), actor: 10, amount: amount, argument: 1)
      }
      let cancel = Operation(.cancel, tenant: 1, contract: 9, id: 7, actor: 10)
      let before = try await client.codes([deposit(100), deposit(101), cancel], session: session, request: 1)
      #expect(before == [.notFound, .mfaRequired, .mfaRequired])
      let rotation = AccessCommand.rotate(credential: KeySecret().credential, overlapSeconds: 60)
      let refused = try await client.manage(rotation, session: session)
      guard case .refused(.secondFactor, _) = refused else { throw Unexpected("\(refused)") }
      let factor = FactorSecret()
      let now = WallClock.milliseconds()
      _ = try await client.manage(
        .enrolFactor(secret: factor.text, oneTimeCode: factor.code(at: now), current: nil), session: session)
      let shown = try await client.manage(.stepUp(oneTimeCode: factor.code(at: now + 30_000)), session: session)
      guard case .steppedUp = shown else { throw Unexpected("\(shown)") }
      let after = try await client.codes([deposit(101), cancel], session: session, request: 2)
      #expect(after == [.notFound, .notFound])
      // Another connection of the same key has shown nothing.
      let (other, fresh) = try await RawClient.connect(port: fixture.port, secret)
      #expect(try await other.codes([deposit(101)], session: fresh.session, request: 1) == [.mfaRequired])
      let rotated = try await client.manage(rotation, session: session)
      guard case .key = rotated else { throw Unexpected("\(rotated)") }
    }
  }

  private struct Verifier: AssertionVerifier {
    var good: String
    var proof: Proof
    func verify(_ text: String) async -> Proof? { text == good ? proof : nil }
  }

  @Test("an outside issuer's subject is the key that has it for a credential")
  func assertions() async throws {
    let credential = AccessKey.Credential.subject("asha", of: "https://login.example")
    let good = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
    let expires = WallClock.milliseconds() + 3_000
    let verifier = Verifier(good: good, proof: .assertion(credential.identity, expires: expires))
    try await withKeyedServer({ $0.assertions = verifier }) { fixture, administrators in
      let early = try await RawClient(port: fixture.port)
      #expect(try await early.refusal(Self.hello(good)).reason == .authenticationFailed)
      let (id, _) = try await makeKey(
        administrators, port: fixture.port, [.payer], tenants: [1], person: 10, credential: credential)
      let client = try await RawClient(port: fixture.port)
      let welcome = try await client.hello(Self.hello(good))
      let answer = try await client.manage(.whoAmI, session: welcome.session)
      guard case .key(let key) = answer else { throw Unexpected("\(answer)") }
      #expect(key.id == id)
      let bad = try await RawClient(port: fixture.port)
      #expect(try await bad.refusal(Self.hello(good + "x")).reason == .authenticationFailed)
      // The session ends with the statement.
      #expect(try await client.expectError().reason == .authenticationFailed)
      #expect(WallClock.milliseconds() >= expires)
    }
  }
}
