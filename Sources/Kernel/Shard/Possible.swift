/// What records can hold. Those that come from elsewhere, a checkpoint or the archive, are held against it.
///
/// Inside these bounds no rule that adds to sums and times can overflow, and the audit finds nothing that the rules did
/// not make. Whatever the rules make lies inside.
enum Possible {
  static let amounts = 0...Format.amountMax
  /// A thousand of the largest operations below where a sum would overflow.
  static let sumMax = Int64.max - 1_024 * Format.amountMax
  /// Any instant that an operation can name, and as much again for pauses.
  static let instants: ClosedRange<Instant> = -(2 * Step.never)...(2 * Step.never)
}

extension Shard {
  /// Stamps that a batch may carry: far beyond any clock, and far enough from where sums of spans would overflow.
  public static let stamps: ClosedRange<Instant> = -Step.never...Step.never
}

extension MilestoneRecord {
  /// Whether this can be the milestone of an ordinal, by itself. What all of a contract add up to is `ContractSums`.
  func isPossible(ordinal: Int) -> Bool {
    let p = predecessors
    guard MilestoneState(rawValue: stateValue) != nil, stateBeforeDispute <= MilestoneState.expired.rawValue,
      reserved == 0, flags.rawValue < 1 << 5, outcomeAndOpener < 1 << 4,
      Int(max(max(p.0, p.1), max(p.2, p.3))) < ordinal
    else { return false }
    // In this order none of the differences can overflow: what is subtracted is not negative and not larger.
    guard min(min(held, retained, owed, refunded, paid), min(released, certified, retainedEver, voteOrBillBase)) >= 0,
      Possible.amounts.contains(amount), Possible.amounts.contains(claimOrPending),
      max(refunded, paid) <= Possible.sumMax,
      certified <= amount, released <= amount, owed <= held, held - owed <= amount - released
    else { return false }
    if isDone && (held != 0 || owed != 0 || state != .paid && retained != 0) { return false }
    // No claim exceeds its milestone, which is not amended while the claim is open.
    if (state == .disputed ? stateBefore : state) == .submitted && claimOrPending > amount { return false }
    // Of a bill that more can be released of, the base lies inside what was.
    if maySettle && certified > released && voteOrBillBase > released { return false }
    return min(min(dueAt, phaseAt, levelAt), min(pausedSince, holdEndOrDisputeOpened)) >= Possible.instants.lowerBound
      && max(max(dueAt, phaseAt, levelAt), max(pausedSince, holdEndOrDisputeOpened)) <= Possible.instants.upperBound
  }

  /// In a state with a bill, or on the way back to one.
  private var maySettle: Bool {
    let state = state == .disputed ? stateBefore : state
    return state == .approved || state == .payoutPending || state == .paid
  }
}

extension ContractRecord {
  /// Whether this can be a contract, by itself.
  var isPossible: Bool {
    guard ContractState(rawValue: stateValue) != nil, reserved0 == 0, reserved1 == 0, flags.rawValue < 1 << 7 else {
      return false
    }
    let b = buckets
    let balances = min(
      min(b.unallocated, b.held, b.retained, b.payoutPending), min(b.refundPending, b.taxWithheld, b.otherWithheld))
    let outflows = min(min(b.refunded, b.taxDeposited, b.otherPaid, b.fee), min(b.returned, b.funded))
    guard min(balances, outflows) >= 0, b.paidOut >= b.returned, b.paidOut <= Possible.sumMax else { return false }
    guard min(min(value, retentionCap, retainedEver, damages), min(advanceOutstanding, advancePending)) >= 0,
      max(value, retentionCap, max(advanceOutstanding, advancePending, damages)) <= Possible.sumMax,
      advanceSettled.magnitude <= UInt64(Possible.sumMax), retainedEver <= retentionCap
    else { return false }
    if state == .closed && (advanceOutstanding != 0 || holdsFunds) { return false }
    let sinks =
      Int128(b.unallocated) + Int128(b.held) + Int128(b.retained) + Int128(b.payoutPending) + Int128(b.refundPending)
      + Int128(b.taxWithheld) + Int128(b.otherWithheld) + Int128(b.paidOut - b.returned) + Int128(b.refunded)
      + Int128(b.taxDeposited) + Int128(b.otherPaid) + Int128(b.fee)
    guard sinks == Int128(b.funded) else { return false }
    return suspendedTotal >= 0 && min(completedAt, suspendedAt, suspendedUntil) >= Possible.instants.lowerBound
      && max(completedAt, suspendedAt, max(suspendedUntil, suspendedTotal)) <= Possible.instants.upperBound
  }
}

/// What the milestones of a contract add up to.
struct ContractSums {
  private var held: Int128 = 0
  private var retained: Int128 = 0
  private var retainedEver: Int128 = 0
  private var pending: Int128 = 0
  private var paid: Int128 = 0
  private var openCount = 0
  private var paidCount = 0

  mutating func add(_ m: MilestoneRecord) {
    held += Int128(m.held)
    retained += Int128(m.retained)
    retainedEver += Int128(m.retainedEver)
    pending += Int128(m.pending)
    paid += Int128(m.paid)
    if !m.isDone { openCount += 1 }
    if m.state == .paid { paidCount += 1 }
  }

  /// Whether the contract says the same.
  func fit(_ c: ContractRecord) -> Bool {
    held == Int128(c.buckets.held) && retained == Int128(c.buckets.retained)
      && retainedEver == Int128(c.retainedEver)
      && pending + Int128(c.advancePending) == Int128(c.buckets.payoutPending)
      // What can still be returned has gone out.
      && paid + Int128(c.advanceOutstanding) <= Int128(c.buckets.paidOut - c.buckets.returned)
      && openCount == Int(c.openCount) && paidCount == Int(c.paidCount)
  }
}

extension ContractTerms {
  /// Whether this can be the terms that contracts share.
  var isPossible: Bool { !hasReservedBits && retentionCap == 0 && arbiter == 0 && isValid(value: .max) }
}

extension SideRecord {
  /// Whether the side record of a contract can hold this; truth values were checked before.
  var isPossible: Bool {
    guard isConsistent, policy.isValid else { return false }
    for index in 0..<Self.approverCountMax where !Possible.instants.contains(approvers[index].until) { return false }
    return true
  }
}
