import Access
import Store
import Testing

@testable import Gateway

@Suite("The trail of requests")
struct RequestAuditTests {
  private let payer = KeySecret()

  private func makeKey(at path: String) throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
    let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
    _ = try control.perform(
      .create(content: .init(name: "payer", tenants: [1], roles: [.payer], person: 10), credential: payer.credential),
      by: .local)
  }

  @Test("what changes something and what is refused is in it, with its key and its answer; what is read is not")
  func rows() async throws {
    try await withGateway(makeKey) { api in
      let own = [("authorization", "Bearer \(payer.text)")]
      let contracts = "/v1/tenants/1/contracts"
      #expect(try await api.get("\(contracts)/7", headers: own).status == 404)
      let document = #"{"contract":"7","payer":"10","payee":"20","value":5}"#
      #expect(try await api.post(contracts, document, headers: own).status == 201)
      #expect(try await api.get("\(contracts)/7", headers: own).status == 200)
      for _ in 0..<3 { #expect(try await api.post(contracts, document, headers: own).status == 409) }
      #expect(try await api.get("/v1/tenants/2/contracts", headers: own).status == 403)
      #expect(try await api.post(contracts, document).status == 401)
      #expect(try await api.post(contracts, "{", headers: own).status == 400)
      #expect(try await api.ask(.DELETE, contracts, headers: own).status == 405)
      await api.gateway.stop()
      let trail = try AuditTrail(catalog: api.engine.catalog, tables: .gateway)
      let rows = try trail.events(after: 0, limit: 500)
      func count(_ kind: AuditEvent.Kind, _ key: UInt32?, _ subject: String) -> Int {
        rows.filter { $0.kind == kind && $0.key == key && $0.subject == subject && $0.address == "127.0.0.1" }
          .reduce(0) { $0 + $1.count }
      }
      #expect(count(.requestMade, 1, "create_contract of tenant 1: 201") == 1)
      #expect(count(.requestRefused, 1, "create_contract of tenant 1: 409 contract_exists") == 3)
      #expect(count(.requestRefused, 1, "list_contracts of tenant 2: 403 tenant_mismatch") == 1)
      #expect(count(.requestRefused, nil, "create_contract: 401 unauthorised") == 1)
      #expect(rows.contains { $0.subject == "create_contract: 400 invalid_json" })
      #expect(rows.contains { $0.subject == "no such path: 405 method_not_allowed" })
      #expect(rows.reduce(0) { $0 + $1.count } == 8)
      var chain = TrailChain()
      for row in rows { try chain.add(row) }
      #expect(try chain.verdict().sound == rows.count)
      #expect(!rows.contains { "\($0)".contains(payer.text.dropFirst(4)) })
    }
  }
}
