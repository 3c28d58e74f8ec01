/// The terms of a contract: the 64-byte extension of CREATE_CONTRACT. Basis points: 1 % is 100.
///
/// ```
///  0 retentionCap 8 | 8 arbiter 4 | 12 review 4 | 16 payBy 4 | 20 disputeWindow 4 | 24 arbitration 4
/// 28 defectPeriod 4 | 32 grace 4 | 36 eleven basis-point fields, 2 each | 58 holdDays 1
/// 59 dormantDays 1 | 60 flags 2 | 62 reserved 2
/// ```
/// Spans are seconds. Valid ranges are checked by CREATE_CONTRACT (`bad_terms`).
public struct ContractTerms: BitwiseCopyable, Sendable, Hashable {
  /// Most that may ever be retained, minor units, 0...value.
  public var retentionCap: Int64 = 0
  /// 0 for none; neither party.
  public var arbiter: UInt32 = 0
  public var review: UInt32 = 14 * 86_400
  public var payBy: UInt32 = 0
  public var disputeWindow: UInt32 = 0
  public var arbitration: UInt32 = 30 * 86_400
  /// Defect liability period, from completion.
  public var defectPeriod: UInt32 = 0
  public var grace: UInt32 = 0
  public var retentionBP: UInt16 = 0
  /// Share of retention that falls due at completion.
  public var retentionFirstBP: UInt16 = 0
  public var advanceBP: UInt16 = 0
  public var advanceRecoveryBP: UInt16 = 0
  public var gstBP: UInt16 = 0
  public var tdsBP: UInt16 = 0
  public var gstTDSBP: UInt16 = 0
  public var cessBP: UInt16 = 0
  public var feeBP: UInt16 = 0
  /// Most liquidated damages, as a share of contract value.
  public var ldCapBP: UInt16 = 0
  /// Payee's share of an open claim when arbitration runs out.
  public var defaultSplitBP: UInt16 = 0
  /// Longest payer hold or suspension, days.
  public var holdDays: UInt8 = 0
  public var dormantDays: UInt8 = 90
  public var flags: Flags = []
  public var reserved: UInt16 = 0

  public init() {}

  public struct Flags: OptionSet, BitwiseCopyable, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let autoApprove = Flags(rawValue: 1 << 0)
    public static let unfundedStart = Flags(rawValue: 1 << 1)
    public static let evidence = Flags(rawValue: 1 << 2)
    public static let expire = Flags(rawValue: 1 << 3)
    public static let expireRefund = Flags(rawValue: 1 << 4)
    public static let guarantee = Flags(rawValue: 1 << 5)
    public static let wholeUnits = Flags(rawValue: 1 << 6)
    public static let escalateDispute = Flags(rawValue: 1 << 7)
    static let all = Flags(rawValue: 0xFF)
  }
}

/// Who must approve what: the 64-byte extension of SET_POLICY. Steps are numbered 1...4.
///
/// ```
/// 0 band 8 x 4 | 32 autoMax 8 | 40 escalation 4 | 44 votes 1 x 4 | 48 reworkLimit 1 | 49 maxLevel 1
/// 50 ordered 1 | 51 majority 1 | 52 reserved 12
/// ```
public struct ApproverPolicy: BitwiseCopyable, Sendable, Hashable {
  /// Step s counts when the claim to date is at least its band, minor units.
  public var band: (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
  /// Claims above this are never approved by silence.
  public var autoMax: Int64 = 1_000_000_000_000_000
  /// Span of one escalation level, seconds.
  public var escalation: UInt32 = 3 * 86_400
  /// Votes that step s needs; 0: there is no such step.
  public var votes: (UInt8, UInt8, UInt8, UInt8) = (1, 0, 0, 0)
  public var reworkLimit: UInt8 = 3
  public var maxLevel: UInt8 = 3
  /// 1: a vote waits until lower counting steps are complete.
  public var ordered: UInt8 = 0
  /// 1: rejection needs a majority of a step; 0: any one rejects.
  public var majority: UInt8 = 0
  var reserved0: UInt32 = 0
  var reserved1: UInt64 = 0

  public init() {}

  public static func == (a: Self, b: Self) -> Bool {
    a.band == b.band && a.autoMax == b.autoMax && a.escalation == b.escalation && a.votes == b.votes
      && a.reworkLimit == b.reworkLimit && a.maxLevel == b.maxLevel && a.ordered == b.ordered
      && a.majority == b.majority
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(band.0)
    hasher.combine(autoMax)
    hasher.combine(votes.0)
  }
}

/// Milestones that must be done before START: the optional extension of ADD_MILESTONE.
///
/// Four ordinals, 2 bytes each, 0 for none; 56 reserved bytes.
public struct Predecessors: BitwiseCopyable, Sendable {
  public var ordinals: (UInt16, UInt16, UInt16, UInt16) = (0, 0, 0, 0)
  var reserved: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
  public init() {}
}

/// Explicit lines of a release, minor units, which add up to its gross: the extension of RELEASE(1).
public struct ReleaseLines: BitwiseCopyable, Sendable, Hashable {
  public var net: Int64 = 0
  public var retention: Int64 = 0
  public var tax: Int64 = 0
  public var other: Int64 = 0
  public var advance: Int64 = 0
  public var fee: Int64 = 0
  public var liquidatedDamages: Int64 = 0
  var reserved: Int64 = 0
  public init() {}
}
