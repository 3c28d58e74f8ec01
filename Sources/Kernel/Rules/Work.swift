/// Doing the work and claiming for it.
extension Step {
  /// 12 START; `predecessorsDone` looks at the contract's other milestones.
  mutating func start(_ m: inout MilestoneRecord, _ c: inout ContractRecord, predecessorsDone: Bool) -> ResultCode {
    if !isPayee(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if c.state != .active { return .contractState }
    if m.state != .planned && m.state != .funded { return .invalidTransition }
    if !predecessorsDone { return .predecessorOpen }
    if m.state == .planned && !terms.flags.contains(.unfundedStart) { return .notFunded }
    enter(.inProgress, &m, &c)
    return .ok
  }

  /// 13 SUBMIT (0 this claim, 1 cumulative claim).
  mutating func submit(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isPayee(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    if m.state != .inProgress && m.state != .changesRequested { return .invalidTransition }
    if mode == 0 && amount == 0 { return .zeroAmount }
    let claim = mode == 0 ? m.certified + amount : amount
    if !terms.flags.contains(.unfundedStart) && claim - m.released > m.held - m.owed { return .notFunded }
    if claim > m.amount { return .claimExceeds }
    if terms.flags.contains(.evidence) && operation.argument == 0 { return .evidenceMissing }
    enter(.submitted, &m, &c)
    m.claimOrPending = claim
    m.voteOrBillBase = .max
    m.voted = 0
    m.rejected = 0
    m.level = 0
    m.flags.subtract([.anySideDisputed, .cumulativeClaim])
    if mode == 1 { m.flags.insert(.cumulativeClaim) }
    startReview(&m, &c)
    return .ok
  }

  /// 14 WITHDRAW_SUBMISSION.
  mutating func withdrawSubmission(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    if !isPayee(c) { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    if m.state != .submitted { return .invalidTransition }
    if m.voted != 0 && now < reviewEnd(m, &c) { return .votesCast }
    enter(.inProgress, &m, &c)
    clearSubmission(&m)
    return .ok
  }

  /// Nothing is claimed any more and no vote stands.
  func clearSubmission(_ m: inout MilestoneRecord) {
    m.claimOrPending = 0
    m.voteOrBillBase = 0
    m.voted = 0
    m.rejected = 0
  }
}
