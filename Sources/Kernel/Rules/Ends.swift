/// Changing, ending and reopening milestones and contracts.
extension Step {
  /// 30 AMEND (amount, due).
  mutating func amend(_ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    switch m.state {
    case .planned, .funded, .inProgress, .changesRequested: break
    default: return .invalidTransition
    }
    if amount == 0 { return .zeroAmount }
    if instant <= now { return .badTerms }
    if !hasConsent(.amend, version: m.version, c, side) { return .consentRequired }
    if amount < max(m.certified, m.released) { return .belowCertified }
    if exceedsTotal(c.value, plus: amount - m.amount) { return .totalOverflow }
    c.value += amount - m.amount
    m.amount = amount
    let surplus = max(0, m.funded - amount)
    moved = surplus
    m.held -= surplus
    c.buckets.held -= surplus
    c.buckets.unallocated += surplus
    setDueDate(instant, &m, &c)
    if m.state == .planned || m.state == .funded { enter(m.funded == m.amount ? .funded : .planned, &m, &c) }
    useConsent(c, &side)
    return .ok
  }

  /// 31 CANCEL of a contract that nobody is bound to yet.
  func cancelContract(_ c: inout ContractRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if c.state != .draft && c.state != .offered { return .contractState }
    c.state = .cancelled
    return .ok
  }

  /// 31 CANCEL of a milestone.
  mutating func cancel(_ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    switch m.state {
    case .planned, .funded, .inProgress, .changesRequested, .approved: break
    default: return .invalidTransition
    }
    let isStarted = m.stateValue > MilestoneState.funded.rawValue
    let mayAlone = isLate(m, &c) || (isPayer(c) ? !isStarted : isStarted)
    if !mayAlone && !hasConsent(.cancel, version: m.version, c, side) { return .consentRequired }
    if m.held > 0 { return .fundsHeld }
    cut(to: .cancelled, &m, &c)
    if !mayAlone { useConsent(c, &side) }
    return .ok
  }

  /// 32 EXPIRE: free H goes to U, or to Q where the terms say so.
  mutating func expire(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isOperator { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    switch m.state {
    case .planned, .funded, .inProgress, .changesRequested: break
    default: return .invalidTransition
    }
    if now < dueDate(m, &c) + expirySpan(m, c) { return .notDue }
    if m.isHeld || c.state == .suspended { return .blocked }
    let free = m.free
    moved = free
    m.held -= free
    c.buckets.held -= free
    if terms.flags.contains(.expireRefund) {
      m.refunded += free
      c.buckets.refundPending += free
    } else {
      c.buckets.unallocated += free
    }
    cut(to: .expired, &m, &c)
    return .ok
  }

  /// From due date to expiry, milliseconds.
  @inline(__always)
  func expirySpan(_ m: MilestoneRecord, _ c: ContractRecord) -> Int64 {
    let waits = !terms.flags.contains(.expire) && m.state != .planned
    return Self.milliseconds(terms.grace) + (waits ? Self.days(terms.dormantDays) : 0)
  }

  /// 33 REOPEN.
  mutating func reopen(_ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive && c.state != .completed { return .contractState }
    switch m.state {
    case .closed, .cancelled, .expired: break
    default: return .invalidTransition
    }
    if instant <= now { return .badTerms }
    if m.outcome == .split || m.outcome == .refunded { return .notAllowed }
    if !hasConsent(.reopen, version: m.version, c, side) { return .consentRequired }
    if c.state == .completed && now >= defectPeriodEnd(c) { return .windowClosed }
    if m.state == .closed {
      enter(.inProgress, &m, &c)
    } else {
      m.certified = m.released
      enter(.planned, &m, &c)
    }
    m.outcome = .none
    setDueDate(instant, &m, &c)
    if c.state == .completed {
      c.state = .active
      c.completedAt = 0
    }
    useConsent(c, &side)
    return .ok
  }

  /// 34 SUSPEND (0 suspend until, 1 resume).
  func suspend(_ c: inout ContractRecord) -> ResultCode {
    if !isPayer(c) && !isArbiter(c) && !isOperator && !(mode == 1 && isPayee(c)) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if c.state != (mode == 0 ? .active : .suspended) { return .contractState }
    if mode == 0 {
      if instant <= now || instant > now + Self.days(terms.holdDays) { return .badTerms }
      c.state = .suspended
      c.suspender = actor
      c.suspendedAt = now
      c.suspendedUntil = instant
      return .ok
    }
    if now < c.suspendedUntil && actor != c.suspender && !isArbiter(c) && !isOperator { return .notDue }
    endSuspension(to: .active, &c)
    return .ok
  }

  private func endSuspension(to state: ContractState, _ c: inout ContractRecord) {
    if c.state == .suspended { c.addSuspension(now - c.suspendedAt) }
    c.state = state
    c.suspender = 0
    c.suspendedAt = 0
    c.suspendedUntil = 0
  }

  /// 35 COMPLETE (0 complete, 1 terminate).
  func complete(_ c: inout ContractRecord) -> ResultCode {
    if !isParty(c) && !isOperator && !(mode == 1 && isArbiter(c)) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    if c.openCount > 0 { return .milestonesOpen }
    endSuspension(to: mode == 0 ? .completed : .terminated, &c)
    c.completedAt = now
    return .ok
  }

  /// 36 CLOSE_CONTRACT.
  func closeContract(_ c: inout ContractRecord) -> ResultCode {
    if !isParty(c) && !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isComplete { return .contractState }
    if c.openCount > 0 || c.paidCount > 0 { return .milestonesOpen }
    if c.holdsFunds { return .fundsHeld }
    if c.advanceOutstanding > 0 { return .advanceOutstanding }
    c.state = .closed
    return .ok
  }

  /// 37 PRUNE: a contract that is over is forgotten, but for its name and its sums.
  func prune(_ c: ContractRecord, isInChain: Bool) -> ResultCode {
    if !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isOver { return .contractState }
    // It cannot be taken back.
    return isInChain ? .notAllowed : .ok
  }
}
