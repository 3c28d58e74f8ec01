/// Sums of a tenant's contracts, minor units. Source of the names: DOMAIN 3.
public struct Totals: BitwiseCopyable, Sendable, Hashable {
  public var funded: Int64 = 0
  public var unallocated: Int64 = 0
  public var held: Int64 = 0
  public var retained: Int64 = 0
  public var payoutPending: Int64 = 0
  public var refundPending: Int64 = 0
  public var taxWithheld: Int64 = 0
  public var otherWithheld: Int64 = 0
  public var paidOut: Int64 = 0
  public var returned: Int64 = 0
  public var refunded: Int64 = 0
  public var taxDeposited: Int64 = 0
  public var otherPaid: Int64 = 0
  public var fee: Int64 = 0
  public init() {}
}

/// A contract as readers see it.
public struct ContractSnapshot: Sendable, Hashable {
  public var tenant: UInt32
  public var contract: UInt128
  public var state: ContractState
  public var version: UInt32
  public var payer: UInt32
  public var payee: UInt32
  public var arbiter: UInt32
  public var value: Int64
  public var buckets: Totals
  public var advanceOutstanding: Int64
  public var payoutAttempt: UInt16
  public var milestoneCount: Int
}

/// A milestone as readers see it. Sums are minor units; names as DOMAIN 3.
public struct MilestoneSnapshot: Sendable, Hashable {
  public var ordinal: UInt16
  public var state: MilestoneState
  public var version: UInt32
  public var payoutAttempt: UInt16
  public var amount: Int64
  public var held: Int64
  public var retained: Int64
  public var certified: Int64
  public var released: Int64
  public var owed: Int64
  public var pending: Int64
  public var paid: Int64
  public var refunded: Int64
  public var due: Instant
}

/// A timer that runs, as readers see it.
public struct TimerSnapshot: Sendable, Hashable {
  /// 0 for the contract's own.
  public var ordinal: UInt16
  public var kind: TimerKind
  /// When it fires; in the past where it was refused, and is tried again a day later.
  public var due: Instant
  /// What it moves as things are, in minor units; 0 where it moves nothing or what is moved is found only then.
  public var amount: Int64

  /// Its place among a contract's timers, which come by ordinal and kind. Never 0.
  public var place: UInt32 { UInt32(ordinal) << 8 | UInt32(kind.rawValue) }
  /// No place is above it.
  public static let placeMax = UInt32(1) << 24 - 1
}

/// A part of a contract's timers.
public struct TimerPage: Sendable, Hashable {
  public var timers: [TimerSnapshot]
  /// The place behind which they go on; nil at the end.
  public var next: UInt32?

  public init(timers: [TimerSnapshot], next: UInt32?) {
    self.timers = timers
    self.next = next
  }
}
