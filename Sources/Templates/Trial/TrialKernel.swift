internal import Kernel

/// A shard of its own for one contract at a time: what the kernel does with a schedule, before there is a contract.
@safe
struct TrialKernel: ~Copyable {
  private var shard: Shard
  /// Room for one chain at a time; 64 bytes each.
  private let slots: UnsafeMutableRawBufferPointer
  private var entries: [BatchEntry] = []
  private var results: [OperationResult] = []
  private(set) var now: Instant

  /// A chain of the largest schedule: two slots a milestone to add and one to fund it, approvers, and ten besides.
  private static let slotCountMax = 3 * Template.milestoneCountMax + 64

  init(now: Instant) {
    var configuration = ShardConfiguration()
    configuration.contractCountMax = 1 << 10
    configuration.milestoneCountMax = 1 << 16
    configuration.referenceCountMax = 1 << 18
    configuration.tenantCountMax = 1 << 10
    configuration.usesHugePages = false
    shard = Shard(configuration)
    self.now = now
    unsafe slots = .allocate(byteCount: Self.slotCountMax * Operation.byteCount, alignment: Operation.byteCount)
  }

  deinit { unsafe slots.deallocate() }

  /// Time goes on; never back.
  mutating func wait(until instant: Instant) { now = max(now, instant) }

  /// Applies operations as one batch.
  mutating func apply(_ members: [OperationChain.Member]) -> [OperationResult] {
    entries.removeAll(keepingCapacity: true)
    results = members.map { _ in OperationResult(code: .ok) }
    var slot = 0
    for (index, member) in members.enumerated() {
      entries.append(BatchEntry(slot: UInt32(slot), result: UInt32(index)))
      unsafe slots.storeBytes(of: member.operation, toByteOffset: slot * Operation.byteCount, as: Operation.self)
      slot += 1
      guard let words = member.slot.words else { continue }
      for word in words.indices {
        unsafe slots.storeBytes(
          of: words[word].littleEndian, toByteOffset: slot * Operation.byteCount + word * 8, as: UInt64.self)
      }
      slot += 1
    }
    precondition(slot <= Self.slotCountMax, "a chain longer than any schedule's")
    guard let base = unsafe slots.baseAddress else { return [] }
    // Entries point into `slots` and `results`, both of which outlive the call.
    unsafe entries.withUnsafeBufferPointer { entries in
      unsafe results.withUnsafeMutableBufferPointer { results in
        guard let first = results.baseAddress else { return }
        unsafe shard.apply(slots: UnsafeRawPointer(base), entries: entries, stamp: now, results: first)
      }
    }
    return results
  }

  mutating func apply(_ operation: Operation) -> OperationResult {
    apply([OperationChain.Member(operation: operation, slot: .none)])[0]
  }

  func contract(_ order: ContractOrder) -> ContractSnapshot? {
    shard.contract(tenant: order.tenant, contract: order.contract)
  }

  func milestone(_ order: ContractOrder, _ ordinal: UInt16) -> MilestoneSnapshot? {
    shard.milestone(tenant: order.tenant, contract: order.contract, ordinal: ordinal)
  }
}
