/// A contract in memory: five cache lines. An operation on a milestone needs the first; `CacheLines` says which more.
/// All zero bytes are a valid, absent record.
struct ContractRecord: BitwiseCopyable {
  // Line 1: who, what, where.
  var id: UInt128 = 0
  var tenant: UInt32 = 0
  var payer: UInt32 = 0
  var payee: UInt32 = 0
  var version: UInt32 = 0
  /// Placement: index of milestone 1 in the milestone slab.
  var milestoneBase: UInt32 = 0
  /// Placement: index in the tenant slab.
  var tenantSlot: UInt32 = 0
  /// Placement: index in the side slab; 0: default policy, no approvers but the payer, no consents.
  var side: UInt32 = 0
  /// Placement: index of the terms, shared with contracts that have the same.
  var termsSlot: UInt32 = 0
  /// Placement, not state: see `MilestoneRecord.armedBucket`.
  var armedBucket: UInt32 = 0
  var milestoneCount: UInt16 = 0
  /// Milestones that are not done.
  var openCount: UInt16 = 0
  /// Milestones in PAID.
  var paidCount: UInt16 = 0
  var payoutAttempt: UInt16 = 0
  var stateValue: UInt8 = 0
  var flags: Flags = []
  /// Placement: the milestone block holds `1 << capacityLog` records; meaningless while milestoneBase is unset.
  var capacityLog: UInt8 = 0
  var reserved0: UInt8 = 0
  // Lines 2 and 3: sums, minor units; the balances in line 2, what only grows in line 3.
  var buckets = Totals()
  var value: Int64 = 0
  /// Length of all ended suspensions; read by `suspensions`, written by `addSuspension`.
  private(set) var suspendedTotal: Int64 = 0
  // Line 4: what bills need.
  var retentionCap: Int64 = 0
  var retainedEver: Int64 = 0
  var advanceOutstanding: Int64 = 0
  /// Ever settled, less returned.
  var advanceSettled: Int64 = 0
  /// Net of the advance under way.
  var advancePending: Int64 = 0
  /// Liquidated damages ever taken.
  var damages: Int64 = 0
  var completedAt: Instant = 0
  var suspendedAt: Instant = 0
  // Line 5: what only operations on the contract need.
  var memory = OperationMemory()
  var suspendedUntil: Instant = 0
  var guarantee: UInt64 = 0
  var arbiter: UInt32 = 0
  var suspender: UInt32 = 0
  var reserved1: UInt64 = 0

  struct Flags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    static let createdByPayee = Flags(rawValue: 1 << 0)
    static let offeredByPayer = Flags(rawValue: 1 << 1)
    static let offeredByPayee = Flags(rawValue: 1 << 2)
    static let payeeVerified = Flags(rawValue: 1 << 3)
    /// Placement: the milestone block exists.
    static let hasMilestoneBlock = Flags(rawValue: 1 << 4)
    /// Placement: a timer came up while the contract was not yet active and was dropped.
    static let timerDropped = Flags(rawValue: 1 << 5)
    /// Placement: `suspendedTotal` may not be zero. Spares the others its cache line.
    static let mayHaveSuspensions = Flags(rawValue: 1 << 6)
    static let placement: Flags = [.hasMilestoneBlock, .timerDropped, .mayHaveSuspensions]
  }
}

// Always inlined: a call would be handed a copy of the record.
extension ContractRecord {
  var state: ContractState {
    @inline(__always) get {
      precondition(stateValue >= 1 && stateValue <= ContractState.cancelled.rawValue, "a contract without a state")
      // The cases are numbered from 1 in order of declaration, so the tag is the raw value less one.
      return unsafe unsafeBitCast(stateValue &- 1, to: ContractState.self)
    }
    @inline(__always) set { stateValue = newValue.rawValue }
  }

  @inline(__always)
  var isLive: Bool { state == .active || state == .suspended }

  /// ACTIVE, SUSPENDED, COMPLETED, TERMINATED.
  @inline(__always)
  var isMoneyState: Bool {
    stateValue >= ContractState.active.rawValue && stateValue <= ContractState.terminated.rawValue
  }

  @inline(__always)
  var isOpen: Bool { stateValue < ContractState.closed.rawValue }

  /// Length of all ended suspensions, milliseconds.
  @inline(__always)
  var suspensions: Int64 {
    mutating get { flags.contains(.mayHaveSuspensions) ? loadSuspensions() : 0 }
  }

  /// Out of line, or the compiler loads it before it looks at the flag.
  @inline(never)
  private mutating func loadSuspensions() -> Int64 { suspendedTotal }

  mutating func addSuspension(_ length: Int64) {
    suspendedTotal += length
    flags.insert(.mayHaveSuspensions)
  }

  /// Sets the placement flags that follow from the record itself, after it came from elsewhere.
  mutating func derivePlacement() {
    if suspendedTotal != 0 { flags.insert(.mayHaveSuspensions) }
  }

  /// COMPLETED or TERMINATED: the defect period runs from `completedAt`.
  @inline(__always)
  var isComplete: Bool { state == .completed || state == .terminated }

  /// Nothing of the contract's money is left undecided.
  @inline(__always)
  var holdsFunds: Bool {
    let b = buckets
    return b.unallocated | b.retained | b.payoutPending | b.refundPending | b.taxWithheld | b.otherWithheld != 0
  }
}

extension ContractTerms {
  /// What contracts share: all but cap and arbiter, which are kept in the contract.
  var shared: ContractTerms {
    var terms = self
    terms.retentionCap = 0
    terms.arbiter = 0
    return terms
  }
}

/// A tenant: the newest stamp its operations carried, and the sums of its contracts' buckets.
struct TenantRecord: BitwiseCopyable {
  var id: UInt32 = 0
  var isUsed: UInt32 = 0
  var lastStamp: Instant = 0
  var totals = Totals()
}
