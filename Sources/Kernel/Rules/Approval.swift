/// Votes, silence and escalation.
extension Step {
  /// Checks that APPROVE and REJECT share, up to the guards; the voter, or the failing code.
  @inline(__always)
  private func voter(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> (code: ResultCode, seat: Int, person: Int) {
    if isPayee(c) { return (.selfApproval, 0, 0) }
    guard let (seat, person) = vote(&m, &c, &side) else { return (.notAuthorised, 0, 0) }
    if versionConflicts(m.version) { return (.versionConflict, 0, 0) }
    if !c.isLive { return (.contractState, 0, 0) }
    if m.state != .submitted { return (.invalidTransition, 0, 0) }
    return (.ok, seat, person)
  }

  /// Checks of the guards phase that APPROVE and REJECT share.
  @inline(__always)
  private func voteGuards(
    seat: Int, person: Int, _ m: inout MilestoneRecord, _ c: inout ContractRecord,
    _ side: inout SideRecord
  ) -> ResultCode {
    if m.voted & (1 << UInt16(seat) | 1 << UInt16(person)) != 0 { return .alreadyVoted }
    if side.policy.ordered != 0 {
      let step = Int(side.entry(seat, payer: c.payer).step)
      if !isComplete(through: step - 1, &m, &side) { return .stepOrder }
    }
    return .ok
  }

  /// 15 APPROVE: a vote, and at quorum the certification.
  mutating func approve(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> ResultCode {
    let (code, seat, person) = voter(&m, &c, &side)
    if code != .ok { return code }
    let isCumulative = m.flags.contains(.cumulativeClaim)
    if amount == 0 && !isCumulative { return .zeroAmount }
    let guards = voteGuards(seat: seat, person: person, &m, &c, &side)
    if guards != .ok { return guards }
    let certified = isCumulative ? amount : m.certified + amount
    if certified > m.claimOrPending { return .certifiedExceeds }
    m.voted |= 1 << UInt16(seat) | 1 << UInt16(person)
    m.voteOrBillBase = min(m.voteOrBillBase, certified)
    if isComplete(through: 4, &m, &side) { certify(m.voteOrBillBase, &m, &c) }
    return .ok
  }

  /// Sets what is certified, opens its bill, and rests.
  private mutating func certify(_ sum: Int64, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    clearSubmission(&m)
    m.certified = sum
    m.voteOrBillBase = m.released
    // The state is still SUBMITTED, so a running pause goes on into the new phase.
    startApproval(&m)
    rest(&m, &c)
    moved = max(0, m.due)
  }

  /// 16 REJECT (0 changes, 1 reject).
  mutating func reject(_ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord) -> ResultCode {
    let (code, seat, person) = voter(&m, &c, &side)
    if code != .ok { return code }
    let guards = voteGuards(seat: seat, person: person, &m, &c, &side)
    if guards != .ok { return guards }
    if operation.argument == 0 { return .reasonRequired }
    if m.reworkCount >= side.policy.reworkLimit { return .reworkLimit }
    m.voted |= 1 << UInt16(seat) | 1 << UInt16(person)
    m.rejected |= 1 << UInt16(seat)
    if isRejected(step: Int(side.entry(seat, payer: c.payer).step), &m, &side) {
      enter(.changesRequested, &m, &c)
      m.voted = 0
      m.rejected = 0
      m.voteOrBillBase = 0
      m.reworkCount += 1
      // On the clock that pauses stop: an instant that stands still is not compared with one that runs.
      m.dueAt = max(m.dueAt, now - suspension(&c) - pause(m))
    }
    return .ok
  }

  /// 17 AUTO_APPROVE: silence certifies the claim, or the lowest vote.
  mutating func autoApprove(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> ResultCode {
    if !isOperator { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isLive { return .contractState }
    if m.state != .submitted { return .invalidTransition }
    if !mayAutoApprove(&m, &c, &side) { return .notAllowed }
    if now < reviewEnd(m, &c) { return .notDue }
    if m.isHeld || c.state == .suspended || m.rejected != 0 { return .blocked }
    certify(min(m.claimOrPending, m.voteOrBillBase), &m, &c)
    return .ok
  }

  /// The terms opted in, and the claim is not above the limit.
  @inline(__always)
  func mayAutoApprove(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> Bool {
    terms.flags.contains(.autoApprove) && m.claimOrPending <= side.policy.autoMax
  }

  /// 18 ESCALATE.
  mutating func escalate(_ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord) -> ResultCode
  {
    if !isOperator { return .notAuthorised }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    if m.state != .submitted && m.state != .approved && m.state != .disputed { return .invalidTransition }
    if now < escalationDue(&m, &side) { return .notDue }
    if m.isHeld || c.state == .suspended { return .blocked }
    if m.level < side.policy.maxLevel {
      m.level += 1
      return .ok
    }
    if !escalatesToDispute(&m, &c) { return .maxLevel }
    openDispute(by: .operator, &m, &c)
    return .ok
  }

  @inline(__always)
  func escalationDue(_ m: inout MilestoneRecord, _ side: inout SideRecord) -> Instant {
    let base = m.state == .disputed ? m.holdEndOrDisputeOpened : m.levelAt
    return base + (Int64(m.level) + 1) * Self.milliseconds(side.policy.escalation)
  }

  @inline(__always)
  func escalatesToDispute(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> Bool {
    terms.flags.contains(.escalateDispute) && m.held > 0 && m.state != .disputed
  }
}
