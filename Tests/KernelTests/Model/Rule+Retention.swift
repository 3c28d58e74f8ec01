import Kernel

// RELEASE_RETENTION and LEVY.
extension Rule {
  static var releaseRetention: Rule {
    Rule(
      actors: { s in s.isPayer || (s.mode == 0 && (s.isPayee || s.isOperator)) },
      contractStates: { _ in .money },
      milestoneStates: { _ in [.paid] },
      guards: { s in
        let m = s.milestone
        let gone = Int128(m.retainedEver - m.retained)
        let firstShare = Deductions.rounded(
          Int128(m.retainedEver) * Int128(s.terms.retentionFirst), 10_000, unit: 1)
        let isDue =
          s.defectPeriodIsOver || (s.contract.completedAt != nil && gone + Int128(s.sum) <= Int128(firstShare))
        return failing(
          (.zeroAmount, s.sum == 0),
          (.onHold, m.isHeld),
          (.evidenceMissing, s.mode == 1 && s.argument == 0),
          (.payeeUnverified, !s.contract.payeeIsVerified),
          (.retentionNotDue, s.mode == 0 && !isDue),
          (.exceedsRetention, s.sum > m.retained))
      },
      effect: { s in
        s.milestone.retained -= s.sum
        s.payOut(s.sum)
        return s.sum
      })
  }

  static var levy: Rule {
    Rule(
      actors: { $0.isPayer },
      contractStates: { _ in .money },
      milestoneStates: { s in s.mode == 0 ? [.paid] : [.approved] },
      guards: { s in
        let m = s.milestone
        return failing(
          (.zeroAmount, s.sum == 0),
          (.onHold, m.complianceHold),
          (.reasonRequired, s.argument == 0),
          (.windowClosed, s.mode == 0 && s.defectPeriodIsOver),
          (.exceedsCertified, s.mode == 1 && s.sum > m.dueSum),
          (.ldCap, s.exceedsShareOfValue(Int128(s.contract.damages) + Int128(s.sum), s.terms.damagesCap)),
          (.exceedsRetention, s.mode == 0 && s.sum > m.retained),
          (.insufficientHeld, s.mode == 1 && s.sum > m.held - m.owed))
      },
      effect: { s in
        s.contract.damages += s.sum
        s.contract.refundPending += s.sum
        if s.mode == 0 {
          s.milestone.retained -= s.sum
        } else {
          s.milestone.held -= s.sum
          s.milestone.released += s.sum
        }
        s.milestone.rest(s.now)
        return s.sum
      })
  }
}
