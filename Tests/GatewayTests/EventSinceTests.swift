import Store
import Testing

@testable import Gateway

@Suite("Events since a time")
struct EventSinceTests {
  private func events(_ api: GatewayFixture, _ query: String) async throws -> [JSONValue] {
    let reply = try await api.get("/v1/tenants/1/events?\(query)&limit=1000")
    #expect(reply.status == 200, "\(reply.text)")
    guard case .array(let items)? = try reply.json["items"] else { return [] }
    return items
  }

  @Test("a page begins with the first commit of the time")
  func page() async throws {
    try await withGateway { api in
      for contract in 0..<12 { try await api.fund("\(100 + contract)") }
      let all = try await events(api, "after=0-0")
      #expect(all.count == 72)
      for event in all {
        let time = try #require(event["time"]?.text)
        let wanted = all.drop { ($0["time"]?.text ?? "") < time }
        let found = try await events(api, "since=\(time)")
        #expect(found.first?["id"]?.text == wanted.first?["id"]?.text)
        #expect(found.count == wanted.count)
      }
      #expect(try await events(api, "since=1970-01-01T00:00:00Z").count == 72)
      #expect(try await events(api, "since=2100-01-01T00:00:00Z").isEmpty)
    }
  }

  @Test("a long log is searched in few looks")
  func long() async throws {
    try await withGateway { api in
      var stamps: [String] = []
      for batch in 0..<6 {
        let operations = (0..<1_500).map { index in
          #"{"operation":"create_contract","tenant":"1","contract":"\#(batch * 10_000 + index + 1)","payer":"10","payee":"20","value":5,"actor":"10"}"#
        }
        let reply = try await api.post("/v1/batches", #"{"operations":[\#(operations.joined(separator: ","))]}"#)
        #expect(reply.status == 200)
        try await api.fund("\(900_000 + batch)")
        stamps.append(try #require(try await events(api, "after=0-0&contract=\(900_000 + batch)").first?["time"]?.text))
      }
      for (batch, stamp) in stamps.enumerated() {
        let first = try #require(try await events(api, "since=\(stamp)").first)
        let time = try #require(first["time"]?.text)
        #expect(time >= stamp, "\(batch)")
      }
    }
  }

  @Test("what is no time, or said twice, is refused")
  func refused() async throws {
    try await withGateway { api in
      var statuses: [Int] = []
      for query in ["yesterday", "2020-01-01T00:00:00Z&after=0-0", "2020-01-01T00:00:00Z"] {
        statuses.append(try await api.get("/v1/events?since=\(query)").status)
      }
      #expect(statuses == [400, 422, 200])
    }
  }

  @Test("a log that begins later is an error with its place and time")
  func pruned() async throws {
    try await withGateway(retention: LogRetention(keepByteCount: 0, trimCountMax: 64)) { api in
      for contract in 0..<40 { try await api.fund("\(100 + contract)") }
      try api.engine.checkpoint()
      try await api.fund("77")
      #expect(api.engine.oldestCommit > 1)
      let reply = try await api.get("/v1/tenants/1/events?since=2020-01-01T00:00:00Z")
      #expect(reply.status == 410)
      #expect(try reply.code == "position_too_old")
      let future = try await api.get("/v1/tenants/1/events?since=2100-01-01T00:00:00Z")
      #expect(future.status == 200)
    }
  }
}
