import Foundation
import Kernel
import Store
import Testing

@testable import Engine

/// Closed contracts leave memory, and nobody can tell but by its size.
@Suite struct ArchiveTests {
  let directory = TemporaryDirectory()
  let clock = ManualClock()

  func configuration(_ path: String? = nil, archives: Bool = true) -> EngineConfiguration {
    var configuration = EngineConfiguration.test(path ?? directory.path)
    configuration.startsThreads = false
    configuration.archivesClosedContracts = archives
    return configuration
  }

  /// An engine without threads, and a queue.
  struct Driver {
    let engine: Engine
    let queue = CompletionQueue()
    var script: Script

    init(_ configuration: EngineConfiguration, clock: ManualClock, seed: UInt128 = 1) throws {
      var options = StoreOptions.test
      // The keys are part of a digest: the same in every store here.
      options.digestKeys = DigestKeys(k0: 0x9E37_79B9_7F4A_7C15, k1: 0xD1B5_4A32_D192_ED03)
      engine = try Engine.open(configuration, storeOptions: options, clock: clock)
      script = Script(seed: seed, start: clock.now())
    }

    /// Applies a batch and commits it.
    @discardableResult
    func submit(_ batch: OperationBatch) -> [UInt8] {
      let submission = Submission.of(batch)
      #expect(engine.submit([submission], to: queue) == 1)
      while engine.core.commitStep() {}
      queue.drain { _ in }
      #expect(submission.outcome == .committed)
      return submission.codes
    }

    func submit(_ operation: Kernel.Operation) -> UInt8 {
      var batch = OperationBatch()
      batch.append(operation)
      return submit(batch)[0]
    }

    @discardableResult
    mutating func cancelled(_ tenant: UInt32, _ contract: UInt128) -> [UInt8] {
      var batch = OperationBatch()
      batch.append(script.create(tenant, contract), extension: script.terms)
      batch.append(
        script.plain(.addMilestone, tenant, contract, m: 1, actor: script.payer, amount: 5, argument: 1 << 50))
      batch.append(script.plain(.cancel, tenant, contract, actor: script.payer))
      let codes = submit(batch)
      #expect(codes == [0, 0, 0])
      return codes
    }

    /// A contract from its creation to its end.
    @discardableResult
    mutating func closed(_ tenant: UInt32, _ contract: UInt128) -> [UInt8] {
      #expect(submit(script.open(tenant, contract)).allSatisfy { $0 == 0 })
      let codes = submit(script.finish(tenant, contract))
      #expect(codes.allSatisfy { $0 == 0 }, "\(codes)")
      return codes
    }

    mutating func payoutReturned(_ tenant: UInt32, _ contract: UInt128, amount: Int64 = 10) -> UInt8 {
      submit(script.returned(tenant, contract, amount: amount))
    }

    var inMemory: Int { engine.core.cells.reduce(0) { $0 + $1.shard.contractCount } }

    func contract(_ tenant: UInt32, _ contract: UInt128) throws -> ContractSnapshot? {
      var found: Result<ContractSnapshot?, EngineError>?
      let box = Box<ContractSnapshot?>()
      engine.contract(tenant: tenant, contract: contract) { box.set($0) }
      found = box.value
      return try #require(found).get()
    }

    func totals(_ tenant: UInt32) throws -> Totals? {
      let box = Box<Totals?>()
      engine.totals(tenant: tenant) { box.set($0) }
      return try #require(box.value).get()
    }

    func scan(_ tenant: UInt32, limit: Int, state: ContractState? = nil) throws -> [ScanRow] {
      var rows: [ScanRow] = []
      var request = ScanRequest(tenant: tenant)
      request.contractState = state
      request.limit = limit
      while true {
        let box = Box<ScanPage>()
        engine.scan(request) { box.set($0) }
        let page = try #require(box.value).get()
        #expect(page.rows.count <= limit)
        rows += page.rows
        guard let next = page.next else { return rows }
        request.cursor = next
      }
    }
  }

