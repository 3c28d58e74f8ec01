import Access
import Engine
import NIOConcurrencyHelpers
import Store
import Testing

@testable import Gateway

@Suite("Endpoints of webhooks")
struct WebhookManagementTests {
  private let path = "/v1/tenants/1/webhooks"

  @Test("an endpoint is made, shown without its secret, changed and taken away")
  func life() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url, #","description":"ours","rate":50"#)
      let shown = try await api.get(webhook.path)
      #expect(!shown.text.contains("whsec_"))
      #expect(try shown.json["secrets"]?.count == 1)
      #expect(try shown.json["rate"]?.number == 50)
      let tag = try #require(shown.header("etag"))
      #expect(try await api.get(webhook.path, headers: [("if-none-match", tag)]).status == 304)
      let changed = try await api.ask(
        .PATCH, webhook.path, #"{"description":"theirs","rate":0,"types":["in.milepost.milestone.funded.v1"]}"#,
        headers: [("if-match", tag)])
      #expect(changed.status == 200)
      #expect(try changed.json["description"]?.text == "theirs")
      #expect(try changed.json["url"]?.text == receiver.url)
      #expect(try changed.json["rate"]?.number == 0)
      #expect(try changed.json["version"]?.number == 2)
      let stale = try await api.ask(.PATCH, webhook.path, #"{"rate":1}"#, headers: [("if-match", tag)])
      #expect(stale.status == 412)
      #expect(try await api.ask(.DELETE, webhook.path, headers: [("if-match", tag)]).status == 412)
      try await api.fund("77")
      try await receiver.wait(count: 1)
      #expect(try await api.ask(.DELETE, webhook.path).status == 204)
      #expect(try await api.get(webhook.path).status == 404)
      #expect(try await api.get(path).json["items"]?.count == 0)
      for table in [CatalogTable.webhookEndpoints, .webhookStandings, .webhookDeliveries] {
        #expect(try api.engine.catalog.scan(table, from: nil, countMax: 1) { _, _ in .stop } == nil)
        var count = 0
        try api.engine.catalog.visit(table) { _, _ in count += 1 }
        #expect(count == 0)
      }
    }
    try await receiver.stop()
  }

  @Test("with another address, what is on its way to the old one goes to the new one, and no failure is counted")
  func move() async throws {
    let (old, new) = (try await WebhookReceiver.start { _ in .never }, try await WebhookReceiver.start())
    try await withGateway(configure: { $0.allowReceivers(ladder: [60_000]) }) { api in
      let webhook = try await api.makeWebhook(to: old.url)
      try await api.fund("77")
      try await old.wait(count: 6)
      #expect(try await api.ask(.PATCH, webhook.path, #"{"url":"\#(new.url)"}"#).status == 200)
      try await new.wait(count: 6)
      try await webhook.wait("it is up to date") { $0["lag"]?.number == 0 && $0["success_percent"]?.number == 100 }
      #expect(Set(new.ids) == Set(old.ids))
    }
    try await old.stop()
    try await new.stop()
  }

  @Test("a list leads through all endpoints of a tenant, and there are at most so many")
  func list() async throws {
    try await withGateway(configure: {
      $0.allowReceivers()
      $0.webhooks.tenantEndpointCountMax = 5
    }) { api in
      for _ in 0..<5 { _ = try await api.makeWebhook(to: "http://127.0.0.1:9/") }
      _ = try await api.makeWebhook(to: "http://127.0.0.1:9/", tenant: 2)
      let full = try await api.post(path, #"{"url":"http://127.0.0.1:9/"}"#)
      #expect(full.status == 409)
      #expect(try full.code == "too_many_webhooks")
      var (next, seen): (String?, [String]) = ("\(path)?limit=2", [])
      while let page = next {
        let reply = try await api.get(page)
        for index in 0..<(try reply.json["items"]?.count ?? 0) {
          seen.append(try reply.json["items"]?[index]?["id"]?.text ?? "")
        }
        next = reply.header("link").map { String($0.dropFirst().prefix { $0 != ">" }) }
      }
      #expect(Set(seen).count == 5)
    }
  }

  @Test("documents are strict, and addresses are public ones")
  func faults() async throws {
    try await withGateway { api in
      for document in [
        "{}", #"{"url":5}"#, #"{"url":"https://example.com/","colour":"red"}"#,
        #"{"url":"https://example.com/","types":["x"]}"#, #"{"url":"https://example.com/","rate":-1}"#,
        #"{"url":"http://example.com/"}"#, #"{"url":"https://127.0.0.1/"}"#, #"{"url":"https://10.0.0.1/"}"#,
        #"{"url":"https://169.254.169.254/latest"}"#, #"{"url":"https://[::ffff:10.0.0.1]/"}"#,
        #"{"url":"https://localhost/"}"#, #"{"url":"https://u:p@example.com/"}"#, #"{"url":"https://example.com:22/"}"#,
      ] {
        let reply = try await api.post(path, document)
        #expect(reply.status == 422, "\(document): \(reply.text)")
        #expect(try reply.json["errors"]?.count ?? 0 > 0)
      }
      let key = try await api.post(
        path, #"{"url":"https://example.com/"}"#, headers: [("idempotency-key", "\"k\"")])
      #expect(key.status == 400)
      #expect(try await api.get("\(path)/77").status == 404)
    }
  }

  @Test("an address that is not allowed any more is refused at the connection")
  func forbidden() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      _ = try await api.makeWebhook(to: receiver.url.replacing("127.0.0.1", with: "localhost"))
      await api.gateway.stop()
      // The same store under the strict rules: what was made before stays, and nothing goes there.
      var configuration = GatewayConfiguration(
        host: "127.0.0.1", port: 0, kernelHost: "127.0.0.1", kernelPort: api.server.port)
      configuration.webhooks.ladder = RetryLadder(pauses: [10])
      let strict = api.behind(try await Gateway.start(configuration, catalog: api.engine.catalog))
      let id = try #require(try await strict.get(path).json["items"]?[0]?["id"]?.text)
      let webhook = WebhookFixture(api: strict, path: "\(path)/\(id)", secret: WebhookSecret(at: 0))
      let test = try await webhook.post("test").json
      #expect(test["delivered"] == .bool(false))
      #expect(test["error"]?.text == "forbidden_address")
      try await strict.fund("77")
      try await webhook.wait("all are dead") { $0["dead_letters"]?.number == 6 }
      #expect(try await webhook.document["last_error"]?["error"]?.text == "forbidden_address")
      await strict.gateway.stop()
      #expect(receiver.deliveries.isEmpty)
    }
    try await receiver.stop()
  }

  @Test("rotated: both secrets sign for a while, then the new one alone")
  func rotation() async throws {
    let (receiver, clock) = (try await WebhookReceiver.start(), TestClock())
    try await withGateway(configure: {
      $0.allowReceivers()
      $0.webhooks.now = clock.now
    }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      let reply = try await webhook.post("rotate", #"{"overlap_seconds":3600}"#)
      #expect(reply.status == 200)
      let new = try #require(WebhookSecret(text: try reply.json["secret"]?.text ?? "", created: 0))
      try await api.fund("77")
      try await receiver.wait(count: 6)
      for delivery in receiver.deliveries {
        #expect(delivery.signatures.count == 2)
        #expect(delivery.isSigned(with: webhook.secret) && delivery.isSigned(with: new))
      }
      clock.advance(by: 3_600_000)
      try await api.fund("78")
      try await receiver.wait(count: 12)
      for delivery in receiver.deliveries[6...] {
        #expect(delivery.signatures.count == 1)
        #expect(delivery.isSigned(with: new) && !delivery.isSigned(with: webhook.secret))
      }
      for status in [200, 200, 409] { #expect(try await webhook.post("rotate").status == status) }
      #expect(try await webhook.post("rotate", #"{"overlap_seconds":0}"#).status == 200)
      #expect(try await webhook.post("rotate", #"{"overlap_seconds":604801}"#).status == 422)
      #expect(try await webhook.post("rotate", #"{"overlap_seconds":604800}"#).status == 200)
      #expect(try await webhook.document["secrets"]?.count == 2)
    }
    try await receiver.stop()
  }

  @Test("a test event is sent at once, and its answer is told")
  func test() async throws {
    let receiver = try await WebhookReceiver.start { _ in .status(418) }
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      let bad = try await webhook.post("test").json
      #expect(bad["delivered"] == .bool(false))
      #expect(bad["status"]?.number == 418)
      receiver.answer { _ in .accepted }
      #expect(try await webhook.post("disable").status == 200)
      let good = try await webhook.post("test").json
      #expect(good["delivered"] == .bool(true))
      let delivery = try #require(receiver.deliveries.last)
      #expect(delivery.id == good["id"]?.text)
      #expect(delivery.isSigned(with: webhook.secret))
      #expect(try delivery.json["type"]?.text == "in.milepost.webhook.test.v1")
      // It counts for nothing.
      #expect(try await webhook.document["success_percent"] == nil)
    }
    try await receiver.stop()
  }

  @Test("after a restart everything goes on where it was, rows and cursors and all")
  func restart() async throws {
    let receiver = try await WebhookReceiver.start { $0.body.contains("contracts/78") ? .status(500) : .accepted }
    try await withGateway(configure: { $0.allowReceivers(ladder: [200, 200, 200, 200, 200, 200, 200, 200, 200]) }) {
      api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await api.fund("78")
      try await receiver.wait("the first is through") { deliveries in
        deliveries.filter { $0.body.contains("contracts/77") }.count == 6
      }
      try await webhook.wait("the other waits") { $0["retries"]?.number == 6 && $0["lag"]?.number == 0 }
      await api.gateway.stop()
      // Nothing that happens meanwhile is lost.
      try await api.engine.open(contract: 79)
      receiver.answer { _ in .accepted }
      var configuration = GatewayConfiguration(
        host: "127.0.0.1", port: 0, kernelHost: "127.0.0.1", kernelPort: api.server.port)
      configuration.allowReceivers()
      let second = api.behind(try await Gateway.start(configuration, catalog: api.engine.catalog))
      try await receiver.wait("what was missing") { deliveries in
        Set(deliveries.filter { $0.body.contains("contracts/79") }.map(\.id)).count == 1
      }
      let again = WebhookFixture(api: second, path: webhook.path, secret: webhook.secret)
      try await again.wait("nothing waits") { $0["retries"]?.number == 0 && $0["lag"]?.number == 0 }
      #expect(receiver.deliveries.filter { $0.body.contains("contracts/77") }.count == 6)
      await second.gateway.stop()
    }
    try await receiver.stop()
  }

  @Test(
    "what the log no longer has is a gap that the endpoint names, and nothing is passed over before its owner says so")
  func gap() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(
      retention: LogRetention(keepByteCount: 0, trimCountMax: 64), configure: { $0.allowReceivers() }
    ) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      #expect(try await webhook.post("disable").status == 200)
      for contract in 1...10 { try await api.fund(String(contract)) }
      try api.engine.checkpoint()
      try await api.fund("77")
      #expect(api.engine.oldestCommit > 1)
      #expect(try await webhook.post("enable").status == 200)
      try await webhook.wait("the gap") { $0["disabled"]?["reason"]?.text == "gap" }
      let gap = try await webhook.document["disabled"]
      #expect(gap?["until"]?.text == "\(api.engine.oldestCommit)-0")
      #expect(gap?["from"]?.text != nil)
      #expect(receiver.deliveries.isEmpty)
      #expect(try await webhook.post("replay", #"{"source":"log","after":"1-0"}"#).status == 410)
      #expect(try await webhook.post("enable").status == 200)
      try await receiver.wait("the rest") { Set($0.filter { $0.body.contains("contracts/77") }.map(\.id)).count == 6 }
    }
    try await receiver.stop()
  }

  @Test("disabled after five days of failing without one success")
  func failing() async throws {
    let (receiver, clock) = (try await WebhookReceiver.start { _ in .status(500) }, TestClock())
    try await withGateway(configure: {
      $0.allowReceivers(ladder: [20])
      $0.webhooks.now = clock.now
    }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await webhook.wait("all are dead") { $0["dead_letters"]?.number == 6 && $0["state"]?.text == "failing" }
      clock.advance(by: 5 * 86_400_000 - 60_000)
      try await api.fund("78")
      try await webhook.wait("not yet") { $0["dead_letters"]?.number == 12 && $0["state"]?.text == "failing" }
      clock.advance(by: 60_000)
      try await api.fund("79")
      try await webhook.wait("disabled") { $0["disabled"]?["reason"]?.text == "failing" }
      // What it did not get waits in the log.
      receiver.answer { _ in .accepted }
      #expect(try await webhook.post("enable").status == 200)
      try await receiver.wait("the third") { deliveries in
        Set(deliveries.filter { $0.body.contains("contracts/79") }.map(\.id)).count == 6
      }
      try await webhook.wait("active") { $0["state"]?.text == "active" }
    }
    try await receiver.stop()
  }
}

