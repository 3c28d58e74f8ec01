import Kernel

/// A deadline that runs, and of what: ordinal 0 is the contract itself.
struct RunningTimer: Hashable {
  var ordinal: UInt16
  var kind: TimerKind
  var due: Instant
}

/// Deadlines that run. Source: DOMAIN 4.1 (what the operator may do at which instant), 4.4 (6, 10), 6. Retention is left out: what falls
/// due of it is a story of its own.
extension Contract {
  var timers: [RunningTimer] {
    var found: [RunningTimer] = []
    func add(_ ordinal: UInt16, _ kind: TimerKind, _ start: Instant, seconds: Int = 0, days: Int = 0) {
      let due = start + Int64(seconds) * 1000 + Int64(days) * 86_400_000
      found.append(RunningTimer(ordinal: ordinal, kind: kind, due: due))
    }
    if state == .suspended, let suspension { add(0, .suspensionEnd, suspension.until) }
    if let completedAt, state == .completed || state == .terminated, unallocated > 0 {
      add(0, .dormantRefund, completedAt, days: terms.dormantDays)
    }
    for m in milestones where Set.money.contains(state) {
      if let until = m.payerHoldUntil { add(m.ordinal, .holdEnd, until) }
      if m.state == .disputed, !m.complianceHold {
        add(m.ordinal, .decideByDefault, m.dispute!.openedAt, seconds: terms.arbitration)
      }
      if m.isHeld || state == .suspended { continue }
      if m.state == .submitted, terms.autoApprove, m.claimToDate <= policy.autoMax,
        !m.votes.contains(where: \.isRejection)
      {
        add(m.ordinal, .autoApprove, m.review, seconds: terms.review)
      }
      let escalates = m.level < policy.maxLevel || (terms.escalateDispute && m.held > 0 && m.state != .disputed)
      if [.submitted, .approved, .disputed].contains(m.state), escalates {
        add(m.ordinal, .escalate, m.escalationBase, seconds: (m.level + 1) * policy.escalation)
      }
      if [.planned, .funded, .inProgress, .changesRequested].contains(m.state), Set.live.contains(state) {
        let waits = m.state != .planned && !terms.expire
        add(m.ordinal, .expire, m.due, seconds: terms.grace, days: waits ? terms.dormantDays : 0)
      }
    }
    return found
  }

  /// What should not be left once every timer due by `now` has fired.
  func overdue(by now: Instant) -> [RunningTimer] { timers.filter { $0.due <= now } }
}