  /// All operations of a life, with an engine that archives after many of them and one that never does.
  @Test func archivingChangesNoAnswer() throws {
    let other = TemporaryDirectory()
    let digests = try liveInBoth(other)
    try expectSound(directory.path, digests, contracts: 80)
    try expectSound(other.path, digests, contracts: 80)
  }

  private func liveInBoth(_ other: TemporaryDirectory) throws -> [UInt64] {
    var archiving = try Driver(configuration(), clock: clock)
    var plain = try Driver(configuration(other.path, archives: false), clock: clock)
    func both(_ body: (inout Driver) throws -> [UInt8]) rethrows {
      let one = try body(&archiving)
      #expect(try body(&plain) == one)
    }
    for round in 0..<4 as Range<UInt128> {
      for contract in round * 20 + 1...round * 20 + 20 {
        let tenant = UInt32(contract % 3) + 1
        switch contract % 4 {
        case 0: both { driver in driver.submit(driver.script.open(tenant, contract)) }
        case 1: both { driver in driver.cancelled(tenant, contract) }
        default: both { driver in driver.closed(tenant, contract) }
        }
      }
      clock.advance(3_600_000)
      try archiving.engine.checkpoint()
      try plain.engine.checkpoint()
      #expect(archiving.inMemory == Int(round + 1) * 5 + Int(round) && plain.inMemory == Int(round + 1) * 20)
      #expect(archiving.engine.digests() == plain.engine.digests())
      // Refused: on a closed contract, its id once more, as a chain, and one that never was.
      let closed = round * 20 + 2
      let tenant = UInt32(closed % 3) + 1
      both { driver in
        var batch = OperationBatch()
        let script = driver.script
        batch.append(driver.script.plain(.start, tenant, closed, m: 1, actor: script.payee))
        batch.append(driver.script.create(tenant, closed), extension: script.terms)
        batch.append(driver.script.plain(.start, tenant, closed + 1, m: 1, actor: script.payee, linked: true))
        batch.append(driver.script.plain(.start, tenant, closed, m: 1, actor: script.payee))
        batch.append(driver.script.plain(.offer, tenant, 9_999, actor: script.payer))
        return driver.submit(batch)
      }
      #expect(archiving.inMemory == Int(round + 1) * 5 + Int(round))
      // One comes back, and stays.
      both { driver in [driver.payoutReturned(tenant, closed)] }
      #expect(archiving.inMemory == Int(round + 1) * 5 + Int(round) + 1)
      for contract in 1...round * 20 + 20 {
        let tenant = UInt32(contract % 3) + 1
        #expect(try archiving.contract(tenant, contract) == plain.contract(tenant, contract))
      }
      #expect(try archiving.contract(1, 9_999) == nil)
      for limit in [1, 7, 1_000] {
        func listed(_ driver: Driver, _ state: ContractState?) throws -> [UInt128: ScanRow] {
          let rows = try driver.scan(2, limit: limit, state: state)
          return Dictionary(rows.map { ($0.contract.contract, $0) }, uniquingKeysWith: { _, _ in fatalError("twice") })
        }
        for state in [nil, .closed, .cancelled, .active, .completed] as [ContractState?] {
          #expect(try listed(archiving, state) == listed(plain, state))
        }
      }
    }
    #expect(archiving.engine.metrics().contractsLeftMemory == 60)
    #expect(archiving.engine.metrics().contractsLoaded > 0)
    #expect(archiving.engine.digests() == plain.engine.digests())
    let digests = archiving.engine.digests()
    try archiving.engine.close()
    try plain.engine.close()
    return digests
  }

  /// Verifies a store, opens it again and compares.
  private func expectSound(_ path: String, _ digests: [UInt64], contracts: Int, _ name: String = "") throws {
    let report = try Engine.verify(configuration(path), storeOptions: .test)
    #expect(report.differences == [], "\(name)")
    #expect(report.digests == digests && report.contracts == contracts, "\(name)")
    #expect(report.startsAtFirstCommit)
    let engine = try Engine.open(configuration(path), storeOptions: .test, clock: clock)
    #expect(engine.digests() == digests, "\(name)")
    try engine.checkpoint()
    #expect(engine.digests() == digests, "\(name)")
    try engine.close()
  }

