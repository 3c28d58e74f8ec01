/// Setting a contract up, and agreeing on changes to it.
extension Step {
  /// 1 CREATE_CONTRACT, after existence: the terms.
  func createContract() -> ResultCode {
    let payer = UInt32(truncatingIfNeeded: operation.argument)
    let payee = UInt32(truncatingIfNeeded: operation.argument >> 32)
    if actor != payer && actor != payee { return .notAuthorised }
    if operation.expectedVersion != 0 { return .versionConflict }
    if amount == 0 { return .zeroAmount }
    if payer == payee || terms.arbiter != 0 && (terms.arbiter == payer || terms.arbiter == payee) {
      return .sameParty
    }
    if payer == 0 || payee == 0 || !terms.isValid(value: amount) { return .badTerms }
    return .ok
  }

  /// 2 SET_POLICY.
  func setPolicy(_ policy: ApproverPolicy, _ c: ContractRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if c.state != .draft { return .contractState }
    if !policy.isValid { return .badTerms }
    return .ok
  }

  /// 4 VERIFY_PAYEE (0 verified, 1 not).
  func verifyPayee(_ c: inout ContractRecord) -> ResultCode {
    if !isOperator { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isOpen { return .contractState }
    if mode == 0 { c.flags.insert(.payeeVerified) } else { c.flags.remove(.payeeVerified) }
    return .ok
  }

  /// 5 ADD_MILESTONE, after existence; `sum` is what all milestones amount to before.
  func addMilestone(
    _ predecessors: Predecessors, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> ResultCode {
    let createdByPayee = c.flags.contains(.createdByPayee)
    let isCreator = createdByPayee ? isPayee(c) : isPayer(c)
    if c.state == .draft ? !isCreator : !isParty(c) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if c.state != .draft && c.state != .active { return .contractState }
    if amount == 0 { return .zeroAmount }
    let p = predecessors.ordinals
    let ordinal = operation.ordinal
    if instant <= now || p.0 >= ordinal || p.1 >= ordinal || p.2 >= ordinal || p.3 >= ordinal { return .badTerms }
    if c.state == .draft { return .ok }
    if !hasConsent(.addMilestone, version: c.version, c, side) { return .consentRequired }
    if exceedsTotal(c.value, plus: amount) { return .totalOverflow }
    c.value += amount
    useConsent(c, &side)
    return .ok
  }

  /// The milestone that ADD_MILESTONE makes.
  @inline(__always)
  func newMilestone(_ predecessors: Predecessors, _ c: inout ContractRecord) -> MilestoneRecord {
    var m = MilestoneRecord()
    m.amount = amount
    m.stateValue = MilestoneState.planned.rawValue
    m.predecessors = predecessors.ordinals
    setDueDate(instant, &m, &c)
    return m
  }

  /// 6 OFFER; `total` is the sum of the milestones' amounts.
  func offer(total: Int128, _ c: inout ContractRecord, _ side: inout SideRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if c.state != .draft { return .contractState }
    if total != Int128(c.value) { return .scheduleMismatch }
    if !isQuorumReachable(&side) { return .quorumUnreachable }
    c.state = .offered
    c.flags.insert(isPayer(c) ? .offeredByPayer : .offeredByPayee)
    return .ok
  }

  /// 7 ACCEPT.
  func accept(_ c: inout ContractRecord, _ side: inout SideRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if c.flags.contains(isPayer(c) ? .offeredByPayer : .offeredByPayee) {
      return .notAuthorised
    }
    if versionConflicts(c.version) { return .versionConflict }
    if c.state != .offered { return .contractState }
    if !isQuorumReachable(&side) { return .quorumUnreachable }
    c.state = .active
    return .ok
  }

  /// 8 CONSENT, up to the effect; `version` is the named record's.
  @inline(__always)
  func consent(version: UInt32, _ c: ContractRecord) -> ResultCode {
    if !isParty(c) { return .notAuthorised }
    if versionConflicts(version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    return .ok
  }

  /// The effect of CONSENT: replaces the party's live consent.
  @inline(__always)
  func giveConsent(version: UInt32, _ c: ContractRecord, _ side: inout SideRecord) {
    var consent = Consent()
    if mode != ConsentMode.withdraw.rawValue {
      consent.amount = amount
      consent.argument = operation.argument
      consent.version = version
      consent.ordinal = operation.ordinal
      consent.mode = mode
      consent.isLive = true
    }
    if isPayer(c) { side.payerConsent = consent } else { side.payeeConsent = consent }
  }

  /// Whether the other party agreed to exactly this operation, the named record being at `version` since.
  @inline(__always)
  func hasConsent(
    _ kind: ConsentMode, version: UInt32, _ c: ContractRecord, _ side: SideRecord
  ) -> Bool {
    let consent = isPayer(c) ? side.payeeConsent : side.payerConsent
    return consent.isLive && consent.mode == kind.rawValue && consent.ordinal == operation.ordinal
      && consent.amount == amount && consent.argument == operation.argument && consent.version == version
  }

  /// Success uses the other party's consent up.
  @inline(__always)
  func useConsent(_ c: ContractRecord, _ side: inout SideRecord) {
    if isPayer(c) { side.payeeConsent = Consent() } else { side.payerConsent = Consent() }
  }
}

extension ContractTerms {
  /// Term checks of DOMAIN 4.5, for a contract of `value`.
  func isValid(value: Int64) -> Bool {
    let parts: [10 of UInt16] = [
      retentionBP, retentionFirstBP, advanceBP, advanceRecoveryBP, gstBP, tdsBP, gstTDSBP, cessBP, feeBP, ldCapBP,
    ]
    for index in 0..<10 where parts[index] > 10_000 { return false }
    if defaultSplitBP > 10_000 { return false }
    let taken =
      UInt32(retentionBP) + UInt32(advanceRecoveryBP) + UInt32(tdsBP) + UInt32(gstTDSBP) + UInt32(cessBP)
      + UInt32(feeBP)
    if taken > 10_000 { return false }
    if retentionCap < 0 || retentionCap > value { return false }
    if review < 1 || arbitration < 1 || dormantDays < 1 { return false }
    // Recovery must be able to cover the advance over the whole value: DOMAIN 4.4 (11).
    return UInt64(advanceRecoveryBP) * 10_000 >= UInt64(advanceBP) * (10_000 + UInt64(gstBP))
  }
}

extension ApproverPolicy {
  var isValid: Bool {
    votes.0 >= 1 && band.0 == 0 && band.1 >= 0 && band.2 >= 0 && band.3 >= 0 && autoMax >= 0
      && max(votes.0, votes.1, votes.2, votes.3) <= 16 && ordered <= 1 && majority <= 1
  }
}
