extension Step {
  /// One operation on a milestone that exists: idempotency, its rule, and on success totals, version and memory.
  ///
  /// All records are handed in `inout` by the shard, which looked each of them up once.
  mutating func transact(
    _ kind: OperationCode, digest: UInt64, predecessorsDone: Bool, _ m: inout MilestoneRecord,
    _ c: inout ContractRecord, _ side: inout SideRecord, _ references: inout ReferenceSet,
    _ tenant: inout TenantRecord
  ) -> OperationResult {
    var code: ResultCode
    // What the engine does by itself is never remembered; a client's id that looks like a timer's must not stand in its way.
    switch operation.isTimer ? .fresh : m.memory.match(digest) {
    case .fresh:
      // What the operation can change is compared; the rest stays out of the cache.
      if kind.movesMoney {
        let balances = c.buckets.balances
        if changesOutflows(kind) {
          let outflows = c.buckets.outflows
          code = decide(kind, predecessorsDone: predecessorsDone, &m, &c, &side, &references)
          if code == .ok { tenant.totals.outflows &+= c.buckets.outflows &- outflows }
        } else {
          code = decide(kind, predecessorsDone: predecessorsDone, &m, &c, &side, &references)
        }
        if code == .ok { tenant.totals.balances &+= c.buckets.balances &- balances }
      } else {
        code = decide(kind, predecessorsDone: predecessorsDone, &m, &c, &side, &references)
      }
      if code == .ok {
        if kind != .consent { m.version = Self.next(m.version) }
        if !operation.isTimer { m.memory.remember(digest) }
      }
    case .repeat: code = .exists
    case .otherBody: code = .existsWithDifferentFields
    }
    return OperationResult(
      code: code, state: m.stateValue, payoutAttempt: m.payoutAttempt, version: m.version,
      amount: code == .ok ? moved : 0)
  }

  /// Whether an operation on a milestone can change what went out of the contract, or came back.
  @inline(__always)
  private func changesOutflows(_ kind: OperationCode) -> Bool {
    switch kind {
    case .payoutResult, .resolve: true
    case .release: mode == 1 || terms.feeBP != 0
    default: false
    }
  }

  /// 1...2^32-1, then 1 again.
  @inline(__always)
  static func next(_ version: UInt32) -> UInt32 { version == .max ? 1 : version + 1 }

  /// The rule of each operation on a milestone.
  private mutating func decide(
    _ kind: OperationCode, predecessorsDone: Bool, _ m: inout MilestoneRecord,
    _ c: inout ContractRecord, _ side: inout SideRecord, _ references: inout ReferenceSet
  ) -> ResultCode {
    switch kind {
    case .fund: fund(&m, &c)
    case .start: start(&m, &c, predecessorsDone: predecessorsDone)
    case .submit: submit(&m, &c)
    case .withdrawSubmission: withdrawSubmission(&m, &c)
    case .approve: approve(&m, &c, &side)
    case .reject: reject(&m, &c, &side)
    case .autoApprove: autoApprove(&m, &c, &side)
    case .escalate: escalate(&m, &c, &side)
    case .release: release(&m, &c)
    case .payoutResult: payoutResult(&m, &c, &references)
    case .hold: hold(&m, &c)
    case .dispute: dispute(&m, &c)
    case .withdrawDispute: withdrawDispute(&m, &c)
    case .resolve: resolve(&m, &c, &side)
    case .releaseRetention: releaseRetention(&m, &c)
    case .levy: levy(&m, &c)
    case .refund: refundHeld(&m, &c, &side)
    case .amend: amend(&m, &c, &side)
    case .cancel: cancel(&m, &c, &side)
    case .expire: expire(&m, &c)
    case .reopen: reopen(&m, &c, &side)
    case .consent: consentOnMilestone(&m, &c, &side)
    default: preconditionFailure("an operation of the contract on a milestone")
    }
  }

  /// CONSENT to an operation on a milestone, or the withdrawal of a consent.
  private func consentOnMilestone(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> ResultCode {
    let code = consent(version: m.version, c)
    // Without a side record there is no consent to withdraw, and the shared default is never written.
    if code == .ok && c.side != 0 { giveConsent(version: m.version, c, &side) }
    return code
  }
}