  /// The files as a crash leaves them behind every single step of a round, with traffic in between.
  @Test func crashBehindEveryStepLosesNothing() throws {
    let copy = TemporaryDirectory()
    let (digests, count) = try roundInSteps(copy)
    try expectSound(copy.path, digests, contracts: count)
    try expectSound(directory.path, digests, contracts: count)
  }

  private func roundInSteps(_ last: TemporaryDirectory) throws -> ([UInt64], Int) {
    var driver = try Driver(configuration(), clock: clock)
    for contract in 1...8 as ClosedRange<UInt128> { driver.closed(UInt32(contract % 4), contract) }
    driver.cancelled(1, 9)
    try driver.engine.checkpoint()
    #expect(driver.inMemory == 0)
    // Created and closed behind the last checkpoint: replay from there must not find them archived.
    for contract in 10...21 as ClosedRange<UInt128> { driver.closed(UInt32(contract % 4), contract) }
    var count = 21
    let core = driver.engine.core
    core.checkpointer.wantRound()
    var step = 0
    var inMemory: Set<Int> = []
    while !core.checkpointer.isIdle {
      _ = try core.checkpointer.step(core, urgency: 0)
      step += 1
      inMemory.insert(driver.inMemory)
      let copy = TemporaryDirectory()
      try copy.copy(of: directory.path)
      try expectSound(copy.path, driver.engine.digests(), contracts: count, "step \(step)")
      switch step % 4 {
      case 0:
        let contract = step / 4 % 8 + 1
        #expect(driver.payoutReturned(UInt32(contract % 4), UInt128(contract), amount: 1) == 0)
      case 1:
        count += 1
        driver.cancelled(UInt32(step % 3), UInt128(100 + step))
      case 2: _ = driver.submit(driver.script.finish(2, 10))
      default: break
      }
    }
    #expect(step > 20 && inMemory.count > 2)
    let digests = driver.engine.digests()
    try last.copy(of: directory.path)
    try driver.engine.checkpoint()
    #expect(driver.engine.digests() == digests)
    try driver.engine.close()
    return (digests, count)
  }

  /// Behind each quarter of the shards, not at the round's end; the more urgent a round, the more of them at a time.
  @Test(arguments: [false, true]) func whatIsClosedLeavesAlongTheRound(isUrgent: Bool) throws {
    var driver = try Driver(configuration(), clock: clock)
    // Seventy in each of four shards: more than a bite, less than the largest.
    for shard in 0..<4 {
      let tenants = 1...UInt32.max
      let tenant = try #require(tenants.first { BatchLayout.shardIndex(tenant: $0, shardCount: 4) == shard })
      for contract in 1...70 as ClosedRange<UInt128> { driver.cancelled(tenant, UInt128(shard) << 32 | contract) }
    }
    let core = driver.engine.core
    core.checkpointer.wantRound()
    var left = [driver.inMemory]
    while !core.checkpointer.isIdle {
      _ = try core.checkpointer.step(core, urgency: isUrgent ? 1 : 0)
      if driver.inMemory != left.last { left.append(driver.inMemory) }
    }
    #expect(left == (isUrgent ? [280, 210, 140, 70, 0] : [280, 216, 210, 146, 140, 76, 70, 6, 0]))
    try driver.engine.close()
  }

  /// What an image brings back that was archived already leaves again without another row.
  @Test func restartWritesNoRowTwice() throws {
    do {
      var driver = try Driver(configuration(), clock: clock)
      for contract in 1...50 as ClosedRange<UInt128> { driver.cancelled(1, contract) }
      try driver.engine.checkpoint()
      #expect(driver.inMemory == 0)
      #expect(driver.engine.metrics().contractsArchived == 50)
      try driver.engine.close()
    }
    // Nothing was applied since the cut, and the image of that moment holds all of them.
    let digests = try restart()
    let driver = try Driver(configuration(), clock: clock, seed: 3)
    #expect(driver.inMemory == 1)
    #expect(driver.engine.digests() == digests)
    try driver.engine.close()
  }

