import Glibc
import Kernel

/// Writes groups into the ring. All pointer work of writing the log is here.
@safe struct GroupWriter {
  /// Where the next group goes; the ring gave room for all of them.
  private var target: UnsafeMutableRawPointer
  private(set) var byteCount = 0

  init(_ target: UnsafeMutableRawPointer) { unsafe self.target = target }

  private mutating func finish(_ group: GroupOffsets) {
    unsafe target += group.end
    byteCount += group.end
  }

  private func begin(
    _ group: GroupOffsets, _ kind: GroupKind, flags: UInt16, stamp: Instant, frames: Int, shards: Int, operations: Int,
    slots: Int
  ) {
    let header = GroupHeader(
      byteCount: UInt32(group.end), kind: kind.rawValue, flags: flags, stamp: stamp, frameCount: UInt32(frames),
      shardCount: UInt32(shards), operationCount: UInt32(operations), slotCount: UInt32(slots))
    unsafe target.storeBytes(of: header, as: GroupHeader.self)
  }

  /// The firings of one shard.
  mutating func write(_ part: TimerFirings.Part, of firings: TimerFirings) {
    let count = part.range.count
    let group = GroupOffsets(
      kind: .timers, frameCount: 0, shardCount: 1, operationCount: count, slotCount: count, hasRefusals: false)
    let stamps = firings.stamps[part.range]
    begin(
      group, .timers, flags: 0, stamp: stamps.max() ?? 0, frames: 0, shards: 1, operations: count, slots: count)
    unsafe target.storeBytes(
      of: GroupShard(firstSequence: part.firstSequence, operationCount: UInt32(count), shard: part.shard),
      toByteOffset: group.shards, as: GroupShard.self)
    // The group has room for `count` of each; the padding behind an odd number of stamps is zeroed first.
    unsafe target.storeBytes(of: 0, toByteOffset: group.end - 8, as: Int64.self)
    for (place, index) in part.range.enumerated() {
      unsafe target.storeBytes(
        of: firings.operations[index], toByteOffset: group.slots + place * Operation.byteCount, as: Operation.self)
      unsafe target.storeBytes(
        of: firings.results[index], toByteOffset: group.results + place * OperationResult.byteCount,
        as: OperationResult.self)
      unsafe target.storeBytes(of: firings.stamps[index], toByteOffset: group.stamps + place * 8, as: Instant.self)
    }
    finish(group)
  }

  /// A group without operations: a session's opening or eviction.
  mutating func writeSession(_ kind: GroupKind, session: UInt64, stamp: Instant) {
    let group = GroupOffsets(
      kind: kind, frameCount: 1, shardCount: 0, operationCount: 0, slotCount: 0, hasRefusals: false)
    begin(group, kind, flags: 0, stamp: stamp, frames: 1, shards: 0, operations: 0, slots: 0)
    unsafe target.storeBytes(
      of: GroupFrame(session: session, request: 0, traceID: 0, operationCount: 0, slotCount: 0),
      toByteOffset: group.frames, as: GroupFrame.self)
    finish(group)
  }

  static let sessionByteCount = GroupHeader.byteCount + GroupFrame.byteCount

  /// Where the parts of a planned group will lie.
  static func offsets(of plan: GroupPlan, frameCount: Int) -> GroupOffsets {
    GroupOffsets(
      kind: .frames, frameCount: frameCount, shardCount: plan.shards.count, operationCount: plan.operationCount,
      slotCount: plan.slotCount, hasRefusals: plan.refusedCount > 0)
  }

  /// A planned and applied group.
  /// - Parameters:
  ///   - members: the frames' submissions, in their order.
  ///   - sequences: what each shard of the plan had applied before, in the plan's order.
  mutating func write(
    _ plan: GroupPlan, frames: [GroupFrame], of members: [Submission], stamp: Instant, sequences: [UInt64]
  ) {
    let group = Self.offsets(of: plan, frameCount: frames.count)
    begin(
      group, .frames, flags: plan.refusedCount > 0 ? GroupHeader.hasRefusals : 0, stamp: stamp, frames: frames.count,
      shards: plan.shards.count, operations: plan.operationCount, slots: plan.slotCount)
    for (index, frame) in frames.enumerated() {
      unsafe target.storeBytes(
        of: frame, toByteOffset: group.frames + index * GroupFrame.byteCount, as: GroupFrame.self)
    }
    for index in plan.shards.indices {
      let part = GroupShard(
        firstSequence: sequences[index], operationCount: unsafe UInt32(plan.entries(at: index).count),
        shard: plan.shards[index])
      unsafe target.storeBytes(of: part, toByteOffset: group.shards + index * GroupShard.byteCount, as: GroupShard.self)
    }
    if plan.refusedCount > 0 { writeRefusals(plan, at: group.refusals, byteCount: group.slots - group.refusals) }
    var slots = unsafe target + group.slots
    var results = unsafe target + group.results
    for member in members {
      // The group has room for all slots and results of its members.
      let byteCounts = (member.slotCount * Operation.byteCount, member.operationCount * OperationResult.byteCount)
      unsafe slots.copyMemory(from: member.slotBase, byteCount: byteCounts.0)
      unsafe results.copyMemory(from: member.resultBase, byteCount: byteCounts.1)
      unsafe slots += byteCounts.0
      unsafe results += byteCounts.1
    }
    finish(group)
  }

  private func writeRefusals(_ plan: GroupPlan, at offset: Int, byteCount: Int) {
    unsafe memset(target + offset, 0, byteCount)
    for operation in 0..<plan.operationCount where plan.isRefused(operation) {
      let place = offset + operation / 8
      let byte = unsafe target.load(fromByteOffset: place, as: UInt8.self)
      unsafe target.storeBytes(of: byte | 1 << UInt8(operation % 8), toByteOffset: place, as: UInt8.self)
    }
  }
}
