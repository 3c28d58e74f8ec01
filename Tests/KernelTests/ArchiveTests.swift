import Kernel
import Testing

/// Contracts that leave memory and come back: nothing that anybody can see depends on it.
@Suite struct ArchiveTests {
  /// Runs as deep as the generator gets, with the contracts that are over in the end.
  private func records(seeds: ClosedRange<UInt64>) -> [(name: ContractName, bytes: [UInt8])] {
    var all: [(name: ContractName, bytes: [UInt8])] = []
    for seed in seeds {
      var machine = Machine()
      for batch in DeterminismTests.run(seed) { _ = machine.apply(batch.requests, stamp: batch.stamp) }
      for closed in Set(machine.shard.takeClosed()).sorted(by: { $0.slot < $1.slot }) {
        if let record = machine.shard.archivedRecord(closed) { all.append((closed.name, record.bytes)) }
      }
    }
    return all
  }

  /// Out and in again: the same snapshots, the same bytes, the same digest.
  @Test func whatLeavesComesBack() {
    var count = 0
    var sideCount = 0
    for seed: UInt64 in 1...60 {
      var machine = Machine()
      for batch in DeterminismTests.run(seed) { _ = machine.apply(batch.requests, stamp: batch.stamp) }
      let digest = machine.shard.digest()
      for closed in Set(machine.shard.takeClosed()).sorted(by: { $0.slot < $1.slot }) {
        guard let (bytes, ownDigest) = machine.shard.archivedRecord(closed) else { continue }
        let name = closed.name
        count += 1
        sideCount += Int(bytes[1])
        let snapshot = machine.shard.contract(tenant: name.tenant, contract: name.contract)
        let milestones = (1...max(1, UInt16(snapshot!.milestoneCount))).compactMap {
          machine.shard.milestone(tenant: name.tenant, contract: name.contract, ordinal: $0)
        }
        let archived = ArchivedContract(bytes.span.bytes)!
        #expect(archived.name == name)
        #expect(archived.snapshot == snapshot)
        #expect(archived.milestoneSnapshots == milestones)
        #expect(archived.milestone(1) == milestones.first && archived.milestone(0) == nil)
        let inMemory = machine.shard.digest()
        let isOther = machine.shard.remove(name, archivedAs: bytes + [0])
        let hasOther = machine.shard.remove(name, digest: ownDigest &+ 1)
        #expect(!isOther && !hasOther)
        let hasLeft = machine.shard.remove(name, archivedAs: bytes)
        let hasLeftAgain = machine.shard.remove(name, archivedAs: bytes)
        let isHeld = machine.shard.holds(name)
        #expect(hasLeft && !hasLeftAgain && !isHeld)
        let outside = machine.shard.digest() &+ machine.shard.digest(of: archived)
        #expect(outside == inMemory)
        let insertion = machine.shard.insert(archived)
        #expect(insertion == .done)
        let (after, findings) = (machine.shard.digest(), machine.shard.audit())
        #expect(after == digest && findings == [])
      }
    }
    #expect(count >= 20 && sideCount >= 2, "\(count) contracts, \(sideCount) of them with a side record")
  }

