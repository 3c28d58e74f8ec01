/// An expression of known type whose names are places in a row of numbers: where it is in an `ExpressionTable`, which alone knows what it is worth.
/// It is only numbers, so programs of many expressions are gone through without counting references.
package struct BoundExpression: Hashable, Sendable, BitwiseCopyable {
  fileprivate let root: Int32
  fileprivate let text: Int32
}

/// Expressions that are evaluated against rows of one kind: without texts, dictionaries or allocation.
///
/// True is 1 and false is 0, a word is its number by the binding. Each is worth what `TypedExpression.value` says, and nil where that is an
/// error. For expressions over members of events, whose types are not known, there is `ExpressionNode.value`.
package final class ExpressionTable: Sendable {
  private let texts: [String]
  /// Of all expressions; operands come before what uses them.
  private let nodes: [Node]
  /// Operands of those that have any number of them, one behind the other.
  private let operands: [Int32]

  fileprivate enum Node: Sendable {
    case constant(Int64)
    /// Never has a value.
    case none
    case place(Int32)
    case not(Int32)
    case all(Range<Int32>)
    case any(Range<Int32>)
    case comparison(ExpressionNode.Comparison, Int32, Int32)
    case isIn(Int32, Range<Int32>)
    case arithmetic(ExpressionNode.Arithmetic, Int32, Int32)
    case choice(Int32, Int32, Int32)
    case least(Range<Int32>)
    case greatest(Range<Int32>)
    case mulDiv(Int32, Int32, Int32)
  }

  package init(_ binder: ExpressionBinder) {
    (texts, nodes, operands) = (binder.texts, binder.nodes, binder.operands)
  }

  /// What it was written as.
  package func text(of expression: BoundExpression) -> String { texts[Int(expression.text)] }

  /// - Parameter row: by the places of the binding; nil for a name without a value.
  /// - Precondition: the expression is of the table.
  /// - Complexity: O(parts of the expression). It descends as deep as the expression, which the parser limits.
  package func value(of expression: BoundExpression, _ row: [Int64?]) -> Int64? {
    value(at: expression.root, row)
  }

  package func isTrue(_ expression: BoundExpression, _ row: [Int64?]) -> Bool? {
    value(of: expression, row).map { $0 == 1 }
  }

  fileprivate func value(at index: Int32, _ row: [Int64?]) -> Int64? {
    switch nodes[Int(index)] {
    case .constant(let number): return number
    case .none: return nil
    case .place(let place): return row[Int(place)]
    case .not(let operand): return value(at: operand, row).map { 1 - $0 }
    case .all(let range): return decide(range, by: 0, row)
    case .any(let range): return decide(range, by: 1, row)
    case .comparison(let comparison, let left, let right):
      guard let left = value(at: left, row), let right = value(at: right, row) else { return nil }
      return Self.holds(comparison, left, right) ? 1 : 0
    case .isIn(let left, let range):
      guard let wanted = value(at: left, row) else { return nil }
      return isAmong(wanted, range, row)
    case .arithmetic(let arithmetic, let left, let right):
      guard let left = value(at: left, row), let right = value(at: right, row) else { return nil }
      return arithmetic.result(left, right)
    case .choice(let condition, let first, let second):
      guard let isTrue = value(at: condition, row) else { return nil }
      return value(at: isTrue == 1 ? first : second, row)
    case .least(let range): return extreme(range, row) { $0 < $1 }
    case .greatest(let range): return extreme(range, row) { $0 > $1 }
    case .mulDiv(let a, let n, let d):
      guard let a = value(at: a, row), let n = value(at: n, row), let d = value(at: d, row) else {
        return nil
      }
      return ExpressionFunction.mulDiv(a, n, d)
    }
  }

  /// One operand may decide, whatever the others are.
  private func decide(_ range: Range<Int32>, by decisive: Int64, _ row: [Int64?]) -> Int64? {
    var isKnown = true
    for index in range {
      guard let value = value(at: operands[Int(index)], row) else {
        isKnown = false
        continue
      }
      if value == decisive { return decisive }
    }
    return isKnown ? 1 - decisive : nil
  }

  /// An element without a value makes the list none.
  private func isAmong(_ wanted: Int64, _ range: Range<Int32>, _ row: [Int64?]) -> Int64? {
    var isFound: Int64 = 0
    for index in range {
      guard let element = value(at: operands[Int(index)], row) else { return nil }
      if element == wanted { isFound = 1 }
    }
    return isFound
  }

  private func extreme(
    _ range: Range<Int32>, _ row: [Int64?], _ comesBefore: (Int64, Int64) -> Bool
  ) -> Int64? {
    var found: Int64?
    for index in range {
      guard let number = value(at: operands[Int(index)], row) else { return nil }
      if found.map({ comesBefore(number, $0) }) ?? true { found = number }
    }
    return found
  }

  private static func holds(_ comparison: ExpressionNode.Comparison, _ left: Int64, _ right: Int64) -> Bool {
    switch comparison {
    case .equal, .isIn: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

/// Puts expressions together for one table.
package struct ExpressionBinder: Sendable {
  /// Places of names and numbers of words, those among them that expressions added.
  package var binding: ExpressionBinding
  fileprivate var texts: [String] = []
  fileprivate var nodes: [ExpressionTable.Node] = []
  fileprivate var operands: [Int32] = []

  package init(_ binding: ExpressionBinding) { self.binding = binding }

  package mutating func bind(_ expression: TypedExpression) -> BoundExpression {
    let (nodeCount, operandCount) = (nodes.count, operands.count)
    var root = compile(expression.node)
    // What names nothing is worth the same for every row.
    if expression.names.isEmpty {
      let worth = ExpressionTable(self).value(at: root, [])
      nodes.removeSubrange(nodeCount...)
      operands.removeSubrange(operandCount...)
      root = add(worth.map { .constant($0) } ?? .none)
    }
    texts.append(expression.text)
    return BoundExpression(root: root, text: Int32(texts.count - 1))
  }

  package mutating func bind(_ expression: TypedExpression?) -> BoundExpression? {
    guard let expression else { return nil }
    return bind(expression) as BoundExpression
  }
}

extension ExpressionBinder {
  private mutating func add(_ node: ExpressionTable.Node) -> Int32 {
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  private mutating func compile(_ node: ExpressionNode) -> Int32 {
    switch node {
    case .constant(let value): return add(constant(value))
    case .field(let path): return add(.place(Int32(binding.place(of: path[0]))))
    case .not(let operand): return add(.not(compile(operand)))
    case .all(let parts): return add(.all(compileAll(parts)))
    case .any(let parts): return add(.any(compileAll(parts)))
    case .comparison(.isIn, let left, let right):
      let left = compile(left)
      switch right {
      case .list(let elements): return add(.isIn(left, compileAll(elements)))
      case .constant(.list(let values)):
        return add(.isIn(left, compileAll(values.map { .constant($0) })))
      default: return add(.none)
      }
    case .comparison(let comparison, let left, let right):
      let (left, right) = (compile(left), compile(right))
      return add(.comparison(comparison, left, right))
    case .arithmetic(let arithmetic, let left, let right):
      let (left, right) = (compile(left), compile(right))
      return add(.arithmetic(arithmetic, left, right))
    case .choice(let condition, let first, let second):
      let (condition, first) = (compile(condition), compile(first))
      return add(.choice(condition, first, compile(second)))
    case .call(let function, let arguments):
      let range = compileAll(arguments)
      switch function {
      case .min: return add(.least(range))
      case .max: return add(.greatest(range))
      case .mulDiv:
        let first = Int(range.lowerBound)
        return add(.mulDiv(operands[first], operands[first + 1], operands[first + 2]))
      // Types let neither of these through.
      case .startsWith: return add(.none)
      }
    case .list: return add(.none)
    }
  }

  private mutating func compileAll(_ parts: [ExpressionNode]) -> Range<Int32> {
    var indices: [Int32] = []
    for part in parts { indices.append(compile(part)) }
    let first = Int32(operands.count)
    operands += indices
    return first..<Int32(operands.count)
  }

  private mutating func constant(_ value: ExpressionValue) -> ExpressionTable.Node {
    switch value {
    case .bool(let isTrue): .constant(isTrue ? 1 : 0)
    case .integer(let number): .constant(number)
    case .string(let text): .constant(binding.number(ofWord: text))
    case .list, .error: .none
    }
  }
}
