public import Kernel

/// A set of kinds of operation.
public struct OperationSet: SetAlgebra, ExpressibleByArrayLiteral, Sendable, Hashable {
  /// Bit n is the operation with code n.
  private var bits: UInt64

  public init() { bits = 0 }
  private init(bits: UInt64) { self.bits = bits }

  /// All kinds, those without a name included: the kernel answers what it does not know.
  public static let all = OperationSet(bits: .max)

  /// Those whose amount is an instant, or nothing: SET_APPROVER and HOLD, and what moves or promises no money.
  static let withoutSum: OperationSet = [
    .setPolicy, .setApprover, .verifyPayee, .offer, .accept, .start, .withdrawSubmission, .reject, .autoApprove,
    .escalate, .hold, .dispute,
    .withdrawDispute, .cancel, .expire, .reopen, .suspend, .complete, .closeContract, .prune,
  ]

  /// Whether a raw code is in it. One over 63 is no operation's, and left to the kernel.
  @inline(__always)
  func contains(rawCode: UInt8) -> Bool { rawCode > 63 || bits >> UInt64(rawCode) & 1 != 0 }

  public func contains(_ member: OperationCode) -> Bool { contains(rawCode: member.rawValue) }

  @discardableResult
  public mutating func insert(_ member: OperationCode) -> (inserted: Bool, memberAfterInsert: OperationCode) {
    defer { bits |= 1 << UInt64(member.rawValue) }
    return (!contains(member), member)
  }

  @discardableResult
  public mutating func remove(_ member: OperationCode) -> OperationCode? {
    defer { bits &= ~(1 << UInt64(member.rawValue)) }
    return contains(member) ? member : nil
  }

  @discardableResult
  public mutating func update(with member: OperationCode) -> OperationCode? { insert(member).inserted ? nil : member }

  public func union(_ other: OperationSet) -> OperationSet { OperationSet(bits: bits | other.bits) }
  public func intersection(_ other: OperationSet) -> OperationSet { OperationSet(bits: bits & other.bits) }
  public func symmetricDifference(_ other: OperationSet) -> OperationSet { OperationSet(bits: bits ^ other.bits) }
  public mutating func formUnion(_ other: OperationSet) { bits |= other.bits }
  public mutating func formIntersection(_ other: OperationSet) { bits &= other.bits }
  public mutating func formSymmetricDifference(_ other: OperationSet) { bits ^= other.bits }
}
