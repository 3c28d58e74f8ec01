import AsyncHTTPClient
import NIOCore
import Testing

@testable import Gateway

@Suite("Events over HTTP")
struct EventTests {
  @Test("a page has what happened, as CloudEvents")
  func page() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let reply = try await api.get("/v1/tenants/1/events?after=0-0").json
      let items = try #require(reply["items"])
      #expect(items.count == 6)
      let last = try #require(items[5])
      #expect(last["specversion"]?.text == "1.0")
      #expect(last["type"]?.text == "in.milepost.milestone.funded.v1")
      #expect(last["source"]?.text == "/v1/tenants/1")
      #expect(last["subject"]?.text == "contracts/77/milestones/1")
      #expect(last["data"]?["amount"]?.number == 50_000)
      #expect(last["data"]?["result"]?["state"]?.text == "FUNDED")
      // The end of what was looked at, whether or not something of it passed.
      let after = try #require(reply["after"]?.text.flatMap(EventName.position))
      #expect(try after >= #require(last["id"]?.text.flatMap(EventName.position)))
      #expect(after.commit <= api.engine.durableCommit)
      let sequences = (0..<6).compactMap { items[$0]?["sequence"]?.text }
      #expect(sequences == sequences.sorted())
    }
  }

  @Test("one page after the other sees every event once")
  func pages() async throws {
    try await withGateway { api in
      try await api.fund("77")
      try await api.fund("78")
      var seen: [String] = []
      var after = "0-0"
      while true {
        let reply = try await api.get("/v1/tenants/1/events?after=\(after)&limit=5").json
        let items = reply["items"]
        for index in 0..<(items?.count ?? 0) { seen.append(items?[index]?["id"]?.text ?? "") }
        after = try #require(reply["after"]?.text)
        if items?.count == 0 { break }
      }
      #expect(seen.count == 12)
      #expect(Set(seen).count == 12)
    }
  }

  @Test("filters: tenant, type, contract, refused")
  func filters() async throws {
    try await withGateway { api in
      try await api.fund("77")
      try await api.fund("78")
      try await api.fund("79", tenant: 2)
      _ = try await api.post("/v1/tenants/1/contracts/77/milestones/1/fund", #"{"amount":1,"actor":"10"}"#)
      func count(_ query: String) async throws -> Int? {
        try await api.get("/v1/\(query)").json["items"]?.count
      }
      #expect(try await count("events?after=0-0") == 18)
      #expect(try await count("tenants/2/events?after=0-0") == 6)
      #expect(try await count("tenants/1/events?after=0-0&contract=78") == 6)
      #expect(try await count("tenants/1/events?after=0-0&type=in.milepost.milestone.funded.v1") == 2)
      #expect(try await count("tenants/1/events?after=0-0&refused=true") == 13)
      #expect(
        try await count("tenants/1/events?after=0-0&refused=true&type=in.milepost.operation.refused.v1") == 1)
      #expect(try await api.get("/v1/events?type=x").status == 400)
      #expect(try await api.get("/v1/events?after=x").status == 400)
    }
  }

  /// Reads a stream until `count` events came; their ids.
  private func read(
    _ api: GatewayFixture, _ path: String, count: Int, lastID: String? = nil, meanwhile: () async throws -> Void = {}
  ) async throws -> [String] {
    var request = HTTPClientRequest(url: api.base + path)
    request.headers.add(name: "accept", value: "text/event-stream")
    if let lastID { request.headers.add(name: "last-event-id", value: lastID) }
    let response = try await api.client.execute(request, timeout: .seconds(20))
    #expect(response.status == .ok)
    #expect(response.headers.first(name: "content-type") == "text/event-stream")
    try await meanwhile()
    var ids: [String] = []
    var rest = ""
    for try await buffer in response.body {
      rest += String(buffer: buffer)
      while let end = rest.firstIndex(of: "\n") {
        let line = rest[..<end]
        if line.hasPrefix("id: ") { ids.append(String(line.dropFirst(4))) }
        rest = String(rest[rest.index(after: end)...])
      }
      if ids.count >= count { break }
    }
    return ids
  }

  @Test("a stream has the past and then what comes, and goes on after a break")
  func stream() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let first = try await read(api, "/v1/tenants/1/events?after=0-0", count: 13) { try await api.fund("78") }
      // The first id is the place before the first event.
      #expect(first.count == 13)
      let rest = try await read(api, "/v1/tenants/1/events", count: 6, lastID: first[7])
      #expect(rest == Array(first[7...]))
    }
  }

  @Test("a stream without a position has only what comes from now on")
  func fromNow() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let ids = try await read(api, "/v1/tenants/1/events?contract=78", count: 2) { try await api.fund("78") }
      #expect(ids.count >= 2)
    }
  }

  @Test("a position beyond the log is refused before the stream begins")
  func ahead() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let reply = try await api.get("/v1/events?after=999999-0", headers: [("accept", "text/event-stream")])
      #expect(reply.status == 409)
      #expect(try reply.code == "position_ahead")
    }
  }

  @Test("who asks for a stream and does not read it takes no place")
  func places() async throws {
    try await withGateway { api in
      try await api.fund("77")
      for _ in 0..<(SessionPool.streamCountMax + 10) {
        let head = try await api.ask(.HEAD, "/v1/events", headers: [("accept", "text/event-stream")])
        #expect(head.status == 200)
      }
      let ids = try await read(api, "/v1/tenants/1/events?after=0-0", count: 6)
      #expect(ids.filter { $0.hasSuffix("-0") }.count >= 6)
    }
  }

  @Test("a gateway that stops ends its streams")
  func stop() async throws {
    try await withGateway { api in
      var request = HTTPClientRequest(url: api.base + "/v1/events")
      request.headers.add(name: "accept", value: "text/event-stream")
      let response = try await api.client.execute(request, timeout: .seconds(20))
      async let stopping: Void = api.gateway.stop()
      for try await _ in response.body {}
      await stopping
    }
  }
}