  /// What follows from a record is set again when it comes back: here that it was suspended once, which moves the due
  /// date that a reopened milestone gets.
  @Test func aContractThatWasSuspendedComesBackWithIt() throws {
    var terms = Terms()
    (terms.holdDays, terms.defectPeriod) = (3, days(100))
    let due = at(day(50))
    let life: [(Int64, Request)] = [
      (0, op(.createContract, by: payer, 1000, arg: UInt64(payee) << 32 | UInt64(payer), slot: terms.slot)),
      (0, op(.addMilestone, m: 1, by: payer, 1000, arg: due)), (0, op(.offer, by: payer)), (0, op(.accept, by: payee)),
      (0, op(.verifyPayee)), (0, op(.deposit, by: payer, 1000, arg: 11)), (0, op(.fund, m: 1, by: payer, 1000)),
      (0, op(.start, m: 1, by: payee)), (1, op(.suspend, by: payer, arg: at(day(3)))),
      (2, op(.suspend, 1, by: payer)), (3, op(.submit, m: 1, by: payee, 1000, arg: 9)),
      (3, op(.approve, m: 1, by: payer, 1000)), (3, op(.release, m: 1, by: payer, 1000)),
      (4, op(.payoutResult, m: 1, 1000, arg: 21, ver: 1)), (5, op(.complete, by: payer)),
      (5, op(.closeContract, by: payer)),
    ]
    let revival: [(Int64, Request)] = [
      (6, op(.payoutResult, 2, m: 1, 1000, arg: 31)), (6, op(.release, 2, m: 1, by: payer, 1000)),
      (7, op(.payoutResult, m: 1, 1000, arg: 22, ver: 2)), (8, op(.consent, 4, m: 1, by: payee, arg: due)),
      (8, op(.reopen, m: 1, by: payer, arg: due)),
    ]
    var digests: [UInt64] = []
    for leaves in [false, true] {
      var machine = Machine()
      var nextID: UInt128 = 1
      func tell(_ steps: [(Int64, Request)], _ machine: inout Machine) {
        for (number, step) in steps {
          var request = step
          nextID += 1
          request.operation.id = nextID
          let results = machine.apply([request], stamp: day(number))
          #expect(results[0].isAccepted, "\(request): \(results[0].text)")
        }
      }
      tell(life, &machine)
      if leaves {
        let closed = try #require(machine.shard.takeClosed().first)
        let record = machine.shard.archivedRecord(closed)
        let (bytes, digest) = try #require(record)
        let hasLeft = machine.shard.remove(closed.name, digest: digest)
        let insertion = machine.shard.insert(ArchivedContract(bytes.span.bytes)!)
        #expect(hasLeft && insertion == .done)
      }
      tell(revival, &machine)
      digests.append(machine.shard.digest())
    }
    #expect(digests[0] == digests[1])
  }

  /// Slots are used again, names are not: what came into a slot since is not taken for what was there.
  @Test func aSlotIsNotAName() {
    var machine = Machine()
    let road = Scene.draft.road()
    func tell(_ requests: [Request]) -> [ResultCode?] {
      machine.apply(requests, stamp: dayZero).map(\.resultCode)
    }
    func on(_ contract: UInt128, _ request: Request) -> Request {
      var request = request
      request.operation.contract = contract
      request.operation.id += contract << 64
      return request
    }
    var cancel = op(.cancel, by: payer)
    cancel.operation.id = 900
    // A chain that fails takes its contract back.
    var chain = [on(5, road[0]), on(5, cancel), on(77, cancel)]
    for index in 0..<2 { chain[index].operation.flags |= 1 }
    #expect(tell(chain).allSatisfy { $0 != .ok })
    #expect(machine.shard.takeClosed() == [])
    // One that is over, told of, and pruned, and another one in its place.
    #expect(tell([on(6, road[0]), on(6, cancel)]) == [.ok, .ok])
    let closed = machine.shard.takeClosed()
    #expect(closed.map(\.name.contract) == [6])
    var prune = Request(Operation(.prune, tenant: 1, contract: 6, id: 1 << 100))
    prune.operation.tenant = closed[0].name.tenant
    #expect(tell([prune]) == [.ok])
    #expect(tell([on(7, road[0]), on(7, cancel)]) == [.ok, .ok])
    let (old, new) = (machine.shard.archivedRecord(closed[0]) == nil, machine.shard.takeClosed())
    #expect(old && new.map(\.name.contract) == [7] && new[0].slot == closed[0].slot)
    let record = machine.shard.archivedRecord(new[0])
    #expect(record != nil)
  }

