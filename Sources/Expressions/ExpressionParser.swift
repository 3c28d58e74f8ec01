/// Reads an expression:
///
/// ```
/// expression = or [ "?" or ":" expression ]
/// or         = and { "||" and }
/// and        = comparison { "&&" comparison }
/// comparison = sum { ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") sum }
/// sum        = product { ("+" | "-") product }
/// product    = operand { ("*" | "/" | "%") operand }
/// operand    = { "!" } value | { "-" } value
/// value      = ("(" expression ")" | list | integer | string | "true" | "false" | field | call) { "." method }
/// list       = "[" [ expression { "," expression } ] "]"
/// call       = function "(" expression { "," expression } ")"
/// field      = name { "." name }
/// ```
package struct ExpressionParser {
  private var scanner: ExpressionScanner
  private var word = ExpressionScanner.Word.end
  private var offset = 0
  private var depth = 0
  /// First names of paths that there are; nil for any.
  private let roots: Set<String>?

  /// Brackets within brackets.
  package static let depthMax = 64

  /// - Throws: the first fault.
  package static func node(of text: String, roots: Set<String>?) throws(ExpressionFault) -> ExpressionNode {
    var parser = ExpressionParser(scanner: ExpressionScanner(text), roots: roots)
    try parser.advance()
    let node = try parser.expression()
    guard parser.word == .end else { throw parser.fault("an operator is missing") }
    return node
  }

  private init(scanner: ExpressionScanner, roots: Set<String>?) {
    self.scanner = scanner
    self.roots = roots
  }

  private func fault(_ message: String, at place: Int? = nil) -> ExpressionFault {
    ExpressionFault(message: message, offset: place ?? offset)
  }

  private mutating func advance() throws(ExpressionFault) { (word, offset) = try scanner.next() }

  private mutating func take(_ sign: String) throws(ExpressionFault) -> Bool {
    guard word == .sign(sign) else { return false }
    try advance()
    return true
  }

  private mutating func require(_ sign: String) throws(ExpressionFault) {
    guard try take(sign) else { throw fault("'\(sign)' is missing") }
  }

  private mutating func expression() throws(ExpressionFault) -> ExpressionNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw fault("more than \(Self.depthMax) brackets within each other") }
    let condition = try disjunction()
    guard try take("?") else { return condition }
    let first = try disjunction()
    try require(":")
    return .choice(condition, first, try expression())
  }

  private mutating func disjunction() throws(ExpressionFault) -> ExpressionNode {
    var operands = [try conjunction()]
    while try take("||") { operands.append(try conjunction()) }
    return operands.count == 1 ? operands[0] : .any(operands)
  }

  private mutating func conjunction() throws(ExpressionFault) -> ExpressionNode {
    var operands = [try comparison()]
    while try take("&&") { operands.append(try comparison()) }
    return operands.count == 1 ? operands[0] : .all(operands)
  }

  private static let comparisons: [String: ExpressionNode.Comparison] = [
    "==": .equal, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
  ]

  private mutating func comparison() throws(ExpressionFault) -> ExpressionNode {
    var left = try sum()
    var count = 0
    while true {
      let comparison: ExpressionNode.Comparison
      switch word {
      case .name("in"): comparison = .isIn
      case .sign(let sign):
        guard let known = Self.comparisons[sign] else { return left }
        comparison = known
      default: return left
      }
      count += 1
      guard count <= Self.depthMax else { throw fault("more than \(Self.depthMax) comparisons in a row") }
      try advance()
      left = .comparison(comparison, left, try sum())
    }
  }

  private mutating func sum() throws(ExpressionFault) -> ExpressionNode {
    try chain(["+": .add, "-": .subtract]) { parser throws(ExpressionFault) in try parser.product() }
  }

  private mutating func product() throws(ExpressionFault) -> ExpressionNode {
    try chain(["*": .multiply, "/": .divide, "%": .remainder]) { parser throws(ExpressionFault) in
      try parser.operand()
    }
  }

  /// Operands with operators between, from the left.
  private mutating func chain(
    _ operators: [String: ExpressionNode.Arithmetic],
    _ operand: (inout ExpressionParser) throws(ExpressionFault) -> ExpressionNode
  ) throws(ExpressionFault) -> ExpressionNode {
    var left = try operand(&self)
    var count = 0
    while case .sign(let sign) = word, let arithmetic = operators[sign] {
      count += 1
      guard count <= Self.depthMax else { throw fault("more than \(Self.depthMax) operators in a row") }
      try advance()
      left = .arithmetic(arithmetic, left, try operand(&self))
    }
    return left
  }

  private mutating func operand() throws(ExpressionFault) -> ExpressionNode {
    var (isNot, isNegated) = (false, false)
    while try take("!") { (isNot, isNegated) = (true, !isNegated) }
    if isNot {
      let value = try methods(of: try value())
      return isNegated ? .not(value) : .not(.not(value))
    }
    guard try take("-") else { return try methods(of: try value()) }
    // The least integer has no positive twin.
    if case .integer(let number) = word, number <= 1 << 63 {
      try advance()
      return .constant(.integer(Int64(truncatingIfNeeded: 0 &- number)))
    }
    var isNegative = true
    while try take("-") { isNegative.toggle() }
    let value = try methods(of: try value())
    return isNegative ? .arithmetic(.subtract, .constant(.integer(0)), value) : value
  }

  private mutating func value() throws(ExpressionFault) -> ExpressionNode {
    let place = offset
    switch word {
    case .integer(let number):
      guard let number = Int64(exactly: number) else { throw fault("no integer of 64 bits") }
      try advance()
      return .constant(.integer(number))
    case .string(let text):
      try advance()
      return .constant(.string(text))
    case .name("true"), .name("false"):
      let isTrue = word == .name("true")
      try advance()
      return .constant(.bool(isTrue))
    case .name(let name):
      try advance()
      if word == .sign("(") {
        guard let function = ExpressionFunction(rawValue: name), !function.isMethod else {
          throw fault("there is no such function", at: place)
        }
        return .call(function, try arguments(of: function, behind: [], at: place))
      }
      guard roots?.contains(name) ?? (name != "in") else { throw fault("there is no member of this name", at: place) }
      return .field([name])
    case .sign("("):
      try advance()
      let inner = try expression()
      try require(")")
      return inner
    case .sign("["): return try list()
    case .sign, .end: throw fault("a value is missing", at: place)
    }
  }

  private mutating func list() throws(ExpressionFault) -> ExpressionNode {
    try advance()
    var elements: [ExpressionNode] = []
    while word != .sign("]") {
      elements.append(try expression())
      guard try take(",") else { break }
    }
    try require("]")
    var constants: [ExpressionValue] = []
    for case .constant(let value) in elements { constants.append(value) }
    // Made once, not for each event.
    return constants.count == elements.count ? .constant(.list(constants)) : .list(elements)
  }

  /// What follows behind a value with a point.
  private mutating func methods(of value: ExpressionNode) throws(ExpressionFault) -> ExpressionNode {
    var node = value
    var count = 0
    while try take(".") {
      count += 1
      guard count <= Self.depthMax else { throw fault("more than \(Self.depthMax) names in a row") }
      guard case .name(let name) = word else { throw fault("a name is missing") }
      let place = offset
      try advance()
      if word == .sign("(") {
        guard let function = ExpressionFunction(rawValue: name), function.isMethod else {
          throw fault("there is no such method", at: place)
        }
        node = .call(function, try arguments(of: function, behind: [node], at: place))
      } else if case .field(let path) = node {
        node = .field(path + [name])
      } else {
        throw fault("this has no members", at: place)
      }
    }
    if word == .sign("(") { throw fault("only functions are called") }
    return node
  }

  /// The arguments in brackets, behind those that stood before the name.
  private mutating func arguments(
    of function: ExpressionFunction, behind first: [ExpressionNode], at place: Int
  ) throws(ExpressionFault) -> [ExpressionNode] {
    try require("(")
    var arguments = first
    if word != .sign(")") {
      repeat { arguments.append(try expression()) } while try take(",")
    }
    try require(")")
    guard function.argumentCounts.contains(arguments.count) else {
      throw fault("\(function.rawValue) takes another number of arguments", at: place)
    }
    return arguments
  }
}
