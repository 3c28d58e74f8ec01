import Kernel

/// I1 to I8 and I11 of DOMAIN 3, on one contract. I9, I10 and replay have tests of their own.
extension Contract {
  func violations(after before: Contract?, _ request: Request) -> [String] {
    var found: [String] = []
    func must(_ holds: Bool, _ name: String) { if !holds { found.append(name) } }

    let balances =
      [unallocated, held, retained, payoutPending, refundPending, tax, other].reduce(Int128(0)) { $0 + Int128($1) }
    let outflows = [paidOut - returned, refunded, taxDeposited, otherPaid, fee].reduce(Int128(0)) { $0 + Int128($1) }
    must(Int128(funded) == balances + outflows, "I1 conservation")
    must([unallocated, payoutPending, refundPending, tax, other].allSatisfy { $0 >= 0 }, "I2 negative balance")
    must(retainedEver <= terms.retentionCap, "I5 retention cap")
    must(advanceOutstanding >= 0 && (state != .closed || advanceOutstanding == 0), "I6 advance")
    must(payoutPending == milestones.reduce(advancePending) { $0 + $1.pending }, "payout pending is the sum of payouts")
    if ![.draft, .offered, .cancelled].contains(state) {
      must(value == milestones.reduce(0) { $0 + $1.amount }, "value is the sum of amounts")
    }
    for m in milestones {
      let name = "milestone \(m.ordinal)"
      must([m.held, m.retained, m.owed, m.pending, m.paid, m.refunded].allSatisfy { $0 >= 0 }, "I2 \(name)")
      must(m.allocated == m.held + (m.released - m.owed) + m.refunded, "I3 allocation, \(name)")
      must(m.allocated - m.refunded <= m.amount && m.owed <= m.held && m.released <= m.amount, "I3 cap, \(name)")
      must(m.certified <= m.amount, "I4 \(name)")
      if m.isDone {
        must(m.held == 0 && m.owed == 0 && m.pending == 0, "I11 \(name)")
        must(m.state == .paid || m.retained == 0, "I11 retention, \(name)")
      }
      must((m.pending > 0) == (m.state == .payoutPending), "I11 pending, \(name)")
      must((m.dispute != nil) == (m.state == .disputed), "dispute and state, \(name)")
      if m.state == .funded || m.state == .planned {
        must(m.isFullyFunded == (m.state == .funded), "FUNDED is full, \(name)")
      }
    }
    if let before { found += shrunk(since: before, request) }
    return found
  }

  /// What may never shrink, and what a dispute freezes.
  private func shrunk(since before: Contract, _ request: Request) -> [String] {
    var found: [String] = []
    let counters: [KeyPath<Contract, Int64>] = [
      \.funded, \.paidOut, \.returned, \.refunded, \.taxDeposited, \.otherPaid, \.fee, \.retainedEver, \.damages,
    ]
    if counters.contains(where: { self[keyPath: $0] < before[keyPath: $0] }) { found.append("I2 counter shrank") }
    for (old, new) in zip(before.milestones, milestones) {
      if new.released < old.released || new.refunded < old.refunded { found.append("I2 released or refunded shrank") }
      let isFrozen = old.state == .disputed && request.kind != .resolve
      if isFrozen, new.held < old.held || new.retained < old.retained { found.append("I8 freeze") }
    }
    return found
  }
}
