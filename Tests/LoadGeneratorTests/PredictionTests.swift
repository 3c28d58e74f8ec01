import Kernel
import Testing

@testable import LoadGenerator

/// Goal: every answer that the generator predicts is the kernel's. Method: run generated frames through
/// a shard in memory and compare answers one by one, then the totals of each tenant, then the kernel's own audit.
@Suite struct PredictionTests {
  static let start: Instant = 1_750_000_000_000

  @Test(arguments: [
    (seed: 1, contracts: 200, milestones: 8, batch: 8_190), (2, 7, 8, 1), (3, 64, 1, 3), (4, 30, 64, 100),
    (5, 1, 8, 50), (6, 1_000, 8, 1_024),
  ])
  func everyAnswerIsPredicted(seed: Int, contracts: Int, milestones: Int, batch: Int) {
    var generator = LifecycleGenerator(
      run: RunIdentity(word: 77), connection: 3, seed: UInt64(seed), contractCount: contracts,
      milestoneCount: milestones, tenantCount: 5, firstTenant: 40)
    let frame = GeneratedFrame(operationLimit: batch)
    var harness = KernelHarness()
    var now = Self.start
    while !generator.isSetUp {
      frame.write { generator.fill($0, now: now) }
      harness.apply(frame.slots, frame.answers, stamp: now + 1)
      now += 2
    }
    let wanted = contracts * milestones * 60 + 60_000
    while harness.operationCount < wanted || generator.overflowCount > 0 {
      frame.write { generator.fill($0, now: now) }
      harness.apply(frame.slots, frame.answers, stamp: now + 1)
      now += 2
    }
    #expect(harness.differences == [])
    for slot in 0..<5 {
      let totals = harness.shard.totals(tenant: 40 + UInt32(slot)) ?? Totals()
      #expect(totals == generator.totals(tenantSlot: slot), "tenant \(slot)")
    }
    #expect(harness.shard.audit() == [])
  }

  /// A read that shows too little, too much or something else is a difference; one that may be right is none.
  @Test func wrongReadsAreFound() throws {
    var generator = LifecycleGenerator(
      run: RunIdentity(word: 81), connection: 1, seed: 9, contractCount: 20, milestoneCount: 2, tenantCount: 1,
      firstTenant: 1)
    let frame = GeneratedFrame(operationLimit: 100)
    while !generator.isSetUp { frame.write { generator.fill($0, now: Self.start) } }
    let early = generator.chooseRead(answeredCount: 0)
    #expect(early?.contract == nil, "nothing is answered: no contract need be there")
    let chosen = generator.chooseRead(answeredCount: generator.writtenCount)
    let choice = try #require(chosen)
    let right = (0..<2).map { ReadMilestone(generator.milestones[choice.place * 2 + $0]) }
    let judgement = generator.judge(choice, right)
    #expect(judgement == ReadJudgement(comparedCount: 2, difference: nil))
    for (found, text) in [
      (nil, "is not there"), ([right[0]], "has 1 milestones, not 2"), ([right[1], right[0]], "in the place of"),
    ] as [([ReadMilestone]?, String)] {
      let difference = generator.judge(choice, found).difference
      #expect(difference?.contains(text) == true, "\(text)")
    }
    for (change, text) in [
      ({ $0.version -= 1 }, "was answered before"), ({ $0.version += 1 }, "nothing beyond"),
      ({ $0.held += 1 }, "predicted"), ({ $0.state ^= 1 }, "predicted"),
    ] as [((inout ReadMilestone) -> Void, String)] {
      var wrong = right
      change(&wrong[1])
      let difference = generator.judge(choice, wrong).difference
      #expect(difference?.contains(text) == true, "\(text)")
    }
  }

