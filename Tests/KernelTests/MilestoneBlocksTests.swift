import Testing

@testable import Kernel

/// Runs of milestones in a slab that is full: what contracts left behind must serve those that come.
@Suite struct MilestoneBlocksTests {
  private static let add = OperationCode.addMilestone.rawValue

  /// The first milestone of a contract takes 4 records, the fifth 8, the 17th 32.
  private static func need(_ logs: [UInt8]) -> MilestoneNeed {
    logs.reduce(into: MilestoneNeed()) { $0.add(code: add, ordinal: $1 == 2 ? 1 : UInt16(1 << ($1 - 1)) + 1) }
  }

  private static func blocks(_ capacity: Int) -> MilestoneBlocks {
    MilestoneBlocks(capacity: capacity, kind: 1, hugePages: false)
  }

  @Test func needIsThatOfTheBlock() {
    let needs: [(ordinal: UInt16, count: UInt32)] = [
      (0, 0), (1, 4), (2, 0), (4, 0), (5, 8), (6, 0), (8, 0), (9, 16), (17, 32), (18, 0), (32_769, 65_536), (.max, 0),
    ]
    for (ordinal, count) in needs {
      let need = MilestoneNeed(code: Self.add, ordinal: ordinal)
      #expect(need.total == count && need.largest == count, "\(ordinal)")
      #expect(MilestoneNeed(code: OperationCode.fund.rawValue, ordinal: ordinal).total == 0)
    }
    var need = Self.need([2, 5, 3])
    #expect(need.total == 44 && need.largest == 32)
    need.remove(code: Self.add, ordinal: 17)
    #expect(need.total == 12 && need.largest == 32)
    // So many that they cannot be counted are too many for any shard, and stay so.
    for _ in 0..<65_537 { need.add(code: Self.add, ordinal: 32_769) }
    need.remove(code: Self.add, ordinal: 32_769)
    #expect(need.total == .max)
  }

  @Test func runsOfSmallContractsServeLargerOnes() {
    var blocks = Self.blocks(64)
    let bases = (0..<16).map { _ in blocks.allocate(capacityLog: 2) }
    let isFull = !blocks.hasRoom(Self.need([2]))
    #expect(isFull && blocks.heldCount == 64)
    for base in bases { blocks.release(base, capacityLog: 2) }
    let hasRoom = blocks.hasRoom(Self.need([6]))
    #expect(hasRoom && blocks.heldCount == 0)
    #expect(blocks.allocate(capacityLog: 6) == 0 && blocks.slab.count == 64)
  }

  /// No run of eight is free, but eight runs of four are.
  @Test func gapsServeWhatFitsIntoThem() {
    var blocks = Self.blocks(64)
    let bases = (0..<16).map { _ in blocks.allocate(capacityLog: 2) }
    for base in bases where base % 8 == 0 { blocks.release(base, capacityLog: 2) }
    let hasLarge = blocks.hasRoom(Self.need([3]))
    let hasSmall = blocks.hasRoom(Self.need(Array(repeating: 2, count: 8)))
    let hasMore = blocks.hasRoom(Self.need(Array(repeating: 2, count: 9)))
    #expect(!hasLarge && hasSmall && !hasMore)
  }

  /// Whatever was allocated and freed before: where there is said to be room for a group, it is there in any order, apart from all
  /// that is in use. And where everything is free, there is room.
  @Test(arguments: 1...40 as ClosedRange<UInt64>) func roomThatWasPromisedIsThere(seed: UInt64) {
    var random = SeededGenerator(seed)
    let capacity = 1_024
    var blocks = Self.blocks(capacity)
    var held: [(base: UInt32, log: UInt8)] = []
    var isUsed = [Bool](repeating: false, count: capacity)
    func claim(_ base: UInt32, _ log: UInt8) {
      for place in Int(base)..<Int(base) + 1 << Int(log) {
        #expect(!isUsed[place])
        isUsed[place] = true
      }
      held.append((base, log))
    }
    var promisedCount = 0
    for _ in 0..<400 {
      for _ in 0..<Int.random(in: 0...held.count / 2, using: &random) {
        let run = held.remove(at: Int.random(in: held.indices, using: &random))
        blocks.release(run.base, capacityLog: run.log)
        for place in Int(run.base)..<Int(run.base) + 1 << Int(run.log) { isUsed[place] = false }
      }
      let logs = (0..<Int.random(in: 1...24, using: &random)).map { _ in UInt8.random(in: 2...6, using: &random) }
      let hasRoom = blocks.hasRoom(Self.need(logs))
      guard hasRoom else { continue }
      promisedCount += 1
      for log in logs.shuffled(using: &random) { claim(blocks.allocate(capacityLog: log), log) }
      #expect(blocks.heldCount == isUsed.count { $0 })
    }
    #expect(promisedCount > 50)
    for run in held { blocks.release(run.base, capacityLog: run.log) }
    // The slab may end before its capacity, so a run of all of it need not be there.
    let hasRoom = blocks.hasRoom(Self.need([9]))
    #expect(hasRoom && blocks.heldCount == 0)
  }

  /// What lies behind the last run in use is not in an image any more after a start.
  @Test func aStartForgetsTheFreeEnd() {
    var blocks = Self.blocks(64)
    _ = blocks.slab.extend(by: 60)
    let fits = blocks.rebuildFree(used: [(16, 3), (4, 2)])
    #expect(fits && blocks.slab.count == 24 && blocks.heldCount == 12)
    #expect(blocks.allocate(capacityLog: 3) == 8 && blocks.allocate(capacityLog: 2) == 0)
    #expect(blocks.allocate(capacityLog: 3) == 24)
    let overlaps = !blocks.rebuildFree(used: [(0, 3), (4, 2)])
    #expect(overlaps)
  }
}
