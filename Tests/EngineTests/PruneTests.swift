import Foundation
import Kernel
import Store
import Testing

@testable import Engine

/// The oldest closed contracts go to files and are forgotten, but for their names and their sums.
@Suite struct PruneTests {
  let directory = TemporaryDirectory()
  let clock = ManualClock()
  typealias Driver = ArchiveTests.Driver

  var store: String { directory.path + "/store" }
  var files: String { directory.path + "/archive" }

  /// - Parameter keeping: bytes of records; nil does not prune.
  func configuration(_ path: String? = nil, keeping: Int?, age: Int64 = 0) -> EngineConfiguration {
    var configuration = EngineConfiguration.test(path ?? store)
    configuration.startsThreads = false
    configuration.pruning = keeping.map { ArchivePruning(byteCountMax: $0, millisecondsMin: age, exportPath: files) }
    return configuration
  }

  private func settle(_ driver: Driver) {
    while driver.engine.maintenanceStep() {}
    while driver.engine.core.commitStep() {}
  }

  private func expectSound(_ path: String, _ digests: [UInt64], contracts: Int, _ name: String = "") throws {
    let report = try Engine.verify(configuration(path, keeping: nil), storeOptions: .test)
    #expect(report.differences == [], "\(name)")
    #expect(report.digests == digests && report.contracts == contracts, "\(name): \(report.contracts)")
    let engine = try Engine.open(configuration(path, keeping: nil), storeOptions: .test, clock: clock)
    #expect(engine.digests() == digests, "\(name)")
    try engine.close()
  }

  /// Contracts that were exported as they were, then every operation on them is refused, before and after their rows are
  /// dropped, their names and references left memory, and a restart.
  @Test func prunedContractsAreExportedAndStayPruned() throws {
    let (snapshots, digests) = try lifeWithPruning()
    try expectSound(store, digests, contracts: 1)
    let driver = try Driver(configuration(keeping: 0), clock: clock, seed: 2)
    try expectPruned(driver, snapshots)
    try driver.engine.close()
    try expectExported(snapshots)
  }

  private func lifeWithPruning() throws -> ([UInt128: ContractSnapshot], [UInt64]) {
    var snapshots: [UInt128: ContractSnapshot] = [:]
    var driver = try Driver(configuration(keeping: 0), clock: clock)
    for contract in 1...40 as ClosedRange<UInt128> {
      let tenant = UInt32(contract % 3)
      if contract % 4 == 0 { driver.cancelled(tenant, contract) } else { driver.closed(tenant, contract) }
      snapshots[contract] = try driver.contract(tenant, contract)
    }
    #expect(driver.submit(driver.script.open(1, 100)).allSatisfy { $0 == 0 })
    let totals = try (0..<3 as Range<UInt32>).map { try driver.totals($0) }
    try driver.engine.checkpoint()
    #expect(driver.inMemory == 1)
    settle(driver)
    let metrics = driver.engine.metrics()
    #expect(metrics.contractsPruned == 40 && metrics.contractsExported == 40 && metrics.timersFired == 0)
    let archive = driver.engine.core.store.archive
    // A whole round has to go by.
    #expect(archive.rowBlocks.lowerBound == 1)
    try expectPruned(driver, snapshots)
    for _ in 0..<2 {
      try driver.engine.checkpoint()
      settle(driver)
    }
    #expect(archive.rowBlocks.isEmpty && archive.rowBlocks.lowerBound > 1)
    try expectPruned(driver, snapshots)
    #expect(try (0..<3 as Range<UInt32>).map { try driver.totals($0) } == totals)
    #expect(driver.engine.core.cells.reduce(0) { $0 + $1.shard.referenceCount } == 0)
    let digests = driver.engine.digests()
    try driver.engine.close()
    return (snapshots, digests)
  }

