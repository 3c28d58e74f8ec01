import Access
import Crypto
import Foundation
import Store
import Testing

@testable import Gateway

@Suite("OAuth 2.0")
struct OAuthTests {
  /// A store with a key of tenant 1's payer 10, one of the platform, and two applications.
  private struct Keys {
    let payer = KeySecret()
    let platform = KeySecret()
    let factor = FactorSecret()
    let clientSecret = KeySecret()
    static let uri = "https://books.example/back?from=milepost"

    func make(at path: String) throws {
      let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      _ = try control.perform(
        .create(
          content: .init(
            name: "payer", tenants: [1], roles: [.payer], person: 10, amountMax: 90_000,
            stepUp: StepUp(operations: ["DEPOSIT"], above: 10_000)), credential: payer.credential), by: .local)
      _ = try control.perform(
        .create(content: .init(name: "platform", tenants: nil, roles: [.platform]), credential: platform.credential),
        by: .local)
      _ = try control.perform(
        .registerApplication(application: Application(id: "books", name: "Books & Co", redirectURIs: [Self.uri])),
        by: .local)
      _ = try control.perform(
        .registerApplication(
          application: Application(
            id: "crm", name: "CRM", redirectURIs: ["https://crm.example/cb"],
            secretDigest: clientSecret.credential.digest)),
        by: .local)
      let holder = try #require(control.holder(of: Proof(presented: payer.text.utf8)))
      _ = try control.perform(
        .enrolFactor(secret: factor.text, oneTimeCode: factor.code(at: 1_700_000_000_000), current: nil),
        by: .holder(holder))
    }
  }

  private static func basic(_ id: String, _ secret: String) -> [(String, String)] {
    [("authorization", "Basic " + base64("\(id):\(secret)"))]
  }

  private static func base64(_ text: String) -> String {
    let url = Base64URL.text(Array(text.utf8)).replacing("-", with: "+").replacing("_", with: "/")
    return url + String(repeating: "=", count: (4 - url.utf8.count % 4) % 4)
  }

  private static func bearer(_ text: String) -> [(String, String)] { [("authorization", "Bearer \(text)")] }

  private static func form(_ fields: [(String, String)]) -> String {
    fields.map { "\($0.0)=\(Form.escaped($0.1))" }.joined(separator: "&")
  }

  private static func post(
    _ api: GatewayFixture, _ path: String, _ fields: [(String, String)], headers: [(String, String)] = []
  ) async throws -> Reply {
    try await api.ask(.POST, path, form(fields), type: "application/x-www-form-urlencoded", headers: headers)
  }

  private let create = #"{"contract":"7","payer":"10","payee":"20","value":50000}"#