  /// A pruned contract leaves its name and its sums, in memory, in an image and out of it.
  @Test func aPrunedContractLeavesItsNameAndItsSums() throws {
    var count = 0
    for seed: UInt64 in 1...40 {
      var machine = Machine()
      for batch in DeterminismTests.run(seed) { _ = machine.apply(batch.requests, stamp: batch.stamp) }
      let totals = machine.shard.tenantIDs().map { machine.shard.totals(tenant: $0) }
      for closed in Set(machine.shard.takeClosed()).sorted(by: { $0.slot < $1.slot }) {
        guard machine.shard.archivedRecord(closed) != nil else { continue }
        let name = closed.name
        count += 1
        let before = machine.shard.prunedCount
        let prune = Operation(.prune, tenant: name.tenant, contract: name.contract, id: 1 << 100)
        let results = machine.apply([Request(prune), Request(prune)], stamp: machine.shard.lastStamp)
        #expect(results.map(\.resultCode) == [.ok, .contractPruned])
        let (isHeld, isPruned, after) = (
          machine.shard.holds(name), machine.shard.isPruned(name), machine.shard.prunedCount
        )
        #expect(!isHeld && isPruned && after == before + 1)
      }
      let (findings, digest) = (machine.shard.audit(), machine.shard.digest())
      #expect(findings == [])
      #expect(machine.shard.tenantIDs().map { machine.shard.totals(tenant: $0) } == totals)
      var copy = Machine()
      let sections = machine.shard.beginCheckpoint()
      var isWhole = copy.shard.restore(
        sections: sections, operationCount: machine.shard.operationCount, lastStamp: machine.shard.lastStamp)
      while machine.shard.copyCheckpointBlocks(
        limit: 1, { if !copy.shard.restore(kind: $0, block: $1, bytes: $2) { isWhole = false } })
      {}
      machine.shard.endCheckpoint()
      if !copy.shard.finishRestore() { isWhole = false }
      let (copied, left) = (copy.shard.digest(), copy.shard.prunedCount)
      #expect(isWhole && copied == digest && left == machine.shard.prunedCount)
    }
    #expect(count >= 15, "\(count) contracts")
  }

  /// A whole life of eight milestones, with taxes and retention, as the pages state it.
  @Test func aLifeOfEightMilestonesHasTheSizeThatIsStated() throws {
    var terms = Scene.terms
    (terms.evidence, terms.guarantee, terms.gst, terms.fee) = (false, false, 1800, 50)
    terms.retentionCap = 800_000
    var requests = [
      op(.createContract, by: payer, 800_000, arg: UInt64(payee) << 32 | UInt64(payer), slot: terms.slot),
      op(.verifyPayee),
    ]
    for m: UInt16 in 1...8 { requests.append(op(.addMilestone, m: m, by: payer, 100_000, arg: at(day(90)))) }
    requests += [op(.offer, by: payer), op(.accept, by: payee), op(.deposit, by: payer, 800_000, arg: 11)]
    for m: UInt16 in 1...8 {
      requests += [
        op(.fund, m: m, by: payer, 100_000), op(.start, m: m, by: payee), op(.submit, m: m, by: payee, 100_000, arg: 9),
        op(.approve, m: m, by: payer, 100_000), op(.release, m: m, by: payer, 100_000),
      ]
    }
    var id: UInt128 = 1 << 100
    var machine = Machine()
    func tell(_ requests: [Request], _ stamp: Instant) -> [OperationResult] {
      requests.map { request in
        var request = request
        id += 1
        request.operation.id = id
        return machine.apply([request], stamp: stamp)[0]
      }
    }
    var results = tell(requests, dayZero)
    let nets = results.enumerated().filter { requests[$0.offset].kind == .release }.map(\.element.amount)
    for (m, net) in zip(UInt16(1)..., nets) {
      results += tell([op(.payoutResult, m: m, net, arg: UInt64(100 + m), ver: 1)], day(1))
    }
    results += tell([op(.complete, by: payer)], day(2))
    for m: UInt16 in 1...8 {
      let retained = machine.shard.milestone(tenant: 1, contract: 1, ordinal: m)!.retained
      results += tell([op(.releaseRetention, m: m, by: payer, retained)], day(30))
      results += tell([op(.payoutResult, m: m, retained, arg: UInt64(200 + m), ver: 2)], day(30))
    }
    let buckets = machine.shard.contract(tenant: 1, contract: 1)!.buckets
    results += tell([op(.remit, by: 0, buckets.taxWithheld, arg: 51), op(.closeContract)], day(40))
    #expect(results.allSatisfy { $0.isAccepted }, "\(results.map(\.text))")
    let closed = machine.shard.takeClosed()
    let record = machine.shard.archivedRecord(closed[0])
    #expect(record!.bytes.count == 1_192)
    #expect(ArchivedContract(record!.bytes.span.bytes)?.milestoneSnapshots.count == 8)
  }

