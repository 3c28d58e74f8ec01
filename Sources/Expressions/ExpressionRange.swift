/// What an expression may be worth when of its names only ranges are known: wider than the truth, never narrower.
package enum ExpressionRange: Hashable, Sendable {
  case integer(ClosedRange<Int64>)
  case bool(canBeTrue: Bool, canBeFalse: Bool)
  /// A text that is known.
  case word(String)
  /// Some text.
  case anyWord
  /// It may have no value: a number may leave 64 bits, or a division be by zero.
  case uncertain

  package static func bool(_ value: Bool) -> ExpressionRange { .bool(canBeTrue: value, canBeFalse: !value) }

  package init(_ value: ExpressionValue) {
    switch value {
    case .bool(let isTrue): self = .bool(isTrue)
    case .integer(let number): self = .integer(number...number)
    case .string(let text): self = .word(text)
    case .list, .error: self = .uncertain
    }
  }

  package var integers: ClosedRange<Int64>? { if case .integer(let range) = self { range } else { nil } }

  /// True or false where it is certain.
  package var decided: Bool? {
    guard case .bool(let canBeTrue, let canBeFalse) = self, canBeTrue != canBeFalse else { return nil }
    return canBeTrue
  }

  /// Both together.
  func union(_ other: ExpressionRange) -> ExpressionRange {
    switch (self, other) {
    case (.integer(let a), .integer(let b)):
      .integer(min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound))
    case (.bool(let a, let b), .bool(let c, let d)): .bool(canBeTrue: a || c, canBeFalse: b || d)
    case (.word(let a), .word(let b)): a == b ? self : .anyWord
    case (.word, .anyWord), (.anyWord, .word), (.anyWord, .anyWord): .anyWord
    default: .uncertain
    }
  }
}

extension TypedExpression {
  /// - Parameter ranges: of each name that it may use.
  package func range(_ ranges: [String: ExpressionRange]) -> ExpressionRange { node.range(ranges) }
}

extension ExpressionNode {
  func range(_ ranges: [String: ExpressionRange]) -> ExpressionRange {
    switch self {
    case .constant(let value): return ExpressionRange(value)
    case .field(let path): return path.count == 1 ? ranges[path[0]] ?? .uncertain : .uncertain
    case .list: return .uncertain
    case .not(let operand):
      guard case .bool(let canBeTrue, let canBeFalse) = operand.range(ranges) else { return .uncertain }
      return .bool(canBeTrue: canBeFalse, canBeFalse: canBeTrue)
    case .all(let operands): return Self.join(operands.map { $0.range(ranges) }, deciding: false)
    case .any(let operands): return Self.join(operands.map { $0.range(ranges) }, deciding: true)
    case .comparison(.isIn, let left, let right): return Self.membership(left.range(ranges), right, ranges)
    case .comparison(let comparison, let left, let right):
      return Self.compare(comparison, left.range(ranges), right.range(ranges))
    case .arithmetic(let arithmetic, let left, let right):
      guard let left = left.range(ranges).integers, let right = right.range(ranges).integers,
        let range = arithmetic.range(left, right)
      else { return .uncertain }
      return .integer(range)
    case .choice(let condition, let first, let second):
      switch condition.range(ranges) {
      case .bool(canBeTrue: true, canBeFalse: false): return first.range(ranges)
      case .bool(canBeTrue: false, canBeFalse: true): return second.range(ranges)
      case .bool: return first.range(ranges).union(second.range(ranges))
      default: return .uncertain
      }
    case .call(let function, let arguments):
      let parts = arguments.compactMap { $0.range(ranges).integers }
      guard parts.count == arguments.count, let range = function.range(parts) else { return .uncertain }
      return .integer(range)
    }
  }

  /// `deciding`: what one operand alone decides the whole to be.
  private static func join(_ operands: [ExpressionRange], deciding: Bool) -> ExpressionRange {
    if operands.contains(where: { $0.decided == deciding }) { return .bool(deciding) }
    var (canDecide, canAllNot) = (false, true)
    for operand in operands {
      guard case .bool(let canBeTrue, let canBeFalse) = operand else { return .uncertain }
      canDecide = canDecide || (deciding ? canBeTrue : canBeFalse)
      canAllNot = canAllNot && (deciding ? canBeFalse : canBeTrue)
    }
    return deciding
      ? .bool(canBeTrue: canDecide, canBeFalse: canAllNot) : .bool(canBeTrue: canAllNot, canBeFalse: canDecide)
  }

