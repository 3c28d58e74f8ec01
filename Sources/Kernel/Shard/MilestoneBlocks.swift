/// Runs of milestone records, one for a contract, in sizes of powers of two; freed runs are used again.
struct MilestoneBlocks: ~Copyable {
  var slab: Slab<MilestoneRecord>
  private var free: [[UInt32]] = Array(repeating: [], count: 17)
  /// Records in free runs.
  private var freeCount = 0
  /// Runs that were freed since free ones were last joined.
  private var freedRunCount = 0

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
    canExtend(by: 1 << Int(capacityLog)) || free[Int(capacityLog)...].contains { !$0.isEmpty }
  }

  mutating func release(_ base: UInt32, capacityLog: UInt8) {
    free[Int(capacityLog)].append(base)
    freeCount += 1 << Int(capacityLog)
    freedRunCount += 1
  }

  private func canExtend(by count: Int) -> Bool { slab.count + count <= slab.capacity }

  /// Whether there is room for a group, in whatever order its blocks are asked for. Once the slab cannot grow any more, free runs that lie
  /// next to each other are joined: contracts of another size left them.
  mutating func hasRoom(_ need: MilestoneNeed) -> Bool {
    if canExtend(by: Int(need.total)) || hasFreeRuns(need) { return true }
    // A look at every free run: not again before an eighth of them is new.
    guard freedRunCount > free.reduce(0, { $0 + $1.count }) / 8 else { return false }
    joinFree()
    return hasFreeRuns(need)
  }

  /// Whether free runs, and what the slab can still grow by, are enough.
  ///
  /// Only runs as long as the largest block count. They serve blocks in any order until what is left is shorter than the one asked for, because
  /// splitting leaves each shorter size once; that much may be lost where the slab has to grow.
  private func hasFreeRuns(_ need: MilestoneNeed) -> Bool {
    let smallest = need.largest == 0 ? 0 : UInt32.bitWidth - 1 - need.largest.leadingZeroBitCount
    let count = free.indices.dropFirst(smallest).reduce(0) { $0 + free[$1].count << $1 }
    let total = Int(need.total)
    return count >= total || canExtend(by: total + Int(need.largest) - count)
  }

  private mutating func joinFree() {
    var runs: [(base: UInt32, capacityLog: Int)] = []
    for log in free.indices {
      for base in free[log] { runs.append((base, log)) }
      free[log] = []
    }
    freeCount = 0
    runs.sort { $0.base < $1.base }
    var start = 0
    var end = 0
    for run in runs {
      if Int(run.base) != end {
        releaseGap(start, end)
        start = Int(run.base)
      }
      end = Int(run.base) + 1 << run.capacityLog
    }
    releaseGap(start, end)
    freedRunCount = 0
  }

  /// Records that contracts hold, in use or not yet.
  var heldCount: Int { slab.count - freeCount }

  /// Records that ADD_MILESTONE takes at most, if it is accepted: an ordinal says whether its contract's block is full.
  static func need(ordinal: UInt16) -> UInt32 {
    guard ordinal > 0 else { return 0 }
    let (count, first) = (UInt32(ordinal) - 1, UInt32(1) << UInt32(firstCapacityLog))
    if count == 0 { return first }
    return count >= first && count & (count - 1) == 0 ? 2 * count : 0
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
  ///
  /// The slab ends where the last of them does.
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
    slab.truncate(to: next)
    freedRunCount = 0
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

/// What the ADD_MILESTONE of a group may take of a shard's milestone records, if all of them are accepted.
public struct MilestoneNeed: BitwiseCopyable, Sendable {
  /// Records of all their blocks; the largest number if they are more.
  public private(set) var total: UInt32 = 0
  /// Records of the largest block, or more.
  public private(set) var largest: UInt32 = 0

  /// Of a group without any.
  public init() {}

  /// Of one operation.
  public init(code: UInt8, ordinal: UInt16) { add(code: code, ordinal: ordinal) }

  /// Adds what an operation may take: a contract's block doubles when it is full.
  @inline(__always)
  public mutating func add(code: UInt8, ordinal: UInt16) {
    if code == OperationCode.addMilestone.rawValue { add(MilestoneBlocks.need(ordinal: ordinal)) }
  }

  private mutating func add(_ count: UInt32) {
    let (sum, isTooMuch) = total.addingReportingOverflow(count)
    total = isTooMuch ? .max : sum
    largest = max(largest, count)
  }

  /// Takes an operation out that was added.
  public mutating func remove(code: UInt8, ordinal: UInt16) {
    // Of too many the number is not known any more.
    guard code == OperationCode.addMilestone.rawValue, total != .max else { return }
    total -= MilestoneBlocks.need(ordinal: ordinal)
  }
}
