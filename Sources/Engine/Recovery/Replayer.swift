#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store

/// Applies the log again, in log order with logged stamps, and holds every result against the logged one.
///
/// Large groups are applied by two threads, each with some of the shards. One caller at a time.
@safe final class Replayer: @unchecked Sendable {
  // The helper's thread looks at the plan, applies to shards and writes results that the caller's leaves alone, and only
  // while the caller waits for it.
  let cells: [ShardCell]
  /// Sessions to rebuild on the way; nil when only state is wanted.
  let sessions: SessionTable?
  private(set) var operationCount: UInt64 = 0
  /// Where contracts are that have left the shards; nil when these hold everything.
  private let archive: (any ContractArchive)?
  private let loaders: [ArchiveLoader]
  private let helper: ReplayHelper
  /// Places in the plan of the parts that the group's two threads are to apply.
  private var places: [[Int]] = [[], []]
  private var plan: GroupPlan
  private var results: UnsafeMutablePointer<OperationResult>

  /// A group of fewer operations is not worth a hand-over.
  private static let sharedCountMin = 1_024

  /// - Throws: `store` when there is no thread to be had.
  init(cells: [ShardCell], sessions: SessionTable?, archive: (any ContractArchive)?) throws(EngineError) {
    self.cells = cells
    self.sessions = sessions
    self.archive = archive
    loaders = [ArchiveLoader(shardCount: cells.count), ArchiveLoader(shardCount: cells.count)]
    helper = try ReplayHelper()
    plan = GroupPlan(shardCount: cells.count, capacity: 1 << 15)
    unsafe results = .allocate(capacity: plan.capacity)
  }

  deinit { unsafe results.deallocate() }

