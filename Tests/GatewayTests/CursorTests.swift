import Access
import Store
import Testing

@testable import Gateway

@Suite("Cursors of readers")
struct CursorTests {
  private let path = "/v1/tenants/1/cursors"

  private func set(_ api: GatewayFixture, _ name: String, _ after: String, _ headers: [(String, String)] = [])
    async throws -> Reply
  {
    try await api.ask(.PUT, "\(path)/\(name)", #"{"after":"\#(after)"}"#, headers: headers)
  }

  @Test("a cursor is made, moved, compared, listed and taken away")
  func life() async throws {
    try await withGateway { api in
      try await api.fund("77")
      #expect(try await api.get("\(path)/books").status == 404)
      let made = try await set(api, "books", "1-0")
      #expect(made.status == 201)
      #expect(try made.json["version"]?.number == 1)
      let tag = try #require(made.header("etag"))
      let shown = try await api.get("\(path)/books")
      #expect(shown.header("etag") == tag)
      #expect(try await api.get("\(path)/books", headers: [("if-none-match", tag)]).status == 304)
      // Once more the same: nothing changes.
      let again = try await set(api, "books", "1-0")
      #expect(again.status == 200)
      #expect(again.header("etag") == tag)
      let moved = try await set(api, "books", "2-0", [("if-match", tag)])
      #expect(moved.status == 200)
      #expect(try moved.json["version"]?.number == 2)
      let late = try await set(api, "books", "3-0", [("if-match", tag)])
      #expect(late.status == 412)
      #expect(try late.code == "version_conflict")
      #expect(try await set(api, "other", "1-0", [("if-match", "*")]).status == 412)
      _ = try await set(api, "a.b-c_D", "0-0")
      let list = try await api.get(path).json["items"]
      #expect(list?.count == 2)
      #expect(list?[0]?["name"]?.text == "a.b-c_D")
      #expect(list?[1]?["after"]?.text == "2-0")
      #expect(try await api.get("/v1/tenants/2/cursors").json["items"]?.count == 0)
      #expect(try await api.ask(.DELETE, "\(path)/books", headers: [("if-match", tag)]).status == 412)
      #expect(try await api.ask(.DELETE, "\(path)/books").status == 204)
      #expect(try await api.ask(.DELETE, "\(path)/books").status == 404)
    }
  }

  @Test("events begin behind a cursor, which moves when it is set")
  func follow() async throws {
    try await withGateway { api in
      try await api.fund("77")
      _ = try await set(api, "books", "0-0")
      var seen: [String] = []
      while true {
        let page = try await api.get("/v1/tenants/1/events?cursor=books&limit=4").json
        let count = page["items"]?.count ?? 0
        if count == 0 { break }
        for index in 0..<count { seen.append(page["items"]?[index]?["id"]?.text ?? "") }
        // Not done with yet: it comes again.
        let repeated = try await api.get("/v1/tenants/1/events?cursor=books&limit=4").json
        #expect(repeated["items"]?[0]?["id"]?.text == page["items"]?[0]?["id"]?.text)
        let after = try #require(page["after"]?.text)
        let reply = try await set(api, "books", after)
        #expect(reply.status == 200)
      }
      #expect(seen.count == 6)
      #expect(Set(seen).count == 6)
    }
  }

  @Test("what is refused")
  func refused() async throws {
    try await withGateway { api in
      try await api.fund("77")
      #expect(try await set(api, "books", "999999-0").status == 409)
      #expect(try await set(api, "books", "x").status == 422)
      #expect(try await api.ask(.PUT, "\(path)/books", "{}").status == 422)
      #expect(try await api.ask(.PUT, "\(path)/books", #"{"after":"1-0","more":1}"#).status == 422)
      #expect(try await set(api, "b%20", "1-0").status == 404)
      #expect(try await set(api, "-b", "1-0").status == 404)
      #expect(try await set(api, "books", "1-0", [("if-match", "\"x\"")]).status == 412)
      #expect(try await set(api, "books", "1-0", [("idempotency-key", "\"x\"")]).status == 400)
      #expect(try await api.get("/v1/tenants/1/events?cursor=none").status == 404)
      #expect(try await api.get("/v1/tenants/1/events?cursor=none&after=0-0").status == 422)
      #expect(try await api.get("/v1/events?cursor=none").status == 400)
    }
  }

  @Test("a tenant has so many cursors and not one more, also when all come at once")
  func count() async throws {
    try await withGateway { api in
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<(EventCursor.countMax + 20) {
          group.addTask { try await set(api, "c\(index)", "0-0").status }
        }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [201: EventCursor.countMax, 409: 20])
      #expect(try await api.get(path).json["items"]?.count == EventCursor.countMax)
      let one = try #require(try await api.get(path).json["items"]?[0]?["name"]?.text)
      #expect(try await api.ask(.DELETE, "\(path)/\(one)").status == 204)
      #expect(try await set(api, "one-more", "0-0").status == 201)
    }
  }

