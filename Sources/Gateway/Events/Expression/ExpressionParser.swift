/// Reads an expression:
///
/// ```
/// or         = and { "||" and }
/// and        = comparison { "&&" comparison }
/// comparison = operand { ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") operand }
/// operand    = { "!" } value | "-" integer
/// value      = ("(" or ")" | "[" [ or { "," or } ] "]" | integer | string | "true" | "false" | field) { ".startsWith(" or ")" }
/// field      = name { "." name }
/// ```
struct ExpressionParser {
  private var scanner: ExpressionScanner
  private var word = ExpressionScanner.Word.end
  private var offset = 0
  private var depth = 0
  /// First names of paths that there are; nil for any.
  private let roots: Set<String>?

  /// Brackets within brackets.
  static let depthMax = 64

  /// - Throws: the first fault.
  static func node(of text: String, roots: Set<String>?) throws(ExpressionFault) -> ExpressionNode {
    var parser = ExpressionParser(scanner: ExpressionScanner(text), roots: roots)
    try parser.advance()
    let node = try parser.disjunction()
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

  private mutating func disjunction() throws(ExpressionFault) -> ExpressionNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw fault("more than \(Self.depthMax) brackets within each other") }
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
    var left = try operand()
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
      left = .comparison(comparison, left, try operand())
    }
  }

  private mutating func operand() throws(ExpressionFault) -> ExpressionNode {
    if try take("-") {
      guard case .integer(let number) = word, number <= 1 << 63 else { throw fault("no integer of 64 bits") }
      try advance()
      return .constant(.integer(Int64(truncatingIfNeeded: 0 &- number)))
    }
    var (isNot, isNegated) = (false, false)
    while try take("!") { (isNot, isNegated) = (true, !isNegated) }
    let value = try methods(of: try value())
    guard isNot else { return value }
    return isNegated ? .not(value) : .not(.not(value))
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
      guard roots?.contains(name) ?? (name != "in") else { throw fault("events have no such member", at: place) }
      try advance()
      return .field([name])
    case .sign("("):
      try advance()
      let inner = try disjunction()
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
      elements.append(try disjunction())
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
      if try take("(") {
        guard name == "startsWith" else { throw fault("there is only startsWith", at: place) }
        let prefix = try disjunction()
        try require(")")
        node = .startsWith(node, prefix)
      } else if case .field(let path) = node {
        node = .field(path + [name])
      } else {
        throw fault("this has no members", at: place)
      }
    }
    if word == .sign("(") { throw fault("there is no such function") }
    return node
  }
}
