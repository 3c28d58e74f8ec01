public import Kernel

// Records lie in memory as they lie in a frame: declaration order is wire order, and every byte is named.

/// A contract in a read reply: 192 bytes. Sums are minor units.
///
/// ```
///  0 contract 16 | 16 tenant 4 | 20 version 4 | 24 payer 4 | 28 payee 4 | 32 arbiter 4 | 36 milestoneCount 4
/// 40 payoutAttempt 2 | 42 state 1 | 43 reserved 5 | 48 value 8 | 56 advanceOutstanding 8 | 64 buckets 112
/// 176 reserved 16
/// ```
public struct ContractRecord: BitwiseCopyable, Sendable {
  public let contract: UInt128
  public let tenant: UInt32
  public let version: UInt32
  public let payer: UInt32
  public let payee: UInt32
  public let arbiter: UInt32
  public let milestoneCount: UInt32
  public let payoutAttempt: UInt16
  /// Raw value of a `ContractState`.
  public let state: UInt8
  let reserved0: UInt8
  let reserved1: UInt32
  public let value: Int64
  public let advanceOutstanding: Int64
  public let buckets: Totals
  let reserved2: UInt64
  let reserved3: UInt64

  public static let byteCount = 192

  public init(_ contract: ContractSnapshot) {
    self.contract = contract.contract
    tenant = contract.tenant
    version = contract.version
    payer = contract.payer
    payee = contract.payee
    arbiter = contract.arbiter
    milestoneCount = UInt32(contract.milestoneCount)
    payoutAttempt = contract.payoutAttempt
    state = contract.state.rawValue
    reserved0 = 0
    reserved1 = 0
    value = contract.value
    advanceOutstanding = contract.advanceOutstanding
    buckets = contract.buckets
    reserved2 = 0
    reserved3 = 0
  }

  /// The record at `index` behind the head of a read reply.
  ///
  /// - Precondition: `index` is below the reply's count.
  public init(decoding body: RawSpan, at index: Int) {
    self = body.load(at: ReadReplyHead.byteCount + index * Self.byteCount)
  }

  /// Writes the record as the one at `index` behind the head of a read reply.
  public func store(into body: inout MutableRawSpan, at index: Int) {
    body.store(self, at: ReadReplyHead.byteCount + index * Self.byteCount)
  }
}

/// A milestone in a read reply: 128 bytes. Sums are minor units.
///
/// ```
///  0 contract 16 | 16 tenant 4 | 20 version 4 | 24 ordinal 2 | 26 payoutAttempt 2 | 28 state 1 | 29 reserved 3
/// 32 amount 8 | 40 held 8 | 48 retained 8 | 56 certified 8 | 64 released 8 | 72 owed 8 | 80 pending 8 | 88 paid 8
/// 96 refunded 8 | 104 due 8 | 112 reserved 16
/// ```
public struct MilestoneRecord: BitwiseCopyable, Sendable {
  public let contract: UInt128
  public let tenant: UInt32
  public let version: UInt32
  public let ordinal: UInt16
  public let payoutAttempt: UInt16
  /// Raw value of a `MilestoneState`.
  public let state: UInt8
  let reserved0: UInt8
  let reserved1: UInt16
  public let amount: Int64
  public let held: Int64
  public let retained: Int64
  public let certified: Int64
  public let released: Int64
  public let owed: Int64
  public let pending: Int64
  public let paid: Int64
  public let refunded: Int64
  /// Milliseconds since 1970 UTC.
  public let due: Instant
  let reserved2: UInt64
  let reserved3: UInt64

  public static let byteCount = 128

  public init(_ milestone: MilestoneSnapshot, tenant: UInt32, contract: UInt128) {
    self.contract = contract
    self.tenant = tenant
    version = milestone.version
    ordinal = milestone.ordinal
    payoutAttempt = milestone.payoutAttempt
    state = milestone.state.rawValue
    reserved0 = 0
    reserved1 = 0
    amount = milestone.amount
    held = milestone.held
    retained = milestone.retained
    certified = milestone.certified
    released = milestone.released
    owed = milestone.owed
    pending = milestone.pending
    paid = milestone.paid
    refunded = milestone.refunded
    due = milestone.due
    reserved2 = 0
    reserved3 = 0
  }

  /// The record at `index` behind the head of a read reply.
  ///
  /// - Precondition: `index` is below the reply's count.
  public init(decoding body: RawSpan, at index: Int) {
    self = body.load(at: ReadReplyHead.byteCount + index * Self.byteCount)
  }

  /// Writes the record as the one at `index` behind the head of a read reply.
  public func store(into body: inout MutableRawSpan, at index: Int) {
    body.store(self, at: ReadReplyHead.byteCount + index * Self.byteCount)
  }
}

/// A tenant's totals in a read reply: 128 bytes.
///
/// ```
/// 0 tenant 4 | 4 reserved 12 | 16 totals 112: funded, unallocated, held, retained, payoutPending, refundPending,
/// taxWithheld, otherWithheld, paidOut, returned, refunded, taxDeposited, otherPaid, fee (8 each)
/// ```
public struct TotalsRecord: BitwiseCopyable, Sendable {
  public let tenant: UInt32
  let reserved0: UInt32
  let reserved1: UInt64
  public let totals: Totals

  public static let byteCount = 128

  public init(_ totals: Totals, tenant: UInt32) {
    self.tenant = tenant
    reserved0 = 0
    reserved1 = 0
    self.totals = totals
  }

  /// The record at `index` behind the head of a read reply.
  ///
  /// - Precondition: `index` is below the reply's count.
  public init(decoding body: RawSpan, at index: Int) {
    self = body.load(at: ReadReplyHead.byteCount + index * Self.byteCount)
  }

  /// Writes the record as the one at `index` behind the head of a read reply.
  public func store(into body: inout MutableRawSpan, at index: Int) {
    body.store(self, at: ReadReplyHead.byteCount + index * Self.byteCount)
  }
}

/// A timer that runs, in a read reply: 48 bytes.
///
/// ```
/// 0 contract 16 | 16 tenant 4 | 20 ordinal 2 | 22 kind 1 | 23 reserved 1 | 24 due 8 | 32 amount 8 | 40 reserved 8
/// ```
public struct TimerRecord: BitwiseCopyable, Sendable {
  public let contract: UInt128
  public let tenant: UInt32
  /// 0 for the contract's own.
  public let ordinal: UInt16
  /// Raw value of a `TimerKind`.
  public let kind: UInt8
  let reserved0: UInt8
  /// When it fires, milliseconds since 1970 UTC; in the past where it was refused, and is tried again a day later.
  public let due: Instant
  /// What it moves as things are, minor units; 0 where it moves nothing or what is moved is found only then.
  public let amount: Int64
  let reserved1: UInt64

  public static let byteCount = 48

  public init(_ timer: TimerSnapshot, tenant: UInt32, contract: UInt128) {
    self.contract = contract
    self.tenant = tenant
    ordinal = timer.ordinal
    kind = timer.kind.rawValue
    reserved0 = 0
    due = timer.due
    amount = timer.amount
    reserved1 = 0
  }

  /// The record at `index` behind the head of a read reply.
  ///
  /// - Precondition: `index` is below the reply's count.
  public init(decoding body: RawSpan, at index: Int) {
    self = body.load(at: ReadReplyHead.byteCount + index * Self.byteCount)
  }

  /// Writes the record as the one at `index` behind the head of a read reply.
  public func store(into body: inout MutableRawSpan, at index: Int) {
    body.store(self, at: ReadReplyHead.byteCount + index * Self.byteCount)
  }
}
