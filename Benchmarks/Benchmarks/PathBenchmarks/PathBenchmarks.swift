import Benchmark
import Engine
import Foundation
import Kernel

/// The embedded path without a network: a batch goes in, its answers come back when it is durable.
let benchmarks: @Sendable () -> Void = {
  for count in [1, 128, 8_190] {
    Benchmark(
      "submit \(count) deposits and await durability",
      configuration: .init(metrics: [.wallClock, .throughput], warmupIterations: 20, maxDuration: .seconds(10))
    ) { benchmark, fixture in
      let batch = fixture.deposits(count)
      benchmark.startMeasurement()
      let results = try await fixture.engine.submit(batch)
      benchmark.stopMeasurement()
      precondition(results.allSatisfy { $0.isAccepted }, "a deposit was refused")
    } setup: {
      try await Fixture()
    } teardown: { fixture in
      try fixture.close()
    }
  }
}

/// An engine on a store of its own, with an active contract for each of 64 tenants.
final class Fixture: @unchecked Sendable {
  // Benchmarks run one at a time, so the serial number has one user.
  private let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("milepost-benchmark-\(UUID().uuidString)")
  let engine: Engine
  private var serial: UInt64 = 0
  private let tenantCount: UInt32 = 64

  init() async throws {
    engine = try Engine.open(EngineConfiguration(path: directory.path))
    var batch = OperationBatch()
    for tenant in 1...tenantCount {
      batch.append(
        operation(.createContract, tenant, actor: 1, amount: 100_000, argument: 1 | 2 << 32), extension: ContractTerms()
      )
      batch.append(
        operation(.addMilestone, tenant, ordinal: 1, actor: 1, amount: 100_000, argument: 4_102_444_800_000))
      batch.append(operation(.offer, tenant, actor: 1))
      batch.append(operation(.accept, tenant, actor: 2))
    }
    let results = try await engine.submit(batch)
    precondition(results.allSatisfy { $0.isAccepted }, "set-up was refused")
  }

  private func operation(
    _ code: OperationCode, _ tenant: UInt32, ordinal: UInt16 = 0, actor: UInt32, amount: Int64 = 0, argument: UInt64 = 0
  ) -> Kernel.Operation {
    serial += 1
    return Kernel.Operation(
      code, tenant: tenant, contract: 1, ordinal: ordinal, id: UInt128(serial), actor: actor, amount: amount,
      argument: argument)
  }

  func deposits(_ count: Int) -> OperationBatch {
    var batch = OperationBatch()
    for index in 0..<count {
      batch.append(
        operation(.deposit, UInt32(index) % tenantCount + 1, actor: 1, amount: 100, argument: serial + 1))
    }
    return batch
  }

  func close() throws {
    try engine.close()
    try FileManager.default.removeItem(at: directory)
  }
}
