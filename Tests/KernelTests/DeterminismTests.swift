import Kernel
import Testing

/// The same batches give the same bits: replay, restore, other tenants and cuts change nothing.
@Suite struct DeterminismTests {
  static func run(_ seed: UInt64, batchCount: Int = 120) -> [Batch] {
    var generator = RunGenerator(seed: seed)
    return (0..<batchCount).map { _ in generator.nextBatch() }
  }

  @Test(arguments: UInt64(1)...8) func replayGivesTheSameDigest(_ seed: UInt64) {
    let batches = Self.run(seed)
    var first = Machine()
    var second = Machine()
    for batch in batches {
      let one = first.apply(batch.requests, stamp: batch.stamp)
      let other = second.apply(batch.requests, stamp: batch.stamp)
      #expect(one == other)
      #expect(first.shard.digest() == second.shard.digest())
    }
    #expect(first.shard.operationCount == UInt64(batches.reduce(0) { $0 + $1.requests.count }))
  }

  /// Where a run of batches is cut does not matter, as long as no chain is.
  @Test(arguments: UInt64(11)...16) func batchBoundariesDoNotMatter(_ seed: UInt64) {
    var whole = Machine()
    var parts = Machine()
    for batch in Self.run(seed) {
      let expected = whole.apply(batch.requests, stamp: batch.stamp)
      var found: [OperationResult] = []
      for chain in Model.chains(batch.requests) { found += parts.apply(chain, stamp: batch.stamp) }
      #expect(expected == found)
    }
    #expect(whole.shard.digest() == parts.shard.digest())
  }

  /// A checkpoint copied in small bites while operations go on holds the state at its cut.
  @Test(arguments: UInt64(21)...26) func checkpointHoldsTheStateAtItsCut(_ seed: UInt64) {
    let batches = Self.run(seed, batchCount: 160)
    var machine = Machine()
    for batch in batches[..<80] { _ = machine.apply(batch.requests, stamp: batch.stamp) }
    let digest = machine.shard.digest()
    let count = machine.shard.operationCount
    let stamp = machine.shard.lastStamp
    let sections = machine.shard.beginCheckpoint()
    var blocks: [(kind: UInt8, block: UInt32, bytes: [UInt8])] = []
    var after: [[OperationResult]] = []
    var isMore = true
    for batch in batches[80...] {
      after.append(machine.apply(batch.requests, stamp: batch.stamp))
      if isMore {
        isMore = machine.shard.copyCheckpointBlocks(limit: 1) { blocks.append(($0, $1, Array($2))) }
      }
    }
    while isMore { isMore = machine.shard.copyCheckpointBlocks(limit: 4) { blocks.append(($0, $1, Array($2))) } }
    machine.shard.endCheckpoint()
    #expect(blocks.count == sections.reduce(0) { $0 + Int($1.blockCount) })
    #expect(blocks.allSatisfy { $0.bytes.count <= Shard.checkpointBlockByteCount })

    var restored = Machine()
    let isFit = restored.shard.restore(sections: sections, operationCount: count, lastStamp: stamp)
    #expect(isFit)
    for block in blocks {
      let isTaken = block.bytes.withUnsafeBytes {
        restored.shard.restore(kind: block.kind, block: block.block, bytes: $0)
      }
      #expect(isTaken)
    }
    let isWhole = restored.shard.finishRestore()
    #expect(isWhole)
    #expect(restored.shard.digest() == digest)
    #expect(restored.shard.operationCount == count)
    #expect(restored.shard.audit().isEmpty)
    for (batch, expected) in zip(batches[80...], after) {
      let results = restored.apply(batch.requests, stamp: batch.stamp)
      #expect(results == expected)
    }
    #expect(restored.shard.digest() == machine.shard.digest())
  }

  /// Two checkpoints of one run are independent; the second sees what came between.
  @Test func checkpointAfterCheckpoint() {
    let batches = Self.run(31, batchCount: 90)
    var machine = Machine()
    for start in stride(from: 0, to: 90, by: 30) {
      for batch in batches[start..<start + 30] { _ = machine.apply(batch.requests, stamp: batch.stamp) }
      let digest = machine.shard.digest()
      let sections = machine.shard.beginCheckpoint()
      var restored = Machine()
      let isFit = restored.shard.restore(
        sections: sections, operationCount: machine.shard.operationCount, lastStamp: machine.shard.lastStamp)
      #expect(isFit)
      var isMore = true
      while isMore {
        isMore = machine.shard.copyCheckpointBlocks(limit: 2) { kind, block, bytes in
          let isTaken = restored.shard.restore(kind: kind, block: block, bytes: bytes)
          #expect(isTaken)
        }
      }
      machine.shard.endCheckpoint()
      let isWhole = restored.shard.finishRestore()
      #expect(isWhole)
      #expect(restored.shard.digest() == digest)
    }
  }

