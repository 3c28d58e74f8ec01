import AsyncHTTPClient
import NIOCore
import Testing

@testable import Gateway

@Suite("Batches over HTTP")
struct BatchTests {
  private func create(_ contract: Int, linked: Bool = false) -> String {
    let link = linked ? #","linked":true"# : ""
    return
      #"{"operation":"create_contract","tenant":"1","contract":"\#(contract)","payer":"1","payee":"2","value":5,"actor":"1"\#(link)}"#
  }

  @Test("a document of operations has an answer for each")
  func document() async throws {
    try await withGateway { api in
      let reply = try await api.post("/v1/batches", #"{"operations":[\#(create(1)),\#(create(1)),\#(create(2))]}"#)
      #expect(reply.status == 200)
      let items = try #require(try reply.json["items"])
      #expect(items.count == 3)
      #expect(items[0]?["answer"]?["code"]?.text == "ok")
      #expect(items[1]?["problem"]?["code"]?.text == "contract_exists")
      #expect(items[1]?["line"]?.number == 1)
      #expect(items[2]?["answer"]?["contract"]?.text == "2")
    }
  }

  @Test("a fault in a document applies nothing")
  func documentFault() async throws {
    try await withGateway { api in
      let reply = try await api.post("/v1/batches", #"{"operations":[\#(create(1)),{"operation":"fund"}]}"#)
      #expect(reply.status == 422)
      #expect(try reply.json["errors"]?[0]?["pointer"]?.text == "/operations/1/tenant")
      #expect(try await api.get("/v1/tenants/1/contracts").json["items"]?.count == 0)
    }
  }

  @Test("a chain applies whole or not at all")
  func chain() async throws {
    try await withGateway { api in
      let reply = try await api.post(
        "/v1/batches",
        #"{"operations":[\#(create(1, linked: true)),{"operation":"offer","tenant":"1","contract":"1","actor":"1"}]}"#)
      let items = try #require(try reply.json["items"])
      #expect(items[0]?["problem"]?["code"]?.text == "linked_event_failed")
      #expect(items[1]?["problem"]?["code"]?.text == "schedule_mismatch")
      #expect(try await api.get("/v1/tenants/1/contracts/1").status == 404)
    }
  }

  @Test("a document that ends inside a chain is refused: whoever comes next is not part of it")
  func openDocument() async throws {
    try await withGateway { api in
      let reply = try await api.post("/v1/batches", #"{"operations":[\#(create(1)),\#(create(2, linked: true))]}"#)
      #expect(reply.status == 422)
      #expect(try reply.json["errors"]?[0]?["pointer"]?.text == "/operations/1")
      #expect(try await api.get("/v1/tenants/1/contracts").json["items"]?.count == 0)
    }
  }

  @Test("a batch takes no Idempotency-Key, and says so")
  func key() async throws {
    try await withGateway { api in
      let reply = try await api.post(
        "/v1/batches", #"{"operations":[\#(create(1))]}"#, headers: [("idempotency-key", "\"a\"")])
      #expect(reply.status == 400)
      #expect(try await api.get("/v1/tenants/1/contracts").json["items"]?.count == 0)
    }
  }

  @Test("a document of very many values is refused before it fills the memory")
  func values() async throws {
    try await withGateway { api in
      let many = String(repeating: "{},", count: 1_000_000)
      let reply = try await api.post("/v1/batches", "{\"operations\":[\(many){}]}")
      #expect(reply.status == 400)
    }
  }

  private func stream(_ api: GatewayFixture, _ text: String) async throws -> [JSONValue] {
    let reply = try await api.ask(.POST, "/v1/streams", text, type: "application/x-ndjson", seconds: 60)
    #expect(reply.status == 200)
    #expect(reply.header("content-type") == "application/x-ndjson")
    return try reply.text.split(separator: "\n").map { line in
      let bytes = Array(line.utf8)
      return try JSONValue(reading: bytes.span)
    }
  }

  @Test("lines are answered by lines, in order, whatever their number")
  func lines() async throws {
    try await withGateway { api in
      let count = 20_000
      let answers = try await stream(api, (1...count).map { create($0) }.joined(separator: "\n"))
      #expect(answers.count == count)
      for (index, answer) in answers.enumerated() {
        guard answer["line"]?.number == Int64(index + 1), answer["answer"]?["contract"]?.text == "\(index + 1)" else {
          Issue.record("line \(index + 1): \(answer)")
          break
        }
      }
      #expect(api.engine.metrics().operationsByCode.reduce(0, +) == UInt64(count))
    }
  }

  @Test("lines apply in their order")
  func order() async throws {
    try await withGateway { api in
      var lines: [String] = []
      for contract in 1...3_000 {
        lines.append(create(contract))
        let name = #""tenant":"1","contract":"\#(contract)""#
        lines.append(
          #"{"operation":"add_milestone",\#(name),"milestone":1,"amount":5,"due":"2030-01-01T00:00:00Z","actor":"1"}"#)
        lines.append(#"{"operation":"offer",\#(name),"actor":"1"}"#)
        lines.append(#"{"operation":"accept",\#(name),"actor":"2"}"#)
      }
      let answers = try await stream(api, lines.joined(separator: "\n"))
      #expect(answers.count == lines.count)
      #expect(answers.allSatisfy { $0["answer"]?["code"]?.text == "ok" })
    }
  }

  @Test("who waits for each answer before the next line is answered")
  func interactive() async throws {
    try await withGateway { api in
      let (lines, writer) = AsyncStream.makeStream(of: ByteBuffer.self)
      var request = HTTPClientRequest(url: api.base + "/v1/streams")
      request.method = .POST
      request.headers.add(name: "content-type", value: "application/x-ndjson")
      request.body = .stream(lines, length: .unknown)
      writer.yield(ByteBuffer(string: create(1) + "\n"))
      let response = try await api.client.execute(request, timeout: .seconds(20))
      var seen = 0
      for try await buffer in response.body {
        seen += buffer.readableBytesView.count { $0 == 0x0A }
        if seen < 5 { writer.yield(ByteBuffer(string: create(seen + 1) + "\n")) } else { writer.finish() }
      }
      #expect(seen == 5)
    }
  }

  @Test("a line that is no operation is told, and the others apply")
  func badLine() async throws {
    try await withGateway { api in
      let answers = try await stream(api, "\(create(1))\n\n{\"operation\":\"fund\"}\n\(create(2))\n")
      #expect(answers.map { $0["line"]?.number } == [1, 3, 4])
      #expect(answers[1]["problem"]?["code"]?.text == "invalid_document")
      #expect(answers[2]["answer"]?["code"]?.text == "ok")
    }
  }

  @Test("a chain with a bad line is refused whole")
  func badChain() async throws {
    try await withGateway { api in
      let answers = try await stream(
        api, "\(create(1, linked: true))\n{\"operation\":\"fund\",\"tenant\":\"1\"}\n\(create(2))\n")
      #expect(answers.map { $0["line"]?.number } == [1, 2, 3])
      #expect(answers[0]["problem"]?["code"]?.text == "linked_event_failed")
      #expect(answers[1]["problem"]?["code"]?.text == "invalid_document")
      #expect(answers[2]["answer"]?["code"]?.text == "ok")
      #expect(try await api.get("/v1/tenants/1/contracts/1").status == 404)
    }
  }

  @Test("behind a line that is no JSON nothing is read: it might have been part of a chain")
  func noJSON() async throws {
    try await withGateway { api in
      let answers = try await stream(api, "\(create(1))\n\(create(2, linked: true))\n{\"linked\":\n\(create(3))\n")
      #expect(answers.map { $0["line"]?.number } == [1, 2, 3])
      #expect(answers[0]["answer"]?["code"]?.text == "ok")
      #expect(answers[1]["problem"]?["code"]?.text == "linked_event_failed")
      #expect(answers[2]["problem"]?["code"]?.text == "invalid_json")
      #expect(try await api.get("/v1/tenants/1/contracts/3").status == 404)
    }
  }

  @Test("a chain without an end is refused")
  func openChain() async throws {
    try await withGateway { api in
      let answers = try await stream(api, create(1, linked: true))
      #expect(answers.map { $0["problem"]?["code"]?.text } == ["linked_event_chain_open"])
    }
  }
}
