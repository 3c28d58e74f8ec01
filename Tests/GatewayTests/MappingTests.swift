import Access
import Formats
import Foundation
import Store
import Testing

@testable import Gateway

@Suite("Mappings over HTTP")
struct MappingTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Datasets/mappings")

  private func shipped(_ name: String) throws -> String {
    try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
  }

  /// Keeps a mapping of tenant 1.
  /// - Returns: its version.
  private func save(
    _ api: GatewayFixture, _ name: String, _ text: String, headers: [(String, String)] = []
  ) async throws -> String {
    let reply = try await api.ask(
      .PUT, "/v1/tenants/1/documents/mapping/\(name)", text, type: "application/yaml", headers: headers)
    #expect(reply.status == 201, "\(reply.text)")
    return try #require(try reply.json["version"]?.text)
  }

  private let order =
    #"{"order":{"number":"42","buyer":"10","seller":"20","total":"150.00","parts":[{"position":1,"price":"100","until":"01-Apr-2030"},{"position":2,"price":"50.00","until":"01-May-2030"}]}}"#

  @Test("a trial of a text that is not kept shows what it would do, and does nothing")
  func trialOfText() async throws {
    try await withGateway { api in
      func document(_ mapping: String, _ input: String) -> String {
        var writer = JSONWriter()
        writer.object { writer in
          writer.member("mapping", string: mapping)
          writer.member("input", string: input)
        }
        return writer.text
      }
      let path = "/v1/tenants/1/mapping-trials"
      let trial = try await api.post(path, document(shipped("order"), order))
      #expect(trial.status == 200, "\(trial.text)")
      #expect(try trial.json["usable"] == .bool(true), "\(trial.text)")
      #expect(try trial.json["operations"]?.count == 4)
      #expect(try trial.json["operations"]?[1]?["operation"]?["amount"]?.number == 10_000)
      #expect(try trial.json["operations"]?[1]?["rule"]?.text == "/operations/1")
      #expect(try await api.get("/v1/tenants/1/contracts").json["items"]?.count == 0)
      // What the kernel's documents would refuse is found here as well, at the row.
      let far = order.replacing(#""buyer":"10""#, with: #""buyer":"ten""#)
      let refused = try await api.post(path, document(shipped("order"), far))
      #expect(try refused.json["usable"] == .bool(false))
      #expect(try refused.json["findings"]?[0]?["code"]?.text == "mapping.operation", "\(refused.text)")
      #expect(try refused.json["findings"]?[0]?["line"]?.number == 1)
      let unknown = try await api.post(
        path, document(shipped("order").replacing("operation: offer", with: "operation: oil"), order))
      #expect(try unknown.json["findings"]?[0]?["code"]?.text == "mapping.no-such-operation")
      let member = try await api.post(
        path, document(shipped("order").replacing("value: { name", with: "worth: { name"), order))
      #expect(try member.json["findings"]?[0]?["code"]?.text == "mapping.no-such-member")
      let bad = try await api.post(path, document("mapping: [", order))
      #expect(try bad.json["findings"]?[0]?["code"]?.text == "yaml.syntax")
      let output = try await api.post(path, document(shipped("contracts"), #"{"items":[]}"#))
      #expect(try output.json["output"]?["type"]?.text == "text/csv", "\(output.text)")
    }
  }

  @Test("a text goes through a mapping to the kernel, once, however often it comes with its key")
  func batch() async throws {
    try await withGateway { api in
      let version = try await save(api, "order", shipped("order"))
      let path = "/v1/tenants/1/mappings/order/batches?version=\(version)"
      let key = [("idempotency-key", "\"order-42\"")]
      var answers: [String] = []
      for replayed in [nil, "true"] {
        let reply = try await api.post(path, order, headers: key)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.header("idempotency-replayed") == replayed)
        #expect(try reply.json["items"]?.count == 4)
        #expect(try reply.json["items"]?[3]?["answer"]?["code"]?.text == "ok", "\(reply.text)")
        answers.append(reply.text)
      }
      #expect(answers[0] == answers[1])
      // Another text under the key is another request, and is not done; what cannot be mapped uses no key up.
      let other = try await api.post(path, order.replacing("\"42\"", with: "\"43\""), headers: key)
      #expect(other.status == 422)
      #expect(try other.code == "idempotency_key_reused")
      #expect(try await api.get("/v1/tenants/1/contracts/43").status == 404)
      let second = [("idempotency-key", "\"order-43\"")]
      #expect(try await api.post(path, order.replacing("150.00", with: "much"), headers: second).code == "unmappable")
      let good = try await api.post(path, order.replacing("\"42\"", with: "\"43\""), headers: second)
      #expect(good.status == 200 && good.header("idempotency-replayed") == nil, "\(good.text)")
      #expect(try await api.get("/v1/tenants/1/contracts/43").status == 200)
      let contract = try await api.get("/v1/tenants/1/contracts/42")
      #expect(try contract.json["state"]?.text == "OFFERED")
      #expect(try contract.json["value"]?.number == 15_000)
      let trial = try await api.post("/v1/tenants/1/mappings/order/trials?version=\(version)", order)
      #expect(try trial.json["usable"] == .bool(true))
    }
  }

  @Test("if anything is wrong, nothing is applied, and each fault is told with its line")
  func refused() async throws {
    try await withGateway { api in
      try await api.fund("42")
      let version = try await save(api, "payouts", shipped("bank-payouts"))
      let path = "/v1/tenants/1/mappings/payouts/batches?version=\(version)"
      let rows = "Contract,Milestone,Attempt,Amount,Status,UTR\n42,1,1,10.00,Success,U1\n42,1,1,10.001,Success,U2\n"
      let commit = try await api.get("/v1/status").json["commit"]?.text
      let reply = try await api.ask(.POST, path, rows, type: "text/csv; charset=utf-8")
      #expect(reply.status == 422)
      #expect(try reply.code == "unmappable")
      #expect(try reply.json["errors"]?[0]?["detail"]?.text?.hasPrefix("line 3, column 8: ") ?? false, "\(reply.text)")
      #expect(try await api.get("/v1/status").json["commit"]?.text == commit)
      let type = try await api.ask(.POST, path, rows, type: "application/xml")
      #expect(type.status == 415)
      let none = try await api.ask(.POST, "/v1/tenants/1/mappings/payouts/batches", rows, type: "text/csv")
      #expect(try none.code == "not_in_force")
      let missing = try await api.ask(.POST, "/v1/tenants/1/mappings/payout/batches", rows, type: "text/csv")
      #expect(missing.status == 404)
      // A good row reaches the kernel, which has the last word.
      let good = try await api.ask(.POST, path, rows.replacing("10.001", with: "10.01"), type: "text/csv")
      #expect(try good.json["items"]?[0]?["line"]?.number == 2, "\(good.text)")
      #expect(try good.json["items"]?[0]?["problem"]?["code"]?.text != nil)
    }
  }

  @Test("a mapping makes operations of its own tenant only")
  func tenants() async throws {
    try await withGateway { api in
      let mapping = """
        mapping: 1
        direction: request
        input: { format: form }
        operations: [{ operation: offer, members: { tenant: { from: t }, contract: { from: c } } }]
        """
      let version = try await save(api, "other", mapping)
      let path = "/v1/tenants/1/mappings/other/batches?version=\(version)"
      let type = "application/x-www-form-urlencoded"
      #expect(try await api.ask(.POST, path, "t=2&c=1", type: type).code == "unmappable")
      let own = try await api.ask(.POST, path, "t=1&c=1", type: type)
      #expect(try own.json["items"]?[0]?["problem"]?["code"]?.text == "not_found", "\(own.text)")
    }
  }

  private let card = """
    mapping: 1
    direction: response
    output: { format: xml }
    value: { object: { Contract: { object: { "@id": { from: contract }, Value: { from: value, as: rupees } } } } }
    """

  @Test("answers come as a mapping makes them, with tags of their own")
  func answers() async throws {
    try await withGateway { api in
      try await api.fund("42")
      let table = try await save(api, "contracts", shipped("contracts"))
      let page = try await api.get("/v1/tenants/1/contracts?mapping=contracts&mapping_version=\(table)")
      #expect(page.status == 200, "\(page.text)")
      #expect(page.header("content-type")?.hasPrefix("text/csv") ?? false)
      #expect(page.text.split(separator: "\r\n").last == "42,ACTIVE,10,20,500.00,500.00,0.00", "\(page.text)")
      let version = try await save(api, "card", card)
      let path = "/v1/tenants/1/contracts/42"
      let plain = try await api.get(path)
      let mapped = try await api.get("\(path)?mapping=card&mapping_version=\(version)")
      #expect(mapped.text.hasSuffix("<Contract id=\"42\"><Value>500.00</Value></Contract>\n"), "\(mapped.text)")
      #expect(mapped.header("content-type") == "application/xml")
      let tag = try #require(mapped.header("etag"))
      #expect(tag != plain.header("etag"))
      for (known, status) in [(tag, 304), (plain.header("etag")!, 200)] {
        let again = try await api.get(
          "\(path)?mapping=card&mapping_version=\(version)", headers: [("if-none-match", known)])
        #expect(again.status == status)
      }
      // The version in the tag is the record's, so a change may expect it.
      let change = try await api.post(
        "\(path)/deposits", #"{"amount":1,"reference":"one more"}"#,
        headers: [("if-match", "\"999-\(tag.split(separator: "-").last!)")])
      #expect(change.status == 412)
      #expect(try await api.get("\(path)?mapping=card").code == "not_in_force")
      #expect(try await api.get("\(path)?mapping=none").status == 404)
      let stream = try await api.get("/v1/tenants/1/events?mapping=card", headers: [("accept", "text/event-stream")])
      #expect([400, 409].contains(stream.status))
      let vouchers = try await save(api, "vouchers", shipped("vouchers"))
      let events = try await api.get("/v1/tenants/1/events?after=0-0&mapping=vouchers&mapping_version=\(vouchers)")
      #expect(events.text.contains("<AMOUNT>-500.00</AMOUNT>"), "\(events.text)")
    }
  }

  @Test("an error stays the problem that it is, whatever the mapping")
  func problems() async throws {
    try await withGateway { api in
      let version = try await save(api, "card", card)
      let missing = try await api.get("/v1/tenants/1/contracts/9?mapping=card&mapping_version=\(version)")
      #expect(missing.status == 404)
      #expect(missing.header("content-type") == "application/problem+json")
      let wrong = try await api.get("/v1/tenants/1/ledger?mapping=card&mapping_version=\(version)")
      #expect(try wrong.code == "unmappable")
      let direction = try await api.post("/v1/tenants/1/mappings/card/batches?version=\(version)", "{}")
      #expect(try direction.code == "wrong_direction")
    }
  }

  @Test("a mapping comes in force by another person's word, and is used then without a version")
  func inForce() async throws {
    let (author, approver, payer) = (KeySecret(), KeySecret(), KeySecret())
    func bearer(_ secret: KeySecret) -> [(String, String)] { [("authorization", "Bearer \(secret.text)")] }
    try await withGateway({ path in
      let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      let keys: [(KeySecret, AccessKey.Content)] = [
        (author, .init(name: "author", tenants: [1], roles: [.operator], person: 1)),
        (approver, .init(name: "approver", tenants: [1], roles: [.operator], person: 2)),
        (payer, .init(name: "payer", tenants: [1], roles: [.payer], person: 10)),
      ]
      for (secret, content) in keys {
        _ = try control.perform(.create(content: content, credential: secret.credential), by: .local)
      }
    }) { api in
      let steps = "/v1/tenants/1/documents/mapping/order/versions"
      let version = try await save(api, "order", shipped("order"), headers: bearer(author))
      for (key, step) in [(author, "checked"), (approver, "approved"), (author, "active")] {
        let reply = try await api.post("\(steps)/\(version)/steps", #"{"to":"\#(step)"}"#, headers: bearer(key))
        #expect(reply.status == 200, "\(reply.text)")
      }
      let reply = try await api.post("/v1/tenants/1/mappings/order/batches", order, headers: bearer(payer))
      #expect(reply.status == 200)
      #expect(try reply.json["items"]?[3]?["answer"]?["code"]?.text == "ok", "\(reply.text)")
      let checks = try await api.ask(
        .POST, "/v1/tenants/1/documents/mapping/order/checks",
        shipped("order").replacing("operation: offer", with: "operation: oil"), type: "application/yaml",
        headers: bearer(author))
      #expect(try checks.json["usable"] == .bool(false))
    }
  }
}
