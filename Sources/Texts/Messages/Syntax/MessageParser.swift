/// Reads a message by the grammar of MessageFormat 2 (`message.abnf`).
struct MessageParser {
  var scanner: MessageScanner

  /// - Throws: the first syntax error, or `limitExceeded`.
  static func tree(of source: String) throws(MessageFault) -> MessageTree {
    var parser = MessageParser(scanner: try MessageScanner(source))
    return try parser.message()
  }

  private mutating func message() throws(MessageFault) -> MessageTree {
    var tree = MessageTree()
    scanner.skipSpace()
    guard scanner.next == "." || scanner.isNext("{{") else {
      // White space belongs to the text of a simple message.
      scanner.rewind(to: 0)
      tree.variants = [.init(keys: [], offset: 0, pattern: try pattern(isQuoted: false))]
      return tree
    }
    while let declaration = try declaration() {
      tree.declarations.append(declaration)
      try bound(tree.declarations.count, MessageLimits.declarationCountMax, "declarations")
      scanner.skipSpace()
    }
    if scanner.take(".match") {
      try matcher(&tree)
    } else {
      let place = scanner.offset
      tree.variants = [.init(keys: [], offset: place, pattern: try quotedPattern())]
      scanner.skipSpace()
    }
    guard scanner.isAtEnd else { throw scanner.fault("nothing may follow the last pattern") }
    return tree
  }

  func bound(_ count: Int, _ limit: Int, _ what: String) throws(MessageFault) {
    guard count <= limit else {
      throw MessageFault(kind: .limitExceeded, offset: scanner.offset, detail: "more than \(limit) \(what)")
    }
  }

  private mutating func declaration() throws(MessageFault) -> MessageTree.Declaration? {
    if scanner.take(".input") {
      scanner.skipSpace()
      let expression = try expression()
      guard case .variable = expression.operand else {
        throw scanner.fault("an input is a variable", at: expression.offset)
      }
      return .input(expression)
    }
    guard scanner.take(".local") else { return nil }
    guard scanner.skipSpace() else { throw scanner.fault("a space is missing") }
    let variable = try scanner.variable()
    scanner.skipSpace()
    try scanner.require("=")
    scanner.skipSpace()
    return .local(variable, try expression())
  }

  // MARK: Variants

  private mutating func matcher(_ tree: inout MessageTree) throws(MessageFault) {
    var hasSpace = scanner.skipSpace()
    while scanner.next == "$" {
      guard hasSpace else { throw scanner.fault("a space is missing") }
      tree.selectors.append(try scanner.variable())
      try bound(tree.selectors.count, MessageLimits.selectorCountMax, "selectors")
      hasSpace = scanner.skipSpace()
    }
    guard !tree.selectors.isEmpty else { throw scanner.fault("a variable to select by is missing") }
    guard hasSpace else { throw scanner.fault("a space is missing") }
    repeat {
      tree.variants.append(try variant())
      try bound(tree.variants.count, MessageLimits.variantCountMax, "variants")
      scanner.skipSpace()
    } while !scanner.isAtEnd
  }

  private mutating func variant() throws(MessageFault) -> MessageTree.Variant {
    let place = scanner.offset
    var keys: [MessageTree.Key] = []
    var hasSpace = true
    while scanner.next != "{" || keys.isEmpty {
      guard hasSpace else { throw scanner.fault("a space is missing between two keys") }
      keys.append(scanner.take("*") ? .any : .literal(try scanner.literal()))
      // One more than there may be selectors, so that it is a mismatch first.
      try bound(keys.count, MessageLimits.selectorCountMax + 1, "keys")
      hasSpace = scanner.skipSpace()
    }
    return .init(keys: keys, offset: place, pattern: try quotedPattern())
  }

  // MARK: Patterns

  private mutating func quotedPattern() throws(MessageFault) -> [PatternTree] {
    let start = scanner.offset
    guard scanner.take("{{") else { throw scanner.fault("a pattern in '{{' and '}}' is missing") }
    let parts = try pattern(isQuoted: true)
    if scanner.take("}}") { return parts }
    throw scanner.isAtEnd
      ? scanner.fault("'}}' is missing behind the pattern", at: start) : scanner.fault("a second '}' is missing")
  }

  /// As far as the end or the first `}`.
  private mutating func pattern(isQuoted: Bool) throws(MessageFault) -> [PatternTree] {
    var parts: [PatternTree] = []
    var text = String.UnicodeScalarView()
    while let next = scanner.next {
      if next == "{" {
        if !text.isEmpty { parts.append(.text(String(text))) }
        text = .init()
        parts.append(try placeholder())
      } else if next == "}" {
        guard isQuoted else { throw scanner.fault("'}' without '{'") }
        break
      } else {
        text.append(try scanner.character())
      }
    }
    if !text.isEmpty { parts.append(.text(String(text))) }
    return parts
  }
}
