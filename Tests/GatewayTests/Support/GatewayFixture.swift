import Access
import AsyncHTTPClient
import Engine
import HTTPTypes
import Kernel
import NIOCore
import NIOHTTP1
import Server
import Store
import Telemetry
import Testing

@testable import Gateway

/// A server over a store of its own, a gateway before it, and a way to ask.
struct GatewayFixture {
  let gateway: Gateway
  let server: Server
  let engine: Engine
  let client: HTTPClient

  var base: String { "http://127.0.0.1:\(gateway.port)" }

  /// The same behind another gateway, before the same server.
  func behind(_ gateway: Gateway) -> GatewayFixture {
    GatewayFixture(gateway: gateway, server: server, engine: engine, client: client)
  }

  /// Asks, and waits for the whole answer.
  func ask(
    _ method: NIOHTTP1.HTTPMethod, _ path: String, _ document: String? = nil, type: String = "application/json",
    headers: [(String, String)] = [], seconds: Int64 = 20
  ) async throws -> Reply {
    var request = HTTPClientRequest(url: base + path)
    request.method = method
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let document {
      if !type.isEmpty { request.headers.add(name: "content-type", value: type) }
      request.body = .bytes(ByteBuffer(string: document))
    }
    let response = try await client.execute(request, timeout: .seconds(seconds))
    let body = try await response.body.collect(upTo: 64 << 20)
    return Reply(status: Int(response.status.code), headers: response.headers, text: String(buffer: body))
  }

  func get(_ path: String, headers: [(String, String)] = []) async throws -> Reply {
    try await ask(.GET, path, headers: headers)
  }

  func post(_ path: String, _ document: String, headers: [(String, String)] = []) async throws -> Reply {
    try await ask(.POST, path, document, headers: headers)
  }

  /// Posts, and fails the test unless it was applied.
  func apply(_ path: String, _ document: String) async throws {
    let reply = try await post(path, document)
    #expect([200, 201].contains(reply.status), "\(path): \(reply.text)")
  }

  /// A contract in draft with one milestone, agreed on and funded: payer 10, payee 20.
  func fund(_ contract: String, tenant: Int = 1, amount: Int = 50_000) async throws {
    let path = "/v1/tenants/\(tenant)/contracts"
    try await apply(path, #"{"contract":"\#(contract)","payer":"10","payee":"20","value":\#(amount),"actor":"10"}"#)
    try await apply(
      "\(path)/\(contract)/milestones",
      #"{"milestone":1,"amount":\#(amount),"due":"2030-01-01T00:00:00Z","actor":"10"}"#)
    try await apply("\(path)/\(contract)/offer", #"{"actor":"10"}"#)
    try await apply("\(path)/\(contract)/accept", #"{"actor":"20"}"#)
    try await apply("\(path)/\(contract)/deposits", #"{"amount":\#(amount),"reference":"UTR \#(tenant) \#(contract)"}"#)
    try await apply("\(path)/\(contract)/milestones/1/fund", #"{"amount":\#(amount),"actor":"10"}"#)
  }
}

/// An answer, read.
struct Reply {
  var status: Int
  var headers: HTTPHeaders
  var text: String

  var json: JSONValue {
    get throws {
      let bytes = Array(text.utf8)
      return try JSONValue(reading: bytes.span)
    }
  }

  func header(_ name: String) -> String? { headers.first(name: name) }

  /// The `code` of a problem or an answer.
  var code: String? { get throws { try json["code"]?.text } }
}

extension JSONValue {
  subscript(_ name: String) -> JSONValue? {
    if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
  }

  subscript(_ index: Int) -> JSONValue? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }

  var count: Int {
    switch self {
    case .array(let elements): elements.count
    case .object(let members): members.count
    default: 0
    }
  }

  var text: String? { if case .string(let text) = self { text } else { nil } }
  var number: Int64? { if case .integer(let number) = self { number } else { nil } }
}

/// Runs `body` with a gateway before a server with a new store; all are gone afterwards.
func withGateway(
  _ prepare: (String) throws -> Void = { _ in }, limits: [RateLimit] = [],
  retention: LogRetention? = nil, configure: (inout GatewayConfiguration) -> Void = { _ in },
  _ body: (GatewayFixture) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  let path = folder.url.path
  try prepare(path)
  var configuration = EngineConfiguration(path: path)
  configuration.shardCount = 4
  configuration.ringByteCount = 4 << 20
  var options = StoreOptions(mapByteCount: 1 << 30)
  if let retention { options.retention = retention }
  let engine = try Engine.open(configuration, storeOptions: options)
  let server = try await Server.start(
    ServerConfiguration(host: "127.0.0.1", port: 0), engine: engine, registry: MetricsRegistry(), status: ServerStatus()
  )
  var settings = GatewayConfiguration(host: "127.0.0.1", port: 0, kernelHost: "127.0.0.1", kernelPort: server.port)
  settings.limits = limits
  configure(&settings)
  let gateway: Gateway
  do {
    gateway = try await Gateway.start(settings, catalog: engine.catalog)
  } catch {
    await server.drain()
    try engine.close()
    throw error
  }
  var connections = HTTPClient.Configuration(redirectConfiguration: .disallow)
  connections.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 400
  let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: connections)
  let result: Result<Void, any Error>
  do {
    try await body(GatewayFixture(gateway: gateway, server: server, engine: engine, client: client))
    result = .success(())
  } catch { result = .failure(error) }
  try await client.shutdown()
  await gateway.stop()
  await server.drain()
  try engine.close()
  withExtendedLifetime(folder) {}
  try result.get()
}

extension Engine {
  /// A contract in draft of tenant 1, made without a gateway.
  func open(contract: UInt128) async throws {
    var batch = OperationBatch()
    batch.append(
      Operation(
        .createContract, tenant: 1, contract: contract, id: contract, actor: 10, amount: 5,
        argument: 10 | 20 << 32), extension: ContractTerms())
    #expect(try await submit(batch).allSatisfy(\.isAccepted))
  }
}
