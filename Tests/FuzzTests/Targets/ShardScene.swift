import Kernel

/// Operations as they lie in a frame.
struct Batch {
  private var slots: [UInt8] = []
  private var entries: [BatchEntry] = []
  private(set) var operations: [Operation] = []

  var count: Int { operations.count }

  var milestoneNeed: MilestoneNeed {
    operations.reduce(into: MilestoneNeed()) { $0.add(code: $1.code, ordinal: $1.ordinal) }
  }

  /// Adds an operation; its flags follow from whether there is an extension of 64 bytes.
  mutating func append(_ operation: Operation, _ content: [UInt8] = []) {
    var operation = operation
    operation.flags = operation.flags & ~2 | (content.isEmpty ? 0 : 2)
    entries.append(
      BatchEntry(slot: UInt32(slots.count / Operation.byteCount), result: UInt32(operations.count)))
    operations.append(operation)
    slots += [UInt8](of: operation) + content
  }

  /// The frame's slots.
  var bytes: [UInt8] { slots }

  /// The slots of one operation, with another flag byte.
  func single(_ index: Int, flags: UInt8) -> Batch {
    let start = Int(entries[index].slot) * Operation.byteCount
    var operation = operations[index]
    operation.flags = flags
    var batch = Batch()
    batch.append(
      operation, operation.hasExtension ? [UInt8](slots[(start + 64)..<(start + 128)]) : [])
    return batch
  }

  func apply(to shard: inout Shard, at stamp: Instant) -> [OperationResult] {
    // A code that the kernel never answers: one that is left was not answered.
    var unanswered = OperationResult(code: .ok)
    unanswered.code = .max
    var results = [OperationResult](repeating: unanswered, count: entries.count)
    // All three arrays outlive the call; arrays of bytes are aligned to 16.
    unsafe slots.withUnsafeBytes { slots in
      unsafe entries.withUnsafeBufferPointer { entries in
        unsafe results.withUnsafeMutableBufferPointer { results in
          guard let base = slots.baseAddress, let first = results.baseAddress else { return }
          unsafe shard.apply(slots: base, entries: entries, stamp: stamp, results: first)
        }
      }
    }
    return results
  }
}

/// Small shards with a few contracts, and what is tried on shards that came from elsewhere.
enum ShardScene {
  static let start: Instant = 1_700_000_000_000
  static let day: Instant = 86_400_000
  static let payer: UInt32 = 1
  static let payee: UInt32 = 2
  static let arbiter: UInt32 = 3
  private static let pool = BlockPool(hugePages: false)

  static var configuration: ShardConfiguration {
    var configuration = ShardConfiguration()
    configuration.contractCountMax = 1 << 9
    configuration.milestoneCountMax = 1 << 13
    configuration.referenceCountMax = 1 << 13
    configuration.tenantCountMax = 1 << 9
    configuration.usesHugePages = false
    configuration.pool = pool
    return configuration
  }

  static var terms: ContractTerms {
    var terms = ContractTerms()
    terms.retentionCap = 300
    terms.arbiter = arbiter
    terms.review = 86_400
    terms.defectPeriod = 10 * 86_400
    terms.retentionBP = 500
    terms.retentionFirstBP = 5_000
    terms.advanceBP = 1_000
    terms.advanceRecoveryBP = 2_000
    terms.gstBP = 1_800
    terms.tdsBP = 200
    terms.feeBP = 50
    terms.defaultSplitBP = 5_000
    terms.holdDays = 5
    terms.dormantDays = 20
    terms.flags = [.autoApprove, .expire, .unfundedStart, .escalateDispute]
    return terms
  }

