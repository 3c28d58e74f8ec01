import Client
import Expressions
import Testing

@testable import Gateway

@Suite("Filters by expression")
struct ExpressionTests {
  private let document: JSONValue = .object([
    .init(name: "type", value: .string("in.milepost.milestone.funded.v1")),
    .init(name: "subject", value: .string("contracts/77/milestones/1")),
    .init(
      name: "data",
      value: .object([
        .init(name: "amount", value: .integer(100_000)), .init(name: "actor", value: .string("10")),
        .init(name: "items", value: .array([.integer(1), .integer(2)])),
        .init(name: "result", value: .object([.init(name: "state", value: .string("FUNDED"))])),
      ])),
  ])

  @Test(
    "what holds",
    arguments: [
      #"type == "in.milepost.milestone.funded.v1" && data.amount >= 100000 && (subject.startsWith("contracts/7") || data.actor == "10")"#,
      "data.amount == 100000", "data.amount != 1", "100000 <= data.amount", "data.amount in [1, 100000, 3]",
      "!(data.amount < 100000)", "data.result.state == 'FUNDED'", "2 in data.items", "data.items == [1, 2]",
      "data.none == 1 || true", "true || data.none == 1", "!(data.none == 1 && false)", "!!true",
      "data.actor < '9'", "data.amount > -9223372036854775808", "0x186a0 == data.amount",
      "\"\\u0046UNDED\" == data.result.state",
      "true", "(((((true)))))", "'ab'.startsWith('a')", "!('ab'.startsWith('b'))", "data.amount != '100000'",
      "[data.amount, 1] == [100000, 1]", "false < true", "1 in [data.none, 1] == false || true",
    ])
  func holds(_ text: String) throws {
    let expression = try EventExpression(text)
    #expect(expression.holds(for: document))
  }

  @Test(
    "what does not hold, or decides nothing",
    arguments: [
      "data.none == 1", "data.none != 1", "!(data.none == 1)", "data.amount", "data.amount < '1'", "data", "data.items",
      "data.amount.more == 1", "data.amount == 1 || data.none == 1", "true && data.none == 1", "type.startsWith(1)",
      "data.actor == 10", "subject in type", "1 in 2", "[data.none] == [1]", "data.result == data.result",
      "'e\u{301}' == '\u{e9}'",
    ])
  func holdsNot(_ text: String) throws {
    let expression = try EventExpression(text)
    #expect(!expression.holds(for: document))
  }

  @Test(
    "what is none, and where",
    arguments: [
      ("", 0), ("1", 0), ("'a'", 0), ("[true]", 0), ("type ==", 7), ("type == \"a", 8), ("kind == 1", 0),
      ("data.amount >= 1 && ", 20), ("(true", 5), ("true)", 4), ("true true", 5), ("type.endsWith('a')", 5),
      ("1 == 9223372036854775808", 5), ("1 == 1.5", 5), ("1 == 1u", 5), ("data. == 1", 6), ("a ? b : c", 0),
      ("'\\q' == type", 1), ("'\\ud800' == type", 1), ("type == 'a\n'", 8),
      ("size(type) == 1", 0),
      ("type('a')", 0), ("1 + 1", 0), ("true ? true", 11), ("[1, 2", 5), ("(type == 'a').length == 1", 14),
      ("null == 1", 0),
      ("true & false", 5), ("true &&& false", 7), ("data.startsWith", 0),
    ] as [(String, Int)])
  func faults(_ text: String, _ offset: Int) throws {
    guard text != "data.startsWith" else {
      // A member may be called so.
      #expect(try !EventExpression(text).holds(for: document))
      return
    }
    do {
      _ = try EventExpression(text)
      Issue.record("\(text) was taken")
    } catch { #expect(error.offset == offset, "\(text): \(error)") }
  }

  private func holds(in text: String) throws -> Bool { try EventExpression(text).holds(for: document) }

  @Test("length and depth have bounds, and nothing nests beyond them")
  func bounds() throws {
    let brackets = String(repeating: "(", count: 63) + "true" + String(repeating: ")", count: 63)
    let deep = try EventExpression(brackets)
    #expect(deep.holds(for: document))
    #expect(throws: ExpressionFault.self) { try EventExpression("(" + brackets + ")") }
    #expect(throws: ExpressionFault.self) { try EventExpression(String(repeating: "(", count: 1_025)) }
    #expect(throws: ExpressionFault.self) {
      try EventExpression("true" + String(repeating: " ", count: EventExpression.byteCountMax))
    }
    #expect(try holds(in: String(repeating: "!", count: 2_000) + "true"))
    #expect(throws: ExpressionFault.self) {
      try EventExpression("true" + String(repeating: "==true", count: 200))
    }
    let many = [String](repeating: "true", count: 250).joined(separator: " && ")
    #expect(try holds(in: many))
  }

  @Test("whatever bytes come, there is an answer")
  func anything() {
    var generator = SystemRandomNumberGenerator()
    let words = [
      "type", "data.amount", "==", "&&", "||", "!", "(", ")", "[", "]", ",", "'a'", "1", "-", "in", ".", "startsWith",
      "\\", "\"", "é", " ",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0..<12, using: &generator))
        .map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined()
      if let expression = try? EventExpression(text) { _ = expression.holds(for: document) }
    }
  }

  @Test("members of an event are what its document has")
  func fields() async throws {
    try await withGateway { api in
      try await api.fund("77")
      try await api.apply(
        "/v1/tenants/1/contracts", #"{"contract":"78","payer":"10","payee":"20","value":5,"actor":"10"}"#)
      try await api.apply("/v1/tenants/1/contracts/78/policy", #"{"policy":{},"actor":"10"}"#)
      _ = try await api.post("/v1/tenants/1/contracts/77/milestones/1/fund", #"{"amount":1,"actor":"10"}"#)
      let client = try await MilepostClient.connect(
        host: "127.0.0.1", port: api.server.port, configuration: ClientConfiguration(),
        group: .singletonMultiThreadedEventLoopGroup)
      let subscription = try await client.subscribe(from: .init(commit: 0), reportsProgress: true)
      var events: [Event] = []
      while let more = try await subscription.next(countMax: 100, within: 5_000) {
        events += more.events
        if subscription.progress != nil { break }
      }
      #expect(events.count >= 7)
      for event in events {
        let webhook = WebhookEvent(event)
        try compare(try JSONValue(reading: webhook.body.span), event, [])
        #expect(event.field(["data", "none"][...]).isError)
      }
      await client.close()
    }
  }

  /// Every leaf of a document.
  private func compare(_ value: JSONValue, _ event: Event, _ path: [String]) throws {
    if case .object(let members) = value {
      for member in members { try compare(member.value, event, path + [member.name]) }
    } else {
      #expect(event.field(path[...]).equals(ExpressionValue(value)) == true, "\(path)")
    }
  }
}