  private func restart() throws -> [UInt64] {
    var driver = try Driver(configuration(), clock: clock, seed: 2)
    #expect(driver.inMemory == 50)
    try driver.engine.checkpoint()
    #expect(driver.inMemory == 0)
    #expect(driver.engine.metrics().contractsArchived == 0 && driver.engine.metrics().contractsLeftMemory == 50)
    #expect(driver.engine.core.store.archive.rowCount(in: .contracts) == 50)
    // With a later cut they stay away.
    driver.cancelled(1, 51)
    try driver.engine.checkpoint()
    driver.cancelled(1, 52)
    try driver.engine.checkpoint()
    let digests = driver.engine.digests()
    try driver.engine.close()
    return digests
  }

  /// A contract that came back, was closed and left once more: its newest row holds, and what somebody fetched before is
  /// not trusted.
  @Test func whatWasFetchedBeforeIsNotTrusted() throws {
    let digests = try leaveTwice()
    try expectSound(directory.path, digests, contracts: 2)
  }

  private func leaveTwice() throws -> [UInt64] {
    var driver = try Driver(configuration(), clock: clock)
    driver.closed(1, 5)
    driver.cancelled(1, 6)
    try driver.engine.checkpoint()
    let core = driver.engine.core
    let cell = core.cell(ofTenant: 1)
    let archive = core.store.archive
    let loader = ArchiveLoader(shardCount: core.cells.count)
    let operation = driver.script.plain(.start, 1, 5, m: 1, actor: driver.script.payee)
    func look() {
      withUnsafeBytes(of: operation) { slots in
        withUnsafePointer(to: BatchEntry(slot: 0, result: 0)) { entry in
          cell.shard.look(slots: slots.baseAddress!, entries: UnsafeBufferPointer(start: entry, count: 1))
        }
      }
    }
    look()
    #expect(cell.shard.missing == [ContractName(tenant: 1, contract: 5)])
    #expect(!loader.note(cell, archive))
    try loader.fetch(from: archive, nil)
    #expect(loader.note(cell, archive))

    // Meanwhile a payout comes back and is paid again.
    #expect(driver.payoutReturned(1, 5) == 0)
    var batch = OperationBatch()
    let script = driver.script
    batch.append(
      Operation(
        .release, mode: 2, tenant: 1, contract: 5, ordinal: 1, id: driver.script.id(), actor: script.payer, amount: 10))
    batch.append(
      Operation(
        .payoutResult, tenant: 1, contract: 5, ordinal: 1, id: driver.script.id(), amount: 10, argument: 991,
        expectedVersion: 2))
    batch.append(driver.script.plain(.closeContract, 1, 5, actor: script.payer))
    #expect(driver.submit(batch) == [0, 0, 0])
    let snapshot = try driver.contract(1, 5)
    try driver.engine.checkpoint()
    #expect(driver.inMemory == 0)
    #expect(archive.rowCount(in: .contracts) == 3)

    look()
    #expect(!loader.note(cell, archive))
    try loader.fetch(from: archive, nil)
    #expect(loader.note(cell, archive))
    #expect(try loader.insert(into: cell))
    #expect(cell.shard.contract(tenant: 1, contract: 5) == snapshot)
    loader.release(nil)
    #expect(driver.inMemory == 0)
    #expect(try driver.contract(1, 5) == snapshot)
    let digests = driver.engine.digests()
    try driver.engine.close()
    return digests
  }

  /// Places of contracts that left are used again, round after round.
  @Test func memoryDoesNotGrow() throws {
    try expectSound(directory.path, try manyRounds(), contracts: 800)
  }

