import Kernel

/// A milestone before anything is due: funding, work, claims and votes.
extension Clerk {
  /// Allocates what is missing, depositing first when the contract has too little.
  mutating func fund(_ c: inout ContractRecord, _ m: inout MilestoneRecord, sum: Int32) {
    let wanted = Int64(sum)
    guard c.unallocated >= wanted else { return deposit(&c, wanted - c.unallocated) }
    c.unallocated -= wanted
    m.held += sum
    if m.state == .planned && m.room == 0 { m.state = .funded }
    book(c) {
      $0.unallocated -= wanted
      $0.held += wanted
    }
    writeMilestone(.fund, c, &m, actor: c.payer, amount: wanted, moved: wanted)
  }

  mutating func stepPlanned(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    if dice.oneIn(7) && m.held == 0 { return cancel(&c, &m, actor: c.payer) }
    if dice.oneIn(6) { return amend(&c, &m) }
    // Some funding comes in two parts.
    let part = dice.oneIn(4) && m.room > 1 ? m.room / 2 : m.room
    fund(&c, &m, sum: part)
  }

  mutating func stepFunded(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    if dice.oneIn(7) { return refund(&c, &m, sum: max(1, m.held / 2), actor: c.payer) }
    if dice.oneIn(8) { return refundAndCancel(&c, &m, actor: c.payer) }
    if dice.oneIn(7) { return hold(&c, &m) }
    if dice.oneIn(6) { return amend(&c, &m) }
    if isDisputed(&dice, oneIn: 9) { return dispute(&c, &m, byPayer: dice.oneIn(1)) }
    guard c.state == .active else { return resume(&c) }
    m.state = .inProgress
    writeMilestone(.start, c, &m, actor: c.payee)
  }

  mutating func stepInProgress(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    if m.room > 0 { return fund(&c, &m, sum: m.room) }
    if dice.oneIn(8) { return refundWithConsent(&c, &m) }
    if dice.oneIn(9) { return refundAndCancel(&c, &m, actor: c.payee) }
    if dice.oneIn(7) { return hold(&c, &m) }
    if isDisputed(&dice, oneIn: 8) { return dispute(&c, &m, byPayer: dice.oneIn(1)) }
    if dice.oneIn(7) { return amend(&c, &m) }
    submit(&c, &m, &dice)
  }

  mutating func stepChangesRequested(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    if m.room > 0 { return fund(&c, &m, sum: m.room) }
    if dice.oneIn(6) { return amend(&c, &m) }
    if dice.oneIn(6) { return refund(&c, &m, sum: max(1, (m.held - m.owed) / 4), actor: c.payee) }
    submit(&c, &m, &dice)
  }

  /// The rest of the milestone, or half of it where work is billed in parts; every fourth claim is cumulative.
  private mutating func submit(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    let open = m.amount - m.certified
    let part = recipes[Int(c.recipe)].billsInParts && dice.oneIn(1) && open > m.amount / 4 ? open / 2 : open
    let isCumulative = dice.oneIn(2)
    m.claim = m.certified + part
    m.pending = .max
    m.state = .submitted
    m.flags.subtract([.cumulative, .voted, .disputedByPayer, .disputedByPayee])
    if isCumulative { m.flags.insert(.cumulative) }
    writeMilestone(
      .submit, mode: isCumulative ? 1 : 0, c, &m, actor: c.payee, amount: Int64(isCumulative ? m.claim : part),
      argument: nextDigest())
  }

  mutating func stepSubmitted(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    let hasVotes = m.flags.contains(.voted)
    if dice.oneIn(6) && !hasVotes {
      m.state = .inProgress
      return writeMilestone(.withdrawSubmission, c, &m, actor: c.payee)
    }
    if dice.oneIn(4) && m.rejections < 3 {
      m.rejections += 1
      m.state = .changesRequested
      m.flags.remove(.voted)
      let mode: UInt8 = dice.oneIn(1) ? 1 : 0
      return writeMilestone(
        .reject, mode: mode, c, &m, actor: hasVotes ? c.approver : c.payer, argument: nextDigest())
    }
    if isDisputed(&dice, oneIn: 8) { return dispute(&c, &m, byPayer: dice.oneIn(1)) }
    if dice.oneIn(8) { return hold(&c, &m) }
    approve(&c, &m, &dice)
  }

  /// A vote for all that is claimed, or a little less.
  private mutating func approve(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    let isSecond = m.flags.contains(.voted)
    let part = m.claim - m.certified
    let certified = dice.oneIn(4) && part > 16 ? m.claim - part / 16 : m.claim
    m.pending = min(m.pending, certified)
    let amount = Int64(m.flags.contains(.cumulative) ? certified : certified - m.certified)
    let secondFrom = recipes[Int(c.recipe)].secondVoteFrom
    var moved: Int64 = 0
    if secondFrom != 0 && m.claim >= secondFrom && !isSecond {
      m.flags.insert(.voted)
    } else {
      m.certified = m.pending
      m.pending = 0
      m.billBase = m.released
      m.flags.remove(.voted)
      rest(&c, &m)
      moved = Int64(max(0, m.due))
    }
    writeMilestone(
      .approve, c, &m, actor: isSecond ? c.approver : c.payer, amount: amount, argument: nextDigest(), moved: moved)
  }

  /// The rest rule of DOMAIN 4; keeps the contract's masks.
  func rest(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let state: MilestoneState =
      if m.owed > 0 || m.due > 0 {
        .approved
      } else if m.certified < m.amount {
        .inProgress
      } else if m.retained > 0 {
        .paid
      } else {
        .closed
      }
    enter(state, &c, &m)
  }

  /// Sets a state that may be done or leave being done.
  func enter(_ state: MilestoneState, _ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    m.state = state
    switch state {
    case .closed, .cancelled:
      c.done |= m.bit
      c.ending &= ~m.bit
    case .paid:
      c.done |= m.bit
      c.ending |= m.bit
    default:
      c.done &= ~m.bit
    }
  }
}