  /// Bytes that are too short, too long or changed are refused or make some contract; none ends the process.
  @Test func damagedBytesNeverTrap() {
    let records = records(seeds: 1...24)
    var random = SeededGenerator(7)
    var machine = Machine()
    _ = machine.apply(Scene.draft.road(), stamp: dayZero)
    var refused = 0
    for (_, bytes) in records {
      for length in 0..<bytes.count { #expect(ArchivedContract(Array(bytes[..<length]).span.bytes) == nil) }
      #expect(ArchivedContract((bytes + [0]).span.bytes) == nil)
      for _ in 0..<400 {
        var changed = bytes
        for _ in 0..<random.pick([1, 1, 2, 8]) {
          changed[Int.random(in: 0..<bytes.count, using: &random)] ^= random.pick([1, 2, 16, 128, 255])
        }
        guard let archived = ArchivedContract(changed.span.bytes) else {
          refused += 1
          continue
        }
        // Whatever it says can be looked at.
        _ = machine.shard.digest(of: archived)
        _ = (archived.snapshot, archived.milestoneSnapshots)
        var audit = machine.shard.beginAudit()
        audit.add(archived)
        _ = machine.shard.finish(audit)
      }
    }
    #expect(records.count >= 8 && refused > 100)
    for _ in 0..<2_000 {
      let noise = (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) }
      _ = ArchivedContract(([1, 0] + noise).span.bytes)
    }
  }

  /// Whatever is archived when: every answer, timer, digest and read is that of a shard that never archives.
  @Test(arguments: 1...6 as ClosedRange<UInt64>) func archivingChangesNothing(_ part: UInt64) {
    var total = (left: 0, loaded: 0, refused: 0, recalled: 0, again: 0, pruned: 0, dropped: 0)
    for seed in part * 100..<part * 100 + 25 {
      var generator = RunGenerator(seed: seed)
      var random = SeededGenerator(seed ^ 0xA5)
      let percent = random.pick([20, 60, 100])
      var plain = Machine()
      var archiving = ArchivingMachine(seed: seed)
      if seed % 2 == 0 {
        plain.shard.armTimers()
        archiving.machine.shard.armTimers()
      }
      var names: Set<ContractName> = []
      for index in 0..<150 {
        let batch = generator.nextBatch()
        for request in batch.requests {
          names.insert(ContractName(tenant: request.operation.tenant, contract: request.operation.contract))
        }
        let isSame = fire(&plain, &archiving, by: batch.stamp)
        #expect(isSame, "seed \(seed) batch \(index)")
        let expected = plain.apply(batch.requests, stamp: batch.stamp)
        let recalled = archiving.recalledCount
        let found = archiving.apply(batch.requests, stamp: batch.stamp)
        if archiving.recalledCount > recalled { total.again += expected.count { $0.code >= 60 && $0.code <= 62 } }
        total.pruned += expected.count { $0.code == ResultCode.contractPruned.rawValue }
        #expect(expected == found, "seed \(seed) batch \(index): \(batch.requests)")
        if expected != found { return }
        if random.chance(50) { archiving.archiveSome(percent: percent) }
        if random.chance(5), let name = names.sorted(by: { ($0.tenant, $0.contract) < ($1.tenant, $1.contract) }).first
        {
          // The generator goes on with it as if nothing had happened.
          let prune = Request(Operation(.prune, tenant: name.tenant, contract: name.contract, id: UInt128(index) << 80))
          let expected = plain.apply([prune], stamp: plain.shard.lastStamp)
          let found = archiving.apply([prune], stamp: archiving.machine.shard.lastStamp)
          #expect(expected == found, "seed \(seed) batch \(index)")
        }
        guard index % 10 == 9 else { continue }
        let (digest, contractCount) = (plain.shard.digest(), plain.shard.contractCount)
        let other = archiving.digest()
        #expect(digest == other, "seed \(seed) batch \(index)")
        let (findings, count) = archiving.audit()
        #expect(findings == [] && count == contractCount)
        for name in names {
          let contract = plain.shard.contract(tenant: name.tenant, contract: name.contract)
          let otherContract = archiving.contract(name)
          #expect(otherContract == contract)
          for ordinal in 0..<UInt16(contract?.milestoneCount ?? 0) {
            let milestone = plain.shard.milestone(
              tenant: name.tenant, contract: name.contract, ordinal: ordinal + 1)
            let other = archiving.milestone(name, ordinal + 1)
            #expect(other == milestone)
          }
        }
      }
      total.left += archiving.leftCount
      total.loaded += archiving.loadedCount
      total.refused += archiving.refusedCount
      total.recalled += archiving.recalledCount
      total.dropped += archiving.droppedCount
    }
    #expect(total.left > 30 && total.loaded > 20 && total.refused > 10 && total.again >= 2, "\(total)")
    #expect(total.pruned >= 10 && total.dropped >= 3, "\(total)")
  }

