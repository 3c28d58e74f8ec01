/// A part of an expression that was read: expressions in the manner of CEL, of which this is a part.
package indirect enum ExpressionNode: Sendable {
  case constant(ExpressionValue)
  /// A member by its path, `data.result.code`.
  case field([String])
  case list([ExpressionNode])
  case not(ExpressionNode)
  case all([ExpressionNode])
  case any([ExpressionNode])
  case comparison(Comparison, ExpressionNode, ExpressionNode)
  case arithmetic(Arithmetic, ExpressionNode, ExpressionNode)
  case choice(ExpressionNode, ExpressionNode, ExpressionNode)
  case call(ExpressionFunction, [ExpressionNode])

  package enum Comparison: Sendable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, isIn }
  package enum Arithmetic: Sendable { case add, subtract, multiply, divide, remainder }

  /// Ends always, after as many steps as the expression has parts.
  ///
  /// - Parameter fields: what is at a path; an error for nothing.
  package func value(_ fields: ([String]) -> ExpressionValue) -> ExpressionValue {
    switch self {
    case .constant(let value): return value
    case .field(let path): return fields(path)
    case .list(let elements):
      let values = elements.map { $0.value(fields) }
      return values.contains { $0.isError } ? .error : .list(values)
    case .not(let operand):
      guard case .bool(let isTrue) = operand.value(fields) else { return .error }
      return .bool(!isTrue)
    case .all(let operands): return Self.decide(operands, by: false, fields)
    case .any(let operands): return Self.decide(operands, by: true, fields)
    case .comparison(let comparison, let left, let right):
      return Self.compare(comparison, left.value(fields), right.value(fields))
    case .arithmetic(let arithmetic, let left, let right):
      return arithmetic.value(left.value(fields), right.value(fields))
    case .choice(let condition, let first, let second):
      guard case .bool(let isTrue) = condition.value(fields) else { return .error }
      return isTrue ? first.value(fields) : second.value(fields)
    case .call(let function, let arguments): return function.value(arguments.map { $0.value(fields) })
    }
  }

  /// One operand may decide, whatever the others are.
  private static func decide(
    _ operands: [ExpressionNode], by decisive: Bool, _ fields: ([String]) -> ExpressionValue
  ) -> ExpressionValue {
    var isKnown = true
    for operand in operands {
      guard case .bool(let isTrue) = operand.value(fields) else {
        isKnown = false
        continue
      }
      if isTrue == decisive { return .bool(decisive) }
    }
    return isKnown ? .bool(!decisive) : .error
  }

  private static func compare(
    _ comparison: Comparison, _ left: ExpressionValue, _ right: ExpressionValue
  ) -> ExpressionValue {
    let answer: Bool?
    switch comparison {
    case .equal: answer = left.equals(right)
    case .notEqual: answer = left.equals(right).map { !$0 }
    case .less: answer = left.isLess(than: right)
    case .lessOrEqual: answer = right.isLess(than: left).map { !$0 }
    case .greater: answer = right.isLess(than: left)
    case .greaterOrEqual: answer = left.isLess(than: right).map { !$0 }
    case .isIn:
      guard case .list(let elements) = right, !left.isError else { return .error }
      answer = elements.contains { left.equals($0) ?? false }
    }
    return answer.map { .bool($0) } ?? .error
  }
}

extension ExpressionNode.Arithmetic {
  /// Texts and lists can be added, too: one behind the other.
  func value(_ left: ExpressionValue, _ right: ExpressionValue) -> ExpressionValue {
    switch (self, left, right) {
    case (_, .integer(let left), .integer(let right)): result(left, right).map { .integer($0) } ?? .error
    case (.add, .string(let left), .string(let right)): .string(left + right)
    case (.add, .list(let left), .list(let right)): .list(left + right)
    default: .error
    }
  }

  /// Integers of 64 bits; division goes towards zero.
  /// - Returns: nil past 64 bits and for a division by zero, which are errors.
  package func result(_ left: Int64, _ right: Int64) -> Int64? {
    let (value, overflows) =
      switch self {
      case .add: left.addingReportingOverflow(right)
      case .subtract: left.subtractingReportingOverflow(right)
      case .multiply: left.multipliedReportingOverflow(by: right)
      case .divide: left.dividedReportingOverflow(by: right)
      case .remainder: left.remainderReportingOverflow(dividingBy: right)
      }
    return overflows ? nil : value
  }
}