  private func expectPruned(_ driver: Driver, _ snapshots: [UInt128: ContractSnapshot]) throws {
    var driver = driver
    let pruned = ResultCode.contractPruned.rawValue
    for (contract, snapshot) in snapshots.sorted(by: { $0.key < $1.key }) {
      #expect(try driver.contract(snapshot.tenant, contract) == nil)
      var batch = OperationBatch()
      batch.append(driver.script.create(snapshot.tenant, contract), extension: driver.script.terms)
      batch.append(driver.script.plain(.closeContract, snapshot.tenant, contract, actor: driver.script.payer))
      batch.append(driver.script.plain(.prune, snapshot.tenant, contract, actor: 0))
      // The same id in another tenant is another contract.
      batch.append(driver.script.plain(.offer, snapshot.tenant + 50, contract, actor: driver.script.payer))
      #expect(driver.submit(batch) == [pruned, pruned, pruned, ResultCode.notFound.rawValue])
      #expect(driver.payoutReturned(snapshot.tenant, contract) == pruned)
    }
    for tenant in 0..<3 as Range<UInt32> {
      let rows = try driver.scan(tenant, limit: 10)
      #expect(rows.allSatisfy { snapshots[$0.contract.contract] == nil })
    }
  }

  private func expectExported(_ snapshots: [UInt128: ContractSnapshot]) throws {
    var found: [UInt128: ContractSnapshot] = [:]
    for path in try ArchiveFile.paths(at: files) {
      try ArchiveFile(path: path).forEach { key, record in
        let contract = ArchivedContract(record.span.bytes)
        #expect(contract?.name == ContractName(tenant: key.tenant, contract: key.id))
        found[key.id] = contract?.snapshot
      }
    }
    #expect(found == snapshots)
  }

  /// So many records stay as were asked for, the newest ones.
  @Test func theBoundIsKept() throws {
    let (digests, count) = try livesWithinABound()
    try expectSound(store, digests, contracts: count)
  }

  private func livesWithinABound() throws -> ([UInt64], Int) {
    let keeping = 3 * 17 * 4_096
    var driver = try Driver(configuration(keeping: keeping), clock: clock)
    var next: UInt128 = 1
    var most: UInt64 = 0
    for _ in 0..<6 {
      for contract in next..<next + 600 { driver.cancelled(UInt32(contract % 5), contract) }
      next += 600
      for _ in 0..<3 {
        try driver.engine.checkpoint()
        settle(driver)
      }
      most = max(most, try driver.engine.core.store.archive.rowUsage().byteCount)
    }
    #expect(most <= UInt64(keeping) + 4 * 17 * 4_096 && most > UInt64(keeping) / 2, "\(most)")
    let pruned = driver.engine.metrics().contractsPruned
    #expect(pruned > 500 && pruned < 3_600)
    // The oldest are gone, the newest are there.
    #expect(try driver.contract(1, 1) == nil && driver.contract(UInt32((next - 1) % 5), next - 1) != nil)
    let digests = driver.engine.digests()
    try driver.engine.close()
    return (digests, 3_600 - Int(pruned))
  }

  /// The files as a crash leaves them behind every single step, with traffic on what is being pruned.
  @Test func crashBehindEveryStepLosesNothing() throws {
    try fill()
    let (digests, count) = try pruneInSteps()
    try expectSound(store, digests, contracts: count)
  }

  private func fill() throws {
    var driver = try Driver(configuration(keeping: nil), clock: clock)
    for contract in 1...30 as ClosedRange<UInt128> { driver.closed(UInt32(contract % 4), contract) }
    try driver.engine.checkpoint()
    try driver.engine.close()
  }

