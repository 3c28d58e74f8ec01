import Access
import Foundation
import Store
import Testing

@testable import Gateway

@Suite("Keys over HTTP, by two administrators")
struct KeyRoutesTests {
  private let first = KeySecret()
  private let second = KeySecret()
  private let careful = KeySecret()

  private func prepare(at path: String) throws {
    let control = try AccessControl.withAdministrators([first, second], at: path)
    _ = try control.perform(
      .create(
        content: .init(name: "careful", tenants: nil, roles: [.admin], person: 3, stepUp: StepUp(commands: true)),
        credential: careful.credential), by: .local)
  }

  private func bearer(_ secret: KeySecret) -> [(String, String)] { [("authorization", "Bearer \(secret.text)")] }

  @Test("a key is asked for, approved by somebody else, used, narrowed and revoked")
  func life() async throws {
    let new = KeySecret()
    try await withGateway(prepare) { api in
      let document = """
        {"name":"shop","tenants":["7","8"],"roles":["payer"],"person":"10","operations":["RELEASE","CREATE_CONTRACT"],"amount_max":500,
        "step_up":{"operations":["RELEASE"],"above":100},"secret_sha256":"\(new.credential.digest)"}
        """
      let asked = try await api.post("/v1/access/keys", document, headers: bearer(first))
      #expect(asked.status == 202, "\(asked.text)")
      let proposal = try #require(try asked.json["proposal"]?.text)
      #expect(try await api.get("/v1/access/key", headers: bearer(new)).status == 401)
      let waiting = try await api.get("/v1/access/proposals", headers: bearer(second)).json["items"]?[0]
      #expect(waiting?["what"]?.text == "create_key")
      #expect(waiting?["by_person"]?.text == "1")
      #expect(waiting?["content"]?["amount_max"]?.number == 500)
      #expect(waiting?["credential_sha256"]?.text == new.credential.digest)
      let own = try await api.post("/v1/access/proposals/\(proposal)/approve", "", headers: bearer(first))
      #expect(own.status == 409)
      #expect(try own.code == "other_person")
      let approved = try await api.post("/v1/access/proposals/\(proposal)/approve", "", headers: bearer(second))
      #expect(approved.status == 200, "\(approved.text)")
      let id = try #require(try approved.json["key"]?.text)
      let key = try await api.get("/v1/access/key", headers: bearer(new)).json
      #expect(key["key"]?.text == id)
      #expect(key["tenants"]?[1]?.text == "8")
      #expect(key["step_up"]?["above"]?.number == 100)
      #expect(key["credentials"]?[0]?["kind"]?.text == "secret")
      #expect(try await api.get("/v1/access/keys", headers: bearer(new)).status == 403)
      let change = try await api.post(
        "/v1/access/keys/\(id)/change", #"{"name":"shop","tenants":["8"],"roles":["payer","reader"]}"#,
        headers: bearer(second))
      let number = try #require(try change.json["proposal"]?.text)
      #expect(try await api.post("/v1/access/proposals/\(number)/approve", "", headers: bearer(first)).status == 200)
      let page = try await api.get("/v1/access/keys?after=3&limit=1", headers: bearer(first)).json
      #expect(page["items"]?[0]?["tenants"]?.count == 1)
      #expect(page["next"]?.text == id)
      #expect(try await api.post("/v1/access/keys/\(id)/revoke", "", headers: bearer(first)).status == 200)
      var status = 200
      for _ in 0..<100 where status != 401 {
        status = try await api.get("/v1/access/key", headers: bearer(new)).status
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(status == 401)
      let last = try await api.post("/v1/access/keys/1/revoke", "", headers: bearer(second))
      #expect(last.status == 200, "three persons are left: \(last.text)")
    }
  }

  @Test("documents that make no sense are refused with all places")
  func documents() async throws {
    try await withGateway(prepare) { api in
      let digest = KeySecret().credential.digest
      func places(_ document: String, _ path: String = "/v1/access/keys") async throws -> [String] {
        let reply = try await api.post(path, document, headers: bearer(first))
        #expect(reply.status == 422, "\(reply.text)")
        let errors = try reply.json["errors"]
        return (0..<(errors?.count ?? 0)).compactMap { errors?[$0]?["pointer"]?.text }.sorted()
      }
      #expect(try await places("{}") == ["/name", "/roles", "/secret_sha256"])
      #expect(
        try await places(
          #"{"name":7,"roles":["king"],"tenants":["x"],"person":"-1","secret_sha256":"\#(digest)","issuer":"a","other":1}"#
        )
          == ["/name", "/other", "/person", "/roles/0", "/secret_sha256", "/tenants/0"])
      #expect(
        try await places(#"{"name":"a","roles":["payer"],"step_up":{"above":-1,"x":1},"secret_sha256":"\#(digest)"}"#)
          == ["/step_up/above", "/step_up/x"])
      // What only the server can tell.
      #expect(
        try await places(#"{"name":"a","roles":["payer"],"operations":["PAY"],"secret_sha256":"\#(digest)"}"#) == [])
      #expect(
        try await places(#"{"application":"12","name":"a","redirect_uris":["x"]}"#, "/v1/access/applications") == [])
      let key = try await api.ask(
        .POST, "/v1/access/keys", "{}", headers: bearer(first) + [("idempotency-key", "\"a\"")])
      #expect(key.status == 400)
      #expect(try await api.post("/v1/access/keys/x/revoke", "", headers: bearer(first)).status == 404)
      #expect(try await api.post("/v1/access/keys/99/revoke", "", headers: bearer(first)).status == 404)
    }
  }

  @Test("who has to shows a second factor before keys, trails and webhooks are touched")
  func stepUp() async throws {
    try await withGateway(prepare) { api in
      let refused = try await api.get("/v1/access/keys", headers: bearer(careful))
      #expect(refused.status == 403)
      #expect(try refused.code == "mfa_required")
      #expect(refused.header("www-authenticate")?.contains("insufficient_user_authentication") == true)
      for path in ["/v1/audit", "/v1/access/audit", "/v1/tenants/1/webhooks"] {
        let reply = try await api.get(path, headers: bearer(careful))
        #expect(try reply.code == "mfa_required", "\(path)")
      }
      let factor = FactorSecret()
      let now = Int64(Date.now.timeIntervalSince1970 * 1_000)
      let enrolled = try await api.post(
        "/v1/access/second-factor", #"{"secret":"\#(factor.text)","one_time_code":"\#(factor.code(at: now))"}"#,
        headers: bearer(careful))
      #expect(enrolled.status == 204, "\(enrolled.text)")
      let token = try await api.ask(
        .POST, "/oauth/token",
        "grant_type=client_credentials&client_id=3&client_secret=\(careful.text)&one_time_code=\(factor.code(at: now + 30_000))",
        type: "application/x-www-form-urlencoded")
      let text = try #require(try token.json["access_token"]?.text)
      let with = [("authorization", "Bearer \(text)")]
      #expect(try await api.get("/v1/access/keys", headers: with).status == 200)
      let trail = try await api.get("/v1/access/audit?limit=500", headers: with).json["items"]
      let kinds = (0..<(trail?.count ?? 0)).compactMap { trail?[$0]?["kind"]?.text }
      #expect(kinds.contains("factorEnrolled") && kinds.contains("commandRefused") && kinds.contains("tokenIssued"))
      let requests = try await api.get("/v1/audit", headers: with).json["items"]
      let subjects = (0..<(requests?.count ?? 0)).compactMap { requests?[$0]?["subject"]?.text }
      #expect(subjects.contains("enrol_factor: 204"))
      #expect(subjects.contains("list_keys: 403 mfa_required"))
      #expect(try await api.get("/v1/access/key", headers: with).json["step_up"] == nil)
      #expect(!trail.debugDescription.contains(factor.text) && !requests.debugDescription.contains(factor.text))
    }
  }

  @Test("who asks many things at once is nobody else for that")
  func together() async throws {
    let reader = KeySecret()
    func prepareReader(at path: String) throws {
      try prepare(at: path)
      let store = try Store.open(path, .open, options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      _ = try control.perform(
        .create(content: .init(name: "reader", tenants: [7], roles: [.reader]), credential: reader.credential),
        by: .local)
    }
    try await withGateway(prepareReader) { api in
      let headers = bearer(reader)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<64 {
          group.addTask {
            let path = number % 2 == 0 ? "/v1/tenants/9/webhooks" : "/v1/tenants/9/cursors"
            return try await api.get(path, headers: headers).status
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses == Array(repeating: 403, count: 64))
      let own = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<32 { group.addTask { try await api.get("/v1/access/key", headers: headers).status } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(own == Array(repeating: 200, count: 32))
    }
  }

  @Test("applications are registered by two, listed and removed")
  func applications() async throws {
    try await withGateway(prepare) { api in
      let asked = try await api.post(
        "/v1/access/applications", #"{"application":"books","name":"Books","redirect_uris":["https://b.example/cb"]}"#,
        headers: bearer(first))
      let number = try #require(try asked.json["proposal"]?.text)
      let approved = try await api.post("/v1/access/proposals/\(number)/approve", "", headers: bearer(second))
      #expect(try approved.json["application"]?.text == "books")
      let list = try await api.get("/v1/access/applications", headers: bearer(first)).json["items"]
      #expect(list?[0]?["redirect_uris"]?[0]?.text == "https://b.example/cb")
      #expect(list?[0]?["keeps_secret"] == .bool(false))
      #expect(try await api.ask(.DELETE, "/v1/access/applications/books", headers: bearer(first)).status == 204)
      #expect(try await api.ask(.DELETE, "/v1/access/applications/books", headers: bearer(first)).status == 404)
    }
  }
}
