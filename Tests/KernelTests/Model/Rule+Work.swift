import Kernel

// START, SUBMIT, WITHDRAW_SUBMISSION, AMEND: what happens before money is due.
extension Rule {
  static var start: Rule {
    Rule(
      actors: { $0.isPayee },
      contractStates: { _ in [.active] },
      milestoneStates: { _ in [.planned, .funded] },
      guards: { s in
        failing(
          (
            .predecessorOpen,
            s.milestone.predecessors.contains { !s.contract.milestones[Int($0) - 1].isDone }
          ),
          (.notFunded, s.milestone.state == .planned && !s.terms.unfundedStart))
      },
      effect: { s in
        s.milestone.enter(.inProgress, s.now)
        return 0
      })
  }

  static var submit: Rule {
    func claimToDate(_ s: Situation) -> Int64 { s.mode == 1 ? s.sum : s.milestone.certified + s.sum }
    return Rule(
      actors: { $0.isPayee },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.inProgress, .changesRequested] },
      guards: { s in
        let m = s.milestone
        return failing(
          (.zeroAmount, s.mode == 0 && s.sum == 0),
          (.notFunded, !s.terms.unfundedStart && claimToDate(s) - m.released > m.held - m.owed),
          (.claimExceeds, claimToDate(s) > m.amount),
          (.evidenceMissing, s.terms.evidence && s.argument == 0))
      },
      effect: { s in
        s.milestone.claimToDate = claimToDate(s)
        s.milestone.claimIsCumulative = s.mode == 1
        s.milestone.votes = []
        s.milestone.level = 0
        s.milestone.disputedBy = []
        s.milestone.review = s.kept(s.now)
        s.milestone.escalationBase = s.now
        s.milestone.enter(.submitted, s.now)
        return 0
      })
  }

  static var withdrawSubmission: Rule {
    Rule(
      actors: { $0.isPayee },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.submitted] },
      guards: { s in
        let windowIsOpen = !s.isReached(s.milestone.review, seconds: s.terms.review)
        return failing((.votesCast, windowIsOpen && !s.milestone.votes.isEmpty))
      },
      effect: { s in
        s.milestone.votes = []
        s.milestone.enter(.inProgress, s.now)
        return 0
      })
  }

  static var amend: Rule {
    Rule(
      actors: { $0.isParty },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.planned, .funded, .inProgress, .changesRequested] },
      guards: { s in
        let m = s.milestone
        return failing(
          (.zeroAmount, s.sum == 0),
          (.badTerms, Instant(bitPattern: s.argument) <= s.now),
          (.consentRequired, !s.hasConsent(1)),
          (.belowCertified, s.sum < max(m.certified, m.released)),
          (.totalOverflow, s.overflows(s.contract.value - m.amount, plus: s.sum)))
      },
      effect: { s in
        s.useConsent()
        s.contract.value += s.sum - s.milestone.amount
        s.milestone.amount = s.sum
        s.milestone.due = s.kept(Instant(bitPattern: s.argument))
        let surplus = max(0, s.milestone.allocated - s.milestone.refunded - s.sum)
        s.milestone.held -= surplus
        s.milestone.allocated -= surplus
        s.contract.unallocated += surplus
        if !s.milestone.hasStarted {
          s.milestone.enter(s.milestone.isFullyFunded ? .funded : .planned, s.now)
        }
        return surplus
      })
  }
}
