import Foundation
import Testing

@testable import Gateway

@Suite("Contracts over HTTP")
struct LifecycleTests {
  @Test("a contract lives from draft to paid, and its money adds up")
  func wholeLife() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let milestone = "/v1/tenants/1/contracts/77/milestones/1"
      try await api.apply("/v1/tenants/1/contracts/77/payee-verification", #"{"outcome":"verified"}"#)
      try await api.apply("\(milestone)/start", #"{"actor":"20"}"#)
      try await api.apply(
        "\(milestone)/submissions", #"{"basis":"this_claim","amount":50000,"actor":"20","evidence":"photo 1"}"#)
      try await api.apply("\(milestone)/approvals", #"{"amount":50000,"actor":"10"}"#)
      let release = try await api.post("\(milestone)/releases", #"{"basis":"computed","amount":50000,"actor":"10"}"#)
      #expect(try release.json["state"]?.text == "PAYOUT_PENDING")
      let attempt = try #require(try release.json["payout_attempt"]?.number)
      try await api.apply(
        "\(milestone)/payout-results",
        #"{"outcome":"settled","attempt":\#(attempt),"amount":50000,"reference":"BANK 9"}"#)
      #expect(try await api.get(milestone).json["state"]?.text == "CLOSED")
      let ledger = try await api.get("/v1/tenants/1/ledger").json["buckets"]
      #expect(ledger?["funded"]?.number == 50_000)
      #expect(ledger?["paid_out"]?.number == 50_000)
      #expect(ledger?["held"]?.number == 0)
      let engine = try #require(try await api.engine.totals(tenant: 1))
      #expect(engine.paidOut == 50_000)
    }
  }

  @Test("a refusal is a problem document with the kernel's code")
  func refusal() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let reply = try await api.post("/v1/tenants/1/contracts/77/milestones/1/fund", #"{"amount":1,"actor":"10"}"#)
      #expect(reply.status == 409)
      #expect(reply.header("content-type") == "application/problem+json")
      #expect(try reply.code == "over_allocation")
      #expect(try reply.json["type"]?.text == "/reference#problem-over_allocation")
      #expect(try reply.json["instance"]?.text == "/v1/tenants/1/contracts/77/milestones/1/fund")
      #expect(try reply.json["result"]?["state"]?.text == "FUNDED")
      let missing = try await api.get("/v1/tenants/1/contracts/78")
      #expect(missing.status == 404)
      #expect(try missing.code == "not_found")
    }
  }

  @Test("a repeated request with its key is applied once")
  func idempotency() async throws {
    try await withGateway { api in
      let key = [("idempotency-key", "\"order 1\"")]
      let document = #"{"payer":"10","payee":"20","value":500,"actor":"10"}"#
      let first = try await api.post("/v1/tenants/1/contracts", document, headers: key)
      #expect(first.status == 201)
      let contract = try #require(try first.json["contract"]?.text)
      #expect(first.header("location") == "/v1/tenants/1/contracts/\(contract)")
      let again = try await api.post("/v1/tenants/1/contracts", document, headers: key)
      #expect(again.status == 201)
      #expect(again.text == first.text)
      #expect(again.header("location") == first.header("location"))
      #expect(again.header("idempotency-replayed") == "true")
      let other = try await api.post(
        "/v1/tenants/1/contracts", #"{"payer":"10","payee":"20","value":501,"actor":"10"}"#, headers: key)
      #expect(other.status == 422)
      #expect(try other.code == "idempotency_key_reused")
      #expect(try await api.get("/v1/tenants/1/contracts").json["items"]?.count == 1)
      let bad = try await api.post("/v1/tenants/1/contracts", document, headers: [("idempotency-key", "\"\"")])
      #expect(bad.status == 400)
    }
  }

  @Test("entity tags save reading, and guard changes")
  func conditions() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let path = "/v1/tenants/1/contracts/77/milestones/1"
      let tag = try #require(try await api.get(path).header("etag"))
      let known = try await api.get(path, headers: [("if-none-match", "\"x\", \(tag)")])
      #expect(known.status == 304)
      #expect(known.text.isEmpty)
      #expect(known.header("etag") == tag)
      let stale = try await api.post(
        "\(path)/start", #"{"actor":"20"}"#, headers: [("if-match", "\"1-00000000000000000000000000000000\"")])
      #expect(stale.status == 412)
      #expect(try stale.code == "version_conflict")
      #expect(try await api.post("\(path)/start", #"{"actor":"20"}"#, headers: [("if-match", "\"x\"")]).status == 412)
      let fresh = try await api.post("\(path)/start", #"{"actor":"20"}"#, headers: [("if-match", tag)])
      #expect(fresh.status == 200)
      #expect(try await api.get(path).header("etag") != tag)
    }
  }

  @Test("a contract's entity tag changes with the money of its milestones")
  func contractTag() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let path = "/v1/tenants/1/contracts/77"
      let before = try await api.get(path)
      try await api.apply("\(path)/milestones/1/refunds", #"{"amount":100,"actor":"10"}"#)
      let after = try await api.get(path)
      #expect(try before.json["version"] == after.json["version"])
      #expect(before.header("etag") != after.header("etag"))
    }
  }

  @Test("pages lead to each other until all was seen")
  func paging() async throws {
    try await withGateway { api in
      for contract in 1...7 {
        try await api.apply(
          "/v1/tenants/1/contracts",
          #"{"contract":"\#(contract)","payer":"\#(10 + contract % 2)","payee":"20","value":1,"actor":"\#(10 + contract % 2)"}"#
        )
      }
      var seen: [String] = []
      var next: String? = "/v1/tenants/1/contracts?limit=2&state=DRAFT"
      while let path = next {
        let reply = try await api.get(path)
        #expect(reply.status == 200)
        for index in 0..<(try reply.json["items"]?.count ?? 0) {
          seen.append(try reply.json["items"]?[index]?["contract"]?.text ?? "")
        }
        next = reply.header("link").map { String($0.dropFirst().prefix { $0 != ">" }) }
      }
      #expect(seen.sorted() == (1...7).map(String.init))
      let party = try await api.get("/v1/tenants/1/contracts?party=11&limit=100")
      #expect(try party.json["items"]?.count == 4)
      #expect(try await api.get("/v1/tenants/1/contracts?cursor=0").status == 400)
      #expect(try await api.get("/v1/tenants/1/contracts?cursor=ffffffffffffffff").status == 410)
    }
  }

  @Test("milestones by state and due date")
  func due() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let path = "/v1/tenants/1/milestones"
      #expect(try await api.get("\(path)?state=FUNDED").json["items"]?.count == 1)
      #expect(try await api.get("\(path)?state=PAID").json["items"]?.count == 0)
      #expect(try await api.get("\(path)?due_before=2030-01-01T00:00:00Z").json["items"]?.count == 0)
      #expect(try await api.get("\(path)?due_from=2030-01-01T00:00:00Z").json["items"]?.count == 1)
      let none = try await api.get("\(path)?due_from=2030-01-02T00:00:00Z&due_before=2030-01-01T00:00:00Z")
      #expect(try none.json["items"]?.count == 0)
    }
  }

  @Test("what is asked wrongly is told so")
  func badRequests() async throws {
    try await withGateway { api in
      let contracts = "/v1/tenants/1/contracts"
      #expect(try await api.post(contracts, "{").status == 400)
      #expect(try await api.post(contracts, "[]").status == 422)
      #expect(try await api.ask(.POST, contracts, "x=1", type: "text/plain").status == 415)
      let untyped = try await api.ask(.POST, contracts, "{}", type: "")
      #expect(untyped.status == 415)
      let faults = try await api.post(contracts, #"{"payer":10,"payee":"20"}"#)
      #expect(faults.status == 422)
      #expect(try faults.json["errors"]?.count == 2)
      #expect(try faults.json["errors"]?[0]?["pointer"]?.text == "/payer")
      #expect(try await api.get("/v1/tenants/x/ledger").status == 404)
      #expect(try await api.get("\(contracts)?colour=red").status == 400)
      #expect(try await api.get("\(contracts)?limit=1&limit=2").status == 400)
      #expect(try await api.get("\(contracts)?limit=0").status == 400)
      #expect(try await api.get("/nothing").status == 404)
      let method = try await api.ask(.DELETE, "\(contracts)/77")
      #expect(method.status == 405)
      #expect(method.header("allow") == "GET, HEAD")
      let long = "{\"contract\":\"" + String(repeating: "1", count: 2 << 20) + "\"}"
      #expect(try await api.post(contracts, long).status == 413)
      #expect(try await api.get("/v1/tenants/1/ledger").status == 200)
    }
  }

  @Test("an attempt is no version")
  func attempt() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let path = "/v1/tenants/1/contracts/77/milestones/1"
      let tag = try #require(try await api.get(path).header("etag"))
      let reply = try await api.post(
        "\(path)/payout-results", #"{"outcome":"failed","attempt":1,"amount":5}"#, headers: [("if-match", tag)])
      #expect(reply.status == 400)
      let both = try await api.post(
        "\(path)/start", #"{"actor":"20","expected_version":9}"#, headers: [("if-match", tag)])
      #expect(both.status == 412)
    }
  }

  @Test("a change gets its turn beside any number of reads of the same key")
  func reads() async throws {
    try await withGateway { api in
      try await api.fund("77")
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<1_200 {
          group.addTask {
            guard number % 100 == 50 else { return try await api.get("/v1/tenants/1/contracts?limit=1000").status }
            return try await api.post(
              "/v1/tenants/1/contracts",
              #"{"contract":"\#(1_000 + number)","payer":"1","payee":"2","value":5,"actor":"1"}"#
            ).status
          }
        }
        for try await status in group { #expect([200, 201].contains(status)) }
      }
    }
  }

  @Test("HEAD is GET without the document")
  func head() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let get = try await api.get("/v1/tenants/1/contracts/77")
      let head = try await api.ask(.HEAD, "/v1/tenants/1/contracts/77")
      #expect(head.status == 200)
      #expect(head.text.isEmpty)
      #expect(head.header("etag") == get.header("etag"))
    }
  }

  @Test("many small requests at once share frames, and each gets its own answer")
  func coalescing() async throws {
    try await withGateway { api in
      let before = api.engine.metrics()
      try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
        for number in 1...400 {
          group.addTask {
            let reply = try await api.post(
              "/v1/tenants/\(number % 7)/contracts",
              #"{"contract":"\#(number)","payer":"1","payee":"2","value":\#(number),"actor":"1"}"#)
            return (number, reply)
          }
        }
        for try await (number, reply) in group {
          #expect(reply.status == 201)
          #expect(try reply.json["contract"]?.text == String(number))
        }
      }
      let after = api.engine.metrics()
      #expect(after.operationsByCode.reduce(0, +) - before.operationsByCode.reduce(0, +) == 400)
      #expect(after.framesApplied - before.framesApplied < 400)
      for number in 1...400 {
        let snapshot = try await api.engine.contract(tenant: UInt32(number % 7), contract: UInt128(number))
        #expect(snapshot?.value == Int64(number))
      }
    }
  }
}
