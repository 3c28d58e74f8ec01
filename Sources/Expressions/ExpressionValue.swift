/// What a part of an expression is worth. Equal texts have the same code points: nothing is normalised.
package enum ExpressionValue: Sendable {
  case bool(Bool)
  case integer(Int64)
  case string(String)
  case list([ExpressionValue])
  /// There is no such member, the operator does not go with these kinds, or a number leaves 64 bits. Like CEL's errors it decides nothing where the other side of
  /// `&&` or `||` does.
  case error

  package init(_ text: String?) { self = text.map { .string($0) } ?? .error }

  package var isError: Bool { if case .error = self { true } else { false } }

  /// Values of different kinds are not equal; an error is neither.
  /// - Returns: nil for an error.
  package func equals(_ other: ExpressionValue) -> Bool? {
    switch (self, other) {
    case (.error, _), (_, .error): return nil
    case (.bool(let left), .bool(let right)): return left == right
    case (.integer(let left), .integer(let right)): return left == right
    case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
    case (.list(let left), .list(let right)):
      guard left.count == right.count else { return false }
      var isEqual = true
      for (left, right) in zip(left, right) {
        guard let same = left.equals(right) else { return nil }
        isEqual = isEqual && same
      }
      return isEqual
    default: return false
    }
  }

  /// - Returns: nil where there is no order.
  package func isLess(than other: ExpressionValue) -> Bool? {
    switch (self, other) {
    case (.bool(let left), .bool(let right)): !left && right
    case (.integer(let left), .integer(let right)): left < right
    // The order of UTF-8 is that of code points.
    case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    default: nil
    }
  }
}
