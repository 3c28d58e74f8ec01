import Kernel

// RELEASE and PAYOUT_RESULT: what was earned goes to the payee.
extension Rule {
  static var release: Rule {
    Rule(
      actors: { s in s.mode == 1 ? s.isOperator : s.isPayer || s.isOperator || s.isPayee },
      contractStates: { _ in .money },
      milestoneStates: { s in s.mode == 2 ? [.approved, .inProgress, .changesRequested] : [.approved] },
      guards: { s in
        let m = s.milestone
        let c = s.contract
        let common = failing((.onHold, m.isHeld), (.payeeUnverified, !c.payeeIsVerified))
        if s.mode == 2 { return common + failing((.nothingOwed, m.owed == 0 || s.sum != m.owed)) }
        let payByIsOpen = !s.isReached(m.approval, seconds: s.terms.payBy)
        let billed = failing(
          (.zeroAmount, s.sum == 0),
          (.notDue, s.isPayee && payByIsOpen),
          (.exceedsCertified, s.sum > m.dueSum),
          (.insufficientHeld, s.sum > m.held - m.owed))
        if s.mode == 0 { return common + billed }
        let lines = Lines(slot: s.request.slot!)
        let total = lines.all.reduce(Int128(0)) { $0 + Int128($1) }
        return common + billed
          + failing(
            (.splitMismatch, total != Int128(s.sum) || lines.all.contains { $0 < 0 }),
            (.retentionCap, Int128(c.retainedEver) + Int128(lines.retention) > Int128(s.terms.retentionCap)),
            (.exceedsAdvance, lines.advance > c.advanceOutstanding),
            (.ldCap, s.exceedsShareOfValue(Int128(c.damages) + Int128(lines.damages), s.terms.damagesCap)))
      },
      effect: { s in
        if s.mode == 2 {
          s.milestone.held -= s.sum
          s.milestone.owed -= s.sum
          s.payOut(s.sum)
          return s.sum
        }
        let lines =
          s.mode == 1
          ? Lines(slot: s.request.slot!)
          : Deductions.lines(
            gross: s.sum, released: s.milestone.released - s.milestone.billBase, terms: s.terms, retains: true,
            capRoom: s.terms.retentionCap - s.contract.retainedEver,
            advanceOutstanding: s.contract.advanceOutstanding)
        s.milestone.held -= s.sum
        s.milestone.released += s.sum
        s.book(lines)
        s.payOut(lines.net)
        return lines.net
      })
  }

  static var payoutResult: Rule {
    func pending(_ s: Situation) -> (sum: Int64, attempt: UInt16) {
      s.operation.ordinal == 0
        ? (s.contract.advancePending, s.contract.advanceAttempt)
        : (s.milestone.pending, s.milestone.payoutAttempt)
    }
    var rule = Rule(
      actors: { $0.isOperator },
      contractStates: { s in s.mode == 2 ? Set.money.union([.closed]) : .money },
      milestoneStates: { s in s.mode == 2 ? .any : [.payoutPending] },
      stateCodes: { s in
        let payout = pending(s)
        let matches =
          payout.sum > 0 && payout.sum == s.sum && UInt32(payout.attempt) == s.operation.expectedVersion
        return failing((.payoutState, s.mode != 2 && !matches))
      },
      guards: { s in
        let ceiling = s.operation.ordinal == 0 ? s.contract.advanceOutstanding : s.milestone.paid
        return failing(
          (.zeroAmount, s.mode == 2 && s.sum == 0),
          (.duplicateUtr, s.mode == 0 && s.isUsedUTR()),
          (.duplicateDeposit, s.mode == 2 && s.isUsedCredit()),
          (.exceedsPaid, s.mode == 2 && s.sum > ceiling),
          (.totalOverflow, s.mode == 0 && s.overflows(s.contract.paidOut, plus: s.sum)))
      },
      effect: { s in
        s.operation.ordinal == 0 ? advanceResult(&s) : milestoneResult(&s)
        return s.sum
      })
    // Results of a payout carry its attempt in the version field.
    rule.comparesVersion = { $0.mode == 2 }
    return rule
  }

  private static func advanceResult(_ s: inout Situation) {
    switch s.mode {
    case 0:
      s.contract.payoutPending -= s.sum
      s.contract.paidOut += s.sum
      s.contract.advanced += s.sum
      s.contract.advancePending = 0
      s.newUTRs = [s.argument]
    case 1:
      s.contract.payoutPending -= s.sum
      s.contract.unallocated += s.sum
      s.contract.advancePending = 0
    default:
      s.contract.returned += s.sum
      s.contract.unallocated += s.sum
      s.contract.advanced -= s.sum
      s.newCredits = [s.argument]
      if s.contract.state == .closed { s.contract.state = .completed }
    }
  }

  private static func milestoneResult(_ s: inout Situation) {
    switch s.mode {
    case 0:
      s.contract.payoutPending -= s.sum
      s.contract.paidOut += s.sum
      s.milestone.pending = 0
      s.milestone.paid += s.sum
      s.newUTRs = [s.argument]
      s.milestone.rest(s.now)
    case 1:
      s.contract.payoutPending -= s.sum
      s.milestone.pending = 0
      s.milestone.held += s.sum
      s.milestone.owed += s.sum
      s.milestone.disputedBy = []
      s.milestone.rest(s.now)
    default:
      s.contract.returned += s.sum
      s.milestone.paid -= s.sum
      s.milestone.held += s.sum
      s.milestone.owed += s.sum
      s.newCredits = [s.argument]
      if s.milestone.isDone || s.milestone.state == .approved { s.milestone.rest(s.now) }
      if s.contract.state == .closed { s.contract.state = .completed }
    }
  }
}
