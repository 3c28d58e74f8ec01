import Kernel

/// What a queue's submits work with, made once: the plan, and the frames of the group being gathered.
///
/// Frames stay where they lie: the plan counts slots and results from the lowest of the group's, so that many are applied together and none
/// is copied. More operations a group are fewer times that each shard's memory is met cold.
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

  /// Most frames of a group, and most slots unless a single frame has more: two of the largest without many extensions.
  private static let frameCountMax = 4_096
  private static let slotCountMax = 20_480

  private var slotCount = 0
  /// Where the members' slots and results lie.
  private var slotSpan = MemorySpan()
  private var resultSpan = MemorySpan()

  /// Most bytes that a group takes in the log, and that the deadlines take which go before it.
  let groupByteCountMax: Int
  let timerByteCountMax: Int

  init(shardCount: Int, configuration: EngineConfiguration) {
    let capacity = max(Self.slotCountMax, 2 * configuration.operationsPerSubmissionMax)
    plan = GroupPlan(shardCount: shardCount, capacity: capacity)
    loader = ArchiveLoader(shardCount: shardCount)
    groupByteCountMax =
      GroupOffsets(
        kind: .frames, frameCount: Self.frameCountMax, shardCount: shardCount, operationCount: capacity,
        slotCount: capacity, hasRefusals: true
      ).end
    timerByteCountMax = TimerFirings.byteCountMax(count: configuration.timersPerStepMax, shards: shardCount)
  }

  func removeAll() {
    members.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    sequences.removeAll(keepingCapacity: true)
    plan.removeAll()
    firings.removeAll()
    loader.removeAll()
    slotCount = 0
    slotSpan = MemorySpan()
    resultSpan = MemorySpan()
  }

  func hasRoom(for submission: Submission) -> Bool {
    members.isEmpty
      || (members.count < Self.frameCountMax && slotCount + submission.slotCount <= Self.slotCountMax
        && slotSpan.with(slots(of: submission)).isCountable(in: Operation.byteCount)
        && resultSpan.with(results(of: submission)).isCountable(in: OperationResult.byteCount))
  }

  func add(_ submission: Submission) {
    members.append(submission)
    frames.append(
      GroupFrame(
        session: submission.session?.id ?? 0, request: submission.session == nil ? 0 : submission.request,
        traceID: submission.traceID, operationCount: UInt32(submission.operationCount),
        slotCount: UInt32(submission.slotCount)))
    slotCount += submission.slotCount
    slotSpan = slotSpan.with(slots(of: submission))
    resultSpan = resultSpan.with(results(of: submission))
  }

  private func slots(of submission: Submission) -> MemorySpan {
    unsafe MemorySpan(submission.slotBase, byteCount: submission.slotCapacity * Operation.byteCount)
  }

  private func results(of submission: Submission) -> MemorySpan {
    unsafe MemorySpan(submission.resultBase, byteCount: submission.slotCapacity * OperationResult.byteCount)
  }

  /// Whether the group must end behind this frame: its last chain is open and must not run on into the next one.
  func endsGroup(_ submission: Submission) -> Bool { submission.endsInChain }

  /// The lowest slot and result of the group: the plan counts from here.
  var slotBase: UnsafeRawPointer { unsafe slotSpan.start }
  var resultBase: UnsafeMutablePointer<OperationResult> {
    unsafe UnsafeMutableRawPointer(mutating: resultSpan.start).assumingMemoryBound(to: OperationResult.self)
  }

  /// Applies the rules of the edge and orders the operations by shard.
  func layOut() {
    for member in members {
      let first = plan.operationCount
      // `hasRoom` saw that both can be counted.
      unsafe plan.add(
        member.slotBase, slotCount: member.slotCount, operationCount: member.operationCount,
        first: BatchEntry(
          slot: slotSpan.place(of: member.slotBase, in: Operation.byteCount),
          result: resultSpan.place(of: member.resultBase, in: OperationResult.byteCount)))
      if !member.authority.isFull {
        member.refusalCount = unsafe EdgeRules.apply(
          member.authority, to: plan, from: first, slots: slotBase, results: resultBase)
      }
    }
    plan.sort()
  }

  /// Gives each member its place, and links them for the way back.
  func handBack(stamp: Instant, groupStart: UInt64, ringEnd: UInt64) {
    var previous: Submission?
    for (index, member) in members.enumerated() {
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

/// A stretch of memory that holds others: from the lowest of their bytes to behind the highest.
@safe
private struct MemorySpan {
  private var low = UInt.max
  private var high: UInt = 0

  init() {}

  init(_ start: UnsafeRawPointer, byteCount: Int) {
    low = UInt(bitPattern: start)
    high = low + UInt(byteCount)
  }

  func with(_ other: MemorySpan) -> MemorySpan {
    var span = self
    span.low = min(low, other.low)
    span.high = max(high, other.high)
    return span
  }

  /// Whether 32 bits count its units. Units are aligned, so they lie a whole number apart.
  func isCountable(in byteCount: Int) -> Bool { (high - low) / UInt(byteCount) <= UInt(UInt32.max) }

  func place(of address: UnsafeRawPointer, in byteCount: Int) -> UInt32 {
    UInt32((UInt(bitPattern: address) - low) / UInt(byteCount))
  }

  /// - Precondition: it holds something.
  var start: UnsafeRawPointer {
    guard let start = unsafe UnsafeRawPointer(bitPattern: low) else { preconditionFailure("memory at address 0") }
    return unsafe start
  }
}
