/// Retention and damages.
extension Step {
  /// 25 RELEASE_RETENTION (0 by date, 1 by certificate): R -> P.
  mutating func releaseRetention(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isPayer(c) && (mode == 1 || !isPayee(c) && !isOperator) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if m.state != .paid { return .invalidTransition }
    if amount == 0 { return .zeroAmount }
    if m.isHeld { return .onHold }
    if mode == 1 && operation.argument == 0 { return .evidenceMissing }
    if !c.flags.contains(.payeeVerified) { return .payeeUnverified }
    if mode == 0 && amount > retentionDue(m, c) { return .retentionNotDue }
    if amount > m.retained { return .exceedsRetention }
    m.retained -= amount
    c.buckets.retained -= amount
    pay(amount, &m, &c)
    return .ok
  }

  /// End of the defect period.
  @inline(__always)
  func defectPeriodEnd(_ c: ContractRecord) -> Instant {
    c.completedAt + Self.milliseconds(terms.defectPeriod)
  }

  /// Retention that has fallen due by date and is still held; no bound (`max`) after the defect period.
  @inline(__always)
  func retentionDue(_ m: MilestoneRecord, _ c: ContractRecord) -> Int64 {
    if !c.isComplete { return 0 }
    if now >= defectPeriodEnd(c) { return .max }
    return retentionFirstDue(m, c)
  }

  /// What of the first share is left, once the contract is complete.
  @inline(__always)
  func retentionFirstDue(_ m: MilestoneRecord, _ c: ContractRecord) -> Int64 {
    let gone = m.retainedEver - m.retained
    return max(0, Deductions.portion(m.retainedEver, terms.retentionFirstBP) - gone)
  }

  /// 26 LEVY (0 forfeit retention, 1 damages): R or H -> Q.
  mutating func levy(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isPayer(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if m.state != (mode == 0 ? .paid : .approved) { return .invalidTransition }
    if amount == 0 { return .zeroAmount }
    if m.flags.contains(.complianceHold) { return .onHold }
    if operation.argument == 0 { return .reasonRequired }
    if mode == 0 && c.isComplete && now >= defectPeriodEnd(c) { return .windowClosed }
    if mode == 1 && amount > m.due { return .exceedsCertified }
    if exceedsDamagesCap(amount, c) { return .ldCap }
    if mode == 0 {
      if amount > m.retained { return .exceedsRetention }
      m.retained -= amount
      c.buckets.retained -= amount
    } else {
      if amount > m.held - m.owed { return .insufficientHeld }
      m.held -= amount
      m.released += amount
      c.buckets.held -= amount
    }
    c.damages += amount
    c.buckets.refundPending += amount
    rest(&m, &c)
    return .ok
  }
}
