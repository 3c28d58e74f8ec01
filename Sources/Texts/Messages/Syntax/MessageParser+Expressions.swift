extension MessageParser {
  /// An expression or markup.
  mutating func placeholder() throws(MessageFault) -> PatternTree {
    let place = scanner.offset
    try scanner.require("{")
    scanner.skipSpace()
    let isOpening = scanner.take("#")
    guard isOpening || scanner.take("/") else {
      scanner.rewind(to: place)
      return .expression(try expression())
    }
    _ = try scanner.identifier()
    let options = try tail(of: .markup).options
    if isOpening { _ = scanner.take("/") }
    try scanner.require("}")
    return .markup(options)
  }

  mutating func expression() throws(MessageFault) -> ExpressionTree {
    var expression = ExpressionTree(offset: scanner.offset)
    try scanner.require("{")
    scanner.skipSpace()
    switch scanner.next {
    case ":": break
    case "$": expression.operand = .variable(try scanner.variable())
    default: expression.operand = .literal(try scanner.literal())
    }
    let tail = try tail(of: expression.operand == nil ? .function : .operand)
    expression.function = tail.function
    try scanner.require("}")
    return expression
  }

  /// What a tail stands behind.
  private enum Head {
    case operand
    /// Nothing yet: the function comes first.
    case function
    case markup
  }

  /// Everything behind an operand or behind the name of markup: a function, options, attributes, in this order and each after a space.
  /// Attributes are read and left out, as the specification wants it: they are for translators.
  private mutating func tail(
    of head: Head
  ) throws(MessageFault) -> (function: FunctionTree?, options: [OptionTree]) {
    var name: String?
    var options: [OptionTree] = []
    var attributeCount = 0
    var hasSpace = head == .function || scanner.skipSpace()
    while let next = scanner.next, next != "}", next != "/" {
      guard hasSpace else { throw scanner.fault("a space or '}' is missing") }
      if next == "@" {
        hasSpace = try attribute()
        attributeCount += 1
      } else {
        guard attributeCount == 0 else { throw scanner.fault("only attributes may follow an attribute") }
        if next == ":", name == nil, head != .markup {
          scanner.advance()
          name = try scanner.identifier()
        } else {
          guard name != nil || head == .markup else { throw scanner.fault("a function is missing") }
          options.append(try option())
        }
        hasSpace = scanner.skipSpace()
      }
      try bound(options.count + attributeCount, MessageLimits.optionCountMax, "options")
    }
    return (name.map { FunctionTree(name: $0, options: options) }, options)
  }

  private mutating func option() throws(MessageFault) -> OptionTree {
    let place = scanner.offset
    let name = try scanner.identifier()
    scanner.skipSpace()
    guard scanner.take("=") else { throw scanner.fault("'=' is missing behind the name of an option") }
    scanner.skipSpace()
    let value: OperandTree =
      scanner.next == "$" ? .variable(try scanner.variable()) : .literal(try scanner.literal())
    return OptionTree(name: name, value: value, offset: place)
  }

  /// - Returns: whether there was a space behind it.
  private mutating func attribute() throws(MessageFault) -> Bool {
    scanner.advance()
    _ = try scanner.identifier()
    let hasSpace = scanner.skipSpace()
    guard scanner.take("=") else { return hasSpace }
    scanner.skipSpace()
    _ = try scanner.literal()
    return scanner.skipSpace()
  }
}
