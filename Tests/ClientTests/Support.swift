import Kernel
import NIOCore
import NIOPosix
import Testing
import Wire

@testable import Client

/// Runs `body` with a server that reacts as told and a client of it, and takes both down.
func withClient(
  react: @escaping @Sendable (UInt64) -> FakeServer.Reaction = { _ in .answer },
  prepare: (inout FakeServer.State) -> Void = { _ in },
  configure: (inout ClientConfiguration) -> Void = { _ in },
  _ body: (MilepostClient, FakeServer) async throws -> Void
) async throws {
  let server = try await FakeServer(react: react)
  server.state.withLock { prepare(&$0) }
  var configuration = quickConfiguration()
  configure(&configuration)
  let client = try await MilepostClient.connect(
    host: "127.0.0.1", port: server.port, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton)
  try await body(client, server)
  client.abort()
  try await server.stop()
}

/// Short pauses, so that tests of lost connections are quick.
func quickConfiguration() -> ClientConfiguration {
  var configuration = ClientConfiguration()
  configuration.reconnect.pauseMilliseconds = 1
  configuration.reconnect.pauseMillisecondsMax = 5
  configuration.reconnect.giveUpMilliseconds = 20_000
  return configuration
}

/// A batch of deposits of `amount`, `amount + 1`, ...
func batch(_ amount: Int64, count: Int = 1) -> SubmitBatch {
  var batch = SubmitBatch(slotCapacity: count)
  for index in 0..<count {
    batch.append(
      Operation(.deposit, tenant: 1, contract: 2, id: UInt128(index + 1), amount: amount + Int64(index), argument: 3))
  }
  return batch
}

/// Submits on the loop, keeps the window full, and collects the answers.
final class Collector: SubmitHandler, @unchecked Sendable {
  // The client's event loop guards it.
  private let client: MilepostClient
  private var left: Range<Int64>
  private let operationCount: Int
  private var completed = 0
  private let total: Int
  private(set) var answers: [Int64: [OperationResult]] = [:]
  private(set) var errors: [ClientError] = []
  private(set) var replayedCount = 0
  private(set) var batches: [SubmitBatch] = []
  /// Where each unanswered batch lay when it was submitted, and how many came back from elsewhere.
  private var addresses: [UInt64: UInt] = [:]
  private(set) var copiedCount = 0
  private let done: EventLoopPromise<Void>

  init(client: MilepostClient, requests: Range<Int64>, operationCount: Int) {
    self.client = client
    left = requests
    total = requests.count
    self.operationCount = operationCount
    done = client.eventLoop.makePromise()
  }

  func run() async throws {
    client.eventLoop.execute { self.pump() }
    try await done.futureResult.get()
  }

  private func pump() {
    while client.canSubmit, let amount = left.popFirst() {
      var next = batches.popLast() ?? SubmitBatch()
      next.removeAll()
      next.appendSlots(slotCountMax: operationCount) { bytes in
        for index in 0..<operationCount {
          let operation = Operation(
            .deposit, tenant: 1, contract: 2, id: UInt128(index + 1), amount: amount + Int64(index), argument: 3)
          bytes.storeBytes(of: operation, toByteOffset: index * 64, as: Operation.self)
        }
        return (operationCount, operationCount)
      }
      addresses[UInt64(amount)] = Self.address(of: next)
      client.submit(consume next, token: UInt64(amount), handler: self)
    }
  }

  private static func address(of batch: borrowing SubmitBatch) -> UInt {
    batch.frame.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
  }

  func submitCompleted(token: UInt64, batch: consuming SubmitBatch, results: RawSpan, replayed: Bool) {
    answers[Int64(token)] = ResultBody.results(results)
    if replayed { replayedCount += 1 }
    if addresses.removeValue(forKey: token) != Self.address(of: batch) { copiedCount += 1 }
    batches.append(batch)
    finished()
  }

  func submitFailed(token: UInt64, batch: consuming SubmitBatch, error: ClientError) {
    errors.append(error)
    finished()
  }

  private func finished() {
    completed += 1
    if completed == total { done.succeed() } else { pump() }
  }
}