  /// Applies what a commit holds and the shards do not have yet.
  /// - Throws: `corrupt`, naming commit and operation, when anything does not fit.
  func replay(_ body: UnsafeRawBufferPointer, commit: UInt64) throws(EngineError) {
    var index = 0
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_groups_replayed_backwards) {
        var groups: [LogGroup] = []
        try unsafe LogGroup.forEach(in: body, commit: commit) { group throws(EngineError) in groups.append(group) }
        for group in groups.reversed() {
          if group.kind == .frames { try replayFrames(group, commit, firstOperation: 0) }
          if group.kind == .timers { try replayTimers(group, commit, firstOperation: 0) }
          sessions?.rebuild(from: group, commit: commit)
        }
        return
      }
    #endif
    try unsafe LogGroup.forEach(in: body, commit: commit) { group throws(EngineError) in
      switch group.kind {
      case .frames: try replayFrames(group, commit, firstOperation: index)
      case .timers: try replayTimers(group, commit, firstOperation: index)
      case .sessionOpened, .sessionEvicted: break
      }
      sessions?.rebuild(from: group, commit: commit)
      index += group.operationCount
    }
  }

  private func damaged(_ commit: UInt64, _ operation: Int, _ what: String) -> EngineError {
    EngineError(.corrupt, "commit \(commit), operation \(operation): \(what)")
  }

  private func replayFrames(_ group: LogGroup, _ commit: UInt64, firstOperation: Int) throws(EngineError) {
    try layOut(group, commit, firstOperation)
    guard plan.shards.count == Int(group.header.shardCount) else {
      throw damaged(commit, firstOperation, "the group names other shards than its operations")
    }
    for thread in places.indices { places[thread].removeAll(keepingCapacity: true) }
    var count = 0
    for index in plan.shards.indices {
      let part = group.shard(index)
      guard part.shard == plan.shards[index], unsafe Int(part.operationCount) == plan.entries(at: index).count else {
        throw damaged(commit, firstOperation, "the group names other shards than its operations")
      }
      guard try mustApply(part, commit, firstOperation) else { continue }
      // Half of the operations for each thread, as nearly as parts allow.
      let isShared = plan.operationCount >= Self.sharedCountMin && count >= plan.operationCount / 2
      places[isShared ? 1 : 0].append(index)
      count += Int(part.operationCount)
    }
    try applyParts(group, commit, firstOperation)
    operationCount += UInt64(count)
  }

  private func applyParts(_ group: LogGroup, _ commit: UInt64, _ firstOperation: Int) throws(EngineError) {
    guard !places[1].isEmpty else { return try applyParts(of: 0, group, commit, firstOperation) }
    var failures: (EngineError?, EngineError?) = (nil, nil)
    unsafe withUnsafeMutablePointer(to: &failures) { failures in
      // Both live until `run` returns, which is when both threads are done with them.
      nonisolated(unsafe) let failures = unsafe failures
      helper.run {
        do throws(EngineError) { try applyParts(of: 0, group, commit, firstOperation) } catch {
          unsafe failures.pointee.0 = error
        }
      } beside: { [unowned self] in
        do throws(EngineError) { try applyParts(of: 1, group, commit, firstOperation) } catch {
          unsafe failures.pointee.1 = error
        }
      }
    }
    if let failure = failures.0 ?? failures.1 { throw failure }
  }

  private func applyParts(
    of thread: Int, _ group: LogGroup, _ commit: UInt64, _ firstOperation: Int
  ) throws(EngineError) {
    for index in places[thread] {
      let entries = unsafe plan.entries(at: index)
      // Slots lie in the group, results in our memory with room for all; both stay until the call returns.
      unsafe try apply(
        slots: group.slots, entries: entries, to: cells[Int(plan.shards[index])], stamp: group.header.stamp,
        results: results, loaders[thread], milestoneNeed: plan.milestoneNeed(at: index))
      try unsafe compare(entries, group, commit, firstOperation)
    }
  }

  /// Applies operations to a shard, with what they name of the archive.
  /// - Parameters: as for `Shard.apply`.
  ///   - milestoneNeed: as for `Shard.hasRoom`; nil for what a deadline fired, which makes no record and was not asked for room.
  private func apply(
    slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>, to cell: ShardCell, stamp: Instant,
    results: UnsafeMutablePointer<OperationResult>, _ loader: ArchiveLoader, milestoneNeed: MilestoneNeed?
  ) throws(EngineError) {
    // The caller's pointers, as long as the caller said.
    unsafe cell.shard.look(slots: slots, entries: entries)
    if let archive {
      do throws(StoreError) {
        unsafe try loader.references.ask(cell, at: 0, slots: slots, entries: entries, archive, nil)
      } catch { throw EngineError(reading: error) }
      let isCurrent = loader.references.recall(into: cell, at: 0)
      precondition(isCurrent, "nothing leaves memory while the log is replayed")
      while !loader.note(cell, archive) { try loader.fetch(from: archive, nil) }
      guard try loader.insert(into: cell) else {
        throw EngineError(
          .limit, "shard \(cell.index) has no room for its contracts: its configured limits are too small")
      }
    }
    if let milestoneNeed, !cell.shard.hasRoom(for: entries.count, milestoneNeed: milestoneNeed) {
      throw EngineError(
        .limit, "shard \(cell.index) has no room for what the log brings: its configured limits are too small")
    }
    unsafe cell.shard.apply(slots: slots, entries: entries, stamp: stamp, results: results, isLookedAt: true)
    loader.release(nil)
    loader.removeAll()
  }

  /// Holds the answers of one shard's part against the logged ones.
  private func compare(
    _ entries: UnsafeBufferPointer<BatchEntry>, _ group: LogGroup, _ commit: UInt64, _ firstOperation: Int
  ) throws(EngineError) {
    for place in 0..<entries.count {
      let index = unsafe Int(entries[place].result)
      let answer = unsafe results[index]
      guard answer == group.result(index) else {
        throw damaged(
          commit, firstOperation + index,
          "replay answers \(answer.code), the log says \(group.result(index).code)")
      }
    }
  }

  /// Plans the group as it was planned when it was applied.
  private func layOut(_ group: LogGroup, _ commit: UInt64, _ firstOperation: Int) throws(EngineError) {
    let needed = max(group.operationCount, group.slotCount)
    if needed > plan.capacity {
      plan = GroupPlan(shardCount: cells.count, capacity: needed)
      unsafe results.deallocate()
      unsafe results = .allocate(capacity: needed)
    }
    plan.removeAll()
    var slot = 0
    for index in 0..<Int(group.header.frameCount) {
      let frame = group.frame(index)
      guard slot + Int(frame.slotCount) <= group.slotCount,
        // The frame's slots lie inside the group: checked in this very condition.
        let shape = unsafe GroupPlan.shape(
          of: group.slots + slot * Operation.byteCount, slotCount: Int(frame.slotCount)),
        shape.operationCount == Int(frame.operationCount)
      else { throw damaged(commit, firstOperation, "frame \(index) of the group has another number of operations") }
      unsafe plan.add(
        group.slots + slot * Operation.byteCount, slotCount: Int(frame.slotCount), operationCount: shape.operationCount)
      slot += Int(frame.slotCount)
    }
    guard plan.operationCount == group.operationCount, slot == group.slotCount else {
      throw damaged(commit, firstOperation, "the frames do not fill the group")
    }
    if group.header.flags & GroupHeader.hasRefusals != 0 {
      for operation in 0..<plan.operationCount where group.isRefused(operation) {
        // The group's slots, which `shape` and `add` went through.
        unsafe plan.refuse(operation, slots: group.slots)
      }
    }
    plan.sort()
  }

  private func replayTimers(_ group: LogGroup, _ commit: UInt64, firstOperation: Int) throws(EngineError) {
    guard group.header.shardCount == 1, group.slotCount == group.operationCount else {
      throw damaged(commit, firstOperation, "a group of timers is for one shard and has no extensions")
    }
    let part = group.shard(0)
    guard Int(part.operationCount) == group.operationCount else {
      throw damaged(commit, firstOperation, "the group names another number of timers than it holds")
    }
    guard try mustApply(part, commit, firstOperation) else { return }
    for index in 0..<group.operationCount {
      guard !group.operation(slot: index).hasExtension, Shard.stamps.contains(group.stamp(index)) else {
        throw damaged(commit, firstOperation + index, "a timer with an extension, or a stamp that makes no sense")
      }
      var entry = BatchEntry(slot: 0, result: 0)
      var result = OperationResult(code: .ok)
      // One slot of the group, one entry, one result: all live until `apply` returns.
      unsafe try withUnsafePointer(to: &entry) { (entry) throws(EngineError) in
        unsafe try apply(
          slots: group.slots + index * Operation.byteCount, entries: UnsafeBufferPointer(start: entry, count: 1),
          to: cells[Int(part.shard)], stamp: group.stamp(index), results: &result, loaders[0], milestoneNeed: nil)
      }
      guard result == group.result(index) else {
        throw damaged(
          commit, firstOperation + index, "replay answers \(result.code), the log says \(group.result(index).code)")
      }
    }
    operationCount += UInt64(group.operationCount)
  }

  /// Whether a shard's part is to be applied; false when the checkpoint has it already.
  private func mustApply(_ part: GroupShard, _ commit: UInt64, _ operation: Int) throws(EngineError) -> Bool {
    guard Int(part.shard) < cells.count else { throw damaged(commit, operation, "there is no shard \(part.shard)") }
    let applied = cells[Int(part.shard)].shard.operationCount
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_groups_replayed_backwards) {
        return part.firstSequence + UInt64(part.operationCount) > applied
      }
    #endif
    if part.firstSequence + UInt64(part.operationCount) <= applied { return false }
    guard part.firstSequence == applied else {
      throw damaged(
        commit, operation,
        "shard \(part.shard) has applied \(applied) operations, the group goes on from \(part.firstSequence)")
    }
    return true
  }
}
