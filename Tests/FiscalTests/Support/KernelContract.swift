import Kernel

/// One contract with one milestone in a kernel of its own, driven by single operations.
struct KernelContract: ~Copyable {
  private var shard: Shard
  private var now: Instant = 1_700_000_000_000
  private var nextID: UInt128 = 0
  private var nextReference: UInt64 = 100
  private let payer: UInt32 = 1
  private let payee: UInt32 = 2

  /// A running milestone of this value, all of it funded, after an advance that was paid.
  init(value: Int64, terms: ContractTerms, advance: Int64) {
    var configuration = ShardConfiguration()
    (configuration.contractCountMax, configuration.milestoneCountMax) = (16, 64)
    (configuration.referenceCountMax, configuration.tenantCountMax) = (1 << 12, 16)
    configuration.usesHugePages = false
    shard = Shard(configuration)
    tell(.createContract, by: payer, value, argument: UInt64(payee) << 32 | UInt64(payer), terms: terms)
    tell(.addMilestone, 1, by: payer, value, argument: UInt64(now + 1_000_000_000))
    tell(.offer, by: payer)
    tell(.accept, by: payee)
    tell(.verifyPayee)
    tell(.deposit, by: payer, value + advance, argument: reference())
    if advance > 0 {
      tell(.advance, by: payer, advance)
      tell(.payoutResult, 0, advance, argument: reference(), version: 1)
    }
    tell(.fund, 1, by: payer, value)
    tell(.start, 1, by: payee)
  }

  var snapshot: ContractSnapshot { shard.contract(tenant: 1, contract: 1)! }

  /// Claims and certifies a total to date.
  mutating func certify(toDate total: Int64) {
    tell(.submit, 1, mode: 1, by: payee, total, argument: 9)
    tell(.approve, 1, by: payer, total)
  }

  /// Releases and settles; gives the net and how each bucket moved.
  mutating func release(_ gross: Int64) -> (net: Int64, moved: Totals) {
    let before = snapshot.buckets
    let result = tell(.release, 1, by: payer, gross)
    let after = snapshot.buckets
    var moved = Totals()
    moved.retained = after.retained - before.retained
    moved.unallocated = after.unallocated - before.unallocated
    moved.taxWithheld = after.taxWithheld - before.taxWithheld
    moved.otherWithheld = after.otherWithheld - before.otherWithheld
    moved.fee = after.fee - before.fee
    if result.amount > 0 {
      tell(.payoutResult, 1, result.amount, argument: reference(), version: UInt32(result.payoutAttempt))
    }
    return (result.amount, moved)
  }

  private mutating func reference() -> UInt64 {
    nextReference += 1
    return nextReference
  }

  /// - Precondition: the kernel accepts it.
  @discardableResult
  private mutating func tell(
    _ code: OperationCode, _ ordinal: UInt16 = 0, mode: UInt8 = 0, by actor: UInt32 = 0, _ amount: Int64 = 0,
    argument: UInt64 = 0, version: UInt32 = 0, terms: ContractTerms? = nil
  ) -> OperationResult {
    nextID += 1
    now += 1_000
    let operation = Operation(
      code, mode: mode, tenant: 1, contract: 1, ordinal: ordinal, id: nextID, actor: actor, amount: amount,
      argument: argument, expectedVersion: version, extended: terms != nil)
    let slots = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 64)
    defer { slots.deallocate() }
    slots.storeBytes(of: operation, as: Operation.self)
    if let terms { slots.storeBytes(of: terms, toByteOffset: 64, as: ContractTerms.self) }
    var result = OperationResult(code: .ok)
    let entry = BatchEntry(slot: 0, result: 0)
    withUnsafePointer(to: entry) { entry in
      withUnsafeMutablePointer(to: &result) { result in
        shard.apply(
          slots: UnsafeRawPointer(slots.baseAddress!), entries: UnsafeBufferPointer(start: entry, count: 1),
          stamp: now, results: result)
      }
    }
    precondition(result.isAccepted, "\(code.name): \(result.code)")
    return result
  }
}
