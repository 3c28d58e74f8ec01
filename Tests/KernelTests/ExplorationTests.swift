import Foundation
import Kernel
import Testing

/// Every reachable state of small contracts: invariants, liveness, and the kernel's answer to every move.
/// `KERNEL_EXPLORE_STATES` sets how many states of each contract are visited.
@Suite struct ExplorationTests {
  static let stateCountMax = Int(ProcessInfo.processInfo.environment["KERNEL_EXPLORE_STATES"] ?? "") ?? 1500

  static var scenarios: [Scenario] {
    func day(_ days: Int) -> Int { days * 86_400 }
    var plain = Terms()
    plain.retentionCap = 4
    plain.arbiter = Moves.arbiter
    (plain.review, plain.payBy, plain.disputeWindow) = (day(1), day(1), day(1))
    (plain.arbitration, plain.defectPeriod, plain.grace) = (day(1), day(1), 0)
    (plain.retention, plain.tds, plain.damagesCap, plain.defaultSplit) = (2500, 2500, 5000, 5000)
    plain.holdDays = 1
    plain.dormantDays = 1
    plain.expire = true
    plain.escalateDispute = true
    var silent = plain
    silent.autoApprove = true
    silent.expireRefund = true
    var unfunded = plain
    (unfunded.unfundedStart, unfunded.expire, unfunded.tds) = (true, false, 0)
    var advanced = plain
    (advanced.advance, advanced.advanceRecovery, advanced.retention) = (5000, 5000, 0)
    var policy = Policy()
    (policy.escalation, policy.maxLevel, policy.reworkLimit) = (day(1), 1, 1)
    var quorum = policy
    (quorum.votes, quorum.ordered, quorum.majority) = ([1, 1, 0, 0], 1, 1)
    return [
      Scenario(name: "one milestone", terms: plain, policy: policy, amounts: [4], dayCount: 3, hasSuspension: false),
      Scenario(
        name: "approval by silence", terms: silent, policy: policy, amounts: [4], dayCount: 4, hasHolds: false,
        hasChanges: false),
      Scenario(
        name: "unfunded start", terms: unfunded, policy: policy, amounts: [2], dayCount: 3, hasHolds: false,
        hasSuspension: false),
      Scenario(
        name: "advance", terms: advanced, policy: policy, amounts: [4], dayCount: 2, hasHolds: false,
        hasSuspension: false, hasChanges: false),
      Scenario(
        name: "two approvers", terms: plain, policy: quorum, amounts: [2], dayCount: 3,
        seats: [(4, 2, 0), (5, 2, 1)], hasHolds: false, hasSuspension: false, hasChanges: false),
      Scenario(
        name: "two milestones", terms: plain, policy: policy, amounts: [2, 2], dayCount: 2, hasHolds: false,
        hasSuspension: false, hasChanges: false),
      Scenario(
        name: "pauses", terms: silent, policy: policy, amounts: [1], dayCount: 4, hasChanges: false),
    ]
  }

  @Test(arguments: scenarios.indices)
  func reachableStatesAreSoundAndLive(_ index: Int) {
    let scenario = Self.scenarios[index]
    let explorer = Explorer(scenario, stateCountMax: Self.stateCountMax)
    for problem in explorer.problems { Issue.record("\(scenario.name): \(problem)") }

    for strategy in Strategy.allCases {
      var proof = LivenessProof(strategy)
      for (index, node) in explorer.nodes.enumerated() {
        guard let reason = proof.check(node) else { continue }
        Issue.record("\(scenario.name), \(strategy.rawValue):\n\(Trace.text(explorer.path(index)))\n\(reason)")
        break
      }
    }
    var probe = KernelProbe()
    for index in explorer.nodes.indices where probe.difference == nil { probe.check(explorer, index) }
    if let difference = probe.difference { Issue.record("\(scenario.name): \(difference)") }
    print(
      "exploration, \(scenario.name): \(explorer.nodes.count) states\(explorer.isComplete ? " (all)" : ""),",
      "\(explorer.edgeCount) moves, \(probe.answerCount) answers of the kernel")
  }
}

/// Asks the kernel the same questions: it replays the path to a state and answers every move there.
/// A move is tried as the first member of a chain that fails, so the state is the same for the next.
struct KernelProbe {
  var answerCount = 0
  var difference: String?

  mutating func check(_ explorer: Explorer, _ index: Int) {
    let node = explorer.nodes[index]
    var machine = Machine()
    for batch in explorer.path(index) {
      let results = machine.apply(batch.requests, stamp: batch.stamp)
      guard results.allSatisfy(\.isAccepted) else {
        difference = "replay: \(results.map(\.text)) for \(batch.requests)"
        return
      }
    }
    var bad = Operation(.offer, tenant: 1, contract: 1, id: 1)
    bad.code = 0
    // The stamp alone is a change; refusals at the same stamp are none.
    _ = machine.apply([Request(bad)], stamp: node.now)
    let digest = machine.shard.digest()
    for move in Moves.all(node, explorer.scenario) {
      let chain = move.requests.map(\.linked) + [Request(bad)]
      var model = node.model
      let expected = model.apply(chain, stamp: move.stamp)
      let found = machine.apply(chain, stamp: move.stamp)
      answerCount += 1
      if expected != found {
        difference =
          "\(Trace.text(explorer.path(index)))\n\(chain): model \(expected.map(\.text)), kernel \(found.map(\.text))"
        return
      }
    }
    if machine.shard.digest() != digest { difference = "a chain that failed left a trace: \(explorer.path(index))" }
    if let finding = machine.shard.audit().first { difference = "audit: \(finding)" }
  }
}