  private func pruneInSteps() throws -> ([UInt64], Int) {
    var driver = try Driver(configuration(keeping: 0), clock: clock, seed: 2)
    let core = driver.engine.core
    var (step, pruned) = (0, 0)
    var reopened: Set<UInt128> = []
    for contract in [29, 30] as [UInt128] {
      #expect(driver.payoutReturned(UInt32(contract % 4), contract, amount: 1) == 0)
      reopened.insert(contract)
    }
    while core.store.archive.rowBlocks.lowerBound == 1 {
      if step % 10 == 9 { core.checkpointer.wantRound() }
      _ = driver.engine.maintenanceStep()
      step += 1
      try #require(step < 600)
      // Some come back to life before they are pruned, some are touched after.
      let contract = UInt128(step % 30 + 1)
      let code = driver.payoutReturned(UInt32(contract % 4), contract, amount: 1)
      if code == 0 {
        reopened.insert(contract)
      } else {
        #expect(code == ResultCode.contractPruned.rawValue)
        pruned += 1
      }
      if step % 3 > 0 { continue }
      while core.commitStep() {}
      let copy = TemporaryDirectory()
      try copy.copy(of: store)
      let count = 30 - Int(core.cells.reduce(0) { $0 + $1.shard.prunedCount })
      try expectSound(copy.path, driver.engine.digests(), contracts: count, "step \(step)")
    }
    #expect(pruned > 0)
    let digests = driver.engine.digests()
    let left = 30 - Int(core.cells.reduce(0) { $0 + $1.shard.prunedCount })
    #expect(left == reopened.count, "\(left) left, \(reopened) reopened")
    try driver.engine.close()
    return (digests, left)
  }

  /// A contract that came back and was closed again since its row was written is exported as it ended.
  @Test func aContractThatWasClosedAgainIsExportedAsItEnded() throws {
    let snapshot = try closeTwice()
    try pruneAll { driver in #expect(driver.inMemory == 1) }
    try expectExported([5: snapshot])
  }

  private func closeTwice() throws -> ContractSnapshot {
    var driver = try Driver(configuration(keeping: nil), clock: clock)
    driver.closed(1, 5)
    try driver.engine.checkpoint()
    #expect(driver.payoutReturned(1, 5) == 0)
    let payer = driver.script.payer
    var batch = OperationBatch()
    batch.append(
      Operation(
        .release, mode: 2, tenant: 1, contract: 5, ordinal: 1, id: driver.script.id(), actor: payer, amount: 10))
    batch.append(
      Operation(
        .payoutResult, tenant: 1, contract: 5, ordinal: 1, id: driver.script.id(), amount: 10, argument: 991,
        expectedVersion: 2))
    // An id like those of the engine's own operations: it must not keep the contract from being pruned.
    batch.append(Operation(.closeContract, tenant: 1, contract: 5, id: UInt128(UInt64.max) << 64, actor: payer))
    #expect(driver.submit(batch) == [0, 0, 0])
    let snapshot = try #require(try driver.contract(1, 5))
    try driver.engine.close()
    return snapshot
  }

  /// Opens the store, has everything pruned and dropped, and closes it.
  private func pruneAll(_ look: (Driver) -> Void) throws {
    let driver = try Driver(configuration(keeping: 0), clock: clock, seed: 7)
    look(driver)
    for _ in 0..<4 {
      settle(driver)
      try driver.engine.checkpoint()
    }
    settle(driver)
    #expect(driver.engine.core.store.archive.rowBlocks.isEmpty)
    #expect(driver.engine.failure == nil)
    let digests = driver.engine.digests()
    try driver.engine.close()
    let report = try verifyReleased()
    #expect(report.differences == [] && report.digests == digests && report.contracts == 0)
  }

  /// Verifies while nobody else holds the store: the engine's last reference may go a moment later.
  private func verifyReleased() throws -> VerificationReport {
    let copy = TemporaryDirectory()
    try copy.copy(of: store)
    return try Engine.verify(configuration(copy.path, keeping: nil), storeOptions: .test)
  }

  /// A directory that is gone stops pruning and nothing else; when it is back, pruning goes on.
  @Test func aDirectoryThatIsGoneStopsOnlyPruning() throws {
    var driver = try Driver(configuration(keeping: 0), clock: clock)
    try FileManager.default.removeItem(atPath: files)
    try Data().write(to: URL(fileURLWithPath: files))
    for contract in 1...5 as ClosedRange<UInt128> { driver.closed(1, contract) }
    for _ in 0..<2 {
      try driver.engine.checkpoint()
      settle(driver)
    }
    var metrics = driver.engine.metrics()
    #expect(metrics.contractsPruned == 0 && metrics.exportFailures > 0 && metrics.exportFailures <= 6)
    #expect(metrics.exportFailure?.contains(files) == true && driver.engine.failure == nil)
    driver.closed(1, 6)
    try FileManager.default.removeItem(atPath: files)
    try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: false)
    try driver.engine.checkpoint()
    settle(driver)
    metrics = driver.engine.metrics()
    #expect(metrics.contractsPruned == 6 && metrics.exportFailure == nil)
    try driver.engine.close()
    // And one that cannot be used is told at once.
    let other = directory.path + "/file"
    try Data().write(to: URL(fileURLWithPath: other))
    var configuration = configuration(directory.path + "/other", keeping: 0)
    configuration.pruning?.exportPath = other
    #expect(throws: EngineError.self) { try Engine.open(configuration, storeOptions: .test, clock: clock) }
  }

