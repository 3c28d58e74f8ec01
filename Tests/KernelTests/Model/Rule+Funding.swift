import Kernel

// Money in, advances, refunds, remittances: DEPOSIT, FUND, ADVANCE, REFUND, REFUND_RESULT, REMIT.
extension Rule {
  static var deposit: Rule {
    Rule(
      actors: { $0.isPayer || $0.isOperator },
      contractStates: { _ in .money },
      guards: { s in
        failing(
          (.zeroAmount, s.sum == 0),
          (.duplicateDeposit, s.isUsedCredit()),
          (.totalOverflow, s.overflows(s.contract.funded, plus: s.sum)))
      },
      effect: { s in
        s.contract.funded += s.sum
        s.contract.unallocated += s.sum
        s.newCredits = [s.argument]
        return s.sum
      })
  }

  static var fund: Rule {
    Rule(
      actors: { $0.isPayer },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.planned, .funded, .inProgress, .submitted, .changesRequested, .approved] },
      guards: { s in
        let m = s.milestone
        return failing(
          (.zeroAmount, s.sum == 0),
          (.overAllocation, Int128(m.allocated - m.refunded) + Int128(s.sum) > Int128(m.amount)),
          (.insufficientFunds, s.sum > s.contract.unallocated))
      },
      effect: { s in
        s.contract.unallocated -= s.sum
        s.milestone.held += s.sum
        s.milestone.allocated += s.sum
        if s.milestone.state == .planned, s.milestone.isFullyFunded { s.milestone.enter(.funded, s.now) }
        return s.sum
      })
  }

  static var advance: Rule {
    Rule(
      actors: { s in
        switch s.mode {
        case 1: s.isPayee || s.isOperator
        case 3: s.isPayer || s.isOperator
        default: s.isPayer
        }
      },
      contractStates: { s in s.mode == 0 ? [.active] : s.mode == 3 ? .open : .money },
      stateCodes: { s in failing((.payoutState, s.mode == 0 && s.contract.advancePending > 0)) },
      guards: { s in
        let c = s.contract
        switch s.mode {
        case 0:
          return failing(
            (.zeroAmount, s.sum == 0),
            (.payeeUnverified, !c.payeeIsVerified),
            (.guaranteeMissing, s.terms.guarantee && c.guarantee == 0),
            (.advanceCap, s.exceedsShareOfValue(Int128(c.advanced) + Int128(s.sum), s.terms.advance)),
            (.insufficientFunds, s.sum > c.unallocated))
        case 1:
          return failing(
            (.zeroAmount, s.sum == 0),
            (.duplicateDeposit, s.isUsedCredit()),
            (.exceedsAdvance, s.sum > c.advanceOutstanding),
            (.totalOverflow, s.overflows(c.funded, plus: s.sum)))
        case 2:
          return failing((.zeroAmount, s.sum == 0), (.exceedsAdvance, s.sum > c.advanceOutstanding))
        default: return []
        }
      },
      effect: { s in
        switch s.mode {
        case 0:
          s.contract.unallocated -= s.sum
          s.contract.payoutPending += s.sum
          s.contract.advancePending = s.sum
          s.contract.advanceAttempt &+= 1
        case 1:
          s.contract.funded += s.sum
          s.contract.unallocated += s.sum
          s.contract.advanceRepaid += s.sum
          s.newCredits = [s.argument]
        case 2: s.contract.advanceWrittenOff += s.sum
        default: s.contract.guarantee = s.argument
        }
        return s.sum
      })
  }

  static var refund: Rule {
    func isOfContract(_ s: Situation) -> Bool { s.operation.ordinal == 0 }
    func needsConsent(_ s: Situation) -> Bool {
      !isOfContract(s) && s.isPayer && s.milestone.hasStarted && !s.isLate
    }
    return Rule(
      actors: { s in s.isPayer || (isOfContract(s) ? s.isOperator : s.isPayee) },
      contractStates: { s in isOfContract(s) ? .money : .live },
      milestoneStates: { _ in [.planned, .funded, .inProgress, .changesRequested, .approved] },
      stateCodes: { s in failing((.submissionPending, !isOfContract(s) && s.milestone.state == .submitted)) },
      guards: { s in
        if isOfContract(s) {
          let isDormant = s.contract.completedAt.map { s.isReached($0, days: s.terms.dormantDays) } ?? false
          return failing(
            (.zeroAmount, s.sum == 0),
            (.notDue, s.isOperator && !isDormant),
            (.insufficientFunds, s.sum > s.contract.unallocated))
        }
        return failing(
          (.zeroAmount, s.sum == 0),
          (.onHold, s.milestone.isHeld),
          (.consentRequired, needsConsent(s) && !s.hasConsent(2)),
          (.insufficientHeld, s.sum > s.milestone.free))
      },
      effect: { s in
        s.contract.refundPending += s.sum
        if isOfContract(s) {
          s.contract.unallocated -= s.sum
          return s.sum
        }
        if needsConsent(s) { s.useConsent() }
        s.milestone.held -= s.sum
        s.milestone.refunded += s.sum
        if s.milestone.state == .funded { s.milestone.enter(.planned, s.now) }
        return s.sum
      })
  }

  static var refundResult: Rule {
    Rule(
      actors: { $0.isOperator },
      contractStates: { _ in .money },
      guards: { s in
        failing(
          (.zeroAmount, s.sum == 0),
          (.duplicateUtr, s.mode == 0 && s.isUsedUTR()),
          (.exceedsWithheld, s.sum > s.contract.refundPending))
      },
      effect: { s in
        guard s.mode == 0 else { return s.sum }
        s.contract.refundPending -= s.sum
        s.contract.refunded += s.sum
        s.newUTRs = [s.argument]
        return s.sum
      })
  }

  static var remit: Rule {
    Rule(
      actors: { $0.isPayer || $0.isOperator },
      contractStates: { _ in .money },
      guards: { s in
        failing(
          (.zeroAmount, s.sum == 0),
          (.duplicateChallan, s.mode == 0 && s.contract.challans.contains(s.argument)),
          (.duplicateUtr, s.mode == 1 && s.isUsedUTR()),
          (.exceedsWithheld, s.sum > (s.mode == 0 ? s.contract.tax : s.contract.other)))
      },
      effect: { s in
        if s.mode == 0 {
          s.contract.tax -= s.sum
          s.contract.taxDeposited += s.sum
          s.contract.challans.insert(s.argument)
        } else {
          s.contract.other -= s.sum
          s.contract.otherPaid += s.sum
          s.newUTRs = [s.argument]
        }
        return s.sum
      })
  }
}