  @Test(arguments: Workload.allCases, TenantSpread.allCases)
  func everyWorkloadIsPredicted(workload: Workload, spread: TenantSpread) {
    var generator = LifecycleGenerator(
      run: RunIdentity(word: 79), connection: 1, seed: 5, workload: workload, contractCount: 200, milestoneCount: 8,
      tenantCount: 7, spread: spread, firstTenant: 1)
    let frame = GeneratedFrame(operationLimit: 500)
    var harness = KernelHarness()
    while !generator.isSetUp {
      frame.write { generator.fill($0, now: Self.start) }
      harness.apply(frame.slots, frame.answers, stamp: Self.start)
    }
    while harness.operationCount < 100_000 || generator.overflowCount > 0 {
      frame.write { generator.fill($0, now: Self.start) }
      harness.apply(frame.slots, frame.answers, stamp: Self.start)
    }
    #expect(harness.differences == [])
    for slot in 0..<7 {
      #expect((harness.shard.totals(tenant: 1 + UInt32(slot)) ?? Totals()) == generator.totals(tenantSlot: slot))
    }
    #expect(generator.closedCount == harness.acceptedByCode[OperationCode.closeContract.rawValue, default: 0])
    let disputes = harness.acceptedByCode[OperationCode.dispute.rawValue, default: 0]
    #expect((disputes * 80 > harness.operationCount) == (workload == .disputes))
    let share = harness.shard.totals(tenant: 1).map { Double($0.funded) } ?? 0
    let all = (1...7).reduce(0) { $0 + Double(harness.shard.totals(tenant: $1)?.funded ?? 0) }
    // A seventh, or 1 / (1 + 1/2 + ... + 1/7).
    #expect(abs(share / all - (spread == .zipf ? 0.386 : 0.143)) < 0.06)
  }

  /// Goal: straight-through is what it says. Method: 64 operations for each contract of 8 milestones, each step of each milestone once, all accepted.
  @Test func straightThroughDoesEachStepOnce() {
    let contractCount = 100
    var generator = LifecycleGenerator(
      run: RunIdentity(word: 80), connection: 0, seed: 12, workload: .straightThrough, contractCount: contractCount,
      milestoneCount: 8, tenantCount: 3, firstTenant: 1)
    // Thirteen operations set a contract up; so many of a frame that the third lives end with one.
    let frame = GeneratedFrame(operationLimit: 50)
    var harness = KernelHarness()
    while harness.operationCount < (13 + 3 * 64) * contractCount {
      frame.write { generator.fill($0, now: Self.start) }
      harness.apply(frame.slots, frame.answers, stamp: Self.start)
    }
    #expect(harness.differences == [] && generator.overflowCount == 0)
    #expect(Array(harness.codes.keys) == [ResultCode.ok.rawValue])
    let eachLife: [OperationCode] = [.complete, .remit, .closeContract]
    let eachMilestone: [OperationCode] = [.fund, .start, .submit, .approve, .release, .payoutResult]
    let eachSetUp: [OperationCode] = [.createContract, .verifyPayee, .offer, .accept, .deposit]
    var expected: [UInt8: Int] = [OperationCode.addMilestone.rawValue: 4 * 8 * contractCount]
    for code in eachSetUp { expected[code.rawValue] = 4 * contractCount }
    for code in eachLife { expected[code.rawValue] = 3 * contractCount }
    for code in eachMilestone { expected[code.rawValue] = 3 * 8 * contractCount }
    #expect(harness.acceptedByCode == expected)
    #expect(generator.closedCount == 3 * contractCount)
  }

  /// Goal: the mix is the whole life. Method: every operation is accepted at least once but those that only
  /// time can bring about, and these are refused.
  @Test func everyOperationIsInTheMix() {
    var generator = LifecycleGenerator(
      run: RunIdentity(word: 78), connection: 0, seed: 11, contractCount: 300, milestoneCount: 8, tenantCount: 3,
      firstTenant: 1)
    let frame = GeneratedFrame(operationLimit: 1_000)
    var harness = KernelHarness()
    while !generator.isSetUp {
      frame.write { generator.fill($0, now: Self.start) }
      harness.apply(frame.slots, frame.answers, stamp: Self.start)
    }
    for _ in 0..<300 {
      frame.write { generator.fill($0, now: Self.start) }
      harness.apply(frame.slots, frame.answers, stamp: Self.start)
    }
    #expect(harness.differences == [])
    let timed: Set<OperationCode> = [.autoApprove, .escalate, .expire]
    // What is pruned cannot be played with any more.
    for code in OperationCode.allCases where code != .prune {
      #expect(timed.contains(code) != (harness.acceptedByCode[code.rawValue, default: 0] > 0), "\(code.name)")
      #expect(harness.offeredByCode[code.rawValue, default: 0] > 0, "\(code.name)")
    }
    // Refusals are there, and few.
    let refused = harness.operationCount - harness.codes[0, default: 0]
    #expect(refused * 200 > harness.operationCount && refused * 20 < harness.operationCount)
    #expect(harness.codes.count > 20)
  }
}