  private func manyRounds() throws -> [UInt64] {
    var driver = try Driver(configuration(), clock: clock)
    var sizes: [Int] = []
    var contract: UInt128 = 0
    for _ in 0..<8 {
      for _ in 0..<100 {
        contract += 1
        driver.cancelled(UInt32(contract % 7), contract)
      }
      try driver.engine.checkpoint()
      #expect(driver.inMemory == 0)
      sizes.append(
        driver.engine.core.cells.reduce(0) { sum, cell in
          let places = cell.shard.usedPlaces
          return sum + places.contracts + places.milestones + places.sides
        })
    }
    #expect(sizes.last! <= sizes[0] * 12 / 10, "\(sizes)")
    while try driver.engine.core.store.archive.mergeStep() {}
    let digests = driver.engine.digests()
    try driver.engine.close()
    return digests
  }

  /// A reference that left memory stays used: in the same engine, behind a crash, and for another contract.
  @Test func archivedReferencesStayUsed() throws {
    try expectSound(directory.path, try usedAgain(), contracts: 40)
  }

  private func usedAgain() throws -> [UInt64] {
    var driver = try Driver(configuration(), clock: clock)
    func referencesInMemory() -> Int { driver.engine.core.cells.reduce(0) { $0 + $1.shard.referenceCount } }
    var deposits: [Kernel.Operation] = []
    for contract in 1...20 as ClosedRange<UInt128> {
      let batch = driver.script.open(UInt32(contract % 3), contract)
      deposits.append(
        try #require(batch.slots.first { $0.code == OperationCode.deposit.rawValue && $0.amount == 100_000 }))
      #expect(driver.submit(batch).allSatisfy { $0 == 0 })
    }
    #expect(referencesInMemory() == 20)
    try driver.engine.checkpoint()
    #expect(referencesInMemory() == 0)
    #expect(driver.engine.metrics().referencesArchived == 20)
    /// Each reference again, for another contract of the tenant; some new ones between.
    func again(_ first: UInt128) {
      for (index, deposit) in deposits.enumerated() {
        let contract = first + UInt128(index)
        var batch = driver.script.open(deposit.tenant, contract)
        var repeated = deposit
        repeated.contract = contract
        repeated.id = driver.script.id()
        batch.append(repeated)
        let codes = driver.submit(batch)
        #expect(
          codes.dropLast().allSatisfy { $0 == 0 } && codes.last == ResultCode.duplicateDeposit.rawValue, "\(codes)")
      }
    }
    again(100)
    #expect(referencesInMemory() == 20)
    let digests = driver.engine.digests()
    // A crash: the log behind the checkpoint is replayed with the archive.
    let copy = TemporaryDirectory()
    try copy.copy(of: directory.path)
    try expectSound(copy.path, digests, contracts: 40)
    try driver.engine.checkpoint()
    #expect(driver.engine.digests() == digests)
    #expect(referencesInMemory() == 0)
    let archive = driver.engine.core.store.archive
    #expect(driver.engine.core.cells.reduce(0) { $0 + archive.rowCount(in: .references(shard: $1.index)) } == 40)
    try driver.engine.close()
    return digests
  }

  /// A life with one round leaves nothing for the next one to bring back and archive again.
  @Test func referencesAreArchivedOnce() throws {
    var deposits: [Kernel.Operation] = []
    for life in 0..<3 {
      var driver = try Driver(configuration(), clock: clock, seed: UInt128(life + 1))
      let core = driver.engine.core
      #expect(core.cells.reduce(0) { $0 + $1.shard.referenceCount } == 0, "life \(life)")
      for deposit in deposits {
        var repeated = deposit
        repeated.id = driver.script.id()
        #expect(driver.submit(repeated) == ResultCode.duplicateDeposit.rawValue)
      }
      for number in 1...10 as ClosedRange<UInt128> {
        let batch = driver.script.open(UInt32(number % 3), UInt128(life * 100) + number)
        deposits += batch.slots.filter { $0.code == OperationCode.deposit.rawValue && $0.amount == 100_000 }
        #expect(driver.submit(batch).allSatisfy { $0 == 0 })
      }
      try driver.engine.checkpoint()
      let archived = core.cells.reduce(0) { $0 + core.store.archive.rowCount(in: .references(shard: $1.index)) }
      #expect(archived == UInt64(10 * (life + 1)))
      try driver.engine.close()
    }
    let report = try Engine.verify(configuration(), storeOptions: .test)
    #expect(report.differences == [] && report.archivedReferences == 30)
  }

