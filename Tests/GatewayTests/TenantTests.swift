import Access
import Engine
import Store
import Testing
import Wire

@testable import Gateway
@testable import Kernel

@Suite("Tenants and parties")
struct TenantTests {
  @Test("parties have the contracts and sums of each role, which add up to the ledger")
  func parties() async throws {
    try await withGateway { api in
      try await api.fund("77", amount: 500)
      try await api.fund("78", amount: 70)
      try await api.apply(
        "/v1/tenants/1/contracts",
        #"{"contract":"79","payer":"20","payee":"11","value":9,"actor":"20","terms":{"arbiter":30}}"#)
      try await api.fund("77", tenant: 2, amount: 3)
      let list = try await api.get("/v1/tenants/1/parties")
      let items = try #require(try list.json["items"]?.elements)
      #expect(items.compactMap { $0["party"]?.text } == ["10", "11", "20", "30"])
      let ledger = try await api.get("/v1/tenants/1/ledger").json["buckets"]?.sums
      for role in ["as_payer", "as_payee"] {
        #expect(sum(items.compactMap { $0[role]?["buckets"]?.sums }) == ledger)
        #expect(items.reduce(0) { $0 + ($1[role]?["contract_count"]?.number ?? 0) } == 3)
        #expect(items.reduce(0) { $0 + ($1[role]?["value"]?.number ?? 0) } == 579)
      }
      let both = try await api.get("/v1/tenants/1/parties/20").json
      #expect(both == items[2])
      #expect(both["as_payee"]?["contract_count"]?.number == 2)
      #expect(both["as_payee"]?["buckets"]?["held"]?.number == 570)
      #expect(both["as_payer"]?["value"]?.number == 9)
      #expect(items[3]["as_arbiter"]?["contract_count"]?.number == 1)
      #expect(try await api.get("/v1/tenants/1/parties/99").status == 404)
      #expect(try await api.get("/v1/tenants/1/parties/x").status == 404)
      #expect(try await api.get("/v1/tenants/3/parties").json["items"]?.count == 0)
    }
  }

  private func sum(_ all: [[String: Int64]]) -> [String: Int64] { all.reduce(into: [:]) { $0.merge($1) { $0 + $1 } } }

  @Test("a tenant has its contracts by state, and the sums of its ledger")
  func tenant() async throws {
    try await withGateway { api in
      try await api.fund("77")
      try await api.engine.open(contract: 78)
      try await api.engine.open(contract: 79)
      try await api.apply("/v1/tenants/1/contracts/79/cancel", #"{"actor":"10"}"#)
      let tenant = try await api.get("/v1/tenants/1")
      let document = try tenant.json
      #expect(document["contracts"]?["count"]?.number == 3)
      #expect(document["contracts"]?["value"]?.number == 50_010)
      #expect(
        document["contracts"]?["by_state"]?.sums.filter { $0.value > 0 } == ["ACTIVE": 1, "DRAFT": 1, "CANCELLED": 1])
      #expect(document["party_count"]?.number == 2)
      let ledger = try await api.get("/v1/tenants/1/ledger").json["buckets"]
      #expect(document["buckets"] == ledger)
      // What made the contract, and what asked before; without a quota none is shown.
      #expect(document["quota"] == nil)
      let before = try await api.get("/v1/tenants/1").json["usage"]
      let after = try await api.get("/v1/tenants/1").json["usage"]
      #expect(before?["requests"]?.number == 9 && after?["requests"]?.number == 10, "\(tenant.text)")
      #expect(before?["refused"]?.number == 0 && before?["from"]?.text?.hasSuffix(":00:00.000Z") == true)
      let none = try await api.get("/v1/tenants/9").json
      #expect(none["usage"]?["requests"]?.number == 0)
      #expect(none["contracts"]?["count"]?.number == 0)
      #expect(none["buckets"]?.sums.values.allSatisfy { $0 == 0 } == true)
    }
  }

  @Test("pages of parties are of one count, whatever happens meanwhile")
  func pages() async throws {
    try await withGateway { api in
      var batch = OperationBatch()
      for contract in 1...40 as ClosedRange<UInt32> {
        batch.append(
          Operation(
            .createContract, tenant: 1, contract: UInt128(contract), id: UInt128(contract), actor: contract, amount: 5,
            argument: UInt64(contract) | 1_000 << 32), extension: ContractTerms())
      }
      #expect(try await api.engine.submit(batch).allSatisfy(\.isAccepted))
      var (seen, path): ([String], String?) = ([], "/v1/tenants/1/parties?limit=7")
      while let place = path {
        let page = try await api.get(place)
        #expect(page.status == 200, "\(page.text)")
        seen += try page.json["items"]?.elements.compactMap { $0["party"]?.text } ?? []
        path = page.header("link").map { String($0.dropFirst().prefix(while: { $0 != ">" })) }
        try await api.engine.open(contract: UInt128(1_000 + seen.count))
      }
      #expect(seen == (1...40).map(String.init) + ["1000"])
      #expect(try await api.get("/v1/tenants/1/parties/10").status == 200)
      // A count of another tenant, or none.
      #expect(try await api.get("/v1/tenants/2/parties?cursor=1-7").status == 410)
      #expect(try await api.get("/v1/tenants/1/parties?cursor=999-7").status == 410)
      #expect(try await api.get("/v1/tenants/1/parties?cursor=7").status == 400)
    }
  }

  @Test("a tenant of others is the same whether it exists or not")
  func otherTenant() async throws {
    let reader = KeySecret()
    try await withGateway({ path in
      let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      _ = try control.perform(
        .create(content: .init(name: "reader", tenants: [2], roles: [.reader]), credential: reader.credential),
        by: .local)
    }) { api in
      try await api.engine.open(contract: 77)
      let headers = [("authorization", "Bearer \(reader.text)")]
      for path in ["", "/parties", "/parties/10"] {
        let there = try await api.get("/v1/tenants/1\(path)", headers: headers)
        let nowhere = try await api.get("/v1/tenants/999\(path)", headers: headers)
        #expect(there.status == 403)
        #expect(there.text == nowhere.text.replacing("999", with: "1"))
      }
      #expect(try await api.get("/v1/tenants/2", headers: headers).status == 200)
      #expect(try await api.get("/v1/tenants/2/parties", headers: headers).status == 200)
    }
  }

  @Test("sums past 64 bits are refused, not trapped")
  func overflow() {
    var snapshot = ContractSnapshot(
      tenant: 1, contract: 7, state: .draft, version: 1, payer: 10, payee: 20, arbiter: 0, value: .max,
      buckets: Totals(), advanceOutstanding: 0, payoutAttempt: 0, milestoneCount: 0)
    var census = TenantCensus()
    let isFirstCounted = census.add(Wire.ContractRecord(snapshot))
    snapshot.value = 1
    let isSecondCounted = census.add(Wire.ContractRecord(snapshot))
    #expect(isFirstCounted)
    #expect(!isSecondCounted)
  }
}
