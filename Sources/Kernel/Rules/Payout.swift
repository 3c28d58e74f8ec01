/// Paying what is due: release, and what the bank says.
extension Step {
  /// 19 RELEASE (0 computed, 1 explicit lines, 2 retry owed).
  mutating func release(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    let byPayee = isPayee(c)
    switch mode {
    case 1: if !isOperator { return .notAuthorised }
    default: if !isPayer(c) && !byPayee && !isOperator { return .notAuthorised }
    }
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState { return .contractState }
    let mayRetry = mode == 2 && (m.state == .inProgress || m.state == .changesRequested)
    if m.state != .approved && !mayRetry { return .invalidTransition }
    if mode != 2 && amount == 0 { return .zeroAmount }
    if mode == 0 && byPayee && now < approvedAt(m) + Self.milliseconds(terms.payBy) { return .notDue }
    if m.isHeld { return .onHold }
    if !c.flags.contains(.payeeVerified) { return .payeeUnverified }
    if mode == 2 {
      if m.owed == 0 || amount != m.owed { return .nothingOwed }
      m.held -= amount
      m.owed = 0
      c.buckets.held -= amount
      pay(amount, &m, &c)
      return .ok
    }
    if amount > m.due { return .exceedsCertified }
    if mode == 1 { return releaseLines(&m, &c) }
    if amount > m.held - m.owed { return .insufficientHeld }
    let taken = Deductions(
      gross: amount, before: m.released - m.voteOrBillBase, terms: terms,
      retentionRoom: c.retentionCap - c.retainedEver, advanceOutstanding: c.advanceOutstanding, retains: true)
    pay(amount, less: taken, &m, &c)
    return .ok
  }

  /// A release with explicit lines, from the balances on.
  private mutating func releaseLines(_ m: inout MilestoneRecord, _ c: inout ContractRecord) -> ResultCode {
    let lines = operation.loadExtension(as: ReleaseLines.self)
    let code = checkLines(lines, &c)
    if code != .ok { return code }
    if amount > m.held - m.owed { return .insufficientHeld }
    c.buckets.refundPending += lines.liquidatedDamages
    c.damages += lines.liquidatedDamages
    pay(amount, less: Deductions(explicit: lines), &m, &c)
    return .ok
  }

  /// Moves a gross sum out of H: deductions where they belong, the net to a payout.
  @inline(__always)
  private mutating func pay(
    _ gross: Int64, less taken: Deductions, _ m: inout MilestoneRecord, _ c: inout ContractRecord
  ) {
    m.held -= gross
    m.released += gross
    c.buckets.held -= gross
    book(taken, &m, &c)
    pay(taken.net, &m, &c)
  }

  /// Explicit lines add up to gross and stay inside what the contract allows.
  @inline(__always)
  private func checkLines(_ lines: ReleaseLines, _ c: inout ContractRecord) -> ResultCode {
    let parts: [7 of Int64] = [
      lines.net, lines.retention, lines.tax, lines.other, lines.advance, lines.fee, lines.liquidatedDamages,
    ]
    var sum: Int64 = 0
    for index in 0..<7 {
      // Each line is at most gross, so seven of them cannot overflow.
      if parts[index] < 0 || parts[index] > amount { return .splitMismatch }
      sum += parts[index]
    }
    if sum != amount { return .splitMismatch }
    if lines.retention > c.retentionCap - c.retainedEver { return .retentionCap }
    if lines.advance > c.advanceOutstanding { return .exceedsAdvance }
    if lines.liquidatedDamages > 0 && exceedsDamagesCap(lines.liquidatedDamages, c) { return .ldCap }
    return .ok
  }

  @inline(__always)
  func exceedsDamagesCap(_ sum: Int64, _ c: ContractRecord) -> Bool {
    Deductions.exceeds(c.damages + sum, terms.ldCapBP, of: c.value)
  }

  /// Books the deductions of a gross sum that already left H.
  @inline(__always)
  func book(_ taken: Deductions, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    m.retained += taken.retention
    m.retainedEver += taken.retention
    c.buckets.retained += taken.retention
    c.buckets.unallocated += taken.advance
    c.buckets.taxWithheld += taken.tax
    c.buckets.otherWithheld += taken.other
    // Lines of the record that most bills can leave alone.
    if taken.retention != 0 { c.retainedEver += taken.retention }
    if taken.advance != 0 { c.advanceOutstanding -= taken.advance }
    if taken.fee != 0 { c.buckets.fee += taken.fee }
  }