@Suite("Keys and webhooks")
struct WebhookKeyTests {
  private let own = KeySecret()
  private let narrow = KeySecret()
  private let platform = KeySecret()
  private let payer = KeySecret()
  private let path = "/v1/tenants/1/webhooks"

  private func make(at path: String) throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
    let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
    for (secret, name, tenants, role) in [
      (own, "gateway", nil, .reader), (narrow, "narrow", [1], .reader), (platform, "platform", [1], .platform),
      (payer, "payer", [1], .payer),
    ] as [(KeySecret, String, [UInt32]?, Role)] {
      _ = try control.perform(
        .create(content: .init(name: name, tenants: tenants, roles: [role]), credential: secret.credential), by: .local)
    }
  }

  private func bearer(_ secret: KeySecret) -> [(String, String)] { [("authorization", "Bearer \(secret.text)")] }

  @Test(
    "endpoints are managed by keys of the tenant in a role of the platform, and the gateway's own key reads the log")
  func roles() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(
      make,
      configure: {
        $0.allowReceivers()
        $0.ownKey = own.text
      }
    ) { api in
      let document = #"{"url":"\#(receiver.url)"}"#
      #expect(try await api.post(path, document).status == 401)
      let refused = try await api.post(path, document, headers: bearer(payer))
      #expect(refused.status == 403)
      #expect(try refused.code == "not_authorised")
      let other = try await api.post("/v1/tenants/2/webhooks", document, headers: bearer(platform))
      #expect(other.status == 403)
      #expect(try other.code == "tenant_mismatch")
      #expect(try await api.post(path, document, headers: bearer(platform)).status == 201)
      let contract = try await api.post(
        "/v1/tenants/1/contracts", #"{"payer":"10","payee":"20","value":5,"actor":"10"}"#, headers: bearer(platform))
      #expect(contract.status == 201)
      try await receiver.wait(count: 1)
    }
    try await receiver.stop()
  }

  @Test("without a key of its own before a server with keys, the routes say what is missing")
  func missing() async throws {
    try await withGateway(make) { api in
      let reply = try await api.get(path, headers: bearer(platform))
      #expect(reply.status == 503)
      #expect(try reply.code == "webhooks_unavailable")
      #expect(reply.text.contains("--http-key-file"))
    }
  }

  @Test("a key of its own that is not good enough is told at the start")
  func narrowKey() async throws {
    for secret in [narrow, KeySecret()] {
      await #expect(throws: GatewayError.self) {
        try await withGateway(make, configure: { $0.ownKey = secret.text }) { _ in }
      }
    }
  }
}
