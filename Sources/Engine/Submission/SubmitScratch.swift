import Kernel

/// What a queue's submits work with, made once: the plan, the group's frames, and memory in which small frames lie
/// together.
///
/// Guarded by the queue's submit lock.
@safe final class SubmitScratch {
  let plan: GroupPlan
  let firings = TimerFirings()
  let loader: ArchiveLoader
  /// Submissions of the group being gathered.
  private(set) var members: [Submission] = []
  private(set) var frames: [GroupFrame] = []
  /// Operations that each shard of the plan had applied before the group.
  var sequences: [UInt64] = []

  /// Frames of fewer slots are gathered into one group of up to `gatheredSlotsMax`.
  private static let largeSlotCount = 2_048
  private static let gatheredSlotsMax = 8_192

  // Owned memory of `gatheredSlotsMax` slots and results.
  private let slots: UnsafeMutableRawPointer
  private let results: UnsafeMutablePointer<OperationResult>
  private var slotCount = 0

  /// Most bytes that a group takes in the log, and that the deadlines take which go before it.
  let groupByteCountMax: Int
  let timerByteCountMax: Int

  init(shardCount: Int, configuration: EngineConfiguration) {
    let capacity = max(Self.gatheredSlotsMax, 2 * configuration.operationsPerSubmissionMax)
    plan = GroupPlan(shardCount: shardCount, capacity: capacity)
    loader = ArchiveLoader(shardCount: shardCount)
    groupByteCountMax =
      GroupOffsets(
        kind: .frames, frameCount: Self.gatheredSlotsMax, shardCount: shardCount, operationCount: capacity,
        slotCount: capacity, hasRefusals: true
      ).end
    timerByteCountMax = TimerFirings.byteCountMax(count: configuration.timersPerStepMax, shards: shardCount)
    unsafe slots = .allocate(byteCount: Self.gatheredSlotsMax * Operation.byteCount, alignment: 64)
    unsafe results = .allocate(capacity: Self.gatheredSlotsMax)
  }

  deinit {
    unsafe slots.deallocate()
    unsafe results.deallocate()
  }

  func removeAll() {
    members.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    sequences.removeAll(keepingCapacity: true)
    plan.removeAll()
    firings.removeAll()
    loader.removeAll()
    slotCount = 0
  }

  func hasRoom(for submission: Submission) -> Bool {
    members.isEmpty
      || (submission.slotCount < Self.largeSlotCount && slotCount + submission.slotCount <= Self.gatheredSlotsMax)
  }

  func add(_ submission: Submission) {
    members.append(submission)
    frames.append(
      GroupFrame(
        session: submission.session?.id ?? 0, request: submission.session == nil ? 0 : submission.request,
        traceID: submission.traceID, operationCount: UInt32(submission.operationCount),
        slotCount: UInt32(submission.slotCount)))
    slotCount += submission.slotCount
  }

  /// Whether the group must end behind this frame: it is large, or its last chain is open and must not run on into
  /// the next frame.
  func endsGroup(_ submission: Submission) -> Bool {
    submission.slotCount >= Self.largeSlotCount || submission.endsInChain
  }

  /// The group's slots and results: the only member's own, or the shared ones.
  var slotBase: UnsafeRawPointer {
    unsafe members.count == 1 ? UnsafeRawPointer(members[0].slotBase) : UnsafeRawPointer(slots)
  }
  var resultBase: UnsafeMutablePointer<OperationResult> { unsafe members.count == 1 ? members[0].resultBase : results }

  /// Brings small frames together, applies the rules of the edge and orders the operations by shard.
  func layOut() {
    for member in members {
      if members.count > 1 {
        // `hasRoom` bounded the sum of slots.
        unsafe (slots + plan.slotCount * Operation.byteCount).copyMemory(
          from: member.slotBase, byteCount: member.slotCount * Operation.byteCount)
      }
      let first = plan.operationCount
      unsafe plan.add(member.slotBase, slotCount: member.slotCount, operationCount: member.operationCount)
      if !member.authority.isFull {
        member.refusalCount = unsafe EdgeRules.apply(
          member.authority, to: plan, from: first, slots: slotBase, results: resultBase)
      }
    }
    plan.sort()
  }

  /// Gives each member its results and its place, and links them for the way back.
  func handBack(stamp: Instant, groupStart: UInt64, ringEnd: UInt64) {
    var first = 0
    var previous: Submission?
    for (index, member) in members.enumerated() {
      if members.count > 1 {
        // Both have `operationCount` results.
        unsafe member.resultBase.update(from: results + first, count: member.operationCount)
      }
      first += member.operationCount
      member.stamp = stamp
      member.groupStart = groupStart
      member.frameIndex = UInt32(index)
      member.next = nil
      previous?.next = member
      previous = member
      if let session = member.session {
        session.lock.acquire()
        session.window.append(member.request, ringEnd: ringEnd)
        session.lock.release()
      }
    }
  }
}