  /// Fires what is due in both; whether it was the same.
  private func fire(_ plain: inout Machine, _ archiving: inout ArchivingMachine, by stamp: Instant) -> Bool {
    for _ in 0..<2_000 {
      let one = plain.shard.nextDueTimer(by: stamp)
      let other = archiving.machine.shard.nextDueTimer(by: stamp)
      guard one?.operation == other?.operation, one?.stamp == other?.stamp else { return false }
      guard let one else { return true }
      let request = Request(one.operation)
      if plain.apply([request], stamp: one.stamp) != archiving.apply([request], stamp: one.stamp) { return false }
    }
    return false
  }

  /// Contracts leave and come back while an image is copied: it holds the moment of its cut.
  @Test(arguments: 1...12 as ClosedRange<UInt64>) func imagesHoldTheirMoment(_ seed: UInt64) {
    let batches = DeterminismTests.run(seed &* 31, batchCount: 200)
    var archiving = ArchivingMachine(seed: seed)
    for batch in batches[..<100] {
      _ = archiving.apply(batch.requests, stamp: batch.stamp)
      archiving.archiveSome(percent: 50)
    }
    let digest = archiving.digest()
    let archiveAtCut = archiving.archive
    let operationCount = archiving.machine.shard.operationCount
    let stamp = archiving.machine.shard.lastStamp
    let sections = archiving.beginCheckpoint()
    var restored = Machine()
    let isFit = restored.shard.restore(sections: sections, operationCount: operationCount, lastStamp: stamp)
    #expect(isFit)
    var expected: [[OperationResult]] = []
    var isMore = true
    for batch in batches[100...] {
      archiving.archiveSome(percent: 50)
      expected.append(archiving.apply(batch.requests, stamp: batch.stamp))
      if isMore, expected.count % 8 == 0 { isMore = copy(&archiving, &restored) }
    }
    while isMore { isMore = copy(&archiving, &restored) }
    archiving.machine.shard.endCheckpoint()
    let isWhole = restored.shard.finishRestore()
    #expect(isWhole)
    let restoredDigest = ArchivingMachine.digest(restored.shard, archiveAtCut)
    #expect(restoredDigest == digest)
    // Goes on from there, with the archive of that moment.
    var replaying = ArchivingMachine(seed: seed + 1)
    replaying.archive = archiveAtCut
    swap(&replaying.machine, &restored)
    for (batch, results) in zip(batches[100...], expected) {
      let found = replaying.apply(batch.requests, stamp: batch.stamp)
      #expect(found == results)
      replaying.archiveSome(percent: 50)
    }
    let (one, other) = (replaying.digest(), archiving.digest())
    #expect(one == other)
  }

