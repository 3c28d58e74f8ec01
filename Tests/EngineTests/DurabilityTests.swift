import Kernel
import Store
import Testing

@testable import Engine

@Suite struct DurabilityTests {
  /// What was acknowledged is there after closing and opening, and the state is the same bit for bit.
  @Test(arguments: [true, false]) func acknowledgedStateSurvives(checkpointsAtClose: Bool) async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.checkpointsAtClose = checkpointsAtClose
    var script = Script()
    var digests: [UInt64] = []
    do {
      let engine = try Engine.open(configuration, storeOptions: .test)
      for contract in 1...20 as ClosedRange<UInt128> {
        let results = try await engine.submit(script.open(UInt32(contract % 5), contract))
        #expect(results.map(\.code) == Array(repeating: 0, count: 7))
      }
      digests = engine.digests()
      try engine.close()
    }
    var replayed: UInt64 = 0
    let engine = try Engine.open(configuration, storeOptions: .test) { replayed = $0.operationsReplayed }
    #expect(engine.digests() == digests)
    #expect(replayed == (checkpointsAtClose ? 0 : 140))
    let contract = try #require(try await engine.contract(tenant: 3, contract: 3))
    #expect(contract.state == .active)
    #expect(contract.buckets.held == 100_000)
    #expect(try await engine.totals(tenant: 3)?.funded == 400_000)
    try engine.close()
  }

  /// A copy of the files taken without any goodbye holds every acknowledged operation.
  @Test func crashLosesNothingAcknowledged() async throws {
    let directory = TemporaryDirectory()
    let copy = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    var script = Script()
    for contract in 1...8 as ClosedRange<UInt128> { _ = try await engine.submit(script.open(7, contract)) }
    try engine.checkpoint()
    for contract in 9...16 as ClosedRange<UInt128> { _ = try await engine.submit(script.open(7, contract)) }
    try copy.copy(of: directory.path)
    let digests = engine.digests()
    try engine.close()

    let restored = try Engine.open(.test(copy.path), storeOptions: .test)
    #expect(restored.digests() == digests)
    #expect(try await restored.totals(tenant: 7)?.held == 1_600_000)
    try restored.close()
  }

  /// A log that ends before what the checkpoints hold is no log to go on with: new commits would get the numbers of lost ones.
  @Test func logOlderThanItsCheckpointsIsRefused() async throws {
    let directory = TemporaryDirectory()
    let older = TemporaryDirectory()
    var script = Script()
    do {
      let engine = try Engine.open(.test(directory.path), storeOptions: .test)
      for contract in 1...4 as ClosedRange<UInt128> { _ = try await engine.submit(script.open(7, contract)) }
      try older.copy(of: directory.path)
      for contract in 5...8 as ClosedRange<UInt128> { _ = try await engine.submit(script.open(7, contract)) }
      try engine.checkpoint()
      try engine.close()
    }
    try older.copy(of: directory.path, but: "log")
    let error = #expect(throws: EngineError.self) { try Engine.open(.test(older.path), storeOptions: .test) }
    #expect(
      error?.kind == .corrupt && error?.message.contains("the log ends before commit 5") == true,
      "\(String(describing: error))")
    let report = try Engine.verify(.test(older.path), storeOptions: .test)
    #expect(report.differences.count == 1 && report.differences.first == error?.message)
  }

  /// Checkpoint and replay meet in the middle of traffic: the same digests as replay from the start.
  @Test func checkpointsUnderTrafficAddUp() async throws {
    let directory = TemporaryDirectory()
    let digests = try await traffic(in: directory)
    let reopened = try Engine.open(.test(directory.path), storeOptions: .test)
    #expect(reopened.digests() == digests)
    for cell in reopened.core.cells { #expect(cell.shard.audit() == []) }
    try reopened.close()
  }

  private func traffic(in directory: TemporaryDirectory) async throws -> [UInt64] {
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    await withTaskGroup(of: Int.self) { group in
      for worker in 1...4 as ClosedRange<UInt32> {
        group.addTask {
          var script = Script(seed: UInt128(worker))
          var accepted = 0
          for contract in 1...40 as ClosedRange<UInt128> {
            let results = try? await engine.submit(script.open(worker, contract))
            accepted += results?.count(where: \.isAccepted) ?? 0
          }
          return accepted
        }
      }
      for _ in 1...3 { #expect(throws: Never.self) { try engine.checkpoint() } }
      for await accepted in group { #expect(accepted == 280) }
    }
    #expect(engine.metrics().checkpoints > 0)
    try engine.close()
    return engine.digests()
  }

  @Test func secondOpenerIsRefused() throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    #expect(throws: EngineError.self) { try Engine.open(.test(directory.path), storeOptions: .test) }
    try engine.close()
  }

  @Test func closedEngineServesNothing() async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    try engine.close()
    try engine.close()
    var script = Script()
    let batch = script.open(1, 1)
    await #expect(throws: EngineError.self) { try await engine.submit(batch) }
    await #expect(throws: EngineError.self) { try await engine.totals(tenant: 1) }
  }
}