  /// What was completed a short while ago stays, whatever the bound.
  @Test func youngContractsStay() throws {
    var driver = try Driver(configuration(keeping: 0, age: 86_400_000), clock: clock)
    driver.closed(1, 5)
    for _ in 0..<3 {
      try driver.engine.checkpoint()
      settle(driver)
    }
    #expect(driver.engine.metrics().contractsPruned == 0)
    #expect(try driver.contract(1, 5) != nil)
    clock.advance(86_400_000)
    driver.cancelled(1, 6)
    for _ in 0..<3 {
      try driver.engine.checkpoint()
      settle(driver)
    }
    #expect(driver.engine.metrics().contractsPruned == 2)
    try driver.engine.close()
  }

  /// Another history's file of the same name stays as it is.
  @Test func noFileIsReplaced() throws {
    for life in 0..<3 {
      try? FileManager.default.removeItem(atPath: store)
      // The last life is the second one's again.
      let driver = try oneLife(contract: life == 0 ? 1 : 2)
      try driver.engine.close()
    }
    let paths = try ArchiveFile.paths(at: files)
    #expect(paths.count >= 2)
    var found: Set<UInt128> = []
    for path in paths { try ArchiveFile(path: path).forEach { key, _ in found.insert(key.id) } }
    #expect(found == [1, 2])
  }

  private func oneLife(contract: UInt128) throws -> Driver {
    var driver = try Driver(configuration(keeping: 0), clock: clock)
    driver.cancelled(1, contract)
    try driver.engine.checkpoint()
    settle(driver)
    #expect(driver.engine.metrics().contractsPruned == 1)
    return driver
  }

  /// With its own threads, under submissions, reads and a backup: nothing is lost, and the backup is whole.
  @Test func prunesBesideTraffic() throws {
    let backup = directory.path + "/backup"
    let count = try trafficWithBackup(backup)
    let report = try verifyReleased()
    #expect(report.differences == [] && report.contracts < count)
    let restored = configuration(directory.path + "/restored", keeping: nil)
    _ = try Engine.restore(restored, from: backup, storeOptions: .test)
    #expect(try Engine.verify(restored, storeOptions: .test).differences == [])
  }

  private func trafficWithBackup(_ backup: String) throws -> Int {
    var configuration = configuration(keeping: 0)
    configuration.startsThreads = true
    configuration.checkpointLogByteCount = 1 << 16
    let engine = try Engine.open(configuration, storeOptions: .test)
    let queue = CompletionQueue()
    var script = Script()
    var contract: UInt128 = 0
    while contract < 600 || engine.metrics().contractsPruned < 200 {
      try #require(contract < 20_000)
      var batches: [OperationBatch] = []
      for _ in 0..<20 {
        contract += 1
        batches.append(script.open(UInt32(contract % 6), contract))
        batches.append(script.finish(UInt32(contract % 6), contract))
      }
      let done = engine.submitAndWait(batches.map { .of($0) }, queue)
      #expect(done.allSatisfy { $0.outcome == .committed && $0.codes.allSatisfy { $0 == 0 } })
      if contract == 400 { _ = try engine.backup(to: backup) }
    }
    try engine.close()
    return Int(contract)
  }
}