  private func copy(_ archiving: inout ArchivingMachine, _ restored: inout Machine) -> Bool {
    archiving.machine.shard.copyCheckpointBlocks(limit: 1) { kind, block, bytes in
      let isTaken = restored.shard.restore(kind: kind, block: block, bytes: bytes)
      #expect(isTaken)
    }
  }

  /// An archived id is taken; its contract answers as it would from memory, alone and in a chain.
  @Test func archivedContractsAnswer() {
    var archiving = ArchivingMachine(seed: 1)
    var plain = Machine()
    func tell(_ requests: [Request], at stamp: Instant) -> [UInt8] {
      let expected = plain.apply(requests, stamp: stamp)
      let found = archiving.apply(requests, stamp: stamp)
      let (one, other) = (plain.shard.digest(), archiving.digest())
      #expect(found == expected && one == other)
      return expected.map(\.code)
    }
    var id: UInt128 = 100
    func numbered(_ requests: [Request]) -> [Request] {
      requests.map { request in
        var request = request
        id += 1
        request.operation.id = id
        return request
      }
    }
    let road = numbered(Scene.completed.road())
    _ = tell(road, at: dayZero)
    let ending = numbered([
      op(.releaseRetention, m: 1, by: payer, 100), op(.payoutResult, m: 1, 100, arg: 31, ver: 3),
      op(.refund, by: payer, 500), op(.refundResult, by: 0, 500, arg: 32), op(.remit, by: 0, 20, arg: 41),
      op(.closeContract),
    ])
    let codes = tell(ending, at: day(20))
    #expect(codes.last == 0, "\(codes)")
    archiving.archiveSome(percent: 100, sweeps: false)
    expectInMemory(0, archiving)
    // Refused, and out of memory again.
    #expect(tell(numbered([op(.start, m: 1, by: payee)]), at: day(21)) == [ResultCode.contractState.rawValue])
    #expect(tell([road[0]], at: day(21)) == [ResultCode.contractExists.rawValue])
    let again = numbered([
      op(.createContract, by: payer, 2000, arg: UInt64(payee) << 32 | UInt64(payer), slot: Scene.terms.slot)
    ])
    #expect(tell(again, at: day(21)) == [ResultCode.contractExists.rawValue])
    expectInMemory(0, archiving)
    // A chain that fails behind it changes nothing either.
    let chain = numbered([op(.payoutResult, 2, m: 1, 5, arg: 77), op(.start, m: 1, by: payee)])
    _ = tell([chain[0].linked, chain[1]], at: day(22))
    expectInMemory(0, archiving)
    // A payout that came back brings the contract back.
    #expect(tell(numbered([op(.payoutResult, 2, m: 1, 5, arg: 77)]), at: day(22)) == [0])
    expectInMemory(1, archiving)
    let state = archiving.contract(ContractName(tenant: 1, contract: 1))?.state
    #expect(state == .completed)
  }

  private func expectInMemory(
    _ count: Int, _ archiving: borrowing ArchivingMachine, location: SourceLocation = #_sourceLocation
  ) {
    let (inMemory, archived) = (archiving.machine.shard.contractCount, archiving.archive.contracts.count)
    #expect(inMemory == count && archived == 1, sourceLocation: location)
  }

