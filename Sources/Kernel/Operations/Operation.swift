/// One milestone operation: 64 bytes, one cache line, little-endian, no implicit padding.
///
/// ```
///  0 contract 16 | 16 id 16 | 32 amount 8 | 40 argument 8
/// 48 tenant 4 | 52 actor 4 | 56 ordinal 2 | 58 code 1 | 59 flags 1 | 60 expectedVersion 4
/// ```
///
/// An operation whose `flags` say so is followed by one 64-byte extension slot: `ContractTerms`,
/// `ApproverPolicy`, `Predecessors` or `ReleaseLines`. Fields an operation does not use are zero;
/// the protocol page lists which operation uses what.
public struct Operation: BitwiseCopyable, Sendable, Hashable {
  /// The contract, unique inside the tenant; a UUID works. Not zero.
  public var contract: UInt128
  /// Chosen by the client, new for every new intent; a UUIDv7 works. Not zero.
  public var id: UInt128
  /// Minor units (paise), 0...10^15, or what the operation says it is.
  public var amount: Int64
  /// A deadline, reason, digest or bank reference, by operation.
  public var argument: UInt64
  public var tenant: UInt32
  /// The person who acts; 0 is the operator (timers, bank events, compliance).
  public var actor: UInt32
  /// 0 is the contract itself, milestones are 1...65,535.
  public var ordinal: UInt16
  /// Raw value of an `OperationCode`.
  public var code: UInt8
  /// Bit 0 linked to the next operation, bit 1 extension follows, bits 2-3 zero, bits 4-7 mode.
  public var flags: UInt8
  /// Compare-and-set on the named record, 0 for any. PAYOUT_RESULT 0 and 1: the attempt number.
  public var expectedVersion: UInt32

  public init(
    _ code: OperationCode, mode: UInt8 = 0, tenant: UInt32, contract: UInt128, ordinal: UInt16 = 0,
    id: UInt128, actor: UInt32 = 0, amount: Int64 = 0, argument: UInt64 = 0,
    expectedVersion: UInt32 = 0, linked: Bool = false, extended: Bool = false
  ) {
    precondition(mode < 16, "a mode has four bits")
    self.contract = contract
    self.id = id
    self.amount = amount
    self.argument = argument
    self.tenant = tenant
    self.actor = actor
    self.ordinal = ordinal
    self.code = code.rawValue
    self.flags = mode << 4 | (extended ? 2 : 0) | (linked ? 1 : 0)
    self.expectedVersion = expectedVersion
  }

  /// Bytes of an operation and of an extension.
  public static let byteCount = 64

  public var mode: UInt8 { flags >> 4 }
  public var isLinked: Bool { flags & 1 != 0 }
  public var hasExtension: Bool { flags & 2 != 0 }
}

/// Milliseconds since 1970-01-01 UTC. Windows are half-open: a deadline is reached at `now >= deadline`.
public typealias Instant = Int64

/// What every operation, kind by kind, is called and numbered. Numbers are never reused.
///
/// Source: DOMAIN 4.1, but for PRUNE, which is ours; the rules of each are in `Rules/`, one file a family.
public enum OperationCode: UInt8, CaseIterable, Sendable {
  case createContract = 1
  case setPolicy = 2
  case setApprover = 3
  case verifyPayee = 4
  case addMilestone = 5
  case offer = 6
  case accept = 7
  case consent = 8
  case deposit = 9
  case fund = 10
  case advance = 11
  case start = 12
  case submit = 13
  case withdrawSubmission = 14
  case approve = 15
  case reject = 16
  case autoApprove = 17
  case escalate = 18
  case release = 19
  case payoutResult = 20
  case hold = 21
  case dispute = 22
  case withdrawDispute = 23
  case resolve = 24
  case releaseRetention = 25
  case levy = 26
  case refund = 27
  case refundResult = 28
  case remit = 29
  case amend = 30
  case cancel = 31
  case expire = 32
  case reopen = 33
  case suspend = 34
  case complete = 35
  case closeContract = 36
  case prune = 37

  /// The code of a raw value that is known to be one.
  @inline(__always)
  init(known rawValue: UInt8) {
    precondition(rawValue >= 1 && rawValue <= OperationCode.prune.rawValue, "an unknown operation code")
    // The cases are numbered from 1 in order of declaration, so the tag is the raw value less one.
    self = unsafe unsafeBitCast(rawValue &- 1, to: OperationCode.self)
  }

  /// Whether an operation of this kind may change its contract's buckets.
  @inline(__always)
  var movesMoney: Bool { Self.moneyCodes >> UInt64(rawValue) & 1 != 0 }

  /// DEPOSIT, FUND, ADVANCE, RELEASE, PAYOUT_RESULT, RESOLVE, RELEASE_RETENTION, LEVY, REFUND, REFUND_RESULT, REMIT,
  /// AMEND, EXPIRE: a bit each.
  private static var moneyCodes: UInt64 {
    1 << 9 | 1 << 10 | 1 << 11 | 1 << 19 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26 | 1 << 27 | 1 << 28 | 1 << 29
      | 1 << 30 | 1 << 32
  }

  /// The name used in documents, scenarios and reports, for example `CREATE_CONTRACT`.
  public var name: String { Self.names[Int(rawValue)] }

  /// The operation of that documented name.
  public init?(name: String) {
    guard let index = Self.names.firstIndex(of: name), index > 0 else { return nil }
    self.init(rawValue: UInt8(index))
  }

  private static let names = [
    "", "CREATE_CONTRACT", "SET_POLICY", "SET_APPROVER", "VERIFY_PAYEE", "ADD_MILESTONE", "OFFER",
    "ACCEPT", "CONSENT", "DEPOSIT", "FUND", "ADVANCE", "START", "SUBMIT", "WITHDRAW_SUBMISSION",
    "APPROVE", "REJECT", "AUTO_APPROVE", "ESCALATE", "RELEASE", "PAYOUT_RESULT", "HOLD", "DISPUTE",
    "WITHDRAW_DISPUTE", "RESOLVE", "RELEASE_RETENTION", "LEVY", "REFUND", "REFUND_RESULT", "REMIT",
    "AMEND", "CANCEL", "EXPIRE", "REOPEN", "SUSPEND", "COMPLETE", "CLOSE_CONTRACT", "PRUNE",
  ]
}
