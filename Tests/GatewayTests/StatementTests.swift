import Access
import Engine
import Kernel
import Store
import Testing

@testable import Gateway

@Suite("Statements")
struct StatementTests {
  private let contract = "/v1/tenants/1/contracts/77"

  /// A contract that is funded, worked on, paid, and partly given back.
  private func live(_ api: GatewayFixture) async throws {
    try await api.fund("77")
    let milestone = "\(contract)/milestones/1"
    try await api.apply("\(contract)/payee-verification", #"{"outcome":"verified"}"#)
    try await api.apply("\(milestone)/start", #"{"actor":"20"}"#)
    try await api.apply(
      "\(milestone)/submissions", #"{"basis":"this_claim","amount":30000,"actor":"20","evidence":"a"}"#)
    try await api.apply("\(milestone)/approvals", #"{"amount":30000,"actor":"10"}"#)
    let release = try await api.post("\(milestone)/releases", #"{"basis":"computed","amount":30000,"actor":"10"}"#)
    let attempt = try #require(try release.json["payout_attempt"]?.number)
    try await api.apply(
      "\(milestone)/payout-results",
      #"{"outcome":"settled","attempt":\#(attempt),"amount":30000,"reference":"BANK 9"}"#)
    try await api.apply("\(contract)/deposits", #"{"amount":700,"reference":"UTR 8"}"#)
    try await api.apply("\(contract)/refunds", #"{"amount":700,"actor":"10"}"#)
    try await api.apply("\(contract)/refund-results", #"{"outcome":"settled","amount":200,"reference":"UTR 9"}"#)
  }

  @Test("a statement has every movement, and adds up to what the ledger has")
  func whole() async throws {
    try await withGateway { api in
      try await live(api)
      let statement = try await api.get("\(contract)/statement").json
      let items = try #require(statement["items"]?.elements)
      #expect(
        items.compactMap { $0["operation"]?.text }
          == ["deposit", "fund", "release", "payout_result", "deposit", "refund", "refund_result"])
      #expect(items[0]["changes"]?.sums == ["funded": 50_000, "unallocated": 50_000])
      #expect(items[1]["changes"]?.sums == ["held": 50_000, "unallocated": -50_000])
      #expect(items[2]["changes"]?.sums == ["held": -30_000, "payout_pending": 30_000])
      #expect(items[2]["milestone"]?.number == 1)
      #expect(items[3]["mode"]?.text == "settled")
      #expect(items[6]["changes"]?.sums == ["refund_pending": -200, "refunded": 200])
      #expect(statement["opening"]?.sums.values.allSatisfy { $0 == 0 } == true)
      let record = try await api.get(contract).json["buckets"]?.sums
      #expect(statement["closing"]?.sums == record)
      let ledger = try await api.get("/v1/tenants/1/ledger").json["buckets"]?.sums
      #expect(statement["closing"]?.sums == ledger)
      #expect(statement["next"] == nil)
      // Each is the event of its name.
      let events = try #require(try await api.get("/v1/tenants/1/events?after=0-0&limit=1000").json["items"]?.elements)
      for item in items {
        let event = events.first { $0["id"] == item["event"] }
        #expect(event?["data"]?["id"] == item["id"])
        #expect(event?["time"] == item["time"])
        #expect(event?["sequence"] == item["sequence"])
      }
    }
  }

  @Test("each column of the CSV adds up from its first line to its last")
  func csv() async throws {
    try await withGateway { api in
      try await live(api)
      let reply = try await api.get("\(contract)/statement", headers: [("accept", "text/csv")])
      #expect(reply.header("content-type") == "text/csv; charset=utf-8; header=present")
      #expect(reply.header("vary") == "Accept, Authorization, Accept-Encoding")
      #expect(reply.text.hasSuffix("\r\n"))
      let lines = reply.text.split(separator: "\r\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      #expect(lines[0] == StatementPage.csvColumns)
      #expect(lines.allSatisfy { $0.count == lines[0].count })
      #expect(lines[1...].map { $0[0] } == ["opening"] + Array(repeating: "movement", count: 7) + ["closing"])
      for column in 11..<lines[0].count {
        let sums = lines[1...].compactMap { Int64($0[column]) }
        #expect(sums.dropLast().reduce(0, +) == sums.last, "\(lines[0][column])")
      }
      let page = try await api.get("\(contract)/statement?limit=3", headers: [("accept", "text/csv")])
      #expect(page.header("link")?.contains("statement?limit=3&cursor=") == true)
    }
  }

  @Test("pages follow each other without a gap, and spans of time meet")
  func pagesAndSpans() async throws {
    try await withGateway { api in
      try await live(api)
      let whole = try await api.get("\(contract)/statement").json
      let items = try #require(whole["items"]?.elements)
      for limit in 1...8 {
        var (seen, path): ([JSONValue], String?) = ([], "\(contract)/statement?limit=\(limit)")
        var balance = whole["opening"]
        while let place = path {
          let page = try await api.get(place)
          let document = try page.json
          #expect(document["opening"] == balance)
          balance = document["closing"]
          seen += document["items"]?.elements ?? []
          path = page.header("link").map { String($0.dropFirst().prefix(while: { $0 != ">" })) }
          #expect((document["next"] == nil) == (path == nil))
        }
        #expect(seen == items)
        #expect(balance == whole["closing"])
      }
      for item in items {
        let time = try #require(item["time"]?.text)
        let before = try await api.get("\(contract)/statement?to=\(time)").json
        let after = try await api.get("\(contract)/statement?from=\(time)").json
        #expect(before["closing"] == after["opening"])
        #expect((before["items"]?.elements ?? []) + (after["items"]?.elements ?? []) == items)
        #expect(after["closing"] == whole["closing"])
        let none = try await api.get("\(contract)/statement?from=\(time)&to=\(time)").json
        #expect(none["items"]?.count == 0)
        #expect(none["opening"] == none["closing"])
      }
    }
  }

  @Test("a party has the money of all contracts in which it has the role")
  func party() async throws {
    try await withGateway { api in
      try await live(api)
      try await api.fund("78", amount: 900)
      try await api.fund("79", tenant: 2, amount: 5)
      let path = "/v1/tenants/1/parties"
      let payer = try await api.get("\(path)/10/statement?role=payer").json
      let ledger = try await api.get("/v1/tenants/1/ledger").json["buckets"]
      #expect(payer["closing"] == ledger)
      let contracts = (payer["items"]?.elements ?? []).compactMap { $0["contract"]?.text }
      #expect(Set(contracts) == ["77", "78"])
      #expect(try await api.get("\(path)/20/statement?role=payee").json["closing"] == ledger)
      for other in ["20/statement?role=payer", "10/statement?role=payee", "11/statement?role=payer"] {
        let none = try await api.get("\(path)/\(other)").json
        #expect(none["items"]?.count == 0)
        #expect(none["closing"]?.sums.values.allSatisfy { $0 == 0 } == true)
      }
      #expect(try await api.get("\(path)/10/statement").status == 400)
      #expect(try await api.get("\(path)/10/statement?role=arbiter").status == 400)
      #expect(try await api.get("\(path)/x/statement?role=payer").status == 404)
      #expect(try await api.get("\(contract)8/statement").status == 404)
      let turned = try await api.get("\(contract)/statement?from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")
      #expect(turned.status == 422)
    }
  }

  @Test("a statement goes on with what has come since it was asked for first")
  func goesOn() async throws {
    try await withGateway { api in
      try await api.fund("77")
      #expect(try await api.get("\(contract)/statement").json["items"]?.count == 2)
      try await api.apply("\(contract)/milestones/1/refunds", #"{"amount":100,"actor":"10"}"#)
      let statement = try await api.get("\(contract)/statement").json
      #expect(statement["items"]?.count == 3)
      let buckets = try await api.get(contract).json["buckets"]
      #expect(statement["closing"] == buckets)
    }
  }

  @Test(
    "generated operations of five contracts, chains and deadlines among them, agree with the ledger",
    arguments: [1, 2, 3, 4] as [UInt64])
  func generated(seed: UInt64) async throws {
    try await withGateway { api in
      var generator = StatementOperations(seed: seed)
      for round in 1...60 {
        let operations = generator.next()
        generator.note(operations, try await api.engine.submit(StatementOperations.batch(operations)))
        if round % 15 == 0 { try await compare(api) }
      }
      #expect(generator.moneyMoved > 20)
    }
  }

  private func compare(_ api: GatewayFixture) async throws {
    var sum: [String: Int64] = [:]
    for contract in 1...StatementOperations.contractCount {
      let path = "/v1/tenants/1/contracts/\(contract)"
      let record = try await api.get(path)
      guard record.status == 200 else { continue }
      // Deadlines fire by themselves meanwhile; those that there are here move no money.
      let statement = try await api.get("\(path)/statement?limit=1000")
      #expect(statement.status == 200, "\(statement.text)")
      let closing = try #require(try statement.json["closing"]?.sums)
      #expect(try closing == record.json["buckets"]?.sums)
      sum.merge(closing) { $0 + $1 }
    }
    let ledger = try await api.get("/v1/tenants/1/ledger").json["buckets"]?.sums
    if !sum.isEmpty { #expect(sum == ledger) }
    let payer = try await api.get("/v1/tenants/1/parties/10/statement?role=payer").json["closing"]?.sums
    #expect(payer == ledger)
  }

  @Test("a log that no longer begins at its beginning gives no statement")
  func trimmed() async throws {
    try await withGateway(retention: LogRetention(keepByteCount: 0, trimCountMax: 64)) { api in
      for contract in 0..<40 { try await api.fund("\(100 + contract)") }
      try api.engine.checkpoint()
      try await api.fund("77")
      #expect(api.engine.oldestCommit > 1)
      let reply = try await api.get("\(contract)/statement")
      #expect(reply.status == 410)
      #expect(try reply.code == "position_too_old")
    }
  }

  @Test("another tenant's statements are refused, whether there are any or not")
  func otherTenant() async throws {
    let secret = KeySecret()
    let all = KeySecret()
    try await withGateway({ path in
      let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      _ = try control.perform(
        .create(content: .init(name: "reader", tenants: [2], roles: [.reader]), credential: secret.credential),
        by: .local)
      _ = try control.perform(
        .create(content: .init(name: "platform", tenants: nil, roles: [.platform]), credential: all.credential),
        by: .local)
    }) { api in
      let (reader, platform) = (["authorization": "Bearer \(secret.text)"], ["authorization": "Bearer \(all.text)"])
      func ask(_ path: String, _ headers: [String: String]) async throws -> Reply {
        try await api.get(path, headers: headers.map { ($0.key, $0.value) })
      }
      let made = try await api.post(
        "/v1/tenants/1/contracts", #"{"contract":"77","payer":"10","payee":"20","value":5,"actor":"10"}"#,
        headers: platform.map { ($0.key, $0.value) })
      #expect(made.status == 201, "\(made.text)")
      var answers: Set<String> = []
      for tenant in [1, 999] {
        for path in ["contracts/77/statement", "parties/10/statement?role=payer"] {
          let reply = try await ask("/v1/tenants/\(tenant)/\(path)", reader)
          #expect(reply.status == 403)
          answers.insert(try reply.code ?? "")
        }
      }
      #expect(answers == ["tenant_mismatch"])
      #expect(try await ask("/v1/tenants/2/parties/10/statement?role=payer", reader).status == 200)
      #expect(try await ask("/v1/tenants/1/contracts/77/statement", platform).status == 200)
    }
  }
}

extension JSONValue {
  /// An array's elements.
  var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

  /// An object's members that are integers.
  var sums: [String: Int64] {
    guard case .object(let members) = self else { return [:] }
    return members.reduce(into: [:]) { if let number = $1.value.number { $0[$1.name] = number } }
  }
}
