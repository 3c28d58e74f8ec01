/// An expression of known type whose names are places in a row of numbers: evaluated without texts, dictionaries or allocation.
///
/// True is 1 and false is 0, a word is its number by the binding. It is worth what `TypedExpression.value` says, and nil where that is an
/// error. For expressions over members of events, whose types are not known, there is `ExpressionNode.value`.
package struct BoundExpression: Sendable {
  package let text: String
  /// Operands come before what uses them; the last one is the whole.
  private var nodes: [Node] = []
  /// Operands of those that have any number of them, one behind the other.
  private var operands: [Int32] = []

  private enum Node: Sendable {
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

  package init(_ expression: TypedExpression, _ binding: inout ExpressionBinding) {
    text = expression.text
    let root = add(expression.node, &binding)
    // What names nothing is worth the same for every row.
    guard expression.names.isEmpty else { return }
    nodes = [value(of: root, []).map { .constant($0) } ?? .none]
    operands = []
  }

  /// - Parameter row: by the places of the binding; nil for a name without a value.
  /// - Complexity: O(parts of the expression). It descends as deep as the expression, which the parser limits.
  package func value(_ row: [Int64?]) -> Int64? { value(of: Int32(nodes.count - 1), row) }

  package func isTrue(_ row: [Int64?]) -> Bool? { value(row).map { $0 == 1 } }

  private func value(of index: Int32, _ row: [Int64?]) -> Int64? {
    switch nodes[Int(index)] {
    case .constant(let number): return number
    case .none: return nil
    case .place(let place): return row[Int(place)]
    case .not(let operand): return value(of: operand, row).map { 1 - $0 }
    case .all(let range): return decide(range, by: 0, row)
    case .any(let range): return decide(range, by: 1, row)
    case .comparison(let comparison, let left, let right):
      guard let left = value(of: left, row), let right = value(of: right, row) else { return nil }
      return Self.holds(comparison, left, right) ? 1 : 0
    case .isIn(let left, let range):
      guard let wanted = value(of: left, row) else { return nil }
      return isAmong(wanted, range, row)
    case .arithmetic(let arithmetic, let left, let right):
      guard let left = value(of: left, row), let right = value(of: right, row) else { return nil }
      return arithmetic.result(left, right)
    case .choice(let condition, let first, let second):
      guard let isTrue = value(of: condition, row) else { return nil }
      return value(of: isTrue == 1 ? first : second, row)
    case .least(let range): return extreme(range, row) { $0 < $1 }
    case .greatest(let range): return extreme(range, row) { $0 > $1 }
    case .mulDiv(let a, let n, let d):
      guard let a = value(of: a, row), let n = value(of: n, row), let d = value(of: d, row) else { return nil }
      return ExpressionFunction.mulDiv(a, n, d)
    }
  }

  /// One operand may decide, whatever the others are.
  private func decide(_ range: Range<Int32>, by decisive: Int64, _ row: [Int64?]) -> Int64? {
    var isKnown = true
    for index in range {
      guard let value = value(of: operands[Int(index)], row) else {
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
      guard let element = value(of: operands[Int(index)], row) else { return nil }
      if element == wanted { isFound = 1 }
    }
    return isFound
  }

  private func extreme(_ range: Range<Int32>, _ row: [Int64?], _ comesBefore: (Int64, Int64) -> Bool) -> Int64? {
    var found: Int64?
    for index in range {
      guard let number = value(of: operands[Int(index)], row) else { return nil }
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

extension BoundExpression {
  private mutating func add(_ node: Node) -> Int32 {
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  private mutating func add(_ node: ExpressionNode, _ binding: inout ExpressionBinding) -> Int32 {
    switch node {
    case .constant(let value): return add(Self.constant(value, &binding))
    case .field(let path): return add(.place(Int32(binding.place(of: path[0]))))
    case .not(let operand): return add(.not(add(operand, &binding)))
    case .all(let parts): return add(.all(addAll(parts, &binding)))
    case .any(let parts): return add(.any(addAll(parts, &binding)))
    case .comparison(.isIn, let left, let right):
      let left = add(left, &binding)
      switch right {
      case .list(let elements): return add(.isIn(left, addAll(elements, &binding)))
      case .constant(.list(let values)):
        return add(.isIn(left, addAll(values.map { .constant($0) }, &binding)))
      default: return add(.none)
      }
    case .comparison(let comparison, let left, let right):
      let (left, right) = (add(left, &binding), add(right, &binding))
      return add(.comparison(comparison, left, right))
    case .arithmetic(let arithmetic, let left, let right):
      let (left, right) = (add(left, &binding), add(right, &binding))
      return add(.arithmetic(arithmetic, left, right))
    case .choice(let condition, let first, let second):
      let (condition, first) = (add(condition, &binding), add(first, &binding))
      return add(.choice(condition, first, add(second, &binding)))
    case .call(let function, let arguments):
      let range = addAll(arguments, &binding)
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

  private mutating func addAll(_ parts: [ExpressionNode], _ binding: inout ExpressionBinding) -> Range<Int32> {
    var indices: [Int32] = []
    for part in parts { indices.append(add(part, &binding)) }
    let first = Int32(operands.count)
    operands += indices
    return first..<Int32(operands.count)
  }

  private static func constant(_ value: ExpressionValue, _ binding: inout ExpressionBinding) -> Node {
    switch value {
    case .bool(let isTrue): .constant(isTrue ? 1 : 0)
    case .integer(let number): .constant(number)
    case .string(let text): .constant(binding.number(ofWord: text))
    case .list, .error: .none
    }
  }
}