  private static func membership(
    _ left: ExpressionRange, _ right: ExpressionNode, _ ranges: [String: ExpressionRange]
  ) -> ExpressionRange {
    let elements: [ExpressionRange]
    switch right {
    case .list(let nodes): elements = nodes.map { $0.range(ranges) }
    case .constant(.list(let values)): elements = values.map { ExpressionRange($0) }
    default: return .uncertain
    }
    guard !elements.isEmpty else { return .bool(false) }
    return join(elements.map { compare(.equal, left, $0) }, deciding: true)
  }

  private static func compare(
    _ comparison: Comparison, _ left: ExpressionRange, _ right: ExpressionRange
  ) -> ExpressionRange {
    switch comparison {
    case .equal: return equality(left, right)
    case .notEqual:
      guard case .bool(let canBeTrue, let canBeFalse) = equality(left, right) else { return .uncertain }
      return .bool(canBeTrue: canBeFalse, canBeFalse: canBeTrue)
    case .isIn: return .uncertain
    case .greater: return compare(.less, right, left)
    case .greaterOrEqual: return compare(.lessOrEqual, right, left)
    case .less, .lessOrEqual:
      guard let left = left.integers, let right = right.integers else { return .uncertain }
      let isStrict = comparison == .less
      return .bool(
        canBeTrue: isStrict ? left.lowerBound < right.upperBound : left.lowerBound <= right.upperBound,
        canBeFalse: isStrict ? left.upperBound >= right.lowerBound : left.upperBound > right.lowerBound)
    }
  }

  private static func equality(_ left: ExpressionRange, _ right: ExpressionRange) -> ExpressionRange {
    switch (left, right) {
    case (.integer(let left), .integer(let right)):
      return .bool(
        canBeTrue: left.overlaps(right),
        canBeFalse: !(left == right && left.lowerBound == left.upperBound))
    case (.bool, .bool):
      guard let left = left.decided, let right = right.decided else { return .bool(canBeTrue: true, canBeFalse: true) }
      return .bool(left == right)
    case (.word(let left), .word(let right)): return .bool(left == right)
    case (.word, .anyWord), (.anyWord, .word), (.anyWord, .anyWord): return .bool(canBeTrue: true, canBeFalse: true)
    default: return .uncertain
    }
  }
}

extension ExpressionNode.Arithmetic {
  /// Nil where some pair has no result.
  func range(_ left: ClosedRange<Int64>, _ right: ClosedRange<Int64>) -> ClosedRange<Int64>? {
    if self == .divide || self == .remainder, right.contains(0) { return nil }
    if self == .remainder {
      // As large as the divisor less one, with the sign of the dividend.
      let least = Int64(clamping: min(right.lowerBound.magnitude, right.upperBound.magnitude))
      let most = Int64(clamping: max(right.lowerBound.magnitude, right.upperBound.magnitude) - 1)
      if left.lowerBound >= 0, left.upperBound < least { return left }
      return (left.lowerBound < 0 ? -most : 0)...(left.upperBound > 0 ? most : 0)
    }
    // Each of these is monotone in both operands as long as a divisor keeps its sign: corners are the extremes.
    return ClosedRange(
      corners: [left.lowerBound, left.upperBound].flatMap { left in
        [right.lowerBound, right.upperBound].map { right in result(left, right) }
      })
  }
}

extension ExpressionFunction {
  fileprivate func range(_ parts: [ClosedRange<Int64>]) -> ClosedRange<Int64>? {
    switch self {
    case .startsWith: return nil
    case .min:
      guard let lower = parts.map(\.lowerBound).min(), let upper = parts.map(\.upperBound).min() else { return nil }
      return lower...upper
    case .max:
      guard let lower = parts.map(\.lowerBound).max(), let upper = parts.map(\.upperBound).max() else { return nil }
      return lower...upper
    case .mulDiv:
      guard parts.count == 3, !parts[2].contains(0) else { return nil }
      var corners: [Int64?] = []
      for a in [parts[0].lowerBound, parts[0].upperBound] {
        for n in [parts[1].lowerBound, parts[1].upperBound] {
          for d in [parts[2].lowerBound, parts[2].upperBound] { corners.append(Self.mulDiv(a, n, d)) }
        }
      }
      return ClosedRange(corners: corners)
    }
  }
}

extension ClosedRange<Int64> {
  /// From the least to the greatest; nil when one is missing.
  fileprivate init?(corners: [Int64?]) {
    let known = corners.compactMap(\.self)
    guard known.count == corners.count, let lower = known.min(), let upper = known.max() else { return nil }
    self = lower...upper
  }
}
