/// Where a milestone comes to rest, and how it ends. Source: DOMAIN 4.
extension Step {
  /// The one place where a milestone's state changes: keeps the contract's counts of open and PAID milestones.
  func enter(_ state: MilestoneState, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    let wasDone = m.isDone
    if m.state == .paid { c.paidCount -= 1 }
    m.stateValue = state.rawValue
    if state == .paid { c.paidCount += 1 }
    let isDone = m.isDone
    if wasDone != isDone {
      if isDone { c.openCount -= 1 } else { c.openCount += 1 }
    }
    if isDone && m.flags.contains(.payerHold) { endPayerHold(&m) }
  }

  func endPayerHold(_ m: inout MilestoneRecord) {
    m.flags.remove(.payerHold)
    m.holdEndOrDisputeOpened = 0
    endPause(&m)
  }

  /// Rest rule: after a payout ended, or when nothing is left pending.
  func rest(_ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    if m.owed > 0 || m.due > 0 {
      enter(.approved, &m, &c)
    } else if m.certified < m.amount {
      enter(.inProgress, &m, &c)
    } else if m.retained > 0 {
      enter(.paid, &m, &c)
    } else {
      enter(.closed, &m, &c)
      if m.outcome == .none { m.outcome = .paid }
    }
  }

  /// End of a milestone: what was released becomes its amount, and it rests; nothing released: `terminal`.
  func cut(to terminal: MilestoneState, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    if m.released > 0 {
      trim(&m, &c)
      rest(&m, &c)
    } else {
      enter(terminal, &m, &c)
    }
  }

  /// certified = amount = released; the contract's value follows.
  func trim(_ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    c.value += m.released - m.amount
    m.amount = m.released
    m.certified = m.released
  }
}