  /// A tenant's answers and state do not depend on who else is there.
  @Test(arguments: UInt64(41)...48) func tenantsDoNotMeet(_ seed: UInt64) {
    let first = Self.run(seed)
    let second = Self.run(seed + 1000)
    var together = Machine()
    var apart = Machine()
    var now = Instant.min
    for (one, other) in zip(first, second) {
      let mine = one.requests.filter { $0.operation.tenant == 1 }.map(\.unlinked)
      var others = other.requests.map(\.unlinked)
      for index in others.indices { others[index].operation.tenant = 2 }
      now = max(now, one.stamp)
      let mixed = interleave(mine, others)
      let results = together.apply(mixed, stamp: now)
      let own = zip(mixed, results).filter { $0.0.operation.tenant == 1 }.map(\.1)
      let alone = apart.apply(mine, stamp: now)
      #expect(alone == own)
    }
    #expect(together.shard.totals(tenant: 1) == apart.shard.totals(tenant: 1))
    for contract: UInt128 in 1...20 {
      let mine = apart.shard.contract(tenant: 1, contract: contract)
      #expect(together.shard.contract(tenant: 1, contract: contract) == mine)
      for ordinal: UInt16 in 1...6 {
        #expect(
          together.shard.milestone(tenant: 1, contract: contract, ordinal: ordinal)
            == apart.shard.milestone(tenant: 1, contract: contract, ordinal: ordinal))
      }
    }
  }

  private func interleave(_ a: [Request], _ b: [Request]) -> [Request] {
    var mixed: [Request] = []
    for index in 0..<max(a.count, b.count) {
      if index < b.count { mixed.append(b[index]) }
      if index < a.count { mixed.append(a[index]) }
    }
    return mixed
  }

  /// The scan visits every contract once, in bites of any size, with all its milestones.
  @Test(arguments: [1, 2, 7, 1000]) func scanVisitsAll(_ limit: Int) {
    var machine = Machine()
    var model = Model()
    for batch in Self.run(51) {
      _ = machine.apply(batch.requests, stamp: batch.stamp)
      _ = model.apply(batch.requests, stamp: batch.stamp)
    }
    var found: [ContractKey: Int] = [:]
    var cursor: UInt32? = 0
    while let from = cursor {
      cursor = machine.shard.scan(from: from, limit: limit) { contract, milestones in
        let key = ContractKey(tenant: contract.tenant, contract: contract.contract)
        found[key, default: 0] += 1
        #expect(milestones.map(\.ordinal) == model.contracts[key]?.milestones.map(\.ordinal))
      }
    }
    #expect(Set(found.keys) == Set(model.contracts.keys))
    #expect(found.values.allSatisfy { $0 == 1 })
    #expect(Set(machine.shard.tenantIDs()) == Set(model.contracts.keys.map(\.tenant)))
    expectBounded(machine, model, limit: limit)
  }

  /// For one tenant, a scan ends behind the contract with which it has its share of milestones, and goes on there.
  private func expectBounded(_ machine: borrowing Machine, _ model: Model, limit: Int) {
    for tenant in Set(model.contracts.keys.map(\.tenant)) {
      for milestoneLimit in [0, 1, 5] {
        var found: [ContractKey] = []
        var cursor: UInt32? = 0
        while let from = cursor {
          var count = 0
          cursor = machine.shard.scan(from: from, limit: limit, tenant: tenant, milestoneLimit: milestoneLimit) {
            contract, milestones in
            let key = ContractKey(tenant: contract.tenant, contract: contract.contract)
            found.append(key)
            #expect(milestoneLimit == 0 || count < milestoneLimit)
            #expect(milestones.count == (milestoneLimit == 0 ? 0 : model.contracts[key]?.milestones.count))
            count += milestones.count
          }
        }
        #expect(
          Set(found) == Set(model.contracts.keys.filter { $0.tenant == tenant }) && found.count == Set(found).count)
      }
    }
  }
}
