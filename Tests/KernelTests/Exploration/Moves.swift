import Kernel

/// The moves of an exploration: who might do what in a state, with the sums that matter there.
enum Moves {
  static let payer: UInt32 = 1
  static let payee: UInt32 = 2
  static let arbiter: UInt32 = 3

  static func setUp(_ s: Scenario) -> [Request] {
    var ids = Ids(1)
    let value = s.amounts.reduce(0, +)
    var terms = s.terms
    terms.retentionCap = min(terms.retentionCap, value)
    var batch = [
      Request(
        ids.make(.createContract, actor: payer, amount: value, argument: UInt64(payee) << 32 | UInt64(payer)),
        slot: terms.slot),
      Request(ids.make(.setPolicy, actor: payer), slot: s.policy.slot),
    ]
    for seat in s.seats {
      let argument = UInt64(seat.person) | seat.step << 32 | seat.level << 40
      batch.append(Request(ids.make(.setApprover, actor: payer, argument: argument)))
    }
    for (index, amount) in s.amounts.enumerated() {
      let due = UInt64(Explorer.start + Explorer.day)
      let o = ids.make(.addMilestone, UInt16(index + 1), actor: payer, amount: amount, argument: due)
      batch.append(index == 0 ? Request(o) : Request(o, slot: PredecessorSlot.slot([UInt16(index)])))
    }
    batch.append(Request(ids.make(.offer, actor: payer)))
    batch.append(Request(ids.make(.accept, actor: payee)))
    batch.append(Request(ids.make(.verifyPayee)))
    return batch
  }

  /// New ids and bank references for one node: paths never repeat one.
  struct Ids {
    var next: UInt128
    init(_ first: UInt128) { next = first }

    mutating func make(
      _ kind: OperationCode, mode: UInt8 = 0, _ ordinal: UInt16 = 0, actor: UInt32 = 0, amount: Int64 = 0,
      argument: UInt64 = 0, version: UInt32 = 0
    ) -> Operation {
      next += 1
      return Operation(
        kind, mode: mode, tenant: 1, contract: 1, ordinal: ordinal, id: next, actor: actor, amount: amount,
        argument: argument, expectedVersion: version)
    }

    var reference: UInt64 { UInt64(next) + 1_000_000 }
  }

  static func all(_ node: Explorer.Node, _ s: Scenario) -> [Batch] {
    let c = node.model.contracts[Explorer.key]!
    // Versions only grow along a path, so their sum makes ids that no ancestor has used.
    let age =
      UInt128(c.version) + c.milestones.reduce(UInt128(0)) { $0 + UInt128($1.version) * 7 + UInt128($1.memory.count) }
    let consentAge = c.memory.last.map { $0.operation.id } ?? 0
    let milestoneAge = c.milestones.map { $0.memory.last?.operation.id ?? 0 }.max() ?? 0
    var ids = Ids(max(max(consentAge, milestoneAge), age) + 100)
    var batches: [Batch] = []
    func add(_ operations: Operation...) {
      var requests = operations.map { Request($0) }
      for index in requests.indices.dropLast() { requests[index] = requests[index].linked }
      batches.append(Batch(stamp: node.now, requests: requests))
    }
    let tomorrow = UInt64(node.now + Explorer.day)

    if c.funded == 0 { add(ids.make(.deposit, actor: payer, amount: c.value, argument: ids.reference)) }
    if c.unallocated > 0 {
      for actor in [payer, 0] { add(ids.make(.refund, actor: actor, amount: c.unallocated)) }
    }
    if c.refundPending > 0 {
      add(ids.make(.refundResult, amount: c.refundPending, argument: ids.reference))
    }
    if c.tax > 0 { add(ids.make(.remit, amount: c.tax, argument: ids.reference)) }
    if c.other > 0 { add(ids.make(.remit, mode: 1, amount: c.other, argument: ids.reference)) }
    if c.terms.advance > 0, c.advanced == 0, c.advancePending == 0, c.returned == 0 {
      let most = c.value * Int64(c.terms.advance) / 10_000
      add(ids.make(.advance, actor: payer, amount: most))
    }
    if c.advancePending > 0 {
      for mode: UInt8 in [0, 1] {
        add(
          ids.make(
            .payoutResult, mode: mode, amount: c.advancePending, argument: ids.reference,
            version: UInt32(c.advanceAttempt)))
      }
    }
    if c.advanceOutstanding > 0 {
      add(ids.make(.advance, mode: 1, actor: payee, amount: c.advanceOutstanding, argument: ids.reference))
      add(ids.make(.advance, mode: 2, actor: payer, amount: c.advanceOutstanding))
    }
    if s.hasSuspension {
      add(ids.make(.suspend, actor: payer, argument: tomorrow))
      for actor in [payer, payee, 0] { add(ids.make(.suspend, mode: 1, actor: actor)) }
    }
    add(ids.make(.complete, actor: payee))
    add(ids.make(.complete, mode: 1, actor: payer))
    add(ids.make(.closeContract, actor: payee))
    for m in c.milestones { milestoneMoves(m, c, s, node.now, &ids, &batches) }
    return batches
  }

