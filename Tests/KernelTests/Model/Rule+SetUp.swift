import Kernel

// Contract set-up: CREATE_CONTRACT, SET_POLICY, VERIFY_PAYEE, ADD_MILESTONE, OFFER, ACCEPT, CONSENT.
extension Rule {
  static func newContract(_ request: Request) -> Contract {
    let o = request.operation
    let payer = UInt32(truncatingIfNeeded: o.argument)
    return Contract(
      tenant: o.tenant, id: o.contract, creator: o.actor, payer: payer,
      payee: UInt32(truncatingIfNeeded: o.argument >> 32), terms: request.slot.map { Terms(slot: $0) } ?? Terms(),
      approvers: [Approver(person: payer, step: 1, level: 0)], value: o.amount)
  }

  static var createContract: Rule {
    Rule(
      // Parties that are 0 are a matter of terms, so the actor is compared with what is named.
      actors: { $0.actor == $0.contract.payer || $0.actor == $0.contract.payee },
      contractStates: { _ in Set(ContractState.allCases) },
      guards: { s in
        let c = s.contract
        let t = s.terms
        let deducted = t.retention + t.advanceRecovery + t.tds + t.gstTDS + t.cess + t.fee
        return failing(
          (.zeroAmount, s.sum == 0),
          (.sameParty, c.payer == c.payee),
          (.sameParty, t.arbiter != 0 && (t.arbiter == c.payer || t.arbiter == c.payee)),
          (.badTerms, c.payer == 0 || c.payee == 0),
          (.badTerms, t.basisPoints.contains { $0 > 10_000 }),
          (.badTerms, deducted > 10_000),
          (.badTerms, t.retentionCap < 0 || t.retentionCap > s.sum),
          (.badTerms, t.review < 1 || t.arbitration < 1 || t.dormantDays < 1),
          (.badTerms, t.advanceRecovery * 10_000 < t.advance * (10_000 + t.gst)))
      },
      raisesVersion: false,
      effect: { _ in 0 })
  }

  static var setPolicy: Rule {
    Rule(
      actors: { $0.isParty },
      contractStates: { _ in [.draft] },
      guards: { s in
        let p = Policy(slot: s.request.slot!)
        return failing(
          (.badTerms, p.votes[0] < 1 || p.band[0] != 0),
          (.badTerms, p.votes.contains { $0 > 16 }),
          (.badTerms, p.band.contains { $0 < 0 } || p.autoMax < 0),
          (.badTerms, p.ordered > 1 || p.majority > 1))
      },
      effect: { s in
        s.contract.policy = Policy(slot: s.request.slot!)
        return 0
      })
  }

  static var verifyPayee: Rule {
    Rule(
      actors: { $0.isOperator },
      contractStates: { _ in .open },
      effect: { s in
        s.contract.payeeIsVerified = s.mode == 0
        return 0
      })
  }

  static var addMilestone: Rule {
    func needsConsent(_ s: Situation) -> Bool { s.contract.state == .active }
    return Rule(
      actors: { s in s.contract.state == .draft ? s.isParty && s.actor == s.contract.creator : s.isParty },
      contractStates: { _ in [.draft, .active] },
      guards: { s in
        let predecessors = s.request.slot.map { PredecessorSlot.ordinals($0) } ?? []
        return failing(
          (.zeroAmount, s.sum == 0),
          (.badTerms, Instant(bitPattern: s.argument) <= s.now),
          (.badTerms, predecessors.contains { $0 >= s.operation.ordinal }),
          (.consentRequired, needsConsent(s) && !s.hasConsent(0)),
          (.totalOverflow, needsConsent(s) && s.overflows(s.contract.value, plus: s.sum)))
      },
      raisesVersion: false,
      effect: { s in
        if needsConsent(s) {
          s.useConsent()
          s.contract.value += s.sum
        }
        var milestone = Milestone(
          ordinal: s.operation.ordinal, amount: s.sum, due: Instant(bitPattern: s.argument))
        milestone.predecessors = s.request.slot.map { PredecessorSlot.ordinals($0) } ?? []
        s.contract.milestones.append(milestone)
        return 0
      })
  }

  static var offer: Rule {
    Rule(
      actors: { $0.isParty },
      contractStates: { _ in [.draft] },
      guards: { s in
        let sum = s.contract.milestones.reduce(Int128(0)) { $0 + Int128($1.amount) }
        return failing(
          (.scheduleMismatch, sum != Int128(s.contract.value)),
          (.quorumUnreachable, !s.contract.quorumIsReachable))
      },
      effect: { s in
        s.contract.state = .offered
        s.contract.offeredBy = s.actor
        return 0
      })
  }

  static var accept: Rule {
    Rule(
      actors: { $0.isParty && $0.actor != $0.contract.offeredBy },
      contractStates: { _ in [.offered] },
      guards: { s in failing((.quorumUnreachable, !s.contract.quorumIsReachable)) },
      effect: { s in
        s.contract.state = .active
        return 0
      })
  }

  static var consent: Rule {
    Rule(
      actors: { $0.isParty },
      contractStates: { _ in .money },
      raisesVersion: false,
      effect: { s in
        let side = s.contract.side(of: s.actor)!
        s.contract.consents[side] =
          s.mode == 7
          ? nil
          : Consent(
            kind: s.mode, ordinal: s.operation.ordinal, amount: s.sum, argument: s.argument, version: s.version)
        return 0
      })
  }
}
