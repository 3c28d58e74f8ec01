import Access
import Store
import Testing

@testable import Gateway

@Suite("Keys over HTTP")
struct IdentityTests {
  /// A store with a key of tenant 1's payer 10, and one for everything of tenant 2.
  private struct Keys {
    let payer = KeySecret()
    let platform = KeySecret()

    func make(at path: String) throws {
      let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      _ = try control.perform(
        .create(
          content: .init(name: "payer", tenants: [1], roles: [.payer], person: 10), credential: payer.credential),
        by: .local)
      _ = try control.perform(
        .create(content: .init(name: "platform", tenants: [2], roles: [.platform]), credential: platform.credential),
        by: .local)
    }
  }

  private func bearer(_ secret: KeySecret) -> [(String, String)] { [("authorization", "Bearer \(secret.text)")] }

  @Test("without a good key nothing is answered but the description")
  func needsKey() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      for headers in [[], bearer(KeySecret()), [("authorization", "Basic eDp5")], [("authorization", "Bearer x")]] {
        let reply = try await api.get("/v1/tenants/1/ledger", headers: headers)
        #expect(reply.status == 401)
        #expect(reply.header("www-authenticate") == "Bearer")
        #expect(try reply.code == "unauthorised")
      }
      #expect(try await api.get("/openapi.json").status == 200)
      #expect(try await api.get("/v1/tenants/1/ledger", headers: bearer(keys.payer)).status == 200)
    }
  }

  @Test("a key acts for its tenants, in its person's name")
  func scope() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      let document = #"{"contract":"7","payer":"10","payee":"20","value":5}"#
      // The key's person is the actor without being named.
      #expect(try await api.post("/v1/tenants/1/contracts", document, headers: bearer(keys.payer)).status == 201)
      let other = try await api.post(
        "/v1/tenants/1/contracts", #"{"payer":"11","payee":"20","value":5,"actor":"11"}"#, headers: bearer(keys.payer))
      #expect(other.status == 403)
      #expect(try other.code == "not_authorised")
      // Another tenant is the same whether it exists or not.
      for tenant in [2, 999] {
        let reply = try await api.post("/v1/tenants/\(tenant)/contracts", document, headers: bearer(keys.payer))
        #expect(reply.status == 403)
        #expect(try reply.code == "tenant_mismatch")
        let read = try await api.get("/v1/tenants/\(tenant)/contracts/7", headers: bearer(keys.payer))
        #expect(read.status == 403)
        #expect(try read.code == "tenant_mismatch")
      }
      #expect(try await api.get("/v1/tenants/1/contracts/7", headers: bearer(keys.platform)).status == 403)
    }
  }

  @Test("nobody uses up the requests of a tenant that is not his")
  func limits() async throws {
    let keys = Keys()
    try await withGateway(keys.make, limits: [RateLimit(.tenant, perSecond: 1, burst: 3)]) { api in
      for _ in 0..<10 {
        #expect(try await api.get("/v1/tenants/2/contracts", headers: bearer(keys.payer)).status == 403)
        #expect(try await api.get("/v1/tenants/2/contracts").status == 401)
      }
      #expect(try await api.get("/v1/tenants/2/contracts", headers: bearer(keys.platform)).status == 200)
      var statuses: [Int] = []
      for _ in 0..<5 {
        statuses.append(try await api.get("/v1/tenants/2/contracts", headers: bearer(keys.platform)).status)
      }
      #expect(statuses.contains(429))
    }
  }

  @Test("events are those of the key's tenants")
  func events() async throws {
    let keys = Keys()
    try await withGateway(keys.make) { api in
      let document = #"{"contract":"7","payer":"10","payee":"20","value":5,"actor":"10"}"#
      #expect(try await api.post("/v1/tenants/1/contracts", document, headers: bearer(keys.payer)).status == 201)
      #expect(try await api.post("/v1/tenants/2/contracts", document, headers: bearer(keys.platform)).status == 201)
      let own = try await api.get("/v1/events?after=0-0", headers: bearer(keys.payer)).json
      #expect(own["items"]?.count == 1)
      #expect(own["items"]?[0]?["source"]?.text == "/v1/tenants/1")
      #expect(try await api.get("/v1/tenants/2/events?after=0-0", headers: bearer(keys.payer)).status == 403)
    }
  }
}
