import Kernel

// Actors, sums and arguments that are likely to be accepted, or just not.
extension RunGenerator {
  mutating func likelyActor(_ kind: OperationCode, _ mode: UInt8, _ c: Contract, _ m: Milestone?) -> UInt32 {
    switch kind {
    case .verifyPayee, .autoApprove, .escalate, .payoutResult, .refundResult, .expire: return 0
    case .fund, .levy: return c.payer
    case .start, .submit, .withdrawSubmission: return c.payee
    case .approve, .reject: return random.pick(c.approvers.map(\.person))
    case .setApprover: return random.pick([c.payer, c.payer, c.payer, 4])
    case .deposit, .remit, .hold: return random.pick([0, c.payer])
    case .release: return mode == 1 ? 0 : random.pick([0, c.payer, c.payee])
    case .resolve: return mode == 0 ? Self.arbiter : random.pick([c.payer, c.payee, 0])
    case .suspend: return random.pick([c.payer, Self.arbiter, 0])
    case .withdrawDispute: return m?.dispute?.opener ?? c.payer
    case .complete, .closeContract, .releaseRetention: return random.pick([0, c.payer, c.payee])
    case .advance: return mode == 1 ? random.pick([0, c.payee]) : c.payer
    default: return random.pick([c.payer, c.payee])
    }
  }

  mutating func likelyAmount(_ kind: OperationCode, _ mode: UInt8, _ c: Contract, _ m: Milestone?) -> Int64 {
    func part(_ sum: Int64) -> Int64 {
      random.pick([sum, sum, sum, max(0, sum / 2), max(0, sum / 3), sum + 1, min(sum, 1), max(0, sum)])
    }
    if kind == .consent {
      let operations: [UInt8: OperationCode] = [
        0: .addMilestone, 1: .amend, 2: .refund, 3: .cancel, 4: .reopen, 5: .resolve,
      ]
      guard let operation = operations[mode], mode != 3, mode != 4 else { return random.pick([0, 0, 0, 5]) }
      return likelyAmount(operation, mode == 5 ? 1 : 0, c, m)
    }
    let m = m ?? Milestone(ordinal: 0, amount: 0, due: 0)
    let sum: Int64 =
      switch kind {
      case .addMilestone: random.pick([c.value, c.value / 2, c.value / 3])
      case .setApprover: now + random.pick([0, 1, 86_400_000, 864_000_000])
      case .deposit: random.pick([c.value, c.value / 2])
      case .fund: min(m.amount - m.allocated + m.refunded, max(1, c.unallocated))
      case .advance: mode == 0 ? c.value * Int64(c.terms.advance) / 10_000 : c.advanceOutstanding
      case .submit: mode == 0 ? m.amount - m.certified : m.amount
      case .approve: m.claimIsCumulative ? m.claimToDate : m.claimToDate - m.certified
      case .release: mode == 2 ? m.owed : m.dueSum
      case .payoutResult:
        mode == 2 ? (m.ordinal == 0 ? c.advanceOutstanding : m.paid) : m.ordinal == 0 ? c.advancePending : m.pending
      case .hold: now + random.pick([0, 86_400_000, 3 * 86_400_000, 10 * 86_400_000, 11 * 86_400_000])
      case .resolve: m.held + m.retained
      case .releaseRetention: m.retained
      case .levy: mode == 0 ? m.retained : m.dueSum
      case .refund: m.ordinal == 0 ? c.unallocated : m.free
      case .refundResult: c.refundPending
      case .remit: mode == 0 ? c.tax : c.other
      case .amend: random.pick([m.amount, m.amount * 2, max(m.certified, m.released), m.amount / 2])
      default: random.pick([1, 10])
      }
    if [.payoutResult, .setApprover, .hold].contains(kind), random.chance(90) { return max(0, sum) }
    if kind == .release, mode == 2 { return max(0, sum) }
    return max(0, part(sum))
  }

  mutating func likelyArgument(
    _ kind: OperationCode, _ mode: UInt8, _ c: Contract, _ m: Milestone?, amount: Int64
  ) -> UInt64 {
    func due() -> UInt64 {
      UInt64(now + random.pick([0, 1, 86_400_000, 5 * 86_400_000, 30 * 86_400_000]))
    }
    switch kind {
    case .setApprover:
      let person = random.pick(Self.approvers + [random.pick([0, 1, 2, 3])])
      let step = mode == 2 ? random.pick([0, 1, 1, 2]) : random.pick([1, 1, 2, 3, random.pick([0, 5])])
      let level = mode == 2 ? 0 : random.pick([0, 0, 0, 1])
      return UInt64(person) | UInt64(step) << 32 | UInt64(level) << 40
    case .addMilestone, .amend, .reopen: return due()
    case .suspend: return random.chance(90) ? UInt64(now) + random.pick([1, 86_400_000, 3 * 86_400_000]) : due()
    case .consent:
      switch mode {
      case 0, 1, 4: return due()
      case 5: return UInt64(max(0, (m?.held ?? 0) + (m?.retained ?? 0) - amount))
      default: return random.pick([0, 0, 0, 7])
      }
    case .resolve: return UInt64(max(0, (m?.held ?? 0) + (m?.retained ?? 0) - amount + random.pick([0, 0, 0, 0, 1])))
    case .deposit, .payoutResult, .refundResult, .remit, .advance: return UInt64.random(in: 1...200, using: &random)
    default: return random.pick([0, 1, 1, 2, 3])
    }
  }
}

extension Contract {
  /// Instants at which something changes what is allowed.
  var deadlines: [Instant] {
    func day(_ days: Int) -> Int64 { Int64(days) * 86_400_000 }
    func span(_ seconds: Int) -> Int64 { Int64(seconds) * 1000 }
    var instants: [Instant] = approvers.compactMap { $0.delegation?.expiry }
    if let suspension { instants.append(suspension.until) }
    if let completedAt {
      instants += [completedAt + span(terms.defectPeriod), completedAt + day(terms.dormantDays)]
    }
    for m in milestones {
      instants.append(m.escalationBase + span((m.level + 1) * policy.escalation))
      if let until = m.payerHoldUntil { instants.append(until) }
      switch m.state {
      case .submitted: instants.append(m.review + span(terms.review))
      case .approved: instants += [m.approval + span(terms.payBy), m.approval + span(terms.disputeWindow)]
      case .disputed: instants.append(m.dispute!.openedAt + span(terms.arbitration))
      default: break
      }
      if !m.isDone {
        let late = m.due + span(terms.grace)
        instants += [m.due, late, late + day(terms.dormantDays)]
      }
    }
    return instants
  }
}
