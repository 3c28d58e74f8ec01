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
  var isFull: Bool { scope == .all && asPerson == .all && asOperator == .all && person == 0 }

  /// Whether it may send an operation of that raw code in the name of `actor`.
  @inline(__always)
  func allows(rawCode: UInt8, actor: UInt32) -> Bool {
    if actor == 0 { return asOperator.contains(rawCode: rawCode) }
    return asPerson.contains(rawCode: rawCode) && (person == 0 || person == actor)
  }
}
