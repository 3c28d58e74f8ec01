import Kernel
import Testing

/// Deadlines fire by themselves, in order, each at its own time. Source: DOMAIN 6.
@Suite struct TimerTests {
  /// Fires everything due by `stamp` in kernel and model; what differed, or nil.
  private func drain(_ comparison: inout Comparison, by stamp: Instant, fired: inout [DueTimer]) -> String? {
    for _ in 0..<2000 {
      let earliest = comparison.machine.shard.earliestTimer()
      guard let timer = comparison.machine.shard.nextDueTimer(by: stamp) else { return nil }
      if timer.fireInstant < earliest { return "\(Request(timer.operation)) fires before \(earliest)" }
      fired.append(timer)
      let batch = Batch(
        stamp: max(timer.stamp, comparison.machine.shard.lastStamp), requests: [Request(timer.operation)])
      if batch.stamp > stamp { return "\(Request(timer.operation)) is stamped \(timer.stamp), after \(stamp)" }
      if timer.operation.actor != 0 { return "a timer is an operation of the operator" }
      if !isAnnounced(timer, comparison.machine.shard) { return "\(Request(timer.operation)) was not among the timers" }
      if let difference = comparison.applyTimer(batch) { return difference }
    }
    return "timers do not come to an end: \(fired.suffix(4).map { "\(Request($0.operation))" })"
  }

  /// Whether a read of the contract's timers has one that fires now, with what it moves.
  private func isAnnounced(_ timer: DueTimer, _ shard: borrowing Shard) -> Bool {
    let operation = timer.operation
    let timers = shard.timers(
      tenant: operation.tenant, contract: operation.contract, due: timer.fireInstant..<timer.fireInstant + 1)
    let moves = [OperationCode.releaseRetention.rawValue, OperationCode.refund.rawValue].contains(operation.code)
    return timers.contains {
      $0.ordinal == operation.ordinal && $0.kind.rawValue == UInt8(truncatingIfNeeded: operation.id)
        && $0.amount == (moves ? operation.amount : 0)
    }
  }

