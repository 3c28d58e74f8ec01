#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel

/// Deadlines fired under shard locks, and what else the engine does by itself, kept until they are copied into the ring.
///
/// Guarded like the `GroupPlan` it belongs to.
final class TimerFirings {
  /// The firings of one shard, one log group.
  struct Part {
    var shard: UInt16
    var firstSequence: UInt64
    var range: Range<Int>
  }

  private(set) var parts: [Part] = []
  private(set) var operations: [Operation] = []
  private(set) var results: [OperationResult] = []
  private(set) var stamps: [Instant] = []

  /// Of them, how many prune a contract.
  private(set) var pruneCount = 0

  var count: Int { operations.count }
  var isEmpty: Bool { operations.isEmpty }

  /// Bytes of all parts in the log.
  var byteCount: Int {
    parts.reduce(0) { sum, part in
      let count = part.range.count
      let group = GroupOffsets(
        kind: .timers, frameCount: 0, shardCount: 1, operationCount: count, slotCount: count, hasRefusals: false)
      return sum + group.end
    }
  }

  func removeAll() {
    parts.removeAll(keepingCapacity: true)
    operations.removeAll(keepingCapacity: true)
    results.removeAll(keepingCapacity: true)
    stamps.removeAll(keepingCapacity: true)
    pruneCount = 0
  }

  /// Adds operations that the engine itself had a shard apply, all at one stamp: a group of their own.
  func add(
    _ pruning: [Operation], _ answers: [OperationResult], to shard: UInt16, firstSequence: UInt64, at stamp: Instant
  ) {
    let first = operations.count
    operations += pruning
    results += answers
    stamps += repeatElement(stamp, count: pruning.count)
    pruneCount += pruning.count
    parts.append(Part(shard: shard, firstSequence: firstSequence, range: first..<operations.count))
  }

  /// Fires what is due in `shard` by `stamp`, at most `limit` deadlines. The caller holds the shard's lock.
  /// - Returns: whether nothing due is left; false also when that is not known.
  func fire(_ shard: inout Shard, index: UInt16, by stamp: Instant, limit: Int) -> Bool {
    let first = operations.count
    let firstSequence = shard.operationCount
    // A deadline that the shard has handed out must be applied, so the limit is looked at before.
    while operations.count - first < limit, let due = shard.nextDueTimer(by: stamp) {
      apply(due, to: &shard)
      #if MILEPOST_PLANTED_DEFECTS
        if milepost_has_defect(milepost_defect_timer_fired_twice), operations.count - first < limit {
          apply(due, to: &shard)
        }
      #endif
    }
    if operations.count > first {
      parts.append(Part(shard: index, firstSequence: firstSequence, range: first..<operations.count))
    }
    return operations.count - first < limit || shard.earliestTimer() > stamp
  }

  private func apply(_ due: DueTimer, to shard: inout Shard) {
    var operation = due.operation
    var entry = BatchEntry(slot: 0, result: 0)
    var result = OperationResult(code: .ok)
    // All three live until `apply` returns.
    unsafe withUnsafePointer(to: &entry) { entry in
      unsafe withUnsafeBytes(of: &operation) { slots in
        // An operation is 64 bytes, so the buffer has a base.
        guard let base = slots.baseAddress else { return }
        unsafe shard.apply(
          slots: base, entries: UnsafeBufferPointer(start: entry, count: 1), stamp: due.stamp, results: &result)
      }
    }
    operations.append(operation)
    results.append(result)
    stamps.append(due.stamp)
  }

  /// Most bytes that `count` firings of `shards` shards take in the log.
  static func byteCountMax(count: Int, shards: Int) -> Int {
    count * (Operation.byteCount + OperationResult.byteCount + 8) + shards
      * (GroupHeader.byteCount + GroupShard.byteCount + 16)
  }
}
