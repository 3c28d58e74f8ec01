import Kernel

/// What the generator knows of one contract: 128 bytes, two cache lines. Sums are minor units.
struct ContractRecord {
  /// Number of the contract in this generator; its id is made from it. 0: not created yet.
  var serial: UInt64 = 0
  /// Bit m-1: milestone m is PAID, CLOSED or CANCELLED.
  var done: UInt64 = 0
  /// Bit m-1: milestone m is done but still keeps retention or a payout.
  var ending: UInt64 = 0
  var value: Int64 = 0
  var unallocated: Int64 = 0
  var refundPending: Int64 = 0
  var taxWithheld: Int64 = 0
  var otherWithheld: Int64 = 0
  /// All ever retained, and the most that may be.
  var retained: Int64 = 0
  var retentionCap: Int64 = 0
  var advanceOutstanding: Int64 = 0
  var advancePending: Int64 = 0
  /// Damages levied so far.
  var damages: Int64 = 0
  /// The latest deposit's reference, to be refused when it comes again.
  var depositReference: UInt64 = 0
  var version: UInt32 = 0
  var tenantSlot: UInt16 = 0
  var attempt: UInt16 = 0
  var recipe: UInt8 = 0
  var state: ContractState = .draft
  var flags: Flags = []
  var reserved: UInt8 = 0
  var reserved2: UInt32 = 0

  struct Flags: OptionSet, BitwiseCopyable {
    var rawValue: UInt8
    static let guarantee = Flags(rawValue: 1)
    static let advanceDone = Flags(rawValue: 2)
  }

  /// Who acts for the contract: four people of its own.
  var payer: UInt32 { 1_000 &+ UInt32(truncatingIfNeeded: serial & 0xFFFF) &* 4 }
  var payee: UInt32 { payer &+ 1 }
  var arbiter: UInt32 { payer &+ 2 }
  var approver: UInt32 { payer &+ 3 }
}

/// What the generator knows of one milestone: 64 bytes, one cache line.
///
/// Sums are minor units in 32 bits: the workload keeps each milestone below 2^30 (one crore of rupees).
struct MilestoneRecord {
  var amount: Int32 = 0
  var held: Int32 = 0
  var retained: Int32 = 0
  var certified: Int32 = 0
  var released: Int32 = 0
  /// Net of a failed or returned payout, still in `held`.
  var owed: Int32 = 0
  /// PAYOUT_PENDING: the sum under way. SUBMITTED: the lowest certified vote so far.
  var pending: Int32 = 0
  /// SUBMITTED: the claim to date.
  var claim: Int32 = 0
  /// `released` when the bill that is being paid was certified.
  var billBase: Int32 = 0
  /// Net of returned payouts.
  var paid: Int32 = 0
  var version: UInt32 = 0
  var attempt: UInt16 = 0
  var ordinal: UInt16 = 0
  var state: MilestoneState = .planned
  /// DISPUTED: the state before.
  var before: MilestoneState = .planned
  var flags: Flags = []
  var rejections: UInt8 = 0
  // To a whole cache line.
  var reserved0: UInt32 = 0
  /// How many operations were written when this record was last looked at by a step: one of them may have changed it.
  var writtenCount: UInt64 = 0

  struct Flags: OptionSet, BitwiseCopyable {
    var rawValue: UInt8
    static let payerHold = Flags(rawValue: 1)
    /// The first of two votes was given.
    static let voted = Flags(rawValue: 2)
    static let cumulative = Flags(rawValue: 4)
    static let disputedByPayer = Flags(rawValue: 8)
    static let disputedByPayee = Flags(rawValue: 16)
    /// The open dispute is the payer's.
    static let openerPayer = Flags(rawValue: 32)
    /// The outcome of a decision, which nobody may reopen.
    static let decided = Flags(rawValue: 64)
  }

  var due: Int32 { certified &- released }
  /// What may still be funded: amount less what was moved here and not moved back.
  var room: Int32 { amount &- held &- (released &- owed) }
  var bit: UInt64 { 1 << UInt64(ordinal &- 1) }
}
