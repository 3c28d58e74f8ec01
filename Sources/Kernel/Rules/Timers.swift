/// The one table of timers. All fire as operations of actor 0; a timer that is refused is tried again a day later.
///
/// | timer | armed while | fires at | operation (mode, sum) |
/// | --- | --- | --- | --- |
/// | 1 autoApprove | SUBMITTED, opted in, claim within limit, no reject vote, no hold, live and not suspended | review end | AUTO_APPROVE |
/// | 2 escalate | SUBMITTED, APPROVED, DISPUTED below the top level (or where the top opens a dispute), no hold, not suspended | base + (level + 1) spans | ESCALATE |
/// | 3 expire | PLANNED, FUNDED, IN_PROGRESS, CHANGES_REQUESTED, no hold, ACTIVE | due + grace (+ dormant days) | EXPIRE |
/// | 4 decideByDefault | DISPUTED, no compliance hold | opening + arbitration span | RESOLVE (2) |
/// | 5 holdEnd | payer hold | its end | HOLD (1, the end as sum) |
/// | 6 suspensionEnd | contract SUSPENDED | its end | SUSPEND (1) |
/// | 7 retention | PAID, contract complete, payee verified, no hold | completion (first share), end of defect period (rest) | RELEASE_RETENTION (0, what falls due) |
/// | 8 dormantRefund | contract complete, U > 0 | completion + dormant days | REFUND (0, U) |
enum TimerKind: UInt8 {
  case autoApprove = 1
  case escalate, expire, decideByDefault, holdEnd, suspensionEnd, retention, dormantRefund
}

/// When a record's next timer fires, and which.
struct NextTimer {
  var instant: Instant
  var kind: TimerKind

  /// The earlier one; of two at one instant the lower number.
  static func earliest(_ a: NextTimer?, _ instant: Instant, _ kind: TimerKind) -> NextTimer {
    guard let a, a.instant <= instant else { return NextTimer(instant: instant, kind: kind) }
    return a
  }
}

extension Step {
  /// The next timer of a milestone, or nil. `now` only serves running pauses, which freeze the timers they touch.
  func nextTimer(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> NextTimer? {
    var next: NextTimer?
    guard c.stateValue <= ContractState.terminated.rawValue else { return nil }
    if m.flags.contains(.payerHold) { next = .earliest(next, m.holdEndOrDisputeOpened, .holdEnd) }
    let isFree = !m.isHeld && c.state != .suspended
    switch m.state {
    case .submitted, .approved:
      guard isFree else { return next }
      if m.state == .submitted && m.rejected == 0 && mayAutoApprove(&m, &c, &side) {
        next = .earliest(next, reviewEnd(m, &c), .autoApprove)
      }
      if m.level < side.policy.maxLevel || escalatesToDispute(&m, &c) {
        next = .earliest(next, escalationDue(&m, &side), .escalate)
      }
    case .disputed:
      if m.flags.contains(.complianceHold) { return next }
      next = .earliest(
        next, m.holdEndOrDisputeOpened + Self.milliseconds(terms.arbitration), .decideByDefault)
      if c.state != .suspended && m.level < side.policy.maxLevel {
        next = .earliest(next, escalationDue(&m, &side), .escalate)
      }
    case .planned, .funded, .inProgress, .changesRequested:
      // Before the contract is active this is when it would expire; the shard looks again when it comes.
      if isFree { next = .earliest(next, dueDate(m, &c) + expirySpan(m, c), .expire) }
    case .paid:
      guard c.isComplete, isFree, c.flags.contains(.payeeVerified) else { return next }
      let first = retentionFirstDue(m, c) > 0
      next = .earliest(next, first ? c.completedAt : defectPeriodEnd(c), .retention)
    default: break
    }
    return next
  }

  /// The next timer of a contract, or nil.
  func nextTimer(_ c: inout ContractRecord) -> NextTimer? {
    if c.state == .suspended { return NextTimer(instant: c.suspendedUntil, kind: .suspensionEnd) }
    if c.isComplete && c.buckets.unallocated > 0 {
      return NextTimer(instant: c.completedAt + Self.days(terms.dormantDays), kind: .dormantRefund)
    }
    return nil
  }

  /// What a milestone's timer fires.
  func fired(_ timer: NextTimer, ordinal: UInt16, _ m: MilestoneRecord, _ c: ContractRecord) -> Operation {
    func operation(_ code: OperationCode, mode: UInt8 = 0, amount: Int64 = 0) -> Operation {
      Operation(
        code, mode: mode, tenant: c.tenant, contract: c.id, ordinal: ordinal, id: timer.id, amount: amount)
    }
    switch timer.kind {
    case .autoApprove: return operation(.autoApprove)
    case .escalate: return operation(.escalate)
    case .expire: return operation(.expire)
    case .decideByDefault: return operation(.resolve, mode: 2)
    case .holdEnd: return operation(.hold, mode: 1, amount: m.holdEndOrDisputeOpened)
    case .retention:
      let isOver = timer.instant >= defectPeriodEnd(c)
      return operation(.releaseRetention, amount: isOver ? m.retained : retentionFirstDue(m, c))
    case .suspensionEnd, .dormantRefund: preconditionFailure("a contract's timer on a milestone")
    }
  }

  /// What a contract's timer fires.
  func fired(_ timer: NextTimer, _ c: ContractRecord) -> Operation {
    let isResume = timer.kind == .suspensionEnd
    return Operation(
      isResume ? .suspend : .refund, mode: isResume ? 1 : 0, tenant: c.tenant, contract: c.id, id: timer.id,
      amount: isResume ? 0 : c.buckets.unallocated)
  }
}

extension NextTimer {
  /// The id of the operation that a timer fires: see `Operation.isTimer`.
  var id: UInt128 {
    UInt128(UInt64.max) << 64 | UInt128(UInt64(bitPattern: instant) << 8 | UInt64(kind.rawValue))
  }
}

extension Operation {
  /// Fired by a timer: actor 0 and an id whose high half is all ones, which clients may not use. Such ids stay out of the id memory.
  public var isTimer: Bool { actor == 0 && id >> 64 == UInt128(UInt64.max) }
}