  /// A contract under way (1), a draft (2), one with a policy and a consent (3), a cancelled one (4), a cancelled one with
  /// a policy (5). Every operation is accepted.
  static func setUp(_ contracts: [UInt128]) -> [(operation: Operation, content: [UInt8])] {
    var all: [(operation: Operation, content: [UInt8])] = []
    func add(
      _ code: OperationCode, _ contract: UInt128, _ ordinal: UInt16 = 0, mode: UInt8 = 0, by actor: UInt32 = payer,
      amount: Int64 = 0, argument: UInt64 = 0, content: [UInt8] = []
    ) {
      let id = UInt128(1 << 32 + all.count)
      let operation = Operation(
        code, mode: mode, tenant: contract == 3 ? 2 : 1, contract: contract, ordinal: ordinal, id: id, actor: actor,
        amount: amount, argument: argument)
      all.append((operation, content))
    }
    let parties = UInt64(payer) | UInt64(payee) << 32
    let due = UInt64(start + 30 * day)
    for contract in contracts {
      add(.createContract, contract, amount: 3_000, argument: parties, content: [UInt8](of: terms))
      if contract == 3 || contract == 5 {
        var policy = ApproverPolicy()
        policy.votes = (1, 1, 0, 0)
        policy.ordered = 1
        add(.setPolicy, contract, content: [UInt8](of: policy))
        add(.setApprover, contract, argument: 11 | 2 << 32)
        add(.setApprover, contract, argument: 12 | 1 << 32)
      }
      for ordinal: UInt16 in 1...3 { add(.addMilestone, contract, ordinal, amount: 1_000, argument: due) }
      if contract == 2 { continue }
      if contract >= 4 {
        add(.cancel, contract)
        continue
      }
      add(.verifyPayee, contract, by: 0)
      add(.offer, contract)
      add(.accept, contract, by: payee)
      add(.deposit, contract, amount: 2_500, argument: 70 + UInt64(contract))
      for ordinal: UInt16 in 1...2 {
        add(.fund, contract, ordinal, amount: 1_000)
        add(.start, contract, ordinal, by: payee)
      }
      add(.submit, contract, 1, by: payee, amount: 1_000, argument: 5)
      if contract == 3 { add(.consent, contract, 2, mode: 3) }
      if contract == 1 {
        add(.approve, contract, 1, amount: 1_000)
        add(.release, contract, 1, amount: 1_000, argument: 9)
      }
    }
    return all
  }

  /// Applies the operations of `setUp` to a shard, one by one.
  @discardableResult
  static func fill(_ shard: inout Shard, _ contracts: [UInt128] = [1, 2, 3, 4]) -> [OperationResult] {
    var results: [OperationResult] = []
    for (operation, content) in setUp(contracts) {
      var batch = Batch()
      batch.append(operation, content)
      results += batch.apply(to: &shard, at: start)
    }
    return results
  }

  /// An image of a shard, cut as a checkpoint is; every section of such a small shard is one block or none.
  static func image(_ shard: inout Shard) -> (sections: [CheckpointSection], blocks: [(kind: UInt8, bytes: [UInt8])]) {
    let sections = shard.beginCheckpoint()
    var blocks: [(kind: UInt8, bytes: [UInt8])] = []
    while unsafe shard.copyCheckpointBlocks(
      limit: 64, { kind, _, bytes in unsafe blocks.append((kind, [UInt8](bytes))) })
    {}
    shard.endCheckpoint()
    return (sections, blocks)
  }

  /// Everything that can be done to a shard: each operation on its contracts by each party, its timers, a checkpoint.
  static func probe(_ shard: inout Shard) {
    var contracts: [ContractSnapshot] = []
    _ = shard.scan(from: 0, limit: 1 << 9) { contract, _ in
      if contracts.count < 4 { contracts.append(contract) }
    }
    let stamp = max(0, shard.lastStamp)
    var number: UInt128 = 1 << 64
    for contract in contracts {
      for code in OperationCode.allCases {
        for mode: UInt8 in [0, 1, 2, 3, 7] {
          for actor in [contract.payer, contract.payee, 0] {
            number += 1
            let ordinal = UInt16(truncatingIfNeeded: Int(number % 3) * contract.milestoneCount / 2)
            let arguments: [UInt64] = [0, 1, UInt64(stamp) &+ UInt64(day), UInt64(truncatingIfNeeded: number)]
            let operation = Operation(
              code, mode: mode, tenant: contract.tenant, contract: contract.contract, ordinal: ordinal, id: number,
              actor: actor, amount: [0, 1, 1_000, 1_000_000_000_000_000][Int(number % 4)],
              argument: arguments[Int(number / 4 % 4)])
            var batch = Batch()
            batch.append(operation)
            if shard.hasRoom(for: 1, milestoneNeed: batch.milestoneNeed) { _ = batch.apply(to: &shard, at: stamp) }
          }
        }
      }
    }
    shard.armTimers()
    _ = fire(&shard, by: stamp + 400 * day, limit: 64)
    _ = image(&shard)
    _ = shard.digest()
  }

  /// Fires deadlines as an engine does; how many.
  static func fire(_ shard: inout Shard, by stamp: Instant, limit: Int) -> Int {
    for count in 0..<limit {
      guard let timer = shard.nextDueTimer(by: stamp) else { return count }
      var batch = Batch()
      batch.append(timer.operation)
      _ = batch.apply(to: &shard, at: timer.stamp)
    }
    return limit
  }
}
