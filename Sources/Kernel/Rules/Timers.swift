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
///
/// Numbers are part of the protocol: they are in the ids of what timers fire, and in the records of reads.
public enum TimerKind: UInt8, CaseIterable, Sendable {
  case autoApprove = 1
  case escalate, expire, decideByDefault, holdEnd, suspensionEnd, retention, dormantRefund

  public var name: StaticString {
    switch self {
    case .autoApprove: "AUTO_APPROVE"
    case .escalate: "ESCALATE"
    case .expire: "EXPIRE"
    case .decideByDefault: "DECIDE_BY_DEFAULT"
    case .holdEnd: "HOLD_END"
    case .suspensionEnd: "SUSPENSION_END"
    case .retention: "RETENTION"
    case .dormantRefund: "DORMANT_REFUND"
    }
  }
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
    eachTimer(&m, &c, &side) { instant, kind in next = .earliest(next, instant, kind) }
    return next
  }

  /// Visits all timers of a milestone that run, at most one of a kind.
  @inline(__always)
  func eachTimer(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord,
    _ visit: (Instant, TimerKind) -> Void
  ) {
    guard c.stateValue <= ContractState.terminated.rawValue else { return }
    if m.flags.contains(.payerHold) { visit(m.holdEndOrDisputeOpened, .holdEnd) }
    let isFree = !m.isHeld && c.state != .suspended
    switch m.state {
    case .submitted, .approved:
      guard isFree else { return }
      if m.state == .submitted && m.rejected == 0 && mayAutoApprove(&m, &c, &side) {
        visit(reviewEnd(m, &c), .autoApprove)
      }
      if m.level < side.policy.maxLevel || escalatesToDispute(&m, &c) { visit(escalationDue(&m, &side), .escalate) }
    case .disputed:
      if m.flags.contains(.complianceHold) { return }
      visit(m.holdEndOrDisputeOpened + Self.milliseconds(terms.arbitration), .decideByDefault)
      if c.state != .suspended && m.level < side.policy.maxLevel { visit(escalationDue(&m, &side), .escalate) }
    case .planned, .funded, .inProgress, .changesRequested:
      // Before the contract is active this is when it would expire; the shard looks again when it comes.
      if isFree { visit(dueDate(m, &c) + expirySpan(m, c), .expire) }
    case .paid:
      guard c.isComplete, isFree, c.flags.contains(.payeeVerified) else { return }
      let first = retentionFirstDue(m, c) > 0
      visit(first ? c.completedAt : defectPeriodEnd(c), .retention)
    default: break
    }
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
      // What is above goes back with the next one.
      amount: isResume ? 0 : min(c.buckets.unallocated, Format.amountMax))
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
