import Access
import Testing

@testable import Gateway

@Suite("Quotas over HTTP")
struct QuotaRoutesTests {
  private let first = KeySecret()
  private let second = KeySecret()
  private let shop = KeySecret()

  private func prepare(at path: String) throws {
    let control = try AccessControl.withAdministrators([first, second], at: path)
    _ = try control.perform(
      .create(content: .init(name: "shop", tenants: [7], roles: [.platform]), credential: shop.credential), by: .local)
  }

  private func bearer(_ secret: KeySecret) -> [(String, String)] { [("authorization", "Bearer \(secret.text)")] }

  private func put(
    _ api: GatewayFixture, _ tenant: String, _ document: String, _ secret: KeySecret
  ) async throws -> Reply {
    try await api.ask(.PUT, "/v1/access/quotas/\(tenant)", document, headers: bearer(secret))
  }

  @Test("a quota is set, widened by two administrators, shown to its tenant, and cleared")
  func life() async throws {
    try await withGateway(prepare) { api in
      let own = "/v1/tenants/7/quota"
      #expect(try await api.get(own, headers: bearer(shop)).json["quota"] == nil)
      let narrow = #"{"operations_per_second":10,"burst":100}"#
      #expect(try await put(api, "7", narrow, first).status == 204)
      let standing = try await api.get(own, headers: bearer(shop)).json
      #expect(standing["tenant"]?.text == "7")
      #expect(standing["quota"]?["operations_per_second"]?.number == 10)
      #expect(standing["quota"]?["burst"]?.number == 100)
      #expect(standing["quota"]?["is_own"] == .bool(true))
      #expect(standing["quota"]?["left"]?.number == 100)
      let summary = try await api.get("/v1/tenants/7", headers: bearer(shop)).json
      #expect(summary["quota"] == standing["quota"])
      #expect((summary["usage"]?["requests"]?.number ?? 0) >= 2)
      let wide = try await put(api, "7", #"{"operations_per_second":20}"#, first)
      #expect(wide.status == 202, "\(wide.text)")
      let proposal = try #require(try wide.json["proposal"]?.text)
      let waiting = try await api.get("/v1/access/proposals", headers: bearer(second)).json["items"]?[0]
      #expect(waiting?["what"]?.text == "set_quota")
      #expect(waiting?["tenant"]?.text == "7")
      #expect(waiting?["quota"]?["operations_per_second"]?.number == 20)
      let approve = "/v1/access/proposals/\(proposal)/approve"
      #expect(try await api.post(approve, "", headers: bearer(first)).status == 409)
      #expect(try await api.post(approve, "", headers: bearer(second)).status == 204)
      #expect(try await put(api, "others", #"{"operations_per_second":5}"#, second).status == 204)
      let list = try await api.get("/v1/access/quotas", headers: bearer(second)).json["items"]
      #expect(list?.count == 2)
      #expect(list?[0]?["tenant"] == nil)
      #expect(list?[0]?["operations_per_second"]?.number == 5)
      #expect(list?[1]?["burst"]?.number == 20)
      // What is left is narrower, so it holds at once.
      let cleared = try await api.ask(.DELETE, "/v1/access/quotas/7", headers: bearer(first))
      #expect(cleared.status == 204)
      #expect(try await api.get(own, headers: bearer(shop)).json["quota"]?["is_own"] == .bool(false))
      let all = try await api.ask(.DELETE, "/v1/access/quotas/others", headers: bearer(first))
      #expect(all.status == 202)
      let clearing = try await api.get("/v1/access/proposals", headers: bearer(second)).json["items"]?[0]
      #expect(clearing?["what"]?.text == "clear_quota")
    }
  }

  @Test("who is no administrator, or asks for another tenant, is refused")
  func refused() async throws {
    try await withGateway(prepare) { api in
      let document = #"{"operations_per_second":10}"#
      #expect(try await put(api, "7", document, shop).status == 403)
      #expect(try await api.get("/v1/access/quotas", headers: bearer(shop)).status == 403)
      #expect(try await put(api, "7", "{}", first).status == 422)
      #expect(try await put(api, "7", #"{"operations_per_second":0}"#, first).status == 422)
      #expect(try await put(api, "7", #"{"operations_per_second":1,"more":1}"#, first).status == 422)
      #expect(try await put(api, "x", document, first).status == 404)
      #expect(try await api.ask(.DELETE, "/v1/access/quotas/7", headers: bearer(first)).status == 404)
      let there = try await api.get("/v1/tenants/8/quota", headers: bearer(shop))
      let nowhere = try await api.get("/v1/tenants/999/quota", headers: bearer(shop))
      #expect(there.status == 403)
      #expect(there.text == nowhere.text.replacing("999", with: "8"))
    }
  }

  @Test("the quota stands in the fields beside the limits, and what is left becomes less")
  func fields() async throws {
    let limits = [RateLimit(.key, perSecond: 1_000, burst: 5_000)]
    try await withGateway(prepare, limits: limits) { api in
      #expect(try await put(api, "7", #"{"operations_per_second":1,"burst":60}"#, first).status == 204)
      // Known a moment after it was asked for first.
      var policy = ""
      for _ in 0..<200 where !policy.contains("quota") {
        let reply = try await api.get("/v1/tenants/7/ledger", headers: bearer(shop))
        policy = reply.header("ratelimit-policy") ?? ""
        if policy.contains("quota") {
          #expect(reply.header("ratelimit")?.contains(#""quota";r=60;t=0"#) == true)
        } else {
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      #expect(policy == #""key";q=5000;w=5, "quota";q=60;qu="operations";w=60"#)
      // Without a tenant there is no quota to show.
      let status = try await api.get("/v1/status", headers: bearer(shop))
      #expect(status.header("ratelimit-policy") == #""key";q=5000;w=5"#)
    }
  }
}
