import Engine
import Kernel
import Store
import Testing

@testable import Gateway

@Suite("Timers")
struct TimerTests {
  private let contract = "/v1/tenants/1/contracts/77"

  /// Kind and milestone of each.
  private func kinds(_ api: GatewayFixture) async throws -> [String] {
    let reply = try await api.get("\(contract)/timers")
    #expect(reply.status == 200, "\(reply.text)")
    return try reply.json["items"]?.elements.map { item in
      #expect(item["tenant"]?.text == "1" && item["contract"]?.text == "77")
      return "\(item["kind"]?.text ?? "") \(item["milestone"]?.number ?? 0)"
    } ?? []
  }

  @Test("what will happen by itself changes with what is done")
  func life() async throws {
    try await withGateway { api in
      try await api.apply(
        "/v1/tenants/1/contracts",
        #"{"contract":"77","payer":"10","payee":"20","value":50000,"actor":"10","terms":{"review_s":86400,"arbitration_s":864000,"auto_approve":true,"dormant_days":90,"hold_days":30}}"#
      )
      try await api.apply(
        "\(contract)/policy",
        #"{"actor":"10","policy":{"auto_max":1000000,"escalation_s":259200,"max_level":2}}"#)
      try await api.apply(
        "\(contract)/milestones", #"{"milestone":1,"amount":50000,"due":"2090-01-01T00:00:00Z","actor":"10"}"#)
      try await api.apply("\(contract)/offer", #"{"actor":"10"}"#)
      #expect(try await kinds(api) == [], "nothing runs of an offer")
      try await api.apply("\(contract)/accept", #"{"actor":"20"}"#)
      #expect(try await kinds(api) == ["expire 1"])
      try await api.apply("\(contract)/deposits", #"{"amount":50000,"reference":"UTR 1"}"#)
      try await api.apply("\(contract)/milestones/1/fund", #"{"amount":50000,"actor":"10"}"#)
      try await api.apply("\(contract)/milestones/1/start", #"{"actor":"20"}"#)
      try await api.apply(
        "\(contract)/milestones/1/submissions", #"{"basis":"this_claim","amount":50000,"actor":"20","evidence":"a"}"#)
      #expect(try await kinds(api) == ["auto_approve 1", "escalate 1"])
      // A dispute is decided by its deadline, or passed on before.
      try await api.apply("\(contract)/milestones/1/disputes", #"{"actor":"10","reason":"late"}"#)
      #expect(try await kinds(api) == ["escalate 1", "decide_by_default 1"])
      let now = try #require(try await api.get("/v1/status").json["time"]?.text.flatMap { RFC3339.milliseconds($0) })
      let until = RFC3339.text(now + 86_400_000)
      try await api.apply(
        "\(contract)/suspensions", #"{"change":"suspend","until":"\#(until)","actor":"10"}"#)
      let suspended = try await api.get("\(contract)/timers").json["items"]?.elements ?? []
      #expect(suspended.map { $0["kind"]?.text } == ["suspension_end", "decide_by_default"])
      #expect(suspended.first?["due"]?.text == until && suspended.first?["milestone"] == nil)
      #expect(try await api.get("/v1/tenants/1/contracts/78/timers").status == 404)
    }
  }

  @Test("a tenant's timers come page by page, by when they fire where that is asked")
  func tenant() async throws {
    try await withGateway { api in
      var batch = OperationBatch()
      for contract in 1...30 as ClosedRange<UInt32> {
        let id = UInt128(contract)
        let due = UInt64(3_900_000_000_000) + UInt64(contract * 7 % 30) * 86_400_000
        func operation(
          _ code: OperationCode, _ step: UInt128, _ actor: UInt32, _ amount: Int64 = 0, _ argument: UInt64 = 0
        ) -> Operation {
          Operation(
            code, tenant: 1, contract: id, ordinal: code == .addMilestone ? 1 : 0, id: id << 8 | step, actor: actor,
            amount: amount, argument: argument)
        }
        batch.append(operation(.createContract, 1, 10, 5, 10 | 20 << 32), extension: ContractTerms())
        batch.append(operation(.addMilestone, 2, 10, 5, due))
        batch.append(operation(.offer, 3, 10))
        batch.append(operation(.accept, 4, 20))
      }
      #expect(try await api.engine.submit(batch).allSatisfy(\.isAccepted))

      func rows(_ path: String) async throws -> (rows: [[String]], next: String?) {
        let reply = try await api.get(path)
        #expect(reply.status == 200, "\(reply.text)")
        let items = try reply.json["items"]?.elements ?? []
        let link = reply.header("link").map { String($0.dropFirst().prefix(while: { $0 != ">" })) }
        return (items.map { [$0["due"]?.text ?? "", $0["contract"]?.text ?? ""] }, link)
      }
      func all(_ path: String) async throws -> [[String]] {
        var (seen, next): ([[String]], String?) = ([], path)
        while let place = next {
          let page = try await rows(place)
          seen += page.rows
          next = page.next
        }
        return seen
      }
      let whole = try await all("/v1/tenants/1/timers")
      #expect(whole.count == 30 && Set(whole.map { $0[1] }).count == 30)
      for limit in [1, 7, 30] { #expect(try await all("/v1/tenants/1/timers?limit=\(limit)") == whole) }
      let times = whole.map { $0[0] }.sorted()
      for place in [0, 11, 29] {
        let late = try await all("/v1/tenants/1/timers?due_from=\(times[place])&limit=5")
        let early = try await all("/v1/tenants/1/timers?due_before=\(times[place])&limit=5")
        #expect(late.map { $0[0] }.sorted() == Array(times[place...]))
        #expect(early.map { $0[0] }.sorted() == Array(times[..<place]))
      }
      let none = "due_from=\(times[5])&due_before=\(times[4])"
      #expect(try await all("/v1/tenants/1/timers?\(none)").isEmpty)
      #expect(try await all("/v1/tenants/9/timers").isEmpty)
      #expect(try await api.get("/v1/tenants/1/timers?cursor=x").status == 400)
    }
  }
}
