/// Makes the model of a message, and refuses what the specification calls data model errors.
struct MessageCompiler {
  private let functions: MessageFunctions
  private var variables: [MessageModel.Variable] = []
  /// Names are equal when they are canonically equivalent, which is what equality of strings is.
  private var indices: [String: Int] = [:]

  /// - Throws: the first fault.
  static func model(of source: String, functions: MessageFunctions) throws(MessageFault) -> MessageModel {
    var compiler = MessageCompiler(functions: functions)
    return try compiler.model(of: try MessageParser.tree(of: source))
  }

  private init(functions: MessageFunctions) { self.functions = functions }

  private mutating func model(of tree: MessageTree) throws(MessageFault) -> MessageModel {
    for declaration in tree.declarations { try declare(declaration) }
    var selectors: [Int] = []
    for selector in tree.selectors {
      let index = index(of: selector.name)
      guard isAnnotated(index) else {
        throw fault(.missingSelectorAnnotation, selector.offset, "$\(selector.name) has no function to select by")
      }
      selectors.append(index)
    }
    try check(tree)
    var variants: [MessageModel.Variant] = []
    for variant in tree.variants {
      var pattern: [MessageModel.Part] = []
      for part in variant.pattern { pattern.append(try self.part(part)) }
      variants.append(.init(keys: variant.keys.map(Self.key), offset: variant.offset, pattern: pattern))
    }
    return MessageModel(variables: variables, selectors: selectors, variants: variants)
  }

  private func fault(_ kind: MessageFault.Kind, _ offset: Int, _ detail: String) -> MessageFault {
    MessageFault(kind: kind, offset: offset, detail: detail)
  }

  // MARK: Declarations

  private mutating func declare(_ declaration: MessageTree.Declaration) throws(MessageFault) {
    // What a declaration refers to is known, and thereby declared, in front of it: so it cannot be declared again, nor refer to itself.
    let name: NameTree
    var expression: MessageModel.Expression
    switch declaration {
    case .local(let variable, let tree):
      name = variable
      expression = try self.expression(tree)
    case .input(let tree):
      guard case .variable(let variable) = tree.operand else { return }
      name = variable
      expression = try self.expression(ExpressionTree(offset: tree.offset, function: tree.function))
      expression.operand = .argument(variables.count)
    }
    guard indices[name.name] == nil else {
      throw fault(.duplicateDeclaration, name.offset, "$\(name.name) is declared or used before")
    }
    variables[index(of: name.name)].declaration = expression
  }

  private mutating func index(of name: String) -> Int {
    if let index = indices[name] { return index }
    variables.append(.init(name: name))
    indices[name] = variables.count - 1
    return variables.count - 1
  }

  /// Whether a variable, or one that it is, has a function. Each step goes to a variable further in front.
  private func isAnnotated(_ index: Int) -> Bool {
    var index = index
    while let declaration = variables[index].declaration {
      if declaration.function != nil { return true }
      guard case .variable(let source) = declaration.operand else { return false }
      index = source
    }
    return false
  }

  // MARK: Variants

  private func check(_ tree: MessageTree) throws(MessageFault) {
    var lists: Set<[MessageTree.Key]> = []
    for variant in tree.variants {
      guard variant.keys.count == tree.selectors.count else {
        throw fault(
          .variantKeyMismatch, variant.offset, "\(variant.keys.count) keys for \(tree.selectors.count) selectors")
      }
      guard lists.insert(variant.keys).inserted else {
        throw fault(.duplicateVariant, variant.offset, "there is a variant of the same keys")
      }
    }
    guard lists.contains(tree.selectors.map { _ in .any }) else {
      throw fault(.missingFallbackVariant, tree.selectors.first?.offset ?? 0, "a variant with '*' alone is missing")
    }
  }

  private static func key(_ key: MessageTree.Key) -> MessageModel.Key? {
    guard case .literal(let text) = key else { return nil }
    return .init(text: text, isNumeric: PluralCategory(rawValue: text) != nil || DecimalNumber(literal: text) != nil)
  }

  // MARK: Patterns

  private mutating func part(_ part: PatternTree) throws(MessageFault) -> MessageModel.Part {
    switch part {
    case .text(let text): .text(text)
    case .expression(let tree): .expression(try expression(tree))
    case .markup(let options): .markup(offset: options.first?.offset ?? 0, try self.options(options))
    }
  }

  private mutating func expression(_ tree: ExpressionTree) throws(MessageFault) -> MessageModel.Expression {
    var expression = MessageModel.Expression(offset: tree.offset)
    if let operand = tree.operand { expression.operand = self.operand(operand) }
    guard let function = tree.function else { return expression }
    let options = try options(function.options)
    expression.function = .init(
      name: function.name, handler: functions[function.name], options: options.filter { !$0.name.hasPrefix("u:") },
      direction: options.first { $0.name == "u:dir" }?.value)
    return expression
  }

  private mutating func options(_ trees: [OptionTree]) throws(MessageFault) -> [MessageModel.Option] {
    var names: Set<String> = []
    var options: [MessageModel.Option] = []
    for tree in trees {
      guard names.insert(tree.name).inserted else {
        throw fault(.duplicateOptionName, tree.offset, "the option '\(tree.name)' is there twice")
      }
      options.append(.init(name: tree.name, value: operand(tree.value)))
    }
    return options
  }

  private mutating func operand(_ tree: OperandTree) -> MessageModel.Operand {
    switch tree {
    case .literal(let text): .literal(text)
    case .variable(let variable): .variable(index(of: variable.name))
    }
  }
}
