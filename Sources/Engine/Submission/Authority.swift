import Kernel

/// The tenants that a caller may name.
public enum TenantScope: Sendable, Hashable {
  case all
  case one(UInt32)
  /// Sorted, without repeats.
  case some([UInt32])

  /// Whether `tenant` is inside the scope.
  /// - Complexity: O(log n) for `some`.
  @inlinable public func contains(_ tenant: UInt32) -> Bool {
    switch self {
    case .all: true
    case .one(let only): tenant == only
    case .some(let sorted):
      {
        var low = 0
        var high = sorted.count
        while low < high {
          let middle = (low + high) / 2
          if sorted[middle] < tenant { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == tenant
      }()
    }
  }
}

/// What a caller may do: its tenants, and which operations in whose name.
public struct Authority: Sendable, Hashable {
  public var scope: TenantScope
  /// What it may do in the name of a person (actor not 0).
  public var asPerson: OperationSet
  /// What it may do as the operator (actor 0).
  public var asOperator: OperationSet
  /// The only person in whose name it may act; 0 for any.
  public var person: UInt32
  /// Largest sum of one operation, minor units.
  public var amountMax = Int64.max
  /// Operations that it may not do before it has shown a second factor, when their sum is over `stepUpAbove`, or when they have none.
  public var stepUp: OperationSet = []
  public var stepUpAbove: Int64 = 0

  public init(scope: TenantScope, asPerson: OperationSet, asOperator: OperationSet, person: UInt32 = 0) {
    self.scope = scope
    self.asPerson = asPerson
    self.asOperator = asOperator
    self.person = person
  }

  /// Everything in the name of any person, and as the operator or not.
  public init(scope: TenantScope, mayActAsOperator: Bool) {
    self.init(scope: scope, asPerson: .all, asOperator: mayActAsOperator ? .all : [])
  }

  /// Every tenant, operator included.
  public static let full = Authority(scope: .all, mayActAsOperator: true)

  /// No tenant, no operation.
  public static let none = Authority(scope: .some([]), asPerson: [], asOperator: [])

  /// Nothing has to be looked at operation by operation.
  var isFull: Bool {
    scope == .all && asPerson == .all && asOperator == .all && person == 0 && amountMax == .max && stepUp == []
  }

  /// Why it may not send an operation; nil when it may. The tenant is told first: another one says nothing else.
  @inline(__always)
  func refusal(of operation: Operation) -> ResultCode? {
    guard scope.contains(operation.tenant) else { return .tenantMismatch }
    let (code, actor) = (operation.code, operation.actor)
    let isNamed =
      actor == 0
      ? asOperator.contains(rawCode: code) : asPerson.contains(rawCode: code) && (person == 0 || person == actor)
    let sum = Self.sum(of: operation)
    guard isNamed, sum ?? 0 <= amountMax else { return .notAuthorised }
    // A code that is none is the kernel's to refuse.
    let needsFactor = code <= 63 && stepUp.contains(rawCode: code) && sum.map { $0 > stepUpAbove } ?? true
    return needsFactor ? .mfaRequired : nil
  }

  /// What an operation moves or promises, minor units; nil when it is about no money. One that does not say how much moves any sum.
  @inline(__always)
  private static func sum(of operation: Operation) -> Int64? {
    switch (operation.code, operation.mode) {
    // Both shares count; by default the terms say them.
    case (OperationCode.resolve.rawValue, 2): .max
    case (OperationCode.resolve.rawValue, _), (OperationCode.consent.rawValue, 5):
      operation.amount.addingReportingOverflow(Int64(clamping: operation.argument)).overflow
        ? .max : operation.amount + Int64(clamping: operation.argument)
    default: OperationSet.withoutSum.contains(rawCode: operation.code) ? nil : operation.amount
    }
  }
}
