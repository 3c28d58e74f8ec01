/// Runs of milestone records, one for a contract, in sizes of powers of two; freed runs are used again.
struct MilestoneBlocks: ~Copyable {
  var slab: Slab<MilestoneRecord>
  private var free: [[UInt32]] = Array(repeating: [], count: 17)
  /// Records in free runs.
  private var freeCount = 0

  /// A contract's first block holds 4 milestones.
  static let firstCapacityLog: UInt8 = 2

  init(capacity: Int, kind: UInt8, hugePages: Bool) {
    slab = Slab(capacity: capacity, kind: kind, hugePages: hugePages)
  }

  /// The size of block for so many milestones, as a contract that grew to them has it.
  static func capacityLog(for count: Int) -> UInt8 {
    max(firstCapacityLog, UInt8(Int.bitWidth - max(0, count - 1).leadingZeroBitCount))
  }

  /// Index of the first of `1 << capacityLog` records. A larger free run is split before the slab grows: after a restore
  /// what contracts left behind lies in large runs.
  mutating func allocate(capacityLog: UInt8) -> UInt32 {
    let wanted = Int(capacityLog)
    for log in wanted..<free.count {
      guard let base = free[log].popLast() else { continue }
      for half in wanted..<log { free[half].append(base + 1 << UInt32(half)) }
      freeCount -= 1 << wanted
      return base
    }
    return UInt32(slab.extend(by: 1 << wanted))
  }

  func canAllocate(capacityLog: UInt8) -> Bool {
    hasRoom(1 << Int(capacityLog)) || free[Int(capacityLog)...].contains { !$0.isEmpty }
  }

  mutating func release(_ base: UInt32, capacityLog: UInt8) {
    free[Int(capacityLog)].append(base)
    freeCount += 1 << Int(capacityLog)
  }

  /// Whether the slab can grow by so many.
  func hasRoom(_ count: Int) -> Bool { slab.count + count <= slab.capacity }

  /// Records that contracts hold, in use or not yet.
  var heldCount: Int { slab.count - freeCount }

  /// Records that ADD_MILESTONE takes from the slab at most, if it is accepted: an ordinal says whether its contract's block is full.
  static func need(ordinal: UInt16) -> Int {
    let count = Int(ordinal) - 1
    if count == 0 { return 1 << Int(firstCapacityLog) }
    return count >= 1 << Int(firstCapacityLog) && count & (count - 1) == 0 ? 2 * count : 0
  }

  /// Makes room for one more milestone of a contract; moves the block when it is full.
  mutating func makeRoom(_ c: inout ContractRecord) {
    guard c.flags.contains(.hasMilestoneBlock) else {
      c.milestoneBase = allocate(capacityLog: Self.firstCapacityLog)
      c.capacityLog = Self.firstCapacityLog
      c.flags.insert(.hasMilestoneBlock)
      return
    }
    let count = Int(c.milestoneCount)
    if count < 1 << Int(c.capacityLog) { return }
    let base = allocate(capacityLog: c.capacityLog + 1)
    slab.willWrite(Int(base), length: count)
    for index in 0..<count { slab[Int(base) + index] = slab[Int(c.milestoneBase) + index] }
    release(c.milestoneBase, capacityLog: c.capacityLog)
    c.milestoneBase = base
    c.capacityLog += 1
  }

  /// Finds the free runs again, from the runs in use: (base, capacityLog), any order; false when two of them overlap.
  /// - Precondition: they lie inside the slab.
  mutating func rebuildFree(used: [(base: UInt32, capacityLog: UInt8)]) -> Bool {
    for log in 0..<free.count { free[log] = [] }
    freeCount = 0
    var next = 0
    for run in used.sorted(by: { $0.base < $1.base }) {
      if Int(run.base) < next { return false }
      releaseGap(next, Int(run.base))
      next = Int(run.base) + 1 << Int(run.capacityLog)
    }
    releaseGap(next, slab.count)
    return true
  }

  private mutating func releaseGap(_ from: Int, _ to: Int) {
    var position = from
    while position < to {
      // The largest power of two that fits.
      let log = min(16, Int.bitWidth - 1 - (to - position).leadingZeroBitCount)
      release(UInt32(position), capacityLog: UInt8(log))
      position += 1 << log
    }
  }
}
