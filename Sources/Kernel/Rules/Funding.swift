/// Money in and back: deposits, allocation, advance, refunds, remittance of what was withheld.
extension Step {
  /// 9 DEPOSIT: F+, U+.
  func deposit(_ c: inout ContractRecord, _ references: inout ReferenceSet) -> ResultCode {
    if !isPayer(c) && !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if amount == 0 { return .zeroAmount }
    let reference = references.key(.deposit, operation)
    if references.contains(reference) { return .duplicateDeposit }
    if exceedsTotal(c.buckets.funded, plus: amount) { return .totalOverflow }
    references.insert(reference)
    c.buckets.funded += amount
    c.buckets.unallocated += amount
    return .ok
  }

  /// Whether a sum would be more than any record may hold: nothing that follows from it can overflow then.
  @inline(__always)
  func exceedsTotal(_ sum: Int64, plus amount: Int64) -> Bool {
    // Neither is negative but what an amendment takes away, and that is no more than is there.
    sum > Possible.sumMax - amount
  }

  /// 10 FUND: U -> H.
  mutating func fund(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isPayer(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    if m.stateValue > MilestoneState.approved.rawValue { return .invalidTransition }
    if amount == 0 { return .zeroAmount }
    if amount > m.amount - m.funded { return .overAllocation }
    if amount > c.buckets.unallocated { return .insufficientFunds }
    c.buckets.unallocated -= amount
    c.buckets.held += amount
    m.held += amount
    if m.state == .planned && m.funded == m.amount { enter(.funded, &m, &c) }
    return .ok
  }

  /// 11 ADVANCE (0 pay, 1 repaid, 2 write off, 3 guarantee on file).
  func advance(_ c: inout ContractRecord, _ references: inout ReferenceSet) -> ResultCode {
    switch mode {
    case 0: return payAdvance(&c)
    case 1: return repayAdvance(&c, &references)
    case 2:
      if !isPayer(c) { return .notAuthorised }
      if versionConflicts(c.version) { return .versionConflict }
      if !c.isMoneyState { return .contractState }
      if amount == 0 { return .zeroAmount }
      if amount > c.advanceOutstanding { return .exceedsAdvance }
      c.advanceOutstanding -= amount
      return .ok
    default:
      if !isPayer(c) && !isOperator { return .notAuthorised }
      if versionConflicts(c.version) { return .versionConflict }
      if !c.isOpen { return .contractState }
      c.guarantee = operation.argument
      return .ok
    }
  }

  /// U -> P; counts as outstanding only when settled.
  private func payAdvance(_ c: inout ContractRecord) -> ResultCode {
    if !isPayer(c) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if c.state != .active { return .contractState }
    if c.advancePending > 0 { return .payoutState }
    if amount == 0 { return .zeroAmount }
    if !c.flags.contains(.payeeVerified) { return .payeeUnverified }
    if terms.flags.contains(.guarantee) && c.guarantee == 0 { return .guaranteeMissing }
    if Deductions.exceeds(c.advanceSettled + amount, terms.advanceBP, of: c.value) { return .advanceCap }
    if amount > c.buckets.unallocated { return .insufficientFunds }
    c.buckets.unallocated -= amount
    c.buckets.payoutPending += amount
    c.advancePending = amount
    c.payoutAttempt &+= 1
    return .ok
  }

  /// F+, U+.
  private func repayAdvance(_ c: inout ContractRecord, _ references: inout ReferenceSet) -> ResultCode {
    if !isPayee(c) && !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if amount == 0 { return .zeroAmount }
    let reference = references.key(.deposit, operation)
    if references.contains(reference) { return .duplicateDeposit }
    if amount > c.advanceOutstanding { return .exceedsAdvance }
    if exceedsTotal(c.buckets.funded, plus: amount) { return .totalOverflow }
    references.insert(reference)
    c.buckets.funded += amount
    c.buckets.unallocated += amount
    c.advanceOutstanding -= amount
    return .ok
  }

  /// 27 REFUND of the contract's unallocated money: U -> Q.
  func refundUnallocated(_ c: inout ContractRecord) -> ResultCode {
    if !isPayer(c) && !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if amount == 0 { return .zeroAmount }
    if isOperator && !(c.isComplete && now >= c.completedAt + Self.days(terms.dormantDays)) { return .notDue }
    if amount > c.buckets.unallocated { return .insufficientFunds }
    c.buckets.unallocated -= amount
    c.buckets.refundPending += amount
    return .ok
  }

  /// 27 REFUND of a milestone's free money: H -> Q.
  mutating func refundHeld(_ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord)
    -> ResultCode
  {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    switch m.state {
    case .submitted: return .submissionPending
    case .planned, .funded, .inProgress, .changesRequested, .approved: break
    default: return .invalidTransition
    }
    if amount == 0 { return .zeroAmount }
    if m.isHeld { return .onHold }
    let isStarted = m.stateValue > MilestoneState.funded.rawValue
    let needsConsent = isPayer(c) && isStarted && !isLate(m, &c)
    if needsConsent && !hasConsent(.refund, version: m.version, c, side) { return .consentRequired }
    if amount > m.free { return .insufficientHeld }
    m.held -= amount
    m.refunded += amount
    c.buckets.held -= amount
    c.buckets.refundPending += amount
    if m.state == .funded { enter(.planned, &m, &c) }
    if needsConsent { useConsent(c, &side) }
    return .ok
  }

  /// 28 REFUND_RESULT (0 settled, 1 failed): Q -> B, or nothing.
  func refundResult(_ c: inout ContractRecord, _ references: inout ReferenceSet) -> ResultCode {
    if !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if amount == 0 { return .zeroAmount }
    let reference = references.key(.utr, operation)
    if mode == 0 && references.contains(reference) { return .duplicateUtr }
    if amount > c.buckets.refundPending { return .exceedsWithheld }
    if mode == 0 {
      references.insert(reference)
      c.buckets.refundPending -= amount
      c.buckets.refunded += amount
    }
    return .ok
  }

  /// 29 REMIT (0 tax, 1 other): T -> Tx, O -> Ox.
  func remit(_ c: inout ContractRecord, _ references: inout ReferenceSet) -> ResultCode {
    if !isPayer(c) && !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if amount == 0 { return .zeroAmount }
    let space: ReferenceSpace = mode == 0 ? .challan : .utr
    let reference = references.key(space, operation)
    if references.contains(reference) { return mode == 0 ? .duplicateChallan : .duplicateUtr }
    if amount > (mode == 0 ? c.buckets.taxWithheld : c.buckets.otherWithheld) { return .exceedsWithheld }
    references.insert(reference)
    if mode == 0 {
      c.buckets.taxWithheld -= amount
      c.buckets.taxDeposited += amount
    } else {
      c.buckets.otherWithheld -= amount
      c.buckets.otherPaid += amount
    }
    return .ok
  }
}