  /// Reserves a payout of a net sum that already left its bucket, or rests when there is nothing to pay.
  mutating func pay(_ net: Int64, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    moved = net
    if net == 0 { return rest(&m, &c) }
    c.buckets.payoutPending += net
    enter(.payoutPending, &m, &c)
    m.claimOrPending = net
    m.payoutAttempt &+= 1
  }

  /// 20 PAYOUT_RESULT of a milestone (0 settled, 1 failed, 2 returned).
  mutating func payoutResult(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ references: inout ReferenceSet
  ) -> ResultCode {
    if !isOperator { return .notAuthorised }
    if mode == 2 { return payoutReturned(&m, &c, &references) }
    if !c.isMoneyState { return .contractState }
    if m.state != .payoutPending || operation.expectedVersion != UInt32(m.payoutAttempt) || amount != m.pending {
      return .payoutState
    }
    let reference = references.key(.utr, operation)
    if mode == 0 && references.contains(reference) { return .duplicateUtr }
    // What was paid and came back is paid again: this sum alone is not bounded by what was funded.
    if mode == 0 && exceedsTotal(c.buckets.paidOut, plus: amount) { return .totalOverflow }
    c.buckets.payoutPending -= amount
    m.claimOrPending = 0
    if mode == 0 {
      references.insert(reference)
      c.buckets.paidOut += amount
      m.paid += amount
    } else {
      c.buckets.held += amount
      m.held += amount
      m.owed += amount
      m.flags.subtract(.anySideDisputed)
    }
    rest(&m, &c)
    return .ok
  }

  /// A settled payout came back: Xr+, H and owed+.
  private func payoutReturned(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ references: inout ReferenceSet
  ) -> ResultCode {
    if versionConflicts(m.version) { return .versionConflict }
    if !c.isMoneyState && c.state != .closed { return .contractState }
    if amount == 0 { return .zeroAmount }
    let reference = references.key(.deposit, operation)
    if references.contains(reference) { return .duplicateDeposit }
    if amount > m.paid { return .exceedsPaid }
    references.insert(reference)
    c.buckets.returned += amount
    c.buckets.held += amount
    m.paid -= amount
    m.held += amount
    m.owed += amount
    if c.state == .closed { c.state = .completed }
    let wasDone = m.isDone
    if wasDone || m.state == .approved { rest(&m, &c) }
    if wasDone { startApproval(&m) }
    return .ok
  }

  /// 20 PAYOUT_RESULT of the advance: P -> X, P -> U, or Xr+ and U+.
  func advanceResult(_ c: inout ContractRecord, _ references: inout ReferenceSet) -> ResultCode {
    if !isOperator { return .notAuthorised }
    if mode == 2 {
      if versionConflicts(c.version) { return .versionConflict }
      if !c.isMoneyState && c.state != .closed { return .contractState }
      if amount == 0 { return .zeroAmount }
      let reference = references.key(.deposit, operation)
      if references.contains(reference) { return .duplicateDeposit }
      if amount > c.advanceOutstanding { return .exceedsPaid }
      references.insert(reference)
      c.buckets.returned += amount
      c.buckets.unallocated += amount
      c.advanceOutstanding -= amount
      c.advanceSettled -= amount
      if c.state == .closed { c.state = .completed }
      return .ok
    }
    if !c.isMoneyState { return .contractState }
    if c.advancePending == 0 || operation.expectedVersion != UInt32(c.payoutAttempt) || amount != c.advancePending {
      return .payoutState
    }
    let reference = references.key(.utr, operation)
    if mode == 0 && references.contains(reference) { return .duplicateUtr }
    // What was paid and came back is paid again: this sum alone is not bounded by what was funded.
    if mode == 0 && exceedsTotal(c.buckets.paidOut, plus: amount) { return .totalOverflow }
    c.buckets.payoutPending -= amount
    c.advancePending = 0
    if mode == 0 {
      references.insert(reference)
      c.buckets.paidOut += amount
      c.advanceOutstanding += amount
      c.advanceSettled += amount
    } else {
      c.buckets.unallocated += amount
    }
    return .ok
  }
}

extension Deductions {
  /// Lines as the operator gave them.
  init(explicit lines: ReleaseLines) {
    retention = lines.retention
    advance = lines.advance
    tax = lines.tax
    other = lines.other
    fee = lines.fee
    net = lines.net
  }
}