  /// A limit on contracts counts those in memory.
  @Test func archivedContractsDoNotCountAgainstTheLimit() throws {
    var configuration = configuration()
    configuration.shard.contractCountMax = 32
    configuration.shardCount = 1
    do {
      var driver = try Driver(configuration, clock: clock)
      for contract in 1...100 as ClosedRange<UInt128> {
        driver.cancelled(1, contract)
        if contract % 20 == 0 { try driver.engine.checkpoint() }
      }
      #expect(try driver.contract(1, 1)?.state == .cancelled)
      // They left behind the image, and others took their room: replay has both at once.
      for contract in 101...125 as ClosedRange<UInt128> { driver.cancelled(1, contract) }
      try driver.engine.close()
    }
    let driver = try Driver(configuration, clock: clock)
    #expect(try driver.contract(1, 100)?.state == .cancelled && driver.contract(1, 125)?.state == .cancelled)
    try driver.engine.close()
  }

  /// A contract that was rolled back leaves its place to another one, which is over as well when the round comes there: that one is not in the
  /// image, and in the archive it would stand in the way of its own creation.
  @Test func thePlaceOfARolledBackContractIsAnotherOnes() throws {
    var configuration = configuration()
    configuration.shardCount = 1
    do {
      var driver = try Driver(configuration, clock: clock)
      driver.cancelled(1, 1)
      try driver.engine.checkpoint()
      var chain = OperationBatch()
      var create = driver.script.create(1, 2)
      create.flags |= 1
      chain.append(create, extension: driver.script.terms)
      chain.append(driver.script.plain(.cancel, 1, 2, actor: driver.script.payer, linked: true))
      chain.append(driver.script.plain(.verifyPayee, 1, 99, actor: 0))
      #expect(driver.submit(chain).allSatisfy { $0 != 0 })
      clock.advance(Int64(configuration.checkpointSeconds * 1_000) + 1)
      // Cut, and not copied yet.
      for _ in 0..<2 { #expect(driver.engine.maintenanceStep()) }
      driver.cancelled(1, 3)
      while driver.engine.maintenanceStep() {}
      try driver.engine.close()
    }
    let driver = try Driver(configuration, clock: clock)
    #expect(try driver.contract(1, 3)?.state == .cancelled && driver.contract(1, 2) == nil)
    try driver.engine.close()
  }

  /// Threads, checkpoints and operations on archived contracts at once.
  @Test func trafficWhileContractsLeave() async throws {
    let digests = try await traffic()
    let report = try Engine.verify(configuration(), storeOptions: .test)
    #expect(report.differences == [] && report.digests == digests && report.contracts == 150)
    try expectSound(directory.path, digests, contracts: 150)
  }

  private func traffic() async throws -> [UInt64] {
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    await withTaskGroup(of: Int.self) { group in
      for worker in 1...3 as ClosedRange<UInt32> {
        group.addTask {
          var script = Script(seed: UInt128(worker))
          var accepted = 0
          for contract in 1...50 as ClosedRange<UInt128> {
            accepted += (try? await engine.submit(script.open(worker, contract)))?.count { $0.isAccepted } ?? 0
            accepted += (try? await engine.submit(script.finish(worker, contract)))?.count { $0.isAccepted } ?? 0
            var batch = OperationBatch()
            let old = contract / 2 + 1
            batch.append(script.plain(.start, worker, old, m: 1, actor: script.payee))
            batch.append(script.returned(worker, old, amount: 1))
            batch.append(script.returned(worker, old, amount: .max / 1_000_000))
            let codes = (try? await engine.submit(batch))?.map(\.code)
            #expect(codes == [codes?[0] ?? 1, 0, ResultCode.exceedsPaid.rawValue] || codes == nil)
            let found = try? await engine.contract(tenant: worker, contract: old)
            #expect(found?.state == .completed)
          }
          return accepted
        }
      }
      group.addTask {
        for _ in 1...12 {
          #expect(throws: Never.self) { try engine.checkpoint() }
          await Task.yield()
        }
        return 0
      }
      for await accepted in group { #expect(accepted == 50 * 14 || accepted == 0) }
    }
    try engine.checkpoint()
    #expect(engine.metrics().contractsLeftMemory > 0)
    let digests = engine.digests()
    try engine.close()
    return digests
  }

  /// A damaged row is a difference that verify names; an operation that needs it stops the engine.
  @Test func damagedRowIsNamed() throws {
    let contract: UInt128 = 0x1122_3344_5566_7788_99AA_BBCC_DDEE_FF00
    do {
      var driver = try Driver(configuration(), clock: clock)
      driver.cancelled(1, 1)
      driver.closed(1, contract)
      try driver.engine.checkpoint()
      driver.cancelled(1, 2)
      try driver.engine.checkpoint()
      try driver.engine.close()
    }
    // In a row the id's words lie behind version, flags and bitmap.
    let file = open(directory.path + "/state/data.mdb", O_RDWR)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4 << 20)
    let count = pread(file, &bytes, bytes.count, 0)
    let id = withUnsafeBytes(of: contract.littleEndian) { Array($0) }
    var places: [Int] = []
    var found = Data(bytes[..<count]).range(of: Data(id))
    while let range = found {
      places.append(range.lowerBound)
      found = Data(bytes[..<count]).range(of: Data(id), in: range.upperBound..<count)
    }
    for place in places where bytes[place - 7] == 1 && bytes[place - 6] == 0 {
      #expect(pwrite(file, [bytes[place + 40] ^ 1], 1, off_t(place + 40)) == 1)
    }
    let report = try Engine.verify(configuration(), storeOptions: .test)
    #expect(report.differences.contains { $0.contains("archive row block") }, "\(report.differences)")

    var driver = try Driver(configuration(), clock: clock, seed: 9)
    #expect(throws: EngineError.self) { try driver.contract(1, contract) }
    #expect(driver.engine.failure == nil)
    var batch = OperationBatch()
    batch.append(driver.script.plain(.start, 1, contract, m: 1, actor: 22))
    let submission = Submission.of(batch)
    #expect(driver.engine.submit([submission], to: driver.queue) == 1)
    #expect(driver.queue.drain { _ in } == 1)
    #expect(submission.outcome == .failed && driver.engine.failure?.kind == .corrupt)
  }
}

/// What a completion was given.
private final class Box<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: Result<Value, EngineError>?
  var value: Result<Value, EngineError>? { lock.withLock { stored } }
  func set(_ value: Result<Value, EngineError>) { lock.withLock { stored = value } }
}

