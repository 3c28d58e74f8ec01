import Engine
import NIOCore
import Store
import Testing

@testable import Gateway

@Suite("Deliveries of webhooks")
struct WebhookDeliveryTests {
  @Test("every event of the tenant is delivered, signed, as a CloudEvents document")
  func delivery() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      try await api.fund("70")
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await api.fund("78", tenant: 2)
      try await receiver.wait(count: 6)
      let log = try await api.get("/v1/tenants/1/events?after=0-0&contract=77").json["items"]
      for index in 0..<6 {
        let event = try #require(log?[index])
        let delivery = try #require(receiver.deliveries.first { $0.id == event["id"]?.text })
        #expect(try delivery.json == event)
        #expect(delivery.type == "application/cloudevents+json")
        #expect(delivery.isSigned(with: webhook.secret))
      }
      #expect(receiver.deliveries.count == 6)
      try await webhook.wait("it is up to date") {
        $0["lag"]?.number == 0 && $0["success_percent"]?.number == 100 && $0["retries"]?.number == 0
      }
      #expect(try await webhook.document["state"]?.text == "active")
      let rows = try await api.get("\(webhook.path)/deliveries").json["items"]
      #expect(rows?.count == 6)
      #expect(rows?[0]?["status"]?.number == 204)
    }
    try await receiver.stop()
  }

  @Test("an endpoint may have the past, and only what it wants of it")
  func filters() async throws {
    let (all, few, refused) = (
      try await WebhookReceiver.start(), try await WebhookReceiver.start(), try await WebhookReceiver.start()
    )
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      try await api.fund("77")
      try await api.fund("78")
      _ = try await api.post("/v1/tenants/1/contracts/77/milestones/1/fund", #"{"amount":1,"actor":"10"}"#)
      _ = try await api.makeWebhook(to: all.url, #","after":"0-0""#)
      _ = try await api.makeWebhook(
        to: few.url, #","after":"0-0","types":["in.milepost.milestone.funded.v1"],"contract":"78""#)
      _ = try await api.makeWebhook(
        to: refused.url, #","after":"0-0","refused":true,"types":["in.milepost.operation.refused.v1"]"#)
      try await all.wait(count: 12)
      try await few.wait(count: 1)
      try await refused.wait(count: 1)
      #expect(try few.deliveries[0].json["subject"]?.text == "contracts/78/milestones/1")
      #expect(try refused.deliveries[0].json["data"]?["result"]?["code"]?.text == "over_allocation")
      #expect(all.ids.count == 12)
    }
    for receiver in [all, few, refused] { try await receiver.stop() }
  }

  @Test(
    "a place that no event has is refused, and nothing ends by it", arguments: ["1-4294967295", "1-1000000000", "1-01"])
  func noPlace(_ place: String) async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      let made = try await api.post("/v1/tenants/1/webhooks", #"{"url":"\#(receiver.url)","after":"\#(place)"}"#)
      let replay = try await api.post("\(webhook.path)/replay", #"{"source":"log","after":"\#(place)"}"#)
      #expect(made.status == 422 && replay.status == 422, "\(made.text) \(replay.text)")
      #expect(try await api.get("\(webhook.path)/dead-letters?cursor=\(place)").status == 400)
    }
    try await receiver.stop()
  }

  @Test("each tenant's events go to its own endpoints, while others come and go")
  func tenants() async throws {
    let (first, second) = (try await WebhookReceiver.start(), try await WebhookReceiver.start())
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      _ = try await api.makeWebhook(to: first.url)
      try await api.fund("77")
      try await first.wait(count: 6)
      let other = try await api.makeWebhook(to: second.url, tenant: 2)
      try await api.fund("78", tenant: 2)
      try await api.fund("79")
      try await second.wait(count: 6)
      try await first.wait(count: 12)
      #expect(try await other.post("disable").status == 200)
      try await api.fund("80", tenant: 2)
      try await api.fund("81")
      try await first.wait(count: 18)
      #expect(try await other.post("enable").status == 200)
      try await second.wait(count: 12)
      #expect(Set(first.ids).count == 18 && first.ids.count == 18)
      #expect(Set(second.ids).count == 12)
      for delivery in first.deliveries { #expect(try delivery.json["source"]?.text == "/v1/tenants/1") }
      for delivery in second.deliveries { #expect(try delivery.json["source"]?.text == "/v1/tenants/2") }
    }
    try await first.stop()
    try await second.stop()
  }

  @Test("what fails is tried again with the same id and body, until it is taken")
  func retry() async throws {
    let receiver = try await WebhookReceiver.start()
    receiver.answer { [receiver] delivery in
      receiver.deliveries.filter { $0.id == delivery.id }.count < 3 ? .status(503) : .accepted
    }
    try await withGateway(configure: { $0.allowReceivers(ladder: [20, 20, 20, 20]) }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await receiver.wait(count: 18)
      try await webhook.wait("nothing waits") { $0["retries"]?.number == 0 && $0["state"]?.text == "active" }
      let groups = Dictionary(grouping: receiver.deliveries, by: \.id)
      #expect(groups.count == 6)
      for group in groups.values {
        #expect(group.count == 3)
        #expect(Set(group.map(\.body)).count == 1)
      }
      #expect(try await webhook.document["last_error"]?["status"]?.number == 503)
      #expect(try await webhook.document["dead_letters"]?.number == 0)
    }
    try await receiver.stop()
  }

  @Test("a receiver that has too much to do and asks for time gets it, for all deliveries")
  func rest() async throws {
    let receiver = try await WebhookReceiver.start()
    receiver.answer { [receiver] _ in
      receiver.deliveries.count == 1 ? .init(status: 429, headers: [("retry-after", "1")]) : .accepted
    }
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await receiver.wait("all six") { Set($0.map(\.id)).count == 6 }
      try await webhook.wait("nothing waits") { $0["retries"]?.number == 0 && $0["lag"]?.number == 0 }
      let deliveries = receiver.deliveries
      let again = try #require(deliveries.last { $0.id == deliveries[0].id })
      #expect(again.time - deliveries[0].time >= .milliseconds(900))
      // What was under way with the first one came through; nothing began after that.
      let pause = zip(deliveries, deliveries.dropFirst()).map { $1.time - $0.time }.max()
      #expect(try #require(pause) >= .milliseconds(500))
    }
    try await receiver.stop()
  }

  @Test("redirects are not followed")
  func redirects() async throws {
    let (receiver, other) = (try await WebhookReceiver.start(), try await WebhookReceiver.start())
    let target = other.url
    receiver.answer { _ in .init(status: 307, headers: [("location", target)]) }
    try await withGateway(configure: { $0.allowReceivers(ladder: [20]) }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await webhook.wait("all are dead") { $0["dead_letters"]?.number == 6 }
      #expect(other.deliveries.isEmpty)
    }
    try await receiver.stop()
    try await other.stop()
  }

  @Test("410 disables the endpoint; enabled again it goes on where it was")
  func gone() async throws {
    let receiver = try await WebhookReceiver.start { _ in .status(410) }
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await webhook.wait("it is disabled") { $0["disabled"]?["reason"]?.text == "gone" }
      receiver.answer { _ in .accepted }
      let before = receiver.deliveries.count
      #expect(try await webhook.post("enable").status == 200)
      try await receiver.wait("all six") { Set($0.dropFirst(before).map(\.id)).count == 6 }
      #expect(try await webhook.document["state"]?.text == "active")
    }
    try await receiver.stop()
  }

  @Test("after the last try there are dead letters, which can be sent again one by one, by type and by time")
  func deadLetters() async throws {
    let receiver = try await WebhookReceiver.start { _ in .status(500) }
    try await withGateway(configure: { $0.allowReceivers(ladder: [10, 10]) }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await webhook.wait("all are dead") { $0["dead_letters"]?.number == 6 && $0["retries"]?.number == 0 }
      let letters = try #require(try await api.get("\(webhook.path)/dead-letters").json["items"])
      #expect(letters.count == 6)
      #expect(letters[0]?["attempts"]?.number == 3)
      #expect(letters[0]?["status"]?.number == 500)
      #expect(letters[0]?["event"]?["id"] == letters[0]?["id"])
      let page = try await api.get("\(webhook.path)/dead-letters?limit=4")
      #expect(try page.json["items"]?.count == 4)
      let rest = try #require(page.header("link")).dropFirst().prefix { $0 != ">" }
      #expect(try await api.get(String(rest)).json["items"]?.count == 2)

      receiver.answer { _ in .accepted }
      let seen = receiver.deliveries.count
      let first = try #require(letters[0]?["id"]?.text)
      let one = try await webhook.post("replay", #"{"source":"dead_letters","ids":["\#(first)"]}"#)
      #expect(one.status == 202)
      #expect(try one.json["replayed"]?.number == 1)
      try await receiver.wait(count: seen + 1)
      #expect(receiver.ids.last == first)
      let typed = try await webhook.post(
        "replay", #"{"source":"dead_letters","types":["in.milepost.milestone.funded.v1"]}"#)
      #expect(try typed.json["replayed"]?.number == 1)
      let past = try await webhook.post("replay", #"{"source":"dead_letters","before":"2000-01-01T00:00:00Z"}"#)
      #expect(try past.json["replayed"]?.number == 0)
      let all = try await webhook.post("replay", #"{"source":"dead_letters","since":"2000-01-01T00:00:00Z"}"#)
      #expect(try all.json["replayed"]?.number == 4)
      try await receiver.wait(count: seen + 6)
      #expect(Set(receiver.ids.suffix(6)).count == 6)
      try await webhook.wait("nothing is left") { $0["dead_letters"]?.number == 0 && $0["retries"]?.number == 0 }
    }
    try await receiver.stop()
  }

  @Test("the log is sent again from a place on, or up to another one; ids stay as they were")
  func replay() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url, #","ordered":true"#)
      try await api.fund("77")
      try await receiver.wait(count: 6)
      try await webhook.wait("it is up to date") { $0["lag"]?.number == 0 }
      // Each record's events come in order; contract and milestone are two records.
      let ids = receiver.ids.sorted { Int($0.prefix { $0 != "-" }) ?? 0 < Int($1.prefix { $0 != "-" }) ?? 0 }
      #expect(
        try await webhook.post("replay", #"{"source":"log","after":"\#(ids[0])","until":"\#(ids[2])"}"#).status == 202)
      try await receiver.wait(count: 8)
      #expect(Set(receiver.ids.suffix(2)) == [ids[1], ids[2]])
      try await webhook.wait("it is where it was") { $0["lag"]?.number == 0 }
      try await api.fund("78")
      try await receiver.wait(count: 14)
      #expect(Set(receiver.ids).count == 12)
      #expect(try await webhook.post("replay", #"{"source":"log","after":"0-0"}"#).status == 202)
      try await receiver.wait(count: 26)
      #expect(Set(receiver.ids.suffix(12)).count == 12)
      let ahead = try await webhook.post("replay", #"{"source":"log","after":"999999-0"}"#)
      #expect(ahead.status == 409)
      #expect(try ahead.code == "position_ahead")
    }
    try await receiver.stop()
  }

  @Test("ordered: an event that fails keeps its own record waiting, and no other one")
  func ordered() async throws {
    let receiver = try await WebhookReceiver.start()
    receiver.answer { [receiver] delivery in
      let isFirst = delivery.body.contains(#""subject":"contracts/77","#)
      return isFirst && receiver.deliveries.filter { $0.id == delivery.id }.count < 3 ? .status(500) : .accepted
    }
    try await withGateway(configure: { $0.allowReceivers(ladder: [30, 30, 30, 30]) }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url, #","ordered":true"#)
      try await api.fund("77")
      try await api.fund("78")
      try await receiver.wait("both contracts whole") { Set($0.map(\.id)).count == 12 }
      try await webhook.wait("nothing waits") { $0["retries"]?.number == 0 }
      var order: [String: [String]] = [:]
      for delivery in receiver.deliveries {
        let key = try #require(try delivery.json["partitionkey"]?.text)
        let sequence = try #require(try delivery.json["sequence"]?.text)
        // One at a time: an event comes again only before the next one.
        if order[key]?.last != sequence { order[key, default: []].append(sequence) }
      }
      #expect(order.count == 4)
      for sequences in order.values { #expect(sequences == sequences.sorted()) }
      #expect(order["1/contracts/77"]?.count == 4)
    }
    try await receiver.stop()
  }

  @Test("an answer that is longer than anybody would read counts by its status; one that does not come is a failure")
  func answers() async throws {
    let receiver = try await WebhookReceiver.start { _ in .init(status: 200, byteCount: 4 << 20) }
    try await withGateway(configure: {
      $0.allowReceivers()
      $0.webhooks.timeoutMilliseconds = 300
    }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await receiver.wait(count: 6)
      try await webhook.wait("all are taken") { $0["success_percent"]?.number == 100 && $0["lag"]?.number == 0 }
      #expect(receiver.deliveries.count == 6)
      receiver.answer { _ in .never }
      let test = try await webhook.post("test").json
      #expect(test["error"]?.text == "timeout")
      #expect((300..<5_000).contains(test["milliseconds"]?.number ?? 0))
    }
    try await receiver.stop()
  }

  @Test("a gateway that stops lets deliveries end, and does not make them again")
  func drain() async throws {
    let receiver = try await WebhookReceiver.start { _ in .init(afterMilliseconds: 400) }
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let webhook = try await api.makeWebhook(to: receiver.url)
      try await api.fund("77")
      try await receiver.wait(count: 6)
      await api.gateway.stop()
      var configuration = GatewayConfiguration(
        host: "127.0.0.1", port: 0, kernelHost: "127.0.0.1", kernelPort: api.server.port)
      configuration.allowReceivers()
      let second = api.behind(try await Gateway.start(configuration, catalog: api.engine.catalog))
      let again = WebhookFixture(api: second, path: webhook.path, secret: webhook.secret)
      try await again.wait("it is up to date") { $0["lag"]?.number == 0 && $0["success_percent"]?.number == 100 }
      try await second.fund("78")
      try await receiver.wait(count: 12)
      #expect(Set(receiver.ids).count == 12)
      await second.gateway.stop()
    }
    try await receiver.stop()
  }

  @Test("a receiver that is dead and one that never answers do not slow another")
  func isolation() async throws {
    let (good, slow) = (try await WebhookReceiver.start(), try await WebhookReceiver.start { _ in .never })
    let dead = try await WebhookReceiver.start()
    let deadURL = dead.url
    try await dead.stop()
    try await withGateway(configure: {
      $0.allowReceivers(ladder: [60_000])
      $0.webhooks.inFlightCountMax = 16
      $0.webhooks.windowCountMax = 16
      $0.webhooks.retryCountMax = 20
      $0.drainSeconds = 1
    }) { api in
      _ = try await api.makeWebhook(to: slow.url)
      let broken = try await api.makeWebhook(to: deadURL)
      _ = try await api.makeWebhook(to: good.url)
      for contract in 1...50 { try await api.fund(String(contract)) }
      try await good.wait(count: 300)
      #expect(Set(good.ids).count == 300)
      try await broken.wait("its rows are full, and it waits at the log") {
        $0["retries"]?.number == 20 && $0["state"]?.text == "failing" && ($0["lag"]?.number ?? 0) > 0
      }
    }
    try await good.stop()
    try await slow.stop()
  }
}