  /// A hold stops the clock that the due date is on: a rejection meanwhile gives the payee time, it never takes any. Due on day 10, held from day 9 to
  /// day 12, a day of grace.
  @Test(arguments: [false, true]) func aRejectionDuringAHoldTakesNoTime(isRejected: Bool) {
    var story = Story()
    #expect(story.mustTell(Scene.submitted.road()) == nil)
    story.now = day(9)
    #expect(story.tell(op(.hold, m: 1, by: payer, day(12), arg: 1)).isAccepted)
    story.now = day(11)
    if isRejected { #expect(story.tell(op(.reject, m: 1, by: payer, arg: 7)).isAccepted) }
    story.now = day(12)
    #expect(story.tell(op(.hold, 1, m: 1, by: payer)).isAccepted)
    if !isRejected { #expect(story.tell(op(.withdrawSubmission, m: 1, by: payee)).isAccepted) }
    story.now = day(14, plus: -1)
    #expect(story.tell(op(.expire, m: 1)).resultCode == .notDue)
    story.now = day(14)
    #expect(story.tell(op(.expire, m: 1)).isAccepted)
    #expect(story.difference == nil)
  }

  /// What the kernel says of a contract's timers and the model does not, or the other way round; nil where they agree.
  private func difference(_ contract: Contract, _ shard: borrowing Shard) -> String? {
    guard let page = shard.timers(tenant: contract.tenant, contract: contract.id, limit: .max) else {
      return contract.timers.isEmpty ? nil : "the kernel has no contract \(contract.id)"
    }
    let told = page.timers.filter { $0.kind != .retention }
      .map { RunningTimer(ordinal: $0.ordinal, kind: $0.kind, due: $0.due) }
    guard Set(told) == Set(contract.timers), told.count == contract.timers.count else {
      return "the kernel tells \(told), the model has \(contract.timers)"
    }
    if page.timers.map(\.place) != page.timers.map(\.place).sorted() { return "not in order: \(page.timers)" }
    // The same in parts of any length.
    for limit in [1, 3] {
      var (parts, place): ([TimerSnapshot], UInt32?) = ([], 0)
      while let after = place, parts.count <= page.timers.count {
        let part = shard.timers(tenant: contract.tenant, contract: contract.id, after: after, limit: limit)
        parts += part?.timers ?? []
        place = part?.next
      }
      if parts != page.timers { return "in parts of \(limit): \(parts), at once: \(page.timers)" }
    }
    return nil
  }

  /// Random runs with timers: all of them accepted, none missing, none late.
  @Test(arguments: UInt64(1)...30) func timersFireAll(_ seed: UInt64) {
    var generator = RunGenerator(seed: seed)
    var comparison = Comparison()
    comparison.machine.shard.armTimers()
    var stamp = Instant.min
    var log: [String] = []
    for _ in 0..<80 {
      let batch = generator.nextBatch()
      guard batch.stamp >= stamp else { continue }
      stamp = batch.stamp
      var fired: [DueTimer] = []
      if let problem = drain(&comparison, by: stamp, fired: &fired) {
        Issue.record("seed \(seed): \(problem)")
        return
      }
      log += fired.map { "  [\($0.stamp)] timer \(Request($0.operation))" }
      let fireInstants = fired.map(\.fireInstant)
      #expect(fireInstants.allSatisfy { $0 <= stamp }, "seed \(seed)")
      for contract in comparison.model.contracts.values {
        let overdue = contract.overdue(by: stamp)
        guard overdue.isEmpty else {
          let name = "t\(contract.tenant)/c\(contract.id)"
          let history = log.filter { $0.contains(name + "/") }.suffix(30).joined(separator: "\n")
          Issue.record("seed \(seed): \(overdue) of \(name) did not fire by \(stamp)\n\(history)")
          return
        }
      }
      if let difference = comparison.apply(batch, isThorough: true) {
        Issue.record("seed \(seed): \(difference)")
        return
      }
      for request in batch.requests {
        log.append("  [\(stamp)] \(request) -> \(comparison.model.answer(request, .ok).text)")
      }
      for contract in comparison.model.contracts.values {
        if let problem = difference(contract, comparison.machine.shard) {
          Issue.record("seed \(seed): t\(contract.tenant)/c\(contract.id): \(problem)")
          return
        }
      }
      // What the timers did is not in the generator's model: it goes on from here.
      generator.follow(comparison.model)
    }
  }

  private func armed(_ scenes: [(contract: UInt128, tenant: UInt32, scene: Scene, terms: Terms)]) -> Comparison {
    var comparison = Comparison()
    comparison.machine.shard.armTimers()
    var id: UInt128 = 10_000
    for item in scenes {
      for var request in item.scene.road(item.terms) {
        id += 1
        request.operation.id = id
        request.operation.contract = item.contract
        request.operation.tenant = item.tenant
        if request.kind == .deposit { request.operation.argument = UInt64(item.contract) }
        #expect(comparison.apply(Batch(stamp: dayZero, requests: [request])) == nil)
        let contract = comparison.model.contracts[ContractKey(tenant: item.tenant, contract: item.contract)]
        #expect(
          contract?.memory.contains(request) == true
            || contract?.milestones.contains { $0.memory.contains(request) } == true)
      }
    }
    return comparison
  }

  /// A clock that is set far ahead: everything that is due by then fires, and what lies behind stays.
  @Test(arguments: UInt64(31)...36, [Int64(1), 90, 8_000])
  func clockSetAheadFiresAll(_ seed: UInt64, years: Int64) {
    var generator = RunGenerator(seed: seed)
    var comparison = Comparison()
    comparison.machine.shard.armTimers()
    var stamp = Instant.min
    for _ in 0..<40 {
      let batch = generator.nextBatch()
      guard batch.stamp >= stamp else { continue }
      stamp = batch.stamp
      var fired: [DueTimer] = []
      #expect(drain(&comparison, by: stamp, fired: &fired) == nil)
      #expect(comparison.apply(batch, isThorough: true) == nil)
      generator.follow(comparison.model)
    }
    for step in 1...3 {
      let ahead = stamp + Int64(step) * years * 31_557_600_000
      var fired: [DueTimer] = []
      #expect(drain(&comparison, by: ahead, fired: &fired) == nil)
      #expect(comparison.model.contracts.values.allSatisfy { $0.overdue(by: ahead).isEmpty })
    }
  }

  @Test func timersFireInOrderOfInstantContractAndOrdinal() {
    var comparison = armed([
      (9, 1, .submitted, Scene.terms), (4, 1, .submitted, Scene.terms), (6, 1, .funded, Scene.terms),
    ])
    var fired: [DueTimer] = []
    #expect(drain(&comparison, by: day(12), fired: &fired) == nil)
    struct Place: Comparable {
      var fire: Instant
      var contract: UInt128
      var ordinal: UInt16
      static func < (a: Place, b: Place) -> Bool {
        (a.fire, a.contract, a.ordinal) < (b.fire, b.contract, b.ordinal)
      }
    }
    let places = fired.map {
      Place(fire: $0.fireInstant, contract: $0.operation.contract, ordinal: $0.operation.ordinal)
    }
    #expect(places == places.sorted())
    // Silence approves both submissions on day 2; on day 11 what was never finished expires.
    #expect(
      fired.prefix(2).map(\.operation.code) == [OperationCode.autoApprove.rawValue, OperationCode.autoApprove.rawValue])
    #expect(fired.prefix(2).map(\.operation.contract) == [4, 9])
    #expect(fired.prefix(2).map(\.stamp) == [day(2), day(2)])
    #expect(fired.contains { $0.operation.code == OperationCode.expire.rawValue && $0.fireInstant == day(11) })
  }

