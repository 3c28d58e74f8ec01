import Store
import Testing

@testable import Gateway

@Suite("Events and webhooks by expression")
struct EventExpressionTests {
  private func events(_ api: GatewayFixture, _ filter: String) async throws -> Reply {
    let text = filter.addingPercentEncoding
    return try await api.get("/v1/tenants/1/events?after=0-0&filter=\(text)")
  }

  @Test("only events of which it is true come, and a fault has its place")
  func page() async throws {
    try await withGateway { api in
      try await api.fund("77", amount: 50_000)
      try await api.fund("78", amount: 200_000)
      let funded = try await events(
        api,
        #"type == "in.milepost.milestone.funded.v1" && data.amount >= 100000 && subject.startsWith("contracts/78")"#)
      #expect(try funded.json["items"]?.count == 1)
      #expect(try funded.json["items"]?[0]?["subject"]?.text == "contracts/78/milestones/1")
      let of20 = try await events(api, #"data.actor == "20""#)
      #expect(try of20.json["items"]?.count == 2)
      let wrong = try await events(api, "data.amount >= ")
      #expect(wrong.status == 422)
      #expect(wrong.text.contains("at byte 15"))
      #expect(try wrong.json["errors"]?[0]?["pointer"]?.text == "/filter")
      #expect(try await events(api, "").status == 422)
    }
  }

  @Test("a query is read as curl, browsers and libraries write it: a plus is a space, and one that is meant is escaped")
  func plus() async throws {
    try await withGateway { api in
      try await api.fund("77", amount: 50_000)
      try await api.fund("78", amount: 200_000)
      let page = "/v1/tenants/1/events?after=0-0"
      let large = try await api.get(
        "\(page)&filter=data.amount+%3e%3d+100000+%26%26+subject.startsWith(%22contracts%2f78%22)")
      #expect(large.status == 200, "\(large.text)")
      #expect(try large.json["items"]?.count ?? 0 > 0)
      #expect(try large.json["items"]?[0]?["subject"]?.text?.hasPrefix("contracts/78") == true)
      for instant in ["2026-04-01T05:30:00%2B05:30", "2026-04-01T05:30:00+05:30", "2026-04-01+00:00:00Z"] {
        #expect(try await api.get("/v1/tenants/1/events?since=\(instant)").status == 200)
      }
      let broken = try await api.get("\(page)&filter=%4")
      #expect(broken.status == 422 && broken.text.contains("/filter"))
      #expect(try await api.get("\(page)&&after=1-0").text.contains("comes twice"))
      #expect(try await api.get("\(page)&no+such%2bone=1").text.contains("no such+one"))
    }
  }

  @Test("an endpoint gets only events of which it is true, also after a restart, until it takes its filter back")
  func webhook() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      let refused = try await api.post(
        "/v1/tenants/1/webhooks", #"{"url":"\#(receiver.url)","filter":"data.amount >"}"#)
      #expect(refused.status == 422)
      #expect(refused.text.contains("at byte 13"))
      let webhook = try await api.makeWebhook(
        to: receiver.url, #","filter":"type == 'in.milepost.milestone.funded.v1' && data.amount > 60000""#)
      #expect(try await webhook.document["filter"]?.text?.hasPrefix("type == ") == true)
      try await api.fund("77", amount: 50_000)
      try await api.fund("78", amount: 70_000)
      try await receiver.wait(count: 1)
      #expect(receiver.deliveries.allSatisfy { $0.body.contains("contracts/78/milestones/1") })
      let row = try #require(try api.engine.catalog.value(.webhookEndpoints, key: try key(of: webhook)))
      #expect(WebhookEndpoint(row)?.filter.expression?.text.hasSuffix("> 60000") == true)
      #expect(try await api.ask(.PATCH, webhook.path, #"{"filter":""}"#).status == 200)
      #expect(try await webhook.document["filter"] == nil)
      try await api.fund("79", amount: 50_000)
      try await receiver.wait(count: 7)
    }
    try await receiver.stop()
  }

  private func key(of webhook: WebhookFixture) throws -> [UInt8] {
    let id = try #require(Identifier.id(webhook.path.split(separator: "/").last ?? ""))
    return UInt32(1).catalogKey + id.catalogKey
  }
}

extension String {
  /// For a query.
  fileprivate var addingPercentEncoding: String {
    utf8.map { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
        ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
