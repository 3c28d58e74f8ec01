import Kernel

enum Side: Hashable { case payer, payee }

struct Consent: Hashable {
  var kind: UInt8
  var ordinal: UInt16
  var amount: Int64
  var argument: UInt64
  var version: UInt32
}

/// A person entry of the approver list. Never removed.
struct Approver: Hashable {
  struct Delegation: Hashable {
    var seat: Int
    var expiry: Instant
    var isEnded = false
  }
  var person: UInt32
  var step: Int
  var level: Int
  var isRemoved = false
  /// Not nil for a delegate, who holds no seat of their own.
  var delegation: Delegation?
}

struct Vote: Hashable {
  var entry: Int
  var seat: Int
  var isRejection: Bool
  /// Certified to date.
  var certified: Int64
}

struct Dispute: Hashable {
  /// 0: opened by escalation.
  var opener: UInt32
  var stateBefore: MilestoneState
  var openedAt: Instant
  var escalationBaseBefore: Instant
}

struct Milestone: Hashable {
  var ordinal: UInt16
  var state = MilestoneState.planned
  var outcome = MilestoneOutcome.none
  var version: UInt32 = 1
  var payoutAttempt: UInt16 = 0
  var memory: [Request] = []

  var amount: Int64
  var held: Int64 = 0
  var retained: Int64 = 0
  /// A of DOMAIN 3: moved from U to H, less what went back to U.
  var allocated: Int64 = 0
  var certified: Int64 = 0
  var released: Int64 = 0
  var owed: Int64 = 0
  var refunded: Int64 = 0
  var paid: Int64 = 0
  var pending: Int64 = 0
  /// Ever retained from this milestone.
  var retainedEver: Int64 = 0

  /// Clocks: due, review and approval move on by the length of a pause when it ends, due and review
  /// also by that of a suspension. What is set meanwhile is kept less what has passed of it.
  var due: Instant
  var predecessors: [UInt16] = []

  // The submission.
  var claimToDate: Int64 = 0
  var claimIsCumulative = false
  var review: Instant = 0
  var votes: [Vote] = []
  var level = 0
  var rejectionCount = 0

  // The bill.
  var approval: Instant = 0
  var billBase: Int64 = 0
  var escalationBase: Instant = 0

  // Holds and disputes.
  var payerHoldUntil: Instant?
  var complianceHold = false
  var pausedSince: Instant?
  var dispute: Dispute?
  var disputedBy: Set<Side> = []

  init(ordinal: UInt16, amount: Int64, due: Instant) {
    self.ordinal = ordinal
    self.amount = amount
    self.due = due
  }

  var dueSum: Int64 { certified - released }
  var free: Int64 { max(0, held - owed - max(0, dueSum)) }
  var isDone: Bool { [.paid, .closed, .cancelled, .expired].contains(state) }
  var isFullyFunded: Bool { allocated - refunded == amount }
  var isHeld: Bool { payerHoldUntil != nil || complianceHold }
  var hasStarted: Bool { state != .planned && state != .funded }

  /// Starts or ends the pause that holds and disputes make together.
  mutating func updatePause(_ now: Instant) {
    let isPaused = isHeld || dispute != nil
    if isPaused, pausedSince == nil { pausedSince = now }
    if !isPaused, let start = pausedSince {
      due += now - start
      review += now - start
      approval += now - start
      pausedSince = nil
    }
  }

  /// What has passed of the pause that runs.
  func pauseSoFar(_ now: Instant) -> Int64 { pausedSince.map { now - $0 } ?? 0 }

  mutating func startApproval(_ now: Instant) {
    approval = now - pauseSoFar(now)
    escalationBase = now
  }

  mutating func enter(_ next: MilestoneState, _ now: Instant) {
    let wasDone = isDone
    state = next
    if isDone { payerHoldUntil = nil }
    if wasDone, next == .approved { startApproval(now) }
    updatePause(now)
  }

  /// The rest rule.
  mutating func rest(_ now: Instant) {
    if owed > 0 || dueSum > 0 {
      enter(.approved, now)
    } else if certified < amount {
      enter(.inProgress, now)
    } else if retained > 0 {
      enter(.paid, now)
    } else {
      if outcome == .none { outcome = .paid }
      enter(.closed, now)
    }
  }
}

struct Suspension: Hashable {
  var since: Instant
  var until: Instant
  var by: UInt32
}

struct Contract: Hashable {
  var tenant: UInt32
  var id: UInt128
  var state = ContractState.draft
  var version: UInt32 = 1
  var memory: [Request] = []
  var creator: UInt32
  var payer: UInt32
  var payee: UInt32
  var offeredBy: UInt32?
  var terms: Terms
  var policy = Policy()
  var approvers: [Approver]
  var payeeIsVerified = false
  var consents: [Side: Consent] = [:]

  var value: Int64
  var funded: Int64 = 0
  var unallocated: Int64 = 0
  var payoutPending: Int64 = 0
  var refundPending: Int64 = 0
  var tax: Int64 = 0
  var other: Int64 = 0
  var paidOut: Int64 = 0
  var returned: Int64 = 0
  var refunded: Int64 = 0
  var taxDeposited: Int64 = 0
  var otherPaid: Int64 = 0
  var fee: Int64 = 0
  var retainedEver: Int64 = 0
  var damages: Int64 = 0
  var challans: Set<UInt64> = []

  var guarantee: UInt64 = 0
  var advanceAttempt: UInt16 = 0
  var advancePending: Int64 = 0
  /// Settled, less what the bank returned.
  var advanced: Int64 = 0
  var advanceRecovered: Int64 = 0
  var advanceRepaid: Int64 = 0
  var advanceWrittenOff: Int64 = 0

  var suspension: Suspension?
  var completedAt: Instant?
  var milestones: [Milestone] = []

  var held: Int64 { milestones.reduce(0) { $0 + $1.held } }
  var retained: Int64 { milestones.reduce(0) { $0 + $1.retained } }
  var advanceOutstanding: Int64 { advanced - advanceRecovered - advanceRepaid - advanceWrittenOff }

  /// Every counting step with votes can be filled by seats that may vote at once.
  var quorumIsReachable: Bool {
    (0..<4).allSatisfy { step in
      policy.votes[step]
        <= approvers.count {
          $0.delegation == nil && !$0.isRemoved && $0.level == 0 && $0.step == step + 1
        }
    }
  }

  func side(of person: UInt32) -> Side? {
    person == payer ? .payer : person == payee ? .payee : nil
  }

  mutating func endSuspension(_ now: Instant) {
    guard let suspension else { return }
    for index in milestones.indices {
      milestones[index].due += now - suspension.since
      milestones[index].review += now - suspension.since
    }
    self.suspension = nil
  }
}

extension Set<ContractState> {
  static let money: Self = [.active, .suspended, .completed, .terminated]
  static let live: Self = [.active, .suspended]
  static let open = Set(ContractState.allCases).subtracting([.closed, .cancelled])
}

extension Set<MilestoneState> {
  static let any = Set(MilestoneState.allCases)
}
