import Engine
import Foundation
import NIOConcurrencyHelpers
import Store
import Testing

@testable import Gateway

@Suite("Repeated requests")
struct RepetitionTests {
  private func key(_ text: String) -> [(String, String)] { [("idempotency-key", "\"\(text)\"")] }
  private let milestone = "/v1/tenants/1/contracts/77/milestones/1"

  /// More changes of the milestone than the kernel remembers.
  private func changeOften(_ api: GatewayFixture) async throws {
    for _ in 0..<3 {
      try await api.apply("\(milestone)/holds", #"{"change":"hold","reason":"a look"}"#)
      try await api.apply("\(milestone)/holds", #"{"change":"lift"}"#)
    }
  }

  @Test("a payment is made once, however much happens in between")
  func long() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let refund = #"{"amount":100,"actor":"10"}"#
      let first = try await api.post("\(milestone)/refunds", refund, headers: key("r"))
      #expect(first.status == 200)
      try await changeOften(api)
      let again = try await api.post("\(milestone)/refunds", refund, headers: key("r"))
      #expect(again.status == 200)
      #expect(again.text == first.text)
      #expect(try await api.get(milestone).json["held"]?.number == 49_900)
      // Another key is another intent.
      #expect(try await api.post("\(milestone)/refunds", refund, headers: key("s")).status == 200)
      #expect(try await api.get(milestone).json["held"]?.number == 49_800)
    }
  }

  @Test("a refusal is the answer to its repetition, too")
  func refusal() async throws {
    try await withGateway { api in
      let document = #"{"actor":"10"}"#
      let first = try await api.post("/v1/tenants/1/contracts/77/offer", document, headers: key("o"))
      #expect(first.status == 404)
      try await api.fund("77")
      let again = try await api.post("/v1/tenants/1/contracts/77/offer", document, headers: key("o"))
      #expect(again.status == 404)
      #expect(again.text == first.text)
      #expect(again.header("content-type") == "application/problem+json")
    }
  }

  @Test("a document that is wrong uses no key up")
  func wrong() async throws {
    try await withGateway { api in
      let path = "/v1/tenants/1/contracts"
      let wrong = try await api.post(path, #"{"payer":"1"}"#, headers: key("k"))
      #expect(wrong.status == 422)
      let right = try await api.post(
        path, #"{"payer":"10","payee":"20","value":5,"actor":"10"}"#, headers: key("k"))
      #expect(right.status == 201)
    }
  }

  @Test("of many at once one is done, and the others are told or get its answer")
  func concurrent() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
        for _ in 0..<32 {
          group.addTask {
            try await api.post("\(milestone)/refunds", #"{"amount":100,"actor":"10"}"#, headers: key("r"))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(replies.contains { $0.status == 200 })
      for reply in replies where reply.status != 200 {
        #expect(reply.status == 409)
        #expect(try reply.code == "request_in_flight")
      }
      #expect(try await api.get(milestone).json["held"]?.number == 49_900)
    }
  }

  /// Makes it look as if the gateway had died before it kept the answer.
  private func forgetAnswer(_ api: GatewayFixture, path: String, key: String, body: String) throws {
    let digest = Identifier.derived(from: "request 0 POST \(path) \(key)")
    let name = (0..<16).map { UInt8(truncatingIfNeeded: digest >> (120 - $0 * 8)) }
    let kept = KeptRequest(
      fingerprint: Digest.hexadecimal(of: Array(body.utf8)), time: Int64(Date().timeIntervalSince1970 * 1_000),
      commit: 0)
    try api.engine.catalog.apply([.put(.repetitions, key: name, value: kept.bytes)])
  }

  @Test("after a crash in between the log says what became of a request")
  func recovered() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let (path, refund) = ("\(milestone)/refunds", #"{"amount":100,"actor":"10"}"#)
      let first = try await api.post(path, refund, headers: key("r"))
      // The answer is on its way to the disk behind the reply; wait until it is there before it is taken away.
      try await Task.sleep(for: .milliseconds(200))
      try forgetAnswer(api, path: path, key: "r", body: refund)
      try await changeOften(api)
      let again = try await api.post(path, refund, headers: key("r"))
      #expect(again.status == 200)
      #expect(again.text == first.text)
      #expect(try await api.get(milestone).json["held"]?.number == 49_900)
    }
  }

  @Test("after a crash before anything was applied the request is done")
  func notApplied() async throws {
    try await withGateway { api in
      try await api.fund("77")
      let (path, refund) = ("\(milestone)/refunds", #"{"amount":100,"actor":"10"}"#)
      try forgetAnswer(api, path: path, key: "r", body: refund)
      #expect(try await api.post(path, refund, headers: key("r")).status == 200)
      #expect(try await api.get(milestone).json["held"]?.number == 49_900)
      try forgetAnswer(api, path: path, key: "q", body: "something else")
      #expect(try await api.post(path, refund, headers: key("q")).status == 422)
    }
  }

  @Test("answers are kept for a day")
  func sweep() async throws {
    let folder = try TemporaryFolder()
    let catalog = try Store.openCatalog(folder.url.path, options: StoreOptions(mapByteCount: 1 << 28))
    let clock = NIOLockedValueBox<Int64>(1_000_000)
    let repetitions = Repetitions(catalog) { clock.withLockedValue { $0 } }
    for number in 0..<1_500 {
      let name = UInt64(number).catalogKey + UInt64(number).catalogKey
      guard case .first = try await repetitions.begin(name, fingerprint: "f", commit: 9) else {
        Issue.record("not the first")
        return
      }
      repetitions.abandon(name)
    }
    clock.withLockedValue { $0 += Repetitions.lifeMilliseconds }
    #expect(await !repetitions.sweep())
    guard
      case .unfinished(9) = try await repetitions.begin(Array(repeating: 0, count: 16), fingerprint: "f", commit: 10)
    else {
      Issue.record("forgotten too early")
      return
    }
    repetitions.abandon(Array(repeating: 0, count: 16))
    clock.withLockedValue { $0 += 1 }
    #expect(await repetitions.sweep())
    #expect(await !repetitions.sweep())
    guard case .first = try await repetitions.begin(Array(repeating: 0, count: 16), fingerprint: "f", commit: 10) else {
      Issue.record("not forgotten")
      return
    }
    await repetitions.stop()
  }

  @Test("a catalog of its own has one user at a time, and keeps what it was given")
  func catalog() throws {
    let folder = try TemporaryFolder()
    let options = StoreOptions(mapByteCount: 1 << 28)
    func put() throws {
      let catalog = try Store.openCatalog(folder.url.path, options: options)
      try catalog.apply([.put(.repetitions, key: [1], value: [2])])
      #expect(throws: StoreError.self) { try Store.openCatalog(folder.url.path, options: options) }
    }
    try put()
    let kept = try Store.openCatalog(folder.url.path, options: options).value(.repetitions, key: [1])
    #expect(kept == [2])
    try Data().write(to: folder.url.appendingPathComponent("x"))
    #expect(throws: StoreError.self) { try Store.openCatalog(folder.url.path, options: options) }
  }
}
