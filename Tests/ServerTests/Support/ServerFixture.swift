import Engine
import class Foundation.FileManager
import func Foundation.NSTemporaryDirectory
import struct Foundation.UUID
import Kernel
import Server
import Store
import Telemetry
import Testing
import Wire

/// A server over a fresh store in a directory of its own; everything is gone afterwards.
struct ServerFixture {
  let server: Server
  let engine: Engine
  let registry: MetricsRegistry
  let status: ServerStatus

  var port: Int { server.port }

  /// The value of a series in the exposition, for example `milepost_connections`.
  func metric(_ series: String) -> Double? {
    for line in registry.text().split(separator: "\n") where line.hasPrefix(series + " ") {
      return Double(line.dropFirst(series.count + 1))
    }
    return nil
  }

  /// Drains, unless the test did, and closes the store.
  func stop() async {
    if status.stage != .stopped { await server.drain() }
    // A store that has failed says so again.
    do { try engine.close() } catch { if engine.failure == nil { Issue.record("close: \(error)") } }
  }

  /// Waits until `condition` holds, for as long as the test may run.
  func eventually(_ condition: () -> Bool) async throws {
    while !condition() {
      if Task.isCancelled { throw Unexpected("waited in vain; the metrics are:\n\(registry.text())") }
      await Task.yield()
    }
  }
}

/// Runs `body` against a server on a fresh store, then drains it and closes the store.
func withServer(
  _ change: (inout ServerConfiguration) -> Void = { _ in }, engine: (inout EngineConfiguration) -> Void = { _ in },
  _ body: (ServerFixture) async throws -> Void
) async throws {
  try await withDirectory { directory in
    try await withServer(at: directory, change, engine: engine, body)
  }
}

/// Runs `body` against a server on the store at `directory`, then drains it and closes the store. The store is
/// released when this returns, if `body` kept nothing.
func withServer(
  at directory: String, _ change: (inout ServerConfiguration) -> Void = { _ in },
  engine: (inout EngineConfiguration) -> Void = { _ in }, mapByteCount: Int = 1 << 30,
  _ body: (ServerFixture) async throws -> Void
) async throws {
  var configuration = ServerConfiguration()
  configuration.drainMilliseconds = 2_000
  change(&configuration)
  let fixture = try await open(directory, configuration, mapByteCount, engine)
  do {
    try await body(fixture)
  } catch {
    await fixture.stop()
    throw error
  }
  await fixture.stop()
}

/// Runs `body` with the name of a directory that does not exist yet, and removes it afterwards.
func withDirectory(_ body: (String) async throws -> Void) async throws {
  await gate.enter()
  let directory = NSTemporaryDirectory() + "/milepost-server-" + UUID().uuidString
  let result: Result<Void, any Error>
  do { result = .success(try await body(directory)) } catch { result = .failure(error) }
  try? FileManager.default.removeItem(atPath: directory)
  await gate.leave()
  try result.get()
}

/// Only a few servers run at once, however many tests do: they have deadlines, and would starve each other.
private let gate = Gate(4)

private actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

private func open(
  _ directory: String, _ configuration: ServerConfiguration, _ mapByteCount: Int,
  _ change: (inout EngineConfiguration) -> Void
) async throws -> ServerFixture {
  var engineConfiguration = EngineConfiguration(path: directory)
  engineConfiguration.shardCount = 4
  engineConfiguration.ringByteCount = 8 << 20
  engineConfiguration.prefaultsRing = false
  engineConfiguration.sessionWindow = Int(configuration.limits.requestWindow)
  engineConfiguration.operationsPerSubmissionMax = Int(configuration.limits.operationCountMax)
  engineConfiguration.shard.usesHugePages = false
  change(&engineConfiguration)
  let engine = try Engine.open(engineConfiguration, storeOptions: StoreOptions(mapByteCount: mapByteCount))
  let registry = MetricsRegistry()
  let status = ServerStatus()
  let server = try await Server.start(configuration, engine: engine, registry: registry, status: status)
  return ServerFixture(server: server, engine: engine, registry: registry, status: status)
}

/// Frames that tests send.
enum Sample {
  /// A submit frame that creates contracts `contracts` of tenant 1; each takes two slots.
  static func create(
    _ contracts: ClosedRange<Int>, session: UInt128, request: UInt64, trace: UInt128 = 0
  ) -> [UInt8] {
    let header = FrameHeader(
      .submit, count: UInt32(contracts.count), session: session, trace: trace, request: request)
    return encodeFrame(header, bodyByteCount: contracts.count * 2 * Operation.byteCount) { body in
      var offset = 0
      for contract in contracts {
        body.storeBytes(of: creation(of: contract), toByteOffset: offset, as: Operation.self)
        body.storeBytes(of: ContractTerms(), toByteOffset: offset + Operation.byteCount, as: ContractTerms.self)
        offset += 2 * Operation.byteCount
      }
    }
  }

  static func creation(of contract: Int) -> Operation {
    Operation(
      .createContract, tenant: 1, contract: UInt128(contract), id: UInt128(contract), actor: 10, amount: 1_000_000,
      argument: 10 | 20 << 32, extended: true)
  }

  /// A submit frame of `count` deposits to a contract that does not exist: refused, but answered and logged.
  static func refused(count: Int, session: UInt128, request: UInt64) -> [UInt8] {
    let header = FrameHeader(.submit, count: UInt32(count), session: session, request: request)
    return encodeFrame(header, bodyByteCount: count * Operation.byteCount) { body in
      for index in 0..<count {
        let deposit = Operation(
          .deposit, tenant: 1, contract: 999_999, id: UInt128(request) << 32 | UInt128(index + 1), actor: 10,
          amount: 100, argument: 7)
        body.storeBytes(of: deposit, toByteOffset: index * Operation.byteCount, as: Operation.self)
      }
    }
  }

  static func ping(session: UInt128, request: UInt64 = 1) -> [UInt8] {
    encodeFrame(FrameHeader(.ping, session: session, request: request), bodyByteCount: 0) { _ in }
  }

  static func goodbye(session: UInt128, flags: FrameFlags = []) -> [UInt8] {
    encodeFrame(FrameHeader(.goodbye, flags: flags, session: session), bodyByteCount: 0) { _ in }
  }

  static func read(_ read: ReadBody, session: UInt128, request: UInt64) -> [UInt8] {
    encodeFrame(
      FrameHeader(.read, session: session, request: request), bodyByteCount: ReadBody.byteCount
    ) { read.store(into: &$0) }
  }
}
