import Access
import Foundation
import Kernel
import Logging
import NIOConcurrencyHelpers
import Store
import Testing
import Wire

@testable import Gateway

/// The standard's examples beside the checkout, or nil.
private let vectors: URL? = {
  let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appending(path: "../shared/specs/vectors/traceparent.json").standardizedFileURL
  return FileManager.default.fileExists(atPath: file.path) ? file : nil
}()

@Suite("Traces")
struct TraceTests {
  private static let id = "0af7651916cd43dd8448eb211c80319c"
  private static let parent = "00-\(id)-b7ad6b7169203331-01"

  @Test(
    "headers of the standard's examples", .enabled(if: vectors != nil, "../shared/specs is not beside the checkout"))
  func examples() throws {
    let bytes = [UInt8](try Data(contentsOf: try #require(vectors)))
    guard case .array(let examples) = try JSONValue(reading: bytes.span) else { return }
    #expect(examples.count >= 10)
    for example in examples {
      let header = try #require(example["traceparent"]?.text)
      #expect((TraceContext(parent: header) != nil) == (example["valid"] == .bool(true)), "\(header)")
    }
  }

  @Test(
    "what is no traceparent begins nothing",
    arguments: [
      "", "00", "00-\(id)-b7ad6b7169203331-1", "00-\(id)-b7ad6b7169203331-01-", "00-\(id)-b7ad6b7169203331-0G",
      "0-\(id)-b7ad6b7169203331-010", "00-\(id)_b7ad6b7169203331-01", "01-\(id)-b7ad6b7169203331-01.x",
      "00-\(id)-b7ad6b7169203331-01 ",
      "\(parent),\(parent)", "00-\(id.uppercased())-b7ad6b7169203331-01", "ff-\(id)-b7ad6b7169203331-01",
      "é0-\(id)-b7ad6b7169203331-0",
    ])
  func wrong(_ header: String) { #expect(TraceContext(parent: header) == nil) }

  @Test("a child has the trace, another step, and the flags that are known")
  func child() throws {
    for (flags, known) in [("00", "00"), ("01", "01"), ("02", "02"), ("ff", "03"), ("08", "00")] {
      let trace = try #require(TraceContext(parent: "00-\(Self.id)-b7ad6b7169203331-\(flags)", state: "a=1"))
      let child = trace.child
      #expect(child.parent.hasPrefix("00-\(Self.id)-") && child.parent.hasSuffix("-\(known)"))
      #expect(child.span != trace.span && child.state == trace.state)
      #expect(TraceContext(parent: child.parent, state: child.state?.text) == child)
    }
    #expect(TraceContext(parent: "01-\(Self.id)-b7ad6b7169203331-01-later")?.parent.hasPrefix("00-") ?? false)
  }

  @Test(
    "states are handed on as they are, but for blanks",
    arguments: [
      ("a=1", "a=1"), (" a=1 ,\tb=2,, c=3 ", "a=1,b=2,c=3"), ("a_-*/9=~!x y", "a_-*/9=~!x y"), ("9t@s=1", "9t@s=1"),
      ("a= 1", "a= 1"),
    ])
  func states(_ header: String, _ text: String) { #expect(TraceState(header)?.text == text) }

  @Test(
    "a state that is none is dropped, and the trace goes on",
    arguments: [
      "", ",", "a", "=1", "a=", "A=1", "9a=1", "a=1,a=2", "a=1=2", "a@=1", "@a=1", "a@@b=1", "a@b@c=1", "a@9=1",
      "a=\u{7F}", "a=é",
      "a b=1", "\(String(repeating: "a", count: 257))=1", "t@\(String(repeating: "s", count: 15))=1",
      "a=\(String(repeating: "1", count: 257))", (0..<33).map { "a\($0)=1" }.joined(separator: ","),
    ])
  func noState(_ header: String) throws {
    #expect(TraceState(header) == nil, "\(header)")
    #expect(try #require(TraceContext(parent: Self.parent, state: header)).state == nil)
  }

  @Test("of a long state the long members go first, then the last")
  func longState() {
    let long = "long=\(String(repeating: "x", count: 200))"
    let members = (0..<30).map { "k\($0)=\(String(repeating: "y", count: 12))" }
    let text = TraceState(([long] + members).joined(separator: ","))?.text ?? ""
    #expect(!text.contains("long") && text.hasPrefix("k0=") && (480...512).contains(text.utf8.count))
    #expect(
      TraceState([long, long.replacing("long", with: "more")].joined(separator: ","))?.text.utf8.count ?? 0 > 400)
  }

  @Test("a trace goes from the request through the log to events and webhooks, and is in the trail")
  func through() async throws {
    let receiver = try await WebhookReceiver.start()
    try await withGateway(configure: { $0.allowReceivers() }) { api in
      _ = try await api.makeWebhook(to: receiver.url)
      let trace = [("traceparent", Self.parent), ("tracestate", "shop=7, bank=x")]
      let contracts = "/v1/tenants/1/contracts"
      let made = try await api.post(
        contracts, #"{"contract":"7","payer":"10","payee":"20","value":5,"actor":"10"}"#, headers: trace)
      #expect(made.status == 201)
      let step = try #require(made.header("traceparent"))
      #expect(step.hasPrefix("00-\(Self.id)-") && step != Self.parent)
      // Without a trace there is none, and another request's is not taken.
      _ = try await api.post(contracts, #"{"contract":"8","payer":"10","payee":"20","value":5,"actor":"10"}"#)
      // An operation that is sent again keeps the trace that it came with first.
      try await receiver.wait(count: 2)
      for delivery in receiver.deliveries {
        let document = try delivery.json
        let isFirst = document["subject"]?.text == "contracts/7"
        #expect(document["traceparent"]?.text == (isFirst ? step : nil))
        #expect(document["tracestate"]?.text == (isFirst ? "shop=7,bank=x" : nil))
        #expect(delivery.trace[1] == (isFirst ? "shop=7,bank=x" : nil))
        guard isFirst else { continue }
        // The try is a step of its own.
        let header = try #require(delivery.trace[0])
        #expect(header.hasPrefix("00-\(Self.id)-") && header != step)
      }
      let batch = try await api.post(
        "/v1/batches", #"{"operations":[{"operation":"offer","tenant":"1","contract":"9","actor":"10"}]}"#,
        headers: trace)
      #expect(batch.status == 200)
      let events = try await api.get("/v1/tenants/1/events?after=0-0&refused=true").json["items"]
      #expect(events?[0]?["traceparent"]?.text == step)
      #expect(events?[1]?["traceparent"] == nil)
      #expect(events?[2]?["traceparent"]?.text == batch.header("traceparent"))
      // It is there behind another gateway on the same tables, too.
      await api.gateway.stop()
      var configuration = GatewayConfiguration(
        host: "127.0.0.1", port: 0, kernelHost: "127.0.0.1", kernelPort: api.server.port)
      configuration.allowReceivers()
      let second = api.behind(try await Gateway.start(configuration, catalog: api.engine.catalog))
      let again = try await second.get("/v1/tenants/1/events?after=0-0&refused=true").json["items"]
      #expect(again == events)
      await second.gateway.stop()
      let rows = try AuditTrail(catalog: api.engine.catalog, tables: .gateway).events(after: 0, limit: 500)
      #expect(rows.contains { $0.trace == Self.id && $0.subject.hasPrefix("create_contract") })
      var chain = TrailChain()
      for row in rows { try chain.add(row) }
      #expect(try chain.verdict().sound == rows.count)
    }
    try await receiver.stop()
  }

  private func operation(_ id: UInt128, contract: UInt128 = 1) -> Kernel.Operation {
    Kernel.Operation(.offer, tenant: 1, contract: contract, ordinal: 0, id: id, actor: 1)
  }

  @Test("rows are found by their operation, the first one counts, and old ones are forgotten and swept")
  func rows() async throws {
    let folder = try TemporaryFolder()
    let catalog = try Store.openCatalog(folder.url.path, options: StoreOptions(mapByteCount: 1 << 28))
    let time = NIOLockedValueBox<Int64>(1_700_000_000_000)
    let first = try #require(TraceContext(parent: Self.parent, state: "a=1"))
    let store = try TraceStore(catalog, logger: Logger(label: "test")) { time.withLockedValue { $0 } }
    let operations = (1...2_000).map { SlottedOperation(operation: operation(UInt128($0)), slot: nil) }
    store.keep(first, operations)
    store.keep(first.child, operations[..<1])
    #expect(store.trace(of: operation(1)) == first)
    #expect(store.trace(of: operation(1, contract: 2)) == nil)
    let kept = (1...2_000).count { store.trace(of: operation(UInt128($0))) == first }
    // A request's first operations; a few of them have the same place.
    #expect((1_000...TraceStore.operationCountMax).contains(kept))
    await store.stop()
    let again = try TraceStore(catalog, logger: Logger(label: "test")) { time.withLockedValue { $0 } }
    #expect((1...2_000).count { again.trace(of: operation(UInt128($0))) == first } == kept)
    time.withLockedValue { $0 += TraceStore.lifeMilliseconds + 1 }
    #expect(again.trace(of: operation(1)) == nil)
    await again.sweep()
    await again.stop()
    var left = 0
    try catalog.visit(.traces) { _, _ in left += 1 }
    #expect(left == 0)
  }

  @Test("a row that waits goes on with its trace, and old rows have none")
  func waitingRows() throws {
    var event = WebhookEvent(
      position: EventPosition(commit: 1), type: "t", key: "k", time: 5, body: Array("{}".utf8),
      trace: TraceContext(parent: Self.parent, state: "a=1"))
    #expect(WaitingRow(WaitingRow(event: event, due: 9).bytes)?.event.trace == event.trace)
    #expect(DeadLetter(DeadLetter(event: event, attempts: 1, time: 9).bytes)?.event.trace == event.trace)
    event.trace = nil
    #expect(WaitingRow(WaitingRow(event: event, due: 9).bytes)?.event.trace == nil)
  }
}