  /// The clock of a timer is its own instant or what the tenant has already seen, whichever is later;
  /// what other tenants did moves nothing.
  @Test func timerIsStampedWithTheTenantsOwnTime() {
    var comparison = armed([(1, 1, .submitted, Scene.terms), (1, 2, .submitted, Scene.terms)])
    // Tenant 2 is busy on day 3, past its own deadline; tenant 1 has been silent since day 0.
    var late = op(.verifyPayee)
    late.operation.tenant = 2
    late.operation.id = 7
    #expect(comparison.apply(Batch(stamp: day(3), requests: [late])) == nil)
    var stamps: [UInt32: Instant] = [:]
    for _ in 0..<2 {
      guard let timer = comparison.machine.shard.nextDueTimer(by: day(2)) else { break }
      stamps[timer.operation.tenant] = timer.stamp
      // Each is taken at its own stamp, also when another tenant has seen a later one.
      let results = comparison.machine.apply([Request(timer.operation)], stamp: timer.stamp)
      #expect(results[0].isAccepted, "\(Request(timer.operation)) at \(timer.stamp): \(results[0].text)")
    }
    #expect(stamps == [1: day(2), 2: day(3)])
    let hasMore = comparison.machine.shard.nextDueTimer(by: day(2)) != nil
    #expect(!hasMore)
  }

  @Test func disputeAtTheInstantOfSilenceFindsApproval() {
    var comparison = armed([(1, 1, .submitted, Scene.terms)])
    var fired: [DueTimer] = []
    #expect(drain(&comparison, by: day(2), fired: &fired) == nil)
    #expect(fired.map(\.operation.code) == [OperationCode.autoApprove.rawValue])
    var dispute = op(.dispute, m: 1, by: payer, arg: 1)
    dispute.operation.id = 5
    #expect(comparison.apply(Batch(stamp: day(2), requests: [dispute])) == nil)
    #expect(comparison.model.contracts[ContractKey(tenant: 1, contract: 1)]?.milestones[0].state == .disputed)
  }

  /// Asking early changes nothing: a timer fires at its instant, not a millisecond before, and not never.
  @Test(arguments: [Int64(1), 1000, 60_000, 200_000, 3_600_000, 86_400_000])
  func timersFireOnTheirInstant(_ early: Int64) {
    var comparison = armed([(1, 1, .submitted, Scene.terms), (2, 1, .funded, Scene.terms)])
    func fires(_ instant: Instant) -> Bool { comparison.machine.shard.nextDueTimer(by: instant) != nil }
    let isEarly = fires(day(2) - early) || fires(day(2, plus: -1))
    #expect(!isEarly)
    var late = op(.verifyPayee)
    late.operation.id = 7
    late.operation.contract = 2
    #expect(comparison.apply(Batch(stamp: day(2, plus: -1), requests: [late])) == nil)
    let isStillEarly = fires(day(2, plus: -1))
    #expect(!isStillEarly)
    let isDue = fires(day(2))
    #expect(isDue)
  }

  /// Within one batch a milestone passes through a state whose timer is due at once, and comes to rest
  /// in one whose timer is due later: the later one still fires.
  @Test func timerOfAStateThatWasPassedDoesNotSwallowTheNext() {
    var story = Story()
    story.comparison.machine.shard.armTimers()
    var policy = Policy()
    policy.escalation = days(1)
    #expect(story.mustTell(Scene.approved.road(Scene.terms, policy)) == nil)
    #expect(story.mustTell([op(.release, m: 1, by: payer, 300)]) == nil)
    story.now = day(1)
    let early = story.comparison.machine.shard.nextDueTimer(by: day(1)) != nil
    #expect(!early)
    let first = story.milestone(1).pending
    #expect(
      story.mustTell([op(.payoutResult, m: 1, first, arg: 51, ver: 1), op(.release, m: 1, by: payer, 300)]) == nil)
    let second = story.milestone(1).pending
    #expect(
      story.mustTell([op(.payoutResult, m: 1, second, arg: 52, ver: 2), op(.submit, m: 1, by: payee, 400, arg: 9)])
        == nil)
    let timer = story.comparison.machine.shard.nextDueTimer(by: day(2))
    #expect(timer?.operation.code == OperationCode.escalate.rawValue)
    #expect(timer?.stamp == day(2))
  }

  @Test func unarmedShardFiresNothing() {
    var story = Story()
    #expect(story.mustTell(Scene.submitted.road()) == nil)
    let earliest = story.comparison.machine.shard.earliestTimer()
    #expect(earliest == .max)
    story.comparison.machine.shard.armTimers()
    let armed = story.comparison.machine.shard.earliestTimer()
    #expect(armed <= day(2))
    let timer = story.comparison.machine.shard.nextDueTimer(by: day(2))
    #expect(timer?.operation.code == OperationCode.autoApprove.rawValue)
  }
}

extension DueTimer {
  /// The low half of the id is (fire instant, timer number), 56 and 8 bits.
  var fireInstant: Instant { Instant(UInt64(truncatingIfNeeded: operation.id) >> 8) }
}