  @Test("a key gets a token for part of what it allows, and the token does just that")
  func clientCredentials() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      let reply = try await Self.post(
        api, "/oauth/token", [("grant_type", "client_credentials"), ("scope", "payer amount:60000")],
        headers: Self.basic("1", keys.payer.text))
      #expect(reply.status == 200, "\(reply.text)")
      #expect(reply.header("cache-control") == "no-store")
      let answer = try reply.json
      #expect(answer["token_type"]?.text == "Bearer")
      #expect(answer["expires_in"]?.number == 900)
      #expect(answer["scope"]?.text == "payer amount:60000")
      #expect(answer["refresh_token"] == nil)
      let token = try #require(answer["access_token"]?.text)
      let made = try await api.post("/v1/tenants/1/contracts", create, headers: Self.bearer(token))
      #expect(made.status == 201, "\(made.text)")
      let larger = #"{"contract":"8","payer":"10","payee":"20","value":60001}"#
      let refused = try await api.post("/v1/tenants/1/contracts", larger, headers: Self.bearer(token))
      #expect(try refused.status == 403 && refused.code == "not_authorised")
      // The key itself allows more.
      #expect(
        try await api.post("/v1/tenants/1/contracts", larger, headers: Self.bearer(keys.payer.text)).status == 201)
      #expect(try await api.get("/v1/tenants/2/contracts", headers: Self.bearer(token)).status == 403)
      // The same over a form.
      let posted = try await Self.post(
        api, "/oauth/token",
        [("grant_type", "client_credentials"), ("client_id", "2"), ("client_secret", keys.platform.text)])
      #expect(posted.status == 200)
    }
  }

  @Test("all tokens of a key count as one under its limit, and secrets that are none as one of their address")
  func limits() async throws {
    let keys = Keys()
    try await withGateway(keys.make, limits: [RateLimit(.key, perSecond: 1, burst: 8)]) { api in
      var tokens: [String] = []
      for _ in 0..<3 {
        let reply = try await Self.post(
          api, "/oauth/token", [("grant_type", "client_credentials")], headers: Self.basic("1", keys.payer.text))
        tokens.append(try #require(try reply.json["access_token"]?.text))
      }
      let started = ContinuousClock.now
      var statuses: [Int] = []
      for token in tokens {
        for _ in 0..<8 {
          statuses.append(try await api.get("/v1/tenants/1/contracts", headers: Self.bearer(token)).status)
        }
      }
      // Each other token has one request before it is known whose it is.
      let seconds = Int((ContinuousClock.now - started).components.seconds)
      #expect((10...11 + seconds).contains(statuses.count { $0 == 200 }), "\(statuses)")
      #expect(statuses.count { $0 == 429 } == 24 - statuses.count { $0 == 200 })
      var strangers: [Int] = []
      for number in 0..<20 {
        let reply = try await api.get("/v1/tenants/1/contracts", headers: Self.bearer("made-up-\(number)"))
        strangers.append(reply.status)
      }
      #expect(strangers.contains(401) && strangers.count { $0 == 429 } >= 10, "\(strangers)")
    }
  }

  @Test("one key has a share of the places that follow the log, and leaves the others theirs")
  func followers() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      let pool = api.gateway.services.sessions
      var following: [Follower] = []
      for _ in 0..<SessionPool.streamCountMaxOfKey {
        following.append(try await pool.follower(secret: keys.payer.text))
      }
      await #expect(throws: Problem.self) { _ = try await pool.follower(secret: keys.payer.text) }
      let other = try await pool.follower(secret: keys.platform.text)
      following.removeLast()
      following.append(try await pool.follower(secret: keys.payer.text))
      _ = (following, other)
    }
  }

  @Test("who is not known, or asks for too much, is told in OAuth's words")
  func refusals() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      let grant = ("grant_type", "client_credentials")
      func check(
        _ fields: [(String, String)], _ headers: [(String, String)], _ status: Int, _ error: String,
        line: Int = #line
      ) async throws {
        let reply = try await Self.post(api, "/oauth/token", fields, headers: headers)
        #expect(reply.status == status, "line \(line): \(reply.text)")
        let found = try reply.json["error"]?.text
        #expect(found == error, "line \(line)")
        #expect(reply.header("content-type") == "application/json")
        if status == 401 { #expect(reply.header("www-authenticate")?.hasPrefix("Basic") == true) }
      }
      let own = Self.basic("1", keys.payer.text)
      try await check([grant], [], 401, "invalid_client")
      try await check([grant], Self.basic("2", keys.payer.text), 401, "invalid_client")
      try await check([grant], Self.basic("1", KeySecret().text), 401, "invalid_client")
      try await check([grant], Self.bearer(keys.payer.text), 401, "invalid_client")
      try await check([grant], [("authorization", "Basic x")], 401, "invalid_client")
      try await check([grant, ("client_id", "2")], own, 400, "invalid_request")
      try await check([grant, ("client_secret", "x")], own, 400, "invalid_request")
      try await check([], own, 400, "invalid_request")
      try await check([grant, grant], own, 400, "invalid_request")
      try await check([("grant_type", "password")], own, 400, "unsupported_grant_type")
      try await check([grant, ("scope", "admin")], own, 400, "invalid_scope")
      try await check([grant, ("scope", "everything")], own, 400, "invalid_scope")
      try await check([grant, ("one_time_code", "000000")], own, 400, "invalid_grant")
      try await check(
        [("grant_type", "refresh_token"), ("refresh_token", RefreshText().text), ("client_id", "books")], [], 400,
        "invalid_grant")
      try await check(
        [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "books")], [], 400, "invalid_grant")
      try await check(
        [
          ("grant_type", "authorization_code"), ("code", keys.payer.text), ("redirect_uri", Keys.uri),
          ("code_verifier", "x"),
        ],
        [], 400, "invalid_grant")
      let json = try await api.post("/oauth/token", "{}", headers: own)
      #expect(json.status == 400)
    }
  }

  @Test("an operation over its limit waits for the second factor, and goes with a token that was made with it")
  func stepUp() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      let path = "/v1/tenants/1/contracts"
      let own = Self.bearer(keys.payer.text)
      #expect(try await api.post(path, create, headers: own).status == 201)
      #expect(
        try await api.post(
          "\(path)/7/milestones", #"{"milestone":1,"amount":50000,"due":"2036-01-01T00:00:00Z"}"#, headers: own
        ).status == 201)
      #expect(try await api.post("\(path)/7/offer", "{}", headers: own).status == 200)
      #expect(
        try await api.post("\(path)/7/accept", #"{"actor":"20"}"#, headers: Self.bearer(keys.platform.text)).status
          == 200)
      let small = try await api.post("\(path)/7/deposits", #"{"amount":10000,"reference":"A"}"#, headers: own)
      #expect(small.status == 201 || small.status == 200, "\(small.text)")
      let large = #"{"amount":10001,"reference":"B"}"#
      let asked = try await api.post("\(path)/7/deposits", large, headers: own)
      #expect(asked.status == 403)
      #expect(try asked.code == "mfa_required")
      #expect(asked.header("www-authenticate") == "Bearer error=\"insufficient_user_authentication\"")
      let code = keys.factor.code(at: Int64(Date.now.timeIntervalSince1970 * 1_000))
      let reply = try await Self.post(
        api, "/oauth/token", [("grant_type", "client_credentials"), ("one_time_code", code)],
        headers: Self.basic("1", keys.payer.text))
      let token = try #require(try reply.json["access_token"]?.text)
      let done = try await api.post("\(path)/7/deposits", large, headers: Self.bearer(token))
      #expect(done.status == 200 || done.status == 201, "\(done.text)")
      // The same intent is heard again with more shown: a refusal for want of rights is not kept.
      let intent = [("idempotency-key", "\"deposit-c\"")]
      let third = #"{"amount":10002,"reference":"C"}"#
      #expect(try await api.post("\(path)/7/deposits", third, headers: own + intent).status == 403)
      let heard = try await api.post("\(path)/7/deposits", third, headers: Self.bearer(token) + intent)
      #expect(heard.status == 200 || heard.status == 201, "\(heard.text)")
      // Once.
      let again = try await Self.post(
        api, "/oauth/token", [("grant_type", "client_credentials"), ("one_time_code", code)],
        headers: Self.basic("1", keys.payer.text))
      #expect(again.status == 400)
    }
  }

  /// What a browser does: signs in, looks at what is asked for, decides. Returns where it is sent.
  private func signIn(
    _ api: GatewayFixture, _ keys: Keys, _ decision: String = "allow", scope: String = "payer", challenge: String,
    application: String = "books", uri: String = Keys.uri
  ) async throws -> String {
    let query = [
      ("response_type", "code"), ("client_id", application), ("redirect_uri", uri), ("scope", scope),
      ("state", "a b&c"), ("code_challenge", challenge), ("code_challenge_method", "S256"),
    ]
    let first = try await api.get("/oauth/authorize?\(Self.form(query))")
    #expect(first.status == 200, "\(first.text)")
    let policy = try #require(first.header("content-security-policy"))
    #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
    let second = try await Self.post(api, "/oauth/authorize", query + [("key", keys.payer.text)])
    guard second.status == 200 else { return second.header("location") ?? "\(second.status)" }
    #expect(second.text.contains("Books &amp; Co") || second.text.contains("CRM"))
    let ticket = try #require(second.text.firstMatch(of: #/name="ticket" value="([0-9a-f]{64})"/#)).output.1
    let third = try await Self.post(api, "/oauth/consent", [("ticket", String(ticket)), ("decision", decision)])
    #expect(third.status == 303)
    // A ticket is good once.
    #expect(
      try await Self.post(api, "/oauth/consent", [("ticket", String(ticket)), ("decision", "allow")]).status == 400)
    return try #require(third.header("location"))
  }

  private static func parameter(_ name: String, of location: String) -> String? {
    location.split(separator: "?", maxSplits: 1).last?.split(separator: "&").first { $0.hasPrefix("\(name)=") }
      .flatMap { Form.field($0.dropFirst(name.count + 1).utf8) }
  }

  @Test("a person lets an application act, which refreshes, until a token is used twice")
  func authorizationCode() async throws {
    let keys = Keys()
    let verifier = String(repeating: "abc-_.~9", count: 8)
    let challenge = Base64URL.text(Array(SHA256.hash(data: Array(verifier.utf8))))
    try await withGateway(keys.make) { api in
      let location = try await signIn(api, keys, challenge: challenge)
      #expect(location.hasPrefix("\(Keys.uri)&code=mpc_"))
      #expect(Self.parameter("state", of: location) == "a b&c")
      #expect(Self.parameter("iss", of: location) == api.base)
      let code = try #require(Self.parameter("code", of: location))
      func redeem(_ verifier: String) async throws -> Reply {
        try await Self.post(
          api, "/oauth/token",
          [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Keys.uri),
            ("code_verifier", verifier),
            ("client_id", "books"),
          ])
      }
      #expect(try await redeem(String(repeating: "x", count: 64)).status == 400)
      let reply = try await redeem(verifier)
      #expect(reply.status == 200, "\(reply.text)")
      let access = try #require(try reply.json["access_token"]?.text)
      let refresh = try #require(try reply.json["refresh_token"]?.text)
      #expect(try await api.post("/v1/tenants/1/contracts", create, headers: Self.bearer(access)).status == 201)
      // Neither a code nor a refresh token opens anything.
      for text in [refresh, code] {
        for path in ["contracts/7", "events?after=0-0", "webhooks", "cursors"] {
          #expect(try await api.get("/v1/tenants/1/\(path)", headers: Self.bearer(text)).status == 401, "\(path)")
        }
        #expect(try await api.get("/v1/access/key", headers: Self.bearer(text)).status == 401)
      }
      func refreshed(_ text: String) async throws -> Reply {
        try await Self.post(
          api, "/oauth/token", [("grant_type", "refresh_token"), ("refresh_token", text), ("client_id", "books")])
      }
      let next = try await refreshed(refresh)
      #expect(next.status == 200, "\(next.text)")
      let newest = try #require(try next.json["access_token"]?.text)
      #expect(try await api.get("/v1/tenants/1/contracts/7", headers: Self.bearer(newest)).status == 200)
      #expect(try await refreshed(refresh).status == 400)
      // All of it has ended, also where it is in use: the server looks at its connections every tenth of a second.
      var status = 200
      for _ in 0..<100 where status != 401 {
        status = try await api.get("/v1/tenants/1/contracts/7", headers: Self.bearer(newest)).status
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(status == 401)
      let last = try #require(try next.json["refresh_token"]?.text)
      #expect(try await refreshed(last).status == 400)
    }
  }

  @Test("nobody is sent to an address that is not the application's; who denies, gives nothing")
  func consent() async throws {
    let keys = Keys()
    let challenge = Base64URL.text(Array(SHA256.hash(data: Array("x".utf8))))
    try await withGateway(keys.make) { api in
      #expect(try await signIn(api, keys, challenge: challenge, uri: "https://evil.example/") == "400")
      #expect(try await signIn(api, keys, challenge: challenge, application: "nobody") == "400")
      let wide = try await signIn(api, keys, scope: "platform", challenge: challenge)
      #expect(Self.parameter("error", of: wide) == "invalid_scope")
      let denied = try await signIn(api, keys, "deny", challenge: challenge)
      #expect(Self.parameter("error", of: denied) == "access_denied")
      #expect(Self.parameter("code", of: denied) == nil)
      // What is in the query is text in the page.
      let page = try await api.get(
        "/oauth/authorize?response_type=code&client_id=%3Cscript%3E&redirect_uri=x&code_challenge=\(challenge)&code_challenge_method=S256&state=%22%3E%3Cb%3E"
      )
      #expect(page.status == 200)
      #expect(!page.text.contains("<script>") && !page.text.contains("\"><b>"))
      for query in [
        "", "?response_type=token&client_id=a&redirect_uri=b&code_challenge=\(challenge)&code_challenge_method=S256",
        "?response_type=code&client_id=a&redirect_uri=b&code_challenge=\(challenge)&code_challenge_method=plain",
        "?response_type=code&client_id=a&redirect_uri=b",
      ] {
        #expect(try await api.get("/oauth/authorize\(query)").status == 400, "\(query)")
      }
    }
  }

  @Test("an application with a secret proves it")
  func confidential() async throws {
    let keys = Keys()
    let verifier = String(repeating: "v", count: 43)
    let challenge = Base64URL.text(Array(SHA256.hash(data: Array(verifier.utf8))))
    try await withGateway(keys.make) { api in
      let location = try await signIn(
        api, keys, challenge: challenge, application: "crm", uri: "https://crm.example/cb")
      let fields = [
        ("grant_type", "authorization_code"), ("code", try #require(Self.parameter("code", of: location))),
        ("redirect_uri", "https://crm.example/cb"), ("code_verifier", verifier),
      ]
      for headers in [[], Self.basic("crm", "wrong"), Self.basic("books", keys.clientSecret.text)] {
        let reply = try await Self.post(api, "/oauth/token", fields, headers: headers)
        #expect(reply.status == 401, "\(reply.text)")
      }
      let reply = try await Self.post(api, "/oauth/token", fields, headers: Self.basic("crm", keys.clientSecret.text))
      #expect(reply.status == 200, "\(reply.text)")
    }
  }

  @Test("tokens are looked at and ended")
  func ending() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      let own = Self.basic("1", keys.payer.text)
      let reply = try await Self.post(api, "/oauth/token", [("grant_type", "client_credentials")], headers: own)
      let token = try #require(try reply.json["access_token"]?.text)
      let worth = try await Self.post(api, "/oauth/introspect", [("token", token)], headers: own).json
      #expect(worth["active"] == .bool(true))
      #expect(worth["client_id"]?.text == "1")
      #expect(worth["iss"]?.text == api.base)
      #expect(try await Self.post(api, "/oauth/introspect", [("token", token)]).status == 401)
      for other in ["mpa_x", keys.platform.text] {
        let none = try await Self.post(api, "/oauth/introspect", [("token", other)], headers: own)
        #expect(try none.json["active"] == .bool(false))
        #expect(try none.json.count == 1)
      }
      #expect(try await api.get("/v1/tenants/1/contracts", headers: Self.bearer(token)).status == 200)
      #expect(try await Self.post(api, "/oauth/revoke", [("token", token)]).status == 200)
      #expect(try await Self.post(api, "/oauth/revoke", [("token", token)]).status == 200)
      #expect(try await Self.post(api, "/oauth/revoke", [("token", keys.payer.text)]).status == 400)
      let after = try await Self.post(api, "/oauth/introspect", [("token", token)], headers: own)
      #expect(try after.json["active"] == .bool(false))
    }
  }

  @Test("what it can do stands in its metadata")
  func metadata() async throws {
    try await withGateway { api in
      let metadata = try await api.get("/.well-known/oauth-authorization-server").json
      #expect(metadata["issuer"]?.text == api.base)
      #expect(metadata["token_endpoint"]?.text == "\(api.base)/oauth/token")
      #expect(metadata["code_challenge_methods_supported"]?[0]?.text == "S256")
    }
  }

  @Test(
    "a form has each field once",
    arguments: [
      ("a=1&b=x+y%20%C3%A9", "x y é"), ("b=x%20&&a", "x "), ("b=%", nil), ("b=%zz", nil), ("b=1&b=2", nil),
      ("b=%ff", nil),
      ("b=%00", nil), ("a=b", nil),
    ] as [(String, String?)])
  func forms(text: String, expected: String?) {
    #expect(Form(text.utf8)?["b"] == expected)
  }
}