extension Script {
  /// From work under way to a closed contract: 7 operations.
  mutating func finish(_ tenant: UInt32, _ contract: UInt128, value: Int64 = 100_000) -> OperationBatch {
    var batch = OperationBatch()
    batch.append(plain(.verifyPayee, tenant, contract, actor: 0))
    batch.append(plain(.submit, tenant, contract, m: 1, actor: payee, amount: value, argument: 7))
    batch.append(plain(.approve, tenant, contract, m: 1, actor: payer, amount: value))
    batch.append(plain(.release, tenant, contract, m: 1, actor: payer, amount: value))
    var settled = plain(
      .payoutResult, tenant, contract, m: 1, actor: 0, amount: value,
      argument: UInt64(truncatingIfNeeded: id() ^ contract << 24 | 3))
    settled.expectedVersion = 1
    batch.append(settled)
    batch.append(plain(.complete, tenant, contract, actor: payer))
    batch.append(plain(.closeContract, tenant, contract, actor: payer))
    return batch
  }

  /// A settled payout that came back.
  mutating func returned(_ tenant: UInt32, _ contract: UInt128, amount: Int64) -> Kernel.Operation {
    Operation(
      .payoutResult, mode: 2, tenant: tenant, contract: contract, ordinal: 1, id: id(), amount: amount,
      argument: UInt64(truncatingIfNeeded: id() << 8 | 0x55))
  }
}
