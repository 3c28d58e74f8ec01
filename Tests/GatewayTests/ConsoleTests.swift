import HTTPTypes
import Testing

@testable import Gateway

@Suite("Console")
struct ConsoleTests {
  @Test("the page and its files are served, with what lets a browser run nothing else")
  func files() async throws {
    try await withGateway { api in
      let types = [
        "html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml",
      ]
      for path in ["/console"] + ConsoleAsset.all.map({ "/console/\($0.name)" }) {
        let reply = try await api.get(path)
        #expect(reply.status == 200, "\(path)")
        let suffix = path.split(separator: ".").dropFirst().last.map(String.init) ?? "html"
        #expect(reply.header("content-type") == types[suffix], "\(path)")
        let policy = reply.header("content-security-policy") ?? ""
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"), "\(path)")
        #expect(!policy.contains("unsafe"))
        #expect(reply.header("referrer-policy") == "no-referrer")
        #expect(reply.header("x-content-type-options") == "nosniff")
        #expect(reply.header("cache-control") == "no-cache")
        let tag = try #require(reply.header("etag"))
        let again = try await api.get(path, headers: [("if-none-match", tag)])
        #expect(again.status == 304)
        #expect(again.text.isEmpty)
      }
      for path in ["/console/", "/console/index.html", "/console/x.js", "/console/../openapi.json"] {
        #expect(try await api.get(path).status == 404, "\(path)")
      }
    }
  }

  @Test("what the files name is there, and nothing in them needs another policy")
  func references() throws {
    let names = ConsoleAsset.all.map(\.name)
    var used: Set<String> = []
    for asset in ConsoleAsset.all + [ConsoleAsset.page] {
      let text = String(buffer: asset.bytes)
      used.formUnion(text.matches(of: /"\/console\/([a-z.]+)"/).map { String($0.1) })
      used.formUnion(text.matches(of: /from '\.\/([a-z.]+)'/).map { String($0.1) })
      for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "javascript:", " style="]
      {
        #expect(!text.contains(word), "\(asset.name): \(word)")
      }
      #expect(!text.contains(/<script>|<style|<[a-z]+ on[a-z]+=/), "\(asset.name)")
    }
    #expect(used == Set(names))
    #expect((ConsoleAsset.all + [ConsoleAsset.page]).map(\.bytes.readableBytes).reduce(0, +) < 144 << 10)
  }

  @Test("steps of the histogram: each value in its own, no gaps, a quarter wide at most")
  func steps() {
    var last = 0
    for value in Array(0..<5_000) + [1_000_000, 59_999_999, 3_600_000_000] as [Int64] {
      let step = RecentRequests.step(of: value)
      #expect(step >= last && (value >= 5_000 || step <= last + 1))
      #expect(RecentRequests.end(of: step) >= value)
      #expect(RecentRequests.end(of: step) <= value + value / 4)
      #expect(step == 0 || RecentRequests.end(of: step - 1) < value)
      last = step
    }
    #expect(RecentRequests.step(of: -1) == 0)
    #expect(RecentRequests.step(of: .max) == RecentRequests.step(of: 1 << 33))
  }

  @Test("the last minute is what is told")
  func window() {
    let began = ContinuousClock.now
    let recent = RecentRequests(began: began)
    for second in 0..<100 {
      for number in 0..<10 {
        recent.count(
          status: number == 9 ? 503 : 200, nanoseconds: number == 9 ? 9_000_000 : 100_000,
          at: began + .seconds(second))
      }
    }
    let summary = recent.summary([500, 900, 910, 1_000], at: began + .milliseconds(100_500))
    #expect(summary.answered == 1_000 && summary.failed == 100)
    #expect(summary.seconds == 60 && summary.recent == 600 && summary.recentFailed == 60)
    #expect(summary.percentiles.map(\.microseconds) == [111, 111, 10_239, 10_239])
    let later = recent.summary([500], at: began + .seconds(200))
    #expect(later.recent == 0 && later.answered == 1_000 && later.percentiles[0].microseconds == 0)
  }

  @Test("the status counts requests")
  func status() async throws {
    try await withGateway { api in
      for _ in 0..<3 { _ = try await api.get("/reference") }
      let status = try await api.get("/v1/status").json
      let before = try #require(status["commit"]?.text.flatMap { Int($0) })
      try await api.apply("/v1/tenants/1/contracts", #"{"payer":"10","payee":"20","value":5,"actor":"10"}"#)
      let after = try await api.get("/v1/status").json["commit"]?.text.flatMap { Int($0) }
      #expect(after == before + 1)
      #expect(status["requests"]?.number == 3)
      #expect(status["failed"]?.number == 0)
      #expect(status["window"]?["microseconds"]?["p99"]?.number != nil)
    }
  }
}
