import Kernel

// CANCEL, EXPIRE, REOPEN, COMPLETE, CLOSE_CONTRACT.
extension Rule {
  static var cancel: Rule {
    func isOfContract(_ s: Situation) -> Bool { s.operation.ordinal == 0 }
    func needsConsent(_ s: Situation) -> Bool {
      if isOfContract(s) || s.isLate { return false }
      return s.isPayer == s.milestone.hasStarted
    }
    return Rule(
      actors: { $0.isParty },
      contractStates: { s in isOfContract(s) ? [.draft, .offered] : .live },
      milestoneStates: { _ in [.planned, .funded, .inProgress, .changesRequested, .approved] },
      guards: { s in
        failing(
          (.consentRequired, needsConsent(s) && !s.hasConsent(3)),
          (.fundsHeld, !isOfContract(s) && s.milestone.held > 0))
      },
      effect: { s in
        if isOfContract(s) {
          s.contract.state = .cancelled
          return 0
        }
        if needsConsent(s) { s.useConsent() }
        s.cut(.cancelled)
        return 0
      })
  }

  static var expire: Rule {
    Rule(
      actors: { $0.isOperator },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.planned, .funded, .inProgress, .changesRequested] },
      guards: { s in
        let m = s.milestone
        let waits = m.state != .planned && !s.terms.expire
        let isDue = s.isReached(m.due, seconds: s.terms.grace, days: waits ? s.terms.dormantDays : 0)
        return failing((.notDue, !isDue), (.blocked, m.isHeld || s.contract.state == .suspended))
      },
      effect: { s in
        let free = s.milestone.free
        s.milestone.held -= free
        if s.terms.expireRefund {
          s.contract.refundPending += free
          s.milestone.refunded += free
        } else {
          s.contract.unallocated += free
          s.milestone.allocated -= free
        }
        s.cut(.expired)
        return free
      })
  }

  static var reopen: Rule {
    Rule(
      actors: { $0.isParty },
      contractStates: { _ in [.active, .suspended, .completed] },
      milestoneStates: { _ in [.closed, .cancelled, .expired] },
      guards: { s in
        let m = s.milestone
        return failing(
          (.badTerms, Instant(bitPattern: s.argument) <= s.now),
          (.notAllowed, m.state == .closed && m.outcome != .paid),
          (.consentRequired, !s.hasConsent(4)),
          (.windowClosed, s.contract.state == .completed && s.defectPeriodIsOver))
      },
      effect: { s in
        s.useConsent()
        s.milestone.due = s.kept(Instant(bitPattern: s.argument))
        if s.milestone.state == .closed {
          s.milestone.outcome = .none
          s.milestone.enter(.inProgress, s.now)
        } else {
          s.milestone.certified = s.milestone.released
          s.milestone.enter(.planned, s.now)
        }
        if s.contract.state == .completed {
          s.contract.state = .active
          s.contract.completedAt = nil
        }
        return 0
      })
  }

  static var complete: Rule {
    Rule(
      actors: { s in s.isParty || s.isOperator || (s.mode == 1 && s.isArbiter) },
      contractStates: { _ in .live },
      guards: { s in failing((.milestonesOpen, s.contract.milestones.contains { !$0.isDone })) },
      effect: { s in
        s.contract.endSuspension(s.now)
        s.contract.state = s.mode == 0 ? .completed : .terminated
        s.contract.completedAt = s.now
        return 0
      })
  }

  static var closeContract: Rule {
    Rule(
      actors: { s in s.isParty || s.isOperator },
      contractStates: { _ in [.completed, .terminated] },
      guards: { s in
        let c = s.contract
        let balances = [c.unallocated, c.retained, c.payoutPending, c.refundPending, c.tax, c.other]
        return failing(
          (.milestonesOpen, c.milestones.contains { !$0.isDone || $0.state == .paid }),
          (.fundsHeld, balances.contains { $0 > 0 }),
          (.advanceOutstanding, c.advanceOutstanding > 0))
      },
      effect: { s in
        s.contract.state = .closed
        return 0
      })
  }

  static var prune: Rule {
    Rule(
      actors: { s in s.isOperator },
      contractStates: { _ in [.closed, .cancelled] },
      guards: { s in failing((.notAllowed, s.isInChain)) },
      effect: { _ in 0 })
  }
}
