import Kernel

/// Deadlines that must have fired. Source: DOMAIN 4.1 (what the operator may do at which instant), 4.4 (6, 10), 6.
extension Contract {
  /// What should not be left once every timer due by `now` has fired.
  func overdue(by now: Instant) -> [String] {
    var found: [String] = []
    func reached(_ start: Instant, seconds: Int = 0, days: Int = 0) -> Bool {
      now >= start + Int64(seconds) * 1000 + Int64(days) * 86_400_000
    }
    let isMoneyState = Set.money.contains(state)
    if state == .suspended, let suspension, reached(suspension.until) { found.append("SUSPEND(1)") }
    if let completedAt, state == .completed || state == .terminated, unallocated > 0,
      reached(completedAt, days: terms.dormantDays)
    {
      found.append("REFUND of U")
    }
    for m in milestones where isMoneyState {
      let name = "of \(m.ordinal)"
      if let until = m.payerHoldUntil, reached(until) { found.append("HOLD(1) \(name)") }
      if m.state == .disputed, !m.complianceHold, reached(m.dispute!.openedAt, seconds: terms.arbitration) {
        found.append("RESOLVE(2) \(name)")
      }
      if m.isHeld || state == .suspended { continue }
      if m.state == .submitted, terms.autoApprove, m.claimToDate <= policy.autoMax,
        !m.votes.contains(where: \.isRejection), reached(m.review, seconds: terms.review)
      {
        found.append("AUTO_APPROVE \(name)")
      }
      let escalates = m.level < policy.maxLevel || (terms.escalateDispute && m.held > 0 && m.state != .disputed)
      if [.submitted, .approved, .disputed].contains(m.state), escalates,
        reached(m.escalationBase, seconds: (m.level + 1) * policy.escalation)
      {
        found.append("ESCALATE \(name)")
      }
      if [.planned, .funded, .inProgress, .changesRequested].contains(m.state), Set.live.contains(state) {
        let waits = m.state != .planned && !terms.expire
        if reached(m.due, seconds: terms.grace, days: waits ? terms.dormantDays : 0) { found.append("EXPIRE \(name)") }
      }
    }
    return found
  }
}