  private static func milestoneMoves(
    _ m: Milestone, _ c: Contract, _ s: Scenario, _ now: Instant, _ ids: inout Ids, _ batches: inout [Batch]
  ) {
    let n = m.ordinal
    let tomorrow = UInt64(now + Explorer.day)
    var found: [[Operation]] = []
    func add(_ operations: Operation...) { found.append(operations) }

    let missing = m.amount - (m.allocated - m.refunded)
    if missing > 0 { add(ids.make(.fund, n, actor: payer, amount: missing)) }
    add(ids.make(.start, n, actor: payee))
    let rest = m.amount - m.certified
    if rest > 0 { add(ids.make(.submit, n, actor: payee, amount: rest)) }
    if rest > 1 { add(ids.make(.submit, n, actor: payee, amount: rest / 2)) }
    add(ids.make(.submit, mode: 1, n, actor: payee, amount: m.released / 2))
    add(ids.make(.withdrawSubmission, n, actor: payee))
    for person in [payer] + s.seats.map(\.person) {
      let claim = m.claimIsCumulative ? m.claimToDate : m.claimToDate - m.certified
      if m.state == .submitted {
        add(ids.make(.approve, n, actor: person, amount: claim))
        if claim > 1 { add(ids.make(.approve, n, actor: person, amount: claim / 2)) }
        add(ids.make(.reject, n, actor: person, argument: 1))
      }
    }
    add(ids.make(.autoApprove, n))
    add(ids.make(.escalate, n))
    add(ids.make(.expire, n))
    if m.dueSum > 0 {
      for actor in [payer, payee] { add(ids.make(.release, n, actor: actor, amount: m.dueSum)) }
      if m.dueSum > 1 { add(ids.make(.release, n, actor: payer, amount: m.dueSum / 2)) }
      add(ids.make(.levy, mode: 1, n, actor: payer, amount: 1, argument: 1))
    }
    if m.owed > 0 { add(ids.make(.release, mode: 2, n, actor: payee, amount: m.owed)) }
    if m.pending > 0 {
      let attempt = UInt32(m.payoutAttempt)
      for mode: UInt8 in [0, 1] where mode == 0 || m.payoutAttempt < 3 {
        add(ids.make(.payoutResult, mode: mode, n, amount: m.pending, argument: ids.reference, version: attempt))
      }
    }
    if m.paid > 0, c.returned == 0 {
      add(ids.make(.payoutResult, mode: 2, n, amount: m.paid, argument: ids.reference))
    }
    if s.hasHolds {
      add(ids.make(.hold, n, actor: payer, amount: Int64(tomorrow), argument: 1))
      add(ids.make(.hold, n, argument: 1))
      for actor in [payer, 0] { add(ids.make(.hold, mode: 1, n, actor: actor, argument: 1)) }
    }
    for actor in [payer, payee] {
      add(ids.make(.dispute, n, actor: actor, argument: 1))
      add(ids.make(.cancel, n, actor: actor))
      if m.free > 0 { add(ids.make(.refund, n, actor: actor, amount: m.free)) }
    }
    if m.state == .disputed {
      let all = m.held + m.retained
      add(ids.make(.withdrawDispute, n, actor: m.dispute!.opener))
      add(ids.make(.resolve, mode: 2, n, actor: payee))
      for share in Set([0, all / 2, all]) {
        add(ids.make(.resolve, n, actor: arbiter, amount: share, argument: UInt64(all - share)))
      }
    }
    if m.retained > 0 {
      add(ids.make(.releaseRetention, n, actor: payee, amount: m.retained))
      add(ids.make(.releaseRetention, mode: 1, n, actor: payer, amount: m.retained, argument: 1))
      add(ids.make(.levy, n, actor: payer, amount: 1, argument: 1))
    }
    if s.hasChanges {
      let least = max(1, m.certified, m.released)
      for amount in Set([least, m.amount + 1]) where amount <= s.amounts[Int(n) - 1] + 1 {
        add(
          ids.make(.consent, mode: 1, n, actor: payee, amount: amount, argument: tomorrow),
          ids.make(.amend, n, actor: payer, amount: amount, argument: tomorrow))
      }
      add(ids.make(.consent, mode: 3, n, actor: payee), ids.make(.cancel, n, actor: payer))
      add(
        ids.make(.consent, mode: 4, n, actor: payer, argument: tomorrow),
        ids.make(.reopen, n, actor: payee, argument: tomorrow))
    }
    for operations in found {
      var requests = operations.map { Request($0) }
      for index in requests.indices.dropLast() { requests[index] = requests[index].linked }
      batches.append(Batch(stamp: now, requests: requests))
    }
  }
}
