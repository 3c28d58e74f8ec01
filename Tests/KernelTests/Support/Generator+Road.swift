import Kernel

/// The main road: what a contract needs next on its way from funding to CLOSED.
extension RunGenerator {
  mutating func roadStep(_ c: Contract) -> Request? {
    guard [.active, .suspended, .completed, .terminated].contains(c.state) else { return nil }
    if !c.payeeIsVerified, random.chance(50) { return request(.verifyPayee, c) }
    if c.advancePending > 0 {
      return payoutResult(c, ordinal: 0, sum: c.advancePending, attempt: c.advanceAttempt)
    }
    let open = c.milestones.filter { ![.closed, .cancelled, .expired].contains($0.state) }
    if let milestone = open.isEmpty ? nil : random.pick(open), let step = roadStep(c, milestone) { return step }
    if c.milestones.allSatisfy(\.isDone), [.active, .suspended].contains(c.state) {
      return request(.complete, c, actor: c.payee)
    }
    return drain(c)
  }

  private mutating func roadStep(_ c: Contract, _ m: Milestone) -> Request? {
    let missing = m.amount - (m.allocated - m.refunded)
    switch m.state {
    case .planned where c.unallocated < missing: return deposit(c, missing)
    case .planned where missing > 0: return request(.fund, c, m, actor: c.payer, amount: missing)
    case .planned, .funded: return request(.start, c, m, actor: c.payee)
    case .inProgress, .changesRequested:
      if c.terms.unfundedStart, missing > 0, c.unallocated >= missing, random.chance(50) {
        return request(.fund, c, m, actor: c.payer, amount: missing)
      }
      if m.owed > 0 { return request(.release, mode: 2, c, m, actor: c.payee, amount: m.owed) }
      let rest = m.amount - m.certified
      if rest == 0 { return request(.submit, mode: 1, c, m, actor: c.payee, amount: m.amount, argument: 5) }
      let claim = random.pick([rest, rest, (rest + 1) / 2])
      return random.chance(70)
        ? request(.submit, c, m, actor: c.payee, amount: claim, argument: 5)
        : request(.submit, mode: 1, c, m, actor: c.payee, amount: m.certified + claim, argument: 5)
    case .submitted:
      let actor = random.pick(c.approvers).person
      let claim = m.claimIsCumulative ? m.claimToDate : m.claimToDate - m.certified
      let certified = random.pick([claim, claim, claim, max(1, claim / 2)])
      return request(.approve, c, m, actor: actor, amount: certified)
    case .approved:
      if m.owed > 0 { return request(.release, mode: 2, c, m, actor: c.payer, amount: m.owed) }
      if m.held < m.dueSum, missing > 0 {
        return c.unallocated < missing
          ? deposit(c, missing) : request(.fund, c, m, actor: c.payer, amount: missing)
      }
      let gross = random.pick([m.dueSum, m.dueSum, (m.dueSum + 2) / 3])
      return request(.release, c, m, actor: random.pick([0, c.payer]), amount: gross)
    case .payoutPending: return payoutResult(c, ordinal: m.ordinal, sum: m.pending, attempt: m.payoutAttempt)
    case .paid:
      let isOver = c.completedAt != nil
      if !isOver, c.milestones.allSatisfy(\.isDone) { return request(.complete, c, actor: c.payer) }
      return isOver || random.chance(10)
        ? request(.releaseRetention, c, m, actor: 0, amount: random.pick([m.retained, (m.retained + 1) / 2]))
        : nil
    case .disputed:
      let all = m.held + m.retained
      let payee = random.pick([0, all, all / 2])
      return request(.resolve, c, m, actor: c.terms.arbiter, amount: payee, argument: UInt64(all - payee))
    case .closed, .cancelled, .expired: return nil
    }
  }

  /// Empties the buckets of the contract, then closes it.
  private mutating func drain(_ c: Contract) -> Request? {
    let digest = bankReference()
    if c.tax > 0 { return request(.remit, c, amount: c.tax, argument: digest) }
    if c.other > 0 { return request(.remit, mode: 1, c, amount: c.other, argument: digest) }
    if c.refundPending > 0 { return request(.refundResult, c, amount: c.refundPending, argument: digest) }
    guard c.completedAt != nil else { return nil }
    if c.unallocated > 0 { return request(.refund, c, actor: c.payer, amount: c.unallocated) }
    if c.advanceOutstanding > 0 {
      return request(.advance, mode: 2, c, actor: c.payer, amount: c.advanceOutstanding)
    }
    return request(.closeContract, c, actor: c.payee)
  }

  private mutating func payoutResult(_ c: Contract, ordinal: UInt16, sum: Int64, attempt: UInt16) -> Request {
    let mode: UInt8 = random.chance(80) ? 0 : 1
    var o = make(.payoutResult, ContractKey(tenant: c.tenant, contract: c.id))
    o.flags = mode << 4
    o.ordinal = ordinal
    o.amount = sum
    o.argument = bankReference()
    o.expectedVersion = UInt32(attempt)
    return Request(o)
  }

  private mutating func deposit(_ c: Contract, _ sum: Int64) -> Request {
    return request(.deposit, c, actor: c.payer, amount: sum, argument: bankReference())
  }

  /// A new bank reference, or now and then one that was used before.
  private mutating func bankReference() -> UInt64 {
    if !bankReferences.isEmpty, random.chance(12) { return random.pick(bankReferences) }
    let reference = UInt64.random(in: 1000...9_999_999, using: &random)
    bankReferences.append(reference)
    return reference
  }

  private mutating func request(
    _ kind: OperationCode, mode: UInt8 = 0, _ c: Contract, _ m: Milestone? = nil, actor: UInt32 = 0,
    amount: Int64 = 0, argument: UInt64 = 0
  ) -> Request {
    var o = make(kind, ContractKey(tenant: c.tenant, contract: c.id))
    o.flags = mode << 4
    o.ordinal = m?.ordinal ?? 0
    o.actor = actor
    o.amount = amount
    o.argument = argument
    return Request(o)
  }
}
