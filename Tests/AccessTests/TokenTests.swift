import Crypto
import Testing

@testable import Access

@Suite("Tokens")
struct TokenTests {
  /// A key of tenants 7 and 8 that is payer and reader, and an application that it may let act.
  private struct Bench {
    let desk: Desk
    let key: AccessKey
    let secret: KeySecret
    let verifier = String(repeating: "v", count: 64)
    static let uri = "https://app.example/back"

    init() throws {
      desk = try Desk()
      (key, secret) = try desk.make([.payer, .reader], person: 10, tenants: [7, 8])
      _ = try desk.control.perform(
        .registerApplication(application: Application(id: "books", name: "Books", redirectURIs: [Self.uri])), by: .local
      )
    }

    func issue(_ scope: String? = nil, seconds: Int64? = nil) throws -> TokenText {
      let token = TokenText(.access)
      _ = try desk.ask(
        .issueToken(digest: token.digest, scope: scope, seconds: seconds, oneTimeCode: nil), with: secret)
      return token
    }

    func holder(_ text: String) -> Holder? { desk.control.holder(of: Proof(presented: text.utf8)) }

    func authorize(_ scope: String? = nil) throws -> TokenText {
      let code = TokenText(.code)
      let challenge = Base64URL.text(Array(SHA256.hash(data: Array(verifier.utf8))))
      _ = try desk.ask(
        .authorize(
          digest: code.digest,
          request: .init(application: "books", redirectURI: Self.uri, scope: scope, challenge: challenge),
          oneTimeCode: nil), with: secret)
      return code
    }

    func redeem(
      _ code: TokenText, uri: String = uri, verifier: String? = nil, application: String = "books",
      secret: String? = nil
    ) throws -> (access: TokenText, refresh: RefreshText) {
      let (access, refresh) = (TokenText(.access), RefreshText())
      _ = try desk.ask(
        .redeem(
          application: .init(id: application, secret: secret), redirectURI: uri, verifier: verifier ?? self.verifier,
          token: access.digest, refresh: refresh.grant), showing: code.text)
      return (access, refresh)
    }

    func refresh(
      _ old: RefreshText, scope: String? = nil, application: String = "books"
    ) throws -> (access: TokenText, refresh: RefreshText) {
      let (access, next) = (TokenText(.access), old.next)
      _ = try desk.ask(
        .refresh(
          application: .init(id: application, secret: nil), scope: scope, token: access.digest, refresh: next.grant),
        showing: old.text)
      return (access, next)
    }
  }

  @Test("a token is part of its key, for a while")
  func scope() throws {
    let bench = try Bench()
    let whole = try bench.issue()
    #expect(bench.holder(whole.text)?.key == bench.key)
    let part = try bench.issue("reader tenant:7 amount:500")
    let content = try #require(bench.holder(part.text)).key.content
    #expect(content.roles == [.reader])
    #expect(content.tenants == [7])
    #expect(content.amountMax == 500)
    for more in ["platform", "payer admin", "tenant:9", "payer  tenant:07", "amount:-1", "amount:1 amount:2", "x"] {
      #expect(kind { try bench.issue(more) } == .badScope, "\(more)")
    }
    #expect(kind { try bench.issue(seconds: 59) } == .invalid)
    #expect(kind { try bench.issue(seconds: 3_601) } == .invalid)
    bench.desk.clock.advance(seconds: 899)
    #expect(bench.holder(whole.text) != nil)
    bench.desk.clock.advance(seconds: 1)
    #expect(bench.holder(whole.text) == nil)
  }

  @Test("a token follows its key")
  func follows() throws {
    let bench = try Bench()
    let token = try bench.issue("tenant:8")
    _ = try bench.desk.control.perform(
      .change(key: bench.key.id, content: .init(name: "k", tenants: [7], roles: [.payer], person: 10)), by: .local)
    // Nothing is left of it.
    #expect(bench.holder(token.text) == nil)
    let other = try bench.issue()
    try bench.desk.reopen()
    #expect(bench.holder(other.text)?.key.id == bench.key.id)
    _ = try bench.desk.control.perform(.revoke(key: bench.key.id), by: .local)
    #expect(bench.holder(other.text) == nil)
    try bench.desk.reopen()
    #expect(bench.holder(other.text) == nil)
  }

