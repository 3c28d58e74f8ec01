import Client
import Kernel
import Wire

/// Why the log could not be applied again.
enum ReplayFault: Error {
  /// The rules answer otherwise than the log says.
  case disagrees
  /// There are more operations than one replay takes, or their sums leave 64 bits.
  case full
}

/// What each operation did to the money of its contract, found by applying the log again.
///
/// The kernel's own rules are applied, so none of them stands here a second time, and every answer is held against the logged one. Only
/// accepted operations are needed: what was refused changed nothing. For one task at a time.
struct LedgerReplay: ~Copyable {
  private var shard: Shard
  private var operationCount = 0

  /// Operations that one replay takes: its tables have room for them, whatever they are.
  static let operationCountMax = 1 << 17

  /// - Parameter pool: memory that replays share.
  init(_ pool: BlockPool) {
    var configuration = ShardConfiguration()
    configuration.contractCountMax = Self.operationCountMax
    // A contract's milestones lie in runs of doubling size: with the runs it grew out of, four places a milestone at most.
    configuration.milestoneCountMax = 8 * Self.operationCountMax
    configuration.referenceCountMax = Self.operationCountMax
    configuration.tenantCountMax = Self.operationCountMax
    configuration.usesHugePages = false
    configuration.pool = pool
    shard = Shard(configuration)
  }

  /// What a contract holds now; zero where there is none.
  private func buckets(_ operation: Operation) -> Totals {
    shard.contract(tenant: operation.tenant, contract: operation.contract)?.buckets ?? Totals()
  }

  /// Applies an operation that was accepted. All operations of its contract are to come, in the order of the log.
  ///
  /// - Returns: by how much each bucket of the contract grew.
  /// - Throws: `ReplayFault`; the replay is worth nothing any more then.
  mutating func apply(_ event: Event) throws(ReplayFault) -> Totals {
    operationCount += 1
    let (code, ordinal) = (event.record.operation.code, event.record.operation.ordinal)
    guard operationCount < Self.operationCountMax,
      shard.hasRoom(for: 1, milestoneNeed: MilestoneNeed(code: code, ordinal: ordinal))
    else { throw .full }
    // A pruned contract is gone, and its money is where it was.
    let isEnd = event.record.operation.code == OperationCode.prune.rawValue
    let before = buckets(event.record.operation)
    guard answer(to: event) == event.record.result else { throw .disagrees }
    if isEnd { return Totals() }
    guard let change = buckets(event.record.operation).subtracting(before) else { throw .full }
    return change
  }

  private mutating func answer(to event: Event) -> OperationResult {
    var slots = Slots(operation: event.record.operation, words: event.slotWords ?? .init(repeating: 0))
    // Its chain was accepted whole, so each member stands for itself.
    slots.operation.flags &= ~1
    var entry = BatchEntry(slot: 0, result: 0)
    var result = OperationResult(code: .ok)
    // All three live until `apply` returns.
    unsafe withUnsafePointer(to: &entry) { entry in
      unsafe withUnsafeBytes(of: &slots) { slots in
        // Two slots are 128 bytes, so the buffer has a base.
        guard let base = slots.baseAddress else { return }
        unsafe shard.apply(
          slots: base, entries: UnsafeBufferPointer(start: entry, count: 1), stamp: event.record.stamp,
          results: &result)
      }
    }
    return result
  }

  /// An operation and the place of its extension.
  private struct Slots: BitwiseCopyable {
    var operation: Operation
    var words: InlineArray<8, UInt64>
  }
}