  @Test("of many who compare, one wins each time")
  func compare() async throws {
    try await withGateway { api in
      try await api.fund("77")
      var tag = try #require(try await set(api, "books", "0-0").header("etag"))
      for round in 1...5 {
        let match = tag
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
          for index in 0..<8 {
            group.addTask { try await set(api, "books", "\(round)-\(index)", [("if-match", match)]) }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        let won = replies.filter { $0.status == 200 }
        #expect(won.count == 1)
        #expect(replies.filter { $0.status == 412 }.count == 7)
        tag = try #require(won.first?.header("etag"))
      }
    }
  }

  @Test("cursors are there after a restart")
  func restart() async throws {
    try await withGateway { api in
      try await api.fund("77")
      _ = try await set(api, "books", "3-0")
      await api.gateway.stop()
      let store = CursorStore(api.engine.catalog) { 0 }
      #expect(try store.cursor(1, "books")?.after == .init(commit: 3, index: 0))
      await store.stop()
    }
  }

  @Test("a row of a newer version is an error, not a cursor at some other place")
  func newer() async throws {
    try await withGateway { api in
      try api.engine.catalog.apply([
        .put(.eventCursors, key: EventCursor.key(1, "books"), value: Array(#"{"version":2}"#.utf8))
      ])
      #expect(try await api.get("\(path)/books").status == 503)
      #expect(try await set(api, "books", "0-0").status == 503)
    }
  }

  @Test("a key reads and sets cursors of its tenants only, in any role")
  func keys() async throws {
    let (reader, other) = (KeySecret(), KeySecret())
    func make(_ folder: String) throws {
      let store = try Store.open(folder, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      for (name, tenant, secret) in [("reader", UInt32(1), reader), ("other", 2, other)] {
        _ = try control.perform(
          .create(content: .init(name: name, tenants: [tenant], roles: [.reader]), credential: secret.credential),
          by: .local)
      }
    }
    try await withGateway(make) { api in
      let (mine, theirs) = ([("authorization", "Bearer \(reader.text)")], [("authorization", "Bearer \(other.text)")])
      let (cursor, since) = ("/v1/tenants/1/events?cursor=books", "/v1/tenants/1/events?since=2020-01-01T00:00:00Z")
      var statuses = [try await set(api, "books", "0-0").status]
      statuses.append(try await set(api, "books", "0-0", theirs).status)
      statuses.append(try await set(api, "books", "0-0", mine).status)
      #expect(statuses == [401, 403, 201])
      var answers: [Int] = []
      for (path, headers) in [
        (path, theirs), (path, mine), (cursor, theirs), (cursor, mine), (since, mine), (since, []),
      ] {
        answers.append(try await api.get(path, headers: headers).status)
      }
      #expect(answers == [403, 200, 403, 200, 200, 401])
    }
  }
}
