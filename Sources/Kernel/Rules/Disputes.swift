/// Holds and disputes.
extension Step {
  /// 21 HOLD (0 hold, 1 lift), by payer or compliance.
  mutating func hold(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isPayer(c) && !isOperator { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    let kind: MilestoneRecord.Flags
    if mode == 0 {
      kind = isOperator ? .complianceHold : .payerHold
      if m.flags.contains(kind) { return .holdState }
    } else {
      guard let lifted = liftedHold(m) else { return .holdState }
      kind = lifted
    }
    if !mayHold(m.state) { return .invalidTransition }
    if mode == 1 {
      if kind == .payerHold {
        endPayerHold(&m)
      } else {
        m.flags.remove(.complianceHold)
        endPause(&m)
      }
      return .ok
    }
    if kind == .payerHold && amount > now + Self.days(terms.holdDays) { return .badTerms }
    if operation.argument == 0 { return .reasonRequired }
    beginPause(&m)
    m.flags.insert(kind)
    if kind == .payerHold { m.holdEndOrDisputeOpened = amount }
    return .ok
  }

  /// Which hold HOLD(1) lifts, or nil. See the kernel's page, decision 17.
  @inline(__always)
  private func liftedHold(_ m: MilestoneRecord) -> MilestoneRecord.Flags? {
    let hasPayerHold = m.flags.contains(.payerHold)
    if !isOperator { return hasPayerHold ? .payerHold : nil }
    let hasEnded = hasPayerHold && now >= m.holdEndOrDisputeOpened
    if hasEnded && amount == m.holdEndOrDisputeOpened { return .payerHold }
    if m.flags.contains(.complianceHold) { return .complianceHold }
    return hasEnded ? .payerHold : nil
  }

  private func mayHold(_ state: MilestoneState) -> Bool {
    switch state {
    case .funded, .inProgress, .submitted, .changesRequested, .approved: true
    case .planned, .paid, .disputed: isOperator
    default: false
    }
  }

  /// 22 DISPUTE.
  mutating func dispute(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    switch m.state {
    case .disputed: return .disputeOpen
    case .funded, .inProgress, .submitted, .changesRequested, .approved, .paid: break
    default: return .invalidTransition
    }
    if operation.argument == 0 { return .reasonRequired }
    if m.state == .approved && m.owed == 0 && !m.isHeld
      && now >= approvedAt(m) + Self.milliseconds(terms.disputeWindow)
    {
      return .windowClosed
    }
    let side: MilestoneRecord.Flags = isPayer(c) ? .disputedByPayer : .disputedByPayee
    if m.flags.contains(side) { return .disputeState }
    if m.held + m.retained == 0 { return .nothingHeld }
    m.flags.insert(side)
    openDispute(by: isPayer(c) ? .payer : .payee, &m, &c)
    return .ok
  }

  /// Freezes H and R, and ends a payer hold.
  func openDispute(by opener: DisputeOpener, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    beginPause(&m)
    m.flags.remove(.payerHold)
    m.stateBeforeDispute = m.stateValue
    enter(.disputed, &m, &c)
    m.opener = opener
    m.holdEndOrDisputeOpened = now
  }

  /// Out of DISPUTED into `state`.
  private func closeDispute(to state: MilestoneState, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    m.opener = .none
    m.holdEndOrDisputeOpened = 0
    m.stateBeforeDispute = 0
    enter(state, &m, &c)
    endPause(&m)
  }

  /// 23 WITHDRAW_DISPUTE, by the opener.
  mutating func withdrawDispute(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    let isOpener =
      switch m.opener {
      case .payer: isPayer(c)
      case .payee: isPayee(c)
      case .operator: isOperator
      case .none: isParty(c) || isOperator
      }
    if !isOpener { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if m.state != .disputed { return .invalidTransition }
    let before = m.stateBefore
    closeDispute(to: before, &m, &c)
    // A payout may have come back meanwhile: PAID owes nothing, by I11.
    if before == .paid && m.owed > 0 {
      rest(&m, &c)
      startApproval(&m)
    }
    return .ok
  }

  /// 24 RESOLVE (0 decision, 1 by consent, 2 default).
  mutating func resolve(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> ResultCode {
    switch mode {
    case 0: if !isArbiter(c) { return .notAuthorised }
    case 1: if !isParty(c) { return .notAuthorised }
    default: if !isParty(c) && !isOperator { return .notAuthorised }
    }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if m.state != .disputed { return .invalidTransition }
    if mode == 2 && now < m.holdEndOrDisputeOpened + Self.milliseconds(terms.arbitration) { return .notDue }
    if m.flags.contains(.complianceHold) { return .onHold }
    if mode == 1 && !hasConsent(.resolve, version: m.version, c, side) { return .consentRequired }
    let frozen = m.held + m.retained
    var share = amount
    if mode == 2 {
      share = defaultShare(m, c)
    } else if operation.argument > UInt64(Format.amountMax) * 4 || amount + Int64(operation.argument) != frozen {
      return .splitMismatch
    }
    decide(payeeShare: share, &m, &c)
    if mode == 1 { useConsent(c, &side) }
    return .ok
  }

  /// R + owed + due + the default share of an open claim, at most H + R.
  @inline(__always)
  private func defaultShare(_ m: MilestoneRecord, _ c: ContractRecord) -> Int64 {
    var share = m.retained + m.owed + max(0, m.due)
    if m.stateBefore == .submitted || m.stateBefore == .changesRequested {
      let open = max(0, m.claimOrPending - max(m.certified, m.released))
      share += Deductions.portion(open, terms.defaultSplitBP)
    }
    return min(share, m.held + m.retained)
  }

  /// Payee: owed, then R, then fresh H with lines; the rest goes back to the payer.
  private mutating func decide(payeeShare: Int64, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    let payerShare = m.held + m.retained - payeeShare
    let fromOwed = min(payeeShare, m.owed)
    let fromRetained = min(payeeShare - fromOwed, m.retained)
    let fresh = payeeShare - fromOwed - fromRetained
    let taken = Deductions(
      gross: fresh, before: 0, terms: terms, retentionRoom: 0, advanceOutstanding: c.advanceOutstanding,
      retains: false)
    m.refunded += m.held - m.owed - fresh
    m.released += fresh
    m.voteOrBillBase = m.released
    c.buckets.held -= m.held
    c.buckets.retained -= m.retained
    c.buckets.refundPending += payerShare
    m.held = 0
    m.retained = 0
    m.owed = 0
    m.claimOrPending = 0
    m.voted = 0
    m.rejected = 0
    book(taken, &m, &c)
    trim(&m, &c)
    m.outcome = payeeShare == 0 ? .refunded : payerShare == 0 ? .paid : .split
    let net = fromOwed + fromRetained + taken.net
    moved = net
    m.levelAt = m.holdEndOrDisputeOpened
    closeDispute(to: net == 0 ? .closed : .payoutPending, &m, &c)
    if net > 0 { pay(net, &m, &c) }
  }
}
