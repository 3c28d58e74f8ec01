/// The answer to one operation: 16 bytes, little-endian, no implicit padding.
///
/// ```
/// 0 code 1 | 1 state 1 | 2 payoutAttempt 2 | 4 version 4 | 8 amount 8
/// ```
///
/// Enough for the next step, so that a client never reads back what it needs.
public struct OperationResult: BitwiseCopyable, Sendable, Hashable {
  /// Raw value of a `ResultCode`.
  public var code: UInt8
  /// Raw `ContractState` (ordinal 0) or `MilestoneState` of the named record after the operation;
  /// 0 where there is no such record.
  public var state: UInt8
  /// The number of the record's latest payout, 0 before the first; PAYOUT_RESULT names it.
  public var payoutAttempt: UInt16
  /// The record's version after the operation, 0 where there is no such record.
  public var version: UInt32
  /// Minor units that moved, or the computed net of a release; what is due after an approval. 0 on refusal.
  public var amount: Int64

  public init(code: ResultCode, state: UInt8 = 0, payoutAttempt: UInt16 = 0, version: UInt32 = 0, amount: Int64 = 0) {
    self.code = code.rawValue
    self.state = state
    self.payoutAttempt = payoutAttempt
    self.version = version
    self.amount = amount
  }

  public static let byteCount = 16
  public var isAccepted: Bool { code == ResultCode.ok.rawValue }
}
