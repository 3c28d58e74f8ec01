import Kernel

// HOLD, SUSPEND, ESCALATE.
extension Situation {
  enum Lifted { case payerHold, complianceHold }

  /// What a HOLD(1) would lift.
  var lifts: Lifted? {
    let m = milestone
    if isPayer { return m.payerHoldUntil == nil ? nil : .payerHold }
    if let until = m.payerHoldUntil, now >= until, sum == until || !m.complianceHold { return .payerHold }
    return m.complianceHold ? .complianceHold : nil
  }

  func isWithinHoldDays(_ until: Int128) -> Bool {
    until <= Int128(now) + Int128(terms.holdDays) * 86_400_000
  }
}

extension Rule {
  static var hold: Rule {
    Rule(
      actors: { $0.isPayer || $0.isOperator },
      contractStates: { _ in .money },
      milestoneStates: { s in
        let states: Set<MilestoneState> = [.funded, .inProgress, .submitted, .changesRequested, .approved]
        return s.isOperator ? states.union([.planned, .paid, .disputed]) : states
      },
      stateCodes: { s in
        let m = s.milestone
        let isThere = s.isPayer ? m.payerHoldUntil != nil : m.complianceHold
        return failing((.holdState, s.mode == 0 ? isThere : s.lifts == nil))
      },
      guards: { s in
        guard s.mode == 0 else { return [] }
        return failing(
          (.badTerms, s.isPayer && !s.isWithinHoldDays(Int128(s.sum))),
          (.reasonRequired, s.argument == 0))
      },
      effect: { s in
        if s.mode == 0 {
          if s.isPayer { s.milestone.payerHoldUntil = s.sum } else { s.milestone.complianceHold = true }
        } else {
          switch s.lifts! {
          case .payerHold: s.milestone.payerHoldUntil = nil
          case .complianceHold: s.milestone.complianceHold = false
          }
        }
        s.milestone.updatePause(s.now)
        return 0
      })
  }

  static var suspend: Rule {
    Rule(
      actors: { s in s.isPayer || s.isArbiter || s.isOperator || (s.mode == 1 && s.isPayee) },
      contractStates: { s in s.mode == 0 ? [.active] : [.suspended] },
      guards: { s in
        if s.mode == 0 {
          let until = Int128(s.argument)
          return failing((.badTerms, until <= Int128(s.now) || !s.isWithinHoldDays(until)))
        }
        let suspension = s.contract.suspension!
        let mayAlways = s.actor == suspension.by || s.isArbiter || s.isOperator
        return failing((.notDue, !mayAlways && s.now < suspension.until))
      },
      effect: { s in
        if s.mode == 0 {
          s.contract.state = .suspended
          s.contract.suspension = Suspension(since: s.now, until: Instant(s.argument), by: s.actor)
        } else {
          s.contract.endSuspension(s.now)
          s.contract.state = .active
        }
        return 0
      })
  }

  static var escalate: Rule {
    func opensDispute(_ s: Situation) -> Bool {
      s.terms.escalateDispute && s.milestone.held > 0
        && [.submitted, .approved].contains(s.milestone.state)
    }
    func isAtTop(_ s: Situation) -> Bool { s.milestone.level >= s.policy.maxLevel }
    return Rule(
      actors: { $0.isOperator },
      contractStates: { _ in .money },
      milestoneStates: { _ in [.submitted, .approved, .disputed] },
      guards: { s in
        let m = s.milestone
        return failing(
          (.notDue, !s.isReached(m.escalationBase, seconds: (m.level + 1) * s.policy.escalation)),
          (.blocked, m.isHeld || s.contract.state == .suspended),
          (.maxLevel, isAtTop(s) && !opensDispute(s)))
      },
      effect: { s in
        if isAtTop(s) { s.freeze(opener: 0) } else { s.milestone.level += 1 }
        return 0
      })
  }
}