  /// Freed places are used again, those of restored shards, too; timers of what left are swept out.
  @Test func slabsDoNotGrowFromRoundToRound() {
    var archiving = ArchivingMachine(seed: 1)
    var sizes: [Int] = []
    var timers: [Int] = []
    archiving.machine.shard.armTimers()
    var id: UInt128 = 0
    for round: UInt128 in 0..<12 {
      for contract in round * 50 + 1...round * 50 + 50 {
        var requests = [
          op(.createContract, by: payer, 2000, arg: UInt64(payee) << 32 | UInt64(payer), slot: Scene.terms.slot),
          op(.setApprover, by: payer, arg: person(8, step: 1)),
        ]
        for ordinal in 1...UInt16(contract % 9 + 1) {
          requests.append(op(.addMilestone, m: ordinal, by: payer, 100, arg: at(day(10))))
        }
        requests.append(op(.cancel, by: payer))
        for index in requests.indices {
          id += 1
          requests[index].operation.contract = contract
          requests[index].operation.id = id
        }
        let results = archiving.apply(requests, stamp: dayZero)
        #expect(results.allSatisfy { $0.isAccepted })
      }
      archiving.archiveSome(percent: 100, sweeps: false)
      if round == 5 {
        let sections = archiving.machine.shard.beginCheckpoint()
        var restored = Machine()
        let isFit = restored.shard.restore(
          sections: sections, operationCount: archiving.machine.shard.operationCount,
          lastStamp: archiving.machine.shard.lastStamp)
        while copy(&archiving, &restored) {}
        archiving.machine.shard.endCheckpoint()
        let isWhole = restored.shard.finishRestore()
        #expect(isFit && isWhole)
        swap(&archiving.machine, &restored)
        archiving.machine.shard.armTimers()
      }
      timers.append(archiving.machine.shard.timerEntryCount)
      archiving.machine.shard.sweepTimers(limit: 100_000)
      let places = archiving.machine.shard.usedPlaces
      sizes.append(places.contracts + places.milestones + places.sides)
    }
    let (inMemory, archived, findings) = (
      archiving.machine.shard.contractCount, archiving.archive.contracts.count, archiving.audit().findings
    )
    #expect(inMemory == 0 && archived == 600 && findings == [])
    // A block of a contract that grows lies beside its old one, so the first round may leave a little unused.
    let (first, last) = (sizes[0], sizes[sizes.count - 1])
    #expect(last <= first * 11 / 10, "\(sizes)")
    #expect(timers[0] > 100 && timers.max()! < 1_024 + 300, "\(timers)")
    archiving.machine.shard.sweepTimers(limit: 100_000, isForced: true)
    let left = archiving.machine.shard.timerEntryCount
    #expect(left == 0)
  }

  /// A place that is used again has deadlines near those of who had it before: what that one left behind goes all the same.
  @Test func timersOfWhoHadThePlaceBeforeAreSweptOut() {
    var archiving = ArchivingMachine(seed: 2)
    archiving.machine.shard.armTimers()
    var counts: [Int] = []
    var id: UInt128 = 0
    func request(_ request: Request, _ contract: UInt128) -> Request {
      var request = request
      id += 1
      request.operation.contract = contract
      request.operation.id = id
      return request
    }
    for round: UInt128 in 0..<20 {
      if round > 0 {
        let ends = (1...50).map { request(op(.cancel, by: payer), (round - 1) * 50 + $0) }
        let results = archiving.apply(ends, stamp: dayZero)
        #expect(results.allSatisfy { $0.isAccepted })
        archiving.archiveSome(percent: 100, sweeps: false)
      }
      for contract in round * 50 + 1...round * 50 + 50 {
        let results = archiving.apply(
          [
            request(
              op(.createContract, by: payer, 2000, arg: UInt64(payee) << 32 | UInt64(payer), slot: Scene.terms.slot),
              contract),
            request(op(.addMilestone, m: 1, by: payer, 100, arg: at(day(400))), contract),
          ], stamp: dayZero)
        #expect(results.allSatisfy { $0.isAccepted })
      }
      archiving.machine.shard.sweepTimers(limit: 100_000, isForced: true)
      counts.append(archiving.machine.shard.timerEntryCount)
    }
    let places = archiving.machine.shard.usedPlaces.contracts
    #expect(places < 150, "places are used again: \(places)")
    #expect(counts[0] >= 50 && counts.allSatisfy { $0 <= counts[0] }, "\(counts)")
  }
}