  @Test("tokens make no tokens, and rotate no keys")
  func noTokens() throws {
    let bench = try Bench()
    let token = try bench.issue()
    for command in [
      AccessCommand.issueToken(digest: TokenText(.access).digest, scope: nil, seconds: nil, oneTimeCode: nil),
      .rotate(credential: KeySecret().credential, overlapSeconds: 0),
      .enrolFactor(secret: FactorSecret().text, oneTimeCode: "1", current: nil),
      .authorize(
        digest: TokenText(.code).digest,
        request: .init(application: "books", redirectURI: Bench.uri, scope: nil, challenge: ""), oneTimeCode: nil),
    ] {
      #expect(kind { try bench.desk.ask(command, showing: token.text) } == .notAllowed)
    }
    // The same digest twice would be two tokens of one text.
    #expect(
      kind {
        try bench.desk.ask(
          .issueToken(digest: token.digest, scope: nil, seconds: nil, oneTimeCode: nil), with: bench.secret)
      } == .invalid)
  }

  @Test("a code is exchanged once, by who asked for it")
  func codes() throws {
    let bench = try Bench()
    let code = try bench.authorize("payer")
    // Nothing else may be done with it.
    #expect(bench.holder(code.text)?.isOnlyRedeemable == true)
    #expect(kind { try bench.desk.ask(.introspect(digest: code.digest), showing: code.text) } == .notAllowed)
    #expect(kind { try bench.redeem(code, uri: "https://app.example/other") } == .badGrant)
    #expect(kind { try bench.redeem(code, verifier: String(repeating: "w", count: 64)) } == .badGrant)
    #expect(kind { try bench.redeem(code, verifier: "short") } == .badGrant)
    #expect(kind { try bench.redeem(code, application: "other") } == .badClient)
    #expect(kind { try bench.redeem(code, secret: "a secret it has not") } == .badClient)
    let (access, refresh) = try bench.redeem(code)
    #expect(bench.holder(access.text)?.key.content.roles == [.payer])
    #expect(bench.holder(refresh.text)?.isOnlyRedeemable == true)
    // Who comes second tells that somebody has it who should not.
    #expect(kind { try bench.redeem(code) } == .badGrant)
    #expect(bench.holder(access.text) == nil)
    #expect(bench.holder(refresh.text) == nil)
    #expect(try bench.desk.trail().contains { $0.kind == .tokenReused })
    let late = try bench.authorize()
    bench.desk.clock.advance(seconds: 300)
    #expect(bench.holder(late.text) == nil)
  }

  @Test("refresh tokens are used once, and a second use ends the family")
  func rotation() throws {
    let bench = try Bench()
    let first = try bench.redeem(try bench.authorize("payer tenant:7"))
    #expect(kind { try bench.refresh(first.refresh, scope: "payer tenant:8") } == .badScope)
    #expect(kind { try bench.refresh(first.refresh, scope: "payer") } == .badScope)
    let second = try bench.refresh(first.refresh)
    // The older access token lives as long as it was said.
    #expect(bench.holder(first.access.text) != nil)
    try bench.desk.reopen()
    let third = try bench.refresh(second.refresh, scope: "payer tenant:7 amount:5")
    #expect(bench.holder(third.access.text)?.key.content.amountMax == 5)
    #expect(kind { try bench.refresh(first.refresh) } == .badGrant)
    for text in [third.refresh.text, third.access.text, second.access.text] { #expect(bench.holder(text) == nil) }
    try bench.desk.reopen()
    #expect(bench.holder(third.refresh.text) == nil)
    let events = try bench.desk.trail().filter { $0.kind == .tokenReused }
    #expect(events.map(\.subject) == ["application books"])
  }

  @Test("a family ends after thirty days, however often it was refreshed")
  func familyEnds() throws {
    let bench = try Bench()
    var last = try bench.redeem(try bench.authorize())
    for _ in 0..<29 {
      bench.desk.clock.advance(seconds: 86_400)
      last = try bench.refresh(last.refresh)
    }
    bench.desk.clock.advance(seconds: 86_400)
    #expect(bench.holder(last.refresh.text) == nil)
  }

  @Test("what a secret gave ends when it was taken away, and stays when it was only renewed")
  func rotatedKey() throws {
    let bench = try Bench()
    let tokens = try bench.redeem(try bench.authorize())
    let renewed = KeySecret()
    _ = try bench.desk.ask(.rotate(credential: renewed.credential, overlapSeconds: 60), with: bench.secret)
    #expect(bench.holder(tokens.access.text) != nil)
    _ = try bench.desk.control.perform(
      .replace(key: bench.key.id, credential: KeySecret().credential, overlapSeconds: 0), by: .local)
    #expect(bench.holder(tokens.access.text) == nil)
    #expect(bench.holder(tokens.refresh.text) == nil)
    try bench.desk.reopen()
    #expect(bench.holder(tokens.refresh.text) == nil)
  }

  @Test("a code that was redeemed is ended with what it gave, so that a second use shows nothing less")
  func endedCode() throws {
    let bench = try Bench()
    let code = try bench.authorize()
    let tokens = try bench.redeem(code)
    _ = try bench.desk.ask(.endToken(digest: nil), showing: code.text)
    #expect(bench.holder(tokens.access.text) == nil)
    #expect(bench.holder(tokens.refresh.text) == nil)
    #expect(bench.holder(code.text) == nil)
    #expect(kind { try bench.desk.ask(.whoAmI, showing: try bench.authorize().text) } == .notAllowed)
  }

  @Test("an administrator lets no application act: two of them would be two persons")
  func administrators() throws {
    let bench = try Bench()
    let (_, secret) = try bench.desk.make([.admin], person: 1)
    #expect(
      kind {
        try bench.desk.ask(
          .authorize(
            digest: TokenText(.code).digest,
            request: .init(
              application: "books", redirectURI: Bench.uri, scope: nil, challenge: String(repeating: "a", count: 43)),
            oneTimeCode: nil), with: secret)
      } == .notAllowed)
  }

  @Test("tokens are ended by who has them, by their key, and with their application")
  func ending() throws {
    let bench = try Bench()
    let (admin, _) = try bench.desk.make([.admin], person: 1)
    let (other, _) = try bench.desk.make([.payer])
    let plain = try bench.issue()
    // Another key's is not there.
    #expect(try bench.desk.ask(.endToken(digest: plain.digest), by: other) == .done)
    #expect(bench.holder(plain.text) != nil)
    _ = try bench.desk.ask(.endToken(digest: nil), showing: plain.text)
    #expect(bench.holder(plain.text) == nil)
    let family = try bench.redeem(try bench.authorize())
    _ = try bench.desk.ask(.endToken(digest: nil), showing: family.access.text)
    #expect(bench.holder(family.refresh.text) == nil)
    let again = try bench.redeem(try bench.authorize())
    _ = try bench.desk.ask(.endToken(digest: again.access.digest), with: bench.secret)
    #expect(bench.holder(again.refresh.text) == nil)
    let last = try bench.redeem(try bench.authorize())
    _ = try bench.desk.ask(.removeApplication(id: "books"), by: admin)
    #expect(bench.holder(last.refresh.text) == nil)
    #expect(bench.holder(last.access.text) == nil)
    #expect(kind { try bench.authorize() } == .notFound)
  }

  @Test("a token tells its own key and the platform what it is worth")
  func introspection() throws {
    let bench = try Bench()
    let token = try bench.issue("payer")
    guard case .token(let record) = try bench.desk.ask(.introspect(digest: token.digest), with: bench.secret) else {
      Issue.record("no token")
      return
    }
    #expect(record.key == bench.key.id)
    #expect(record.person == 10)
    #expect(record.scope == "payer")
    #expect(record.expires - record.created == 900_000)
    let (platform, _) = try bench.desk.make([.platform])
    #expect(try bench.desk.ask(.introspect(digest: token.digest), by: platform) == .token(token: record))
    for (roles, tenants) in [([Role.platform], [7]), ([.payer], nil)] as [([Role], [UInt32]?)] {
      let (key, _) = try bench.desk.make(roles, tenants: tenants)
      #expect(try bench.desk.ask(.introspect(digest: token.digest), by: key) == .noToken)
    }
    bench.desk.clock.advance(seconds: 900)
    #expect(try bench.desk.ask(.introspect(digest: token.digest), by: platform) == .noToken)
  }

  @Test("a key has a thousand tokens, and those that are over make room")
  func bounds() throws {
    let bench = try Bench()
    for _ in 0..<TokenTable.keyCountMax { _ = try bench.issue(seconds: 60) }
    #expect(kind { try bench.issue() } == .limit)
    bench.desk.clock.advance(seconds: 61)
    _ = try bench.issue()
    try bench.desk.reopen()
    let bytes = bench.desk.control.state.withLock { $0.tokens.tokens.count }
    #expect(bytes == 1)
  }

  @Test("two administrators register an application")
  func applications() throws {
    let bench = try Bench()
    let (first, _) = try bench.desk.make([.admin], person: 1)
    let (second, _) = try bench.desk.make([.admin], person: 2)
    let application = Application(
      id: "crm", name: "CRM", redirectURIs: ["http://127.0.0.1/cb", "https://a.example:8443/x?y=1"])
    let id = try bench.desk.propose(.registerApplication(application: application), by: first)
    #expect(kind { try bench.desk.ask(.approve(proposal: id), by: first) } == .otherPerson)
    #expect(try bench.desk.ask(.approve(proposal: id), by: second) == .applications(applications: [application]))
    #expect(application.allows("http://127.0.0.1:51000/cb"))
    #expect(application.allows("https://a.example:8443/x?y=1"))
    for text in [
      "http://127.0.0.1/cb2", "http://127.0.0.2/cb", "http://127.0.0.1@evil.example/cb", "https://a.example/x?y=1",
      "https://a.example:8443/x?y=2", "https://a.example:8443/x?y=1#z", "https://A.example:8443/x?y=1",
      "https://[::1]:x/",
      "http://127.0.0.1:99999/cb", "javascript:alert(1)", "http://[::1]/cb",
    ] {
      #expect(!application.allows(text), "\(text)")
    }
    for uris in [[], ["http://a.example/"], ["https://a.example/#f"], ["https://u@a.example/"], ["https:///x"], ["a"]]
      as [[String]]
    {
      #expect(
        kind {
          try bench.desk.control.perform(
            .registerApplication(application: Application(id: "x", name: "X", redirectURIs: uris)), by: .local)
        } == .invalid, "\(uris)")
    }
    for id in ["", "12", "a b", String(repeating: "a", count: 65)] {
      #expect(
        kind {
          try bench.desk.control.perform(
            .registerApplication(application: Application(id: id, name: "X", redirectURIs: [Bench.uri])), by: .local)
        } == .invalid, "\(id)")
    }
  }

  @Test("no text of a token is in the catalog or in the trail")
  func secrecy() throws {
    let bench = try Bench()
    let tokens = try bench.redeem(try bench.authorize())
    _ = try bench.refresh(tokens.refresh)
    let rows =
      try bench.desk.control.catalog.rows(Token.self, in: .tokens).map { "\($0)" }
      + bench.desk.control.catalog.rows(TokenFamily.self, in: .tokenFamilies).map { "\($0)" }
      + bench.desk.trail().map { "\($0)" }
    for text in [tokens.access.text, tokens.refresh.text] {
      #expect(!rows.contains { $0.contains(text.dropFirst(4)) || $0.contains(text.dropFirst(4).prefix(32)) })
    }
  }
}
