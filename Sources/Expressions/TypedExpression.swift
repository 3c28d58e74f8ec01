/// An expression of which it is known what it is worth, and of which names.
package struct TypedExpression: Sendable {
  package let text: String
  package let node: ExpressionNode
  package let type: ExpressionType
  /// Names that it asks for.
  package let names: Set<String>

  /// - Parameter types: of each name that may be used.
  /// - Throws: what is wrong first, and where.
  package init(_ text: String, types: [String: ExpressionType]) throws(ExpressionFault) {
    guard text.utf8.count <= Self.byteCountMax else {
      throw ExpressionFault(message: "longer than \(Self.byteCountMax) bytes", offset: Self.byteCountMax)
    }
    node = try ExpressionParser.node(of: text, roots: Set(types.keys))
    self.text = text
    type = try node.type(types)
    var names: Set<String> = []
    node.addNames(to: &names)
    self.names = names
  }

  package init(_ number: Int64) {
    text = String(number)
    node = .constant(.integer(number))
    type = .integer
    names = []
  }

  /// Bytes of a text.
  package static let byteCountMax = 2_048

  /// - Parameter values: of each name that it may use.
  package func value(_ values: [String: ExpressionValue]) -> ExpressionValue {
    node.value { $0.count == 1 ? values[$0[0]] ?? .error : .error }
  }

  package func integer(_ values: [String: ExpressionValue]) -> Int64? {
    if case .integer(let number) = value(values) { number } else { nil }
  }

  package func bool(_ values: [String: ExpressionValue]) -> Bool? {
    if case .bool(let isTrue) = value(values) { isTrue } else { nil }
  }
}

package enum ExpressionType: Hashable, Sendable {
  case bool, integer
  /// A text of these: anything else that it is compared with is a mistake.
  case word([String])
  /// A text that stands in the expression.
  case literal(String)
  /// Of elements of these.
  case list([ExpressionType])

  package var name: String {
    switch self {
    case .bool: "true or false"
    case .integer: "an integer"
    case .word, .literal: "a word"
    case .list: "a list"
    }
  }
}

extension ExpressionNode {
  func addNames(to names: inout Set<String>) {
    switch self {
    case .constant: break
    case .field(let path): names.insert(path[0])
    case .list(let parts), .all(let parts), .any(let parts), .call(_, let parts):
      for part in parts { part.addNames(to: &names) }
    case .not(let part): part.addNames(to: &names)
    case .comparison(_, let left, let right), .arithmetic(_, let left, let right):
      left.addNames(to: &names)
      right.addNames(to: &names)
    case .choice(let condition, let first, let second):
      for part in [condition, first, second] { part.addNames(to: &names) }
    }
  }

  /// What it is worth, if every part goes with its operator.
  func type(_ types: [String: ExpressionType]) throws(ExpressionFault) -> ExpressionType {
    switch self {
    case .constant(let value): return try Self.type(of: value)
    case .field(let path):
      guard path.count == 1, let type = types[path[0]] else { throw Self.fault("'\(path[0])' has no members") }
      return type
    case .list(let elements):
      var elementTypes: [ExpressionType] = []
      for element in elements { elementTypes.append(try element.type(types)) }
      return .list(elementTypes)
    case .not(let operand):
      try operand.require(.bool, types)
      return .bool
    case .all(let operands), .any(let operands):
      for operand in operands { try operand.require(.bool, types) }
      return .bool
    case .comparison(let comparison, let left, let right):
      try Self.check(comparison, try left.type(types), try right.type(types))
      return .bool
    case .arithmetic(_, let left, let right):
      try left.require(.integer, types)
      try right.require(.integer, types)
      return .integer
    case .choice(let condition, let first, let second):
      try condition.require(.bool, types)
      let (first, second) = (try first.type(types), try second.type(types))
      try Self.requireComparable(first, second)
      return first
    case .call(let function, let arguments):
      guard function != .startsWith else { throw Self.fault("startsWith is not for here") }
      for argument in arguments { try argument.require(.integer, types) }
      return .integer
    }
  }

  private func require(_ wanted: ExpressionType, _ types: [String: ExpressionType]) throws(ExpressionFault) {
    let type = try type(types)
    guard type == wanted else { throw Self.fault("\(type.name) where \(wanted.name) is needed") }
  }

  private static func type(of value: ExpressionValue) throws(ExpressionFault) -> ExpressionType {
    switch value {
    case .bool: return .bool
    case .integer: return .integer
    case .string(let text): return .literal(text)
    case .list(let elements):
      var elementTypes: [ExpressionType] = []
      for element in elements { elementTypes.append(try type(of: element)) }
      return .list(elementTypes)
    case .error: throw fault("a value is missing")
    }
  }

  private static func check(
    _ comparison: Comparison, _ left: ExpressionType, _ right: ExpressionType
  ) throws(ExpressionFault) {
    switch comparison {
    case .isIn:
      guard case .list(let elements) = right else { throw fault("\(right.name) where a list is needed") }
      for element in elements { try requireComparable(left, element) }
    case .equal, .notEqual: try requireComparable(left, right)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard left == .integer, right == .integer else { throw fault("only integers have an order") }
    }
  }

  private static func requireComparable(_ left: ExpressionType, _ right: ExpressionType) throws(ExpressionFault) {
    switch (left, right) {
    case (.bool, .bool), (.integer, .integer), (.literal, .literal): return
    case (.word(let words), .literal(let text)), (.literal(let text), .word(let words)):
      guard words.contains(text) else {
        throw fault("'\(text)' is none of \(words.joined(separator: ", "))")
      }
    case (.word(let left), .word(let right)):
      guard !Set(left).isDisjoint(with: right) else { throw fault("these words are never the same") }
    default: throw fault("\(left.name) is never \(right.name)")
    }
  }

  /// Types are found behind the parser, which alone knows places: the expression as a whole is pointed at.
  private static func fault(_ message: String) -> ExpressionFault { ExpressionFault(message: message, offset: 0) }
}
