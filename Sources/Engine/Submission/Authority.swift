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

/// What a caller may do: its tenants, and whether it may act as the operator (actor 0).
public struct Authority: Sendable, Hashable {
  public var scope: TenantScope
  public var mayActAsOperator: Bool

  public init(scope: TenantScope, mayActAsOperator: Bool) {
    self.scope = scope
    self.mayActAsOperator = mayActAsOperator
  }

  /// Every tenant, operator included.
  public static let full = Authority(scope: .all, mayActAsOperator: true)

  /// Nothing has to be looked at operation by operation.
  var isFull: Bool { mayActAsOperator && scope == .all }
}
