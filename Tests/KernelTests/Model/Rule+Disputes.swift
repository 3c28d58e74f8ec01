import Kernel

// DISPUTE, WITHDRAW_DISPUTE, RESOLVE.
extension Situation {
  mutating func freeze(opener: UInt32) {
    milestone.dispute = Dispute(
      opener: opener, stateBefore: milestone.state, openedAt: now,
      escalationBaseBefore: milestone.escalationBase)
    milestone.escalationBase = now
    milestone.payerHoldUntil = nil
    milestone.enter(.disputed, now)
  }

  /// What RESOLVE gives to the payee, and to the payer.
  var decision: (payee: Int128, payer: Int128) {
    let m = milestone
    let all = Int128(m.held) + Int128(m.retained)
    guard mode == 2 else { return (Int128(sum), Int128(argument)) }
    var openClaim: Int64 = 0
    if let before = m.dispute?.stateBefore, before == .submitted || before == .changesRequested {
      openClaim = max(0, m.claimToDate - max(m.certified, m.released))
    }
    let share = Deductions.rounded(Int128(openClaim) * Int128(terms.defaultSplit), 10_000, unit: 1)
    let payee = Int128(m.retained) + Int128(m.owed) + Int128(max(0, m.dueSum)) + Int128(share)
    return (min(payee, all), all - min(payee, all))
  }
}

extension Rule {
  static var openDispute: Rule {
    Rule(
      actors: { $0.isParty },
      contractStates: { _ in .money },
      milestoneStates: { _ in [.funded, .inProgress, .submitted, .changesRequested, .approved, .paid] },
      stateCodes: { s in failing((.disputeOpen, s.milestone.state == .disputed)) },
      guards: { s in
        let m = s.milestone
        let windowIsOver = s.isReached(m.approval, seconds: s.terms.disputeWindow)
        return failing(
          (.reasonRequired, s.argument == 0),
          (.windowClosed, m.state == .approved && m.owed == 0 && !m.isHeld && windowIsOver),
          (.disputeState, m.disputedBy.contains(s.contract.side(of: s.actor)!)),
          (.nothingHeld, m.held + m.retained == 0))
      },
      effect: { s in
        s.milestone.disputedBy.insert(s.contract.side(of: s.actor)!)
        s.freeze(opener: s.actor)
        return 0
      })
  }

  static var withdrawDispute: Rule {
    Rule(
      actors: { s in s.milestone.dispute.map { $0.opener == s.actor } ?? (s.isParty || s.isOperator) },
      contractStates: { _ in .money },
      milestoneStates: { _ in [.disputed] },
      effect: { s in
        let dispute = s.milestone.dispute!
        s.milestone.dispute = nil
        s.milestone.escalationBase = dispute.escalationBaseBefore
        s.milestone.enter(dispute.stateBefore, s.now)
        // A payout was returned meanwhile.
        if dispute.stateBefore == .paid { s.milestone.rest(s.now) }
        return 0
      })
  }

  static var resolve: Rule {
    Rule(
      actors: { s in
        switch s.mode {
        case 0: s.isArbiter
        case 1: s.isParty
        default: s.isParty || s.isOperator
        }
      },
      contractStates: { _ in .money },
      milestoneStates: { _ in [.disputed] },
      guards: { s in
        let m = s.milestone
        let arbitrationIsOver = s.isReached(m.dispute!.openedAt, seconds: s.terms.arbitration)
        let decision = s.decision
        return failing(
          (.notDue, s.mode == 2 && !arbitrationIsOver),
          (.onHold, m.complianceHold),
          (.consentRequired, s.mode == 1 && !s.hasConsent(5)),
          (.splitMismatch, decision.payee + decision.payer != Int128(m.held) + Int128(m.retained)))
      },
      effect: { s in
        let decision = s.decision
        let payeeShare = Int64(decision.payee)
        if s.mode == 1 { s.useConsent() }
        let m = s.milestone
        let fresh = m.held - m.owed

        let fromOwed = min(payeeShare, m.owed)
        let fromRetention = min(payeeShare - fromOwed, m.retained)
        let gross = payeeShare - fromOwed - fromRetention
        let lines = Deductions.lines(
          gross: gross, released: 0, terms: s.terms, retains: false, capRoom: 0,
          advanceOutstanding: s.contract.advanceOutstanding)
        s.book(lines)
        s.contract.refundPending += Int64(decision.payer)

        s.milestone.held = 0
        s.milestone.owed = 0
        s.milestone.retained = 0
        s.milestone.released += gross
        s.milestone.refunded += fresh - gross
        s.contract.value += s.milestone.released - s.milestone.amount
        s.milestone.amount = s.milestone.released
        s.milestone.certified = s.milestone.released
        s.milestone.outcome = payeeShare == 0 ? .refunded : decision.payer == 0 ? .paid : .split
        s.milestone.dispute = nil

        let net = fromOwed + fromRetention + lines.net
        if net > 0 {
          s.payOut(net)
        } else {
          s.milestone.enter(.closed, s.now)
        }
        return net
      })
  }
}
