/// A milestone in memory: three cache lines, next to the other milestones of its contract.
///
/// Three fields serve two meanings that never hold at once; the accessors below say which one counts:
/// a claim and a pending payout, a lowest vote and a bill's base, a payer hold's end and a dispute's opening.
/// All zero bytes are a valid, absent record. Instants are in milliseconds, moved by pauses as `Clocks` says.
struct MilestoneRecord: BitwiseCopyable {
  // Line 1: sums, minor units.
  var amount: Int64 = 0
  var held: Int64 = 0
  var retained: Int64 = 0
  var certified: Int64 = 0
  var released: Int64 = 0
  var owed: Int64 = 0
  var refunded: Int64 = 0
  var paid: Int64 = 0
  // Line 2.
  var retainedEver: Int64 = 0
  var claimOrPending: Int64 = 0
  var voteOrBillBase: Int64 = 0
  /// Due date less suspensions and pauses so far.
  var dueAt: Instant = 0
  /// SUBMIT (review clock) or certification (pay-by clock and dispute window).
  var phaseAt: Instant = 0
  /// SUBMIT or certification, never moved: the base of escalation.
  var levelAt: Instant = 0
  var pausedSince: Instant = 0
  var holdEndOrDisputeOpened: Instant = 0
  // Line 3.
  var memory = OperationMemory()
  var predecessors: (UInt16, UInt16, UInt16, UInt16) = (0, 0, 0, 0)
  var version: UInt32 = 0
  /// Placement, not state: the timer bucket that will look at this record, plus one; 0 for none.
  var armedBucket: UInt32 = 0
  var payoutAttempt: UInt16 = 0
  /// Person entries that voted in this submission.
  var voted: UInt16 = 0
  /// Of those, seats that rejected.
  var rejected: UInt16 = 0
  var stateValue: UInt8 = 0
  var stateBeforeDispute: UInt8 = 0
  var level: UInt8 = 0
  var reworkCount: UInt8 = 0
  var flags: Flags = []
  var outcomeAndOpener: UInt8 = 0
  var reserved: UInt32 = 0

  struct Flags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    static let payerHold = Flags(rawValue: 1 << 0)
    static let complianceHold = Flags(rawValue: 1 << 1)
    static let disputedByPayer = Flags(rawValue: 1 << 2)
    static let disputedByPayee = Flags(rawValue: 1 << 3)
    static let cumulativeClaim = Flags(rawValue: 1 << 4)
    static let anyHold: Flags = [.payerHold, .complianceHold]
    static let anySideDisputed: Flags = [.disputedByPayer, .disputedByPayee]
  }
}

/// Who opened a dispute.
enum DisputeOpener: UInt8 {
  case none = 0
  case payer, payee, `operator`
}

// Always inlined: a call would be handed a copy of the record.
extension MilestoneRecord {
  var state: MilestoneState {
    @inline(__always) get {
      precondition(stateValue >= 1 && stateValue <= MilestoneState.expired.rawValue, "a milestone without a state")
      // The cases are numbered from 1 in order of declaration, so the tag is the raw value less one.
      return unsafe unsafeBitCast(stateValue &- 1, to: MilestoneState.self)
    }
  }

  @inline(__always)
  var stateBefore: MilestoneState { MilestoneState(rawValue: stateBeforeDispute) ?? .disputed }

  /// PAID, CLOSED, CANCELLED, EXPIRED.
  @inline(__always)
  var isDone: Bool {
    stateValue == MilestoneState.paid.rawValue || stateValue >= MilestoneState.closed.rawValue
  }

  /// Net of the payout under way; not zero only in PAYOUT_PENDING.
  @inline(__always)
  var pending: Int64 { state == .payoutPending ? claimOrPending : 0 }

  /// Certified and not yet released, minor units; negative after re-measurement.
  @inline(__always)
  var due: Int64 { certified - released }

  /// Held and earned by nobody.
  @inline(__always)
  var free: Int64 { max(0, held - owed - max(0, due)) }

  /// What funding still counts: A - refunded of DOMAIN 3.
  @inline(__always)
  var funded: Int64 { held + released - owed }

  @inline(__always)
  var isPaused: Bool { !flags.isDisjoint(with: .anyHold) || state == .disputed }

  @inline(__always)
  var isHeld: Bool { !flags.isDisjoint(with: .anyHold) }

  var outcome: MilestoneOutcome {
    get { MilestoneOutcome(rawValue: outcomeAndOpener & 3) ?? .none }
    set { outcomeAndOpener = outcomeAndOpener & ~3 | newValue.rawValue }
  }

  var opener: DisputeOpener {
    get { DisputeOpener(rawValue: outcomeAndOpener >> 2 & 3) ?? .none }
    set { outcomeAndOpener = outcomeAndOpener & ~12 | newValue.rawValue << 2 }
  }
}
