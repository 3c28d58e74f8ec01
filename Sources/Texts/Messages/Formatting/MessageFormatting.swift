/// One formatting of a message. Variables are looked at when they are first needed, and once.
struct MessageFormatting {
  let model: MessageModel
  private let arguments: [String: MessageArgument]
  let language: Language
  private let options: MessageOptions
  private var values: [MessageValue?]
  private var buffer = TextBuffer()
  private var faults: [MessageFault] = []

  init(
    _ model: MessageModel, _ arguments: [String: MessageArgument], _ language: Language, _ options: MessageOptions
  ) {
    self.model = model
    self.arguments = arguments
    self.language = language
    self.options = options
    values = Array(repeating: nil, count: model.variables.count)
  }

  var result: MessageText { MessageText(text: buffer.text, faults: faults) }

  mutating func report(_ kind: MessageFault.Kind, _ offset: Int, _ detail: String) {
    faults.append(MessageFault(kind: kind, offset: offset, detail: detail))
  }

  mutating func run(_ variant: MessageModel.Variant) {
    for part in variant.pattern {
      switch part {
      case .text(let text): buffer.append(text)
      case .expression(let expression): append(value(of: expression))
      case .markup(let offset, let options):
        for option in self.options(options, offset) where option.name == "u:dir" {
          report(.badOption, offset, "markup has no direction")
        }
      }
    }
  }

  // MARK: Values

  /// The value of a variable. A declaration leads to variables in front of it only, so this is at most
  /// `MessageLimits.declarationCountMax` calls deep.
  mutating func value(ofVariable index: Int, _ offset: Int) -> MessageValue {
    if let known = values[index] { return known }
    let found = model.variables[index].declaration.map { value(of: $0) } ?? argument(index, offset)
    values[index] = found
    return found
  }

  private mutating func argument(_ index: Int, _ offset: Int) -> MessageValue {
    let name = model.variables[index].name
    if let value = arguments[name].flatMap({ MessageValue(argument: $0) }) {
      guard case .day = value.content else { return value }
      return MessageValue(value.content, direction: language.script.direction)
    }
    report(.unresolvedVariable, offset, "$\(name) is not given")
    return MessageValue(.fallback("$\(name)"))
  }

  private mutating func value(of operand: MessageModel.Operand, _ offset: Int) -> MessageValue {
    switch operand {
    case .literal(let text): MessageValue(.text(text))
    case .argument(let index): argument(index, offset)
    case .variable(let index): value(ofVariable: index, offset)
    }
  }

  private mutating func value(of expression: MessageModel.Expression) -> MessageValue {
    let operand = expression.operand.map { value(of: $0, expression.offset) }
    guard let function = expression.function else {
      return operand.flatMap { $0.isFallback ? nil : $0 } ?? fallback(of: expression)
    }
    guard let handler = function.handler else {
      report(.unknownFunction, expression.offset, ":\(function.name) is unknown")
      return fallback(of: expression)
    }
    if let operand, operand.isFallback {
      report(.badOperand, expression.offset, "nothing for :\(function.name) to work on")
      return fallback(of: expression)
    }
    var call = FunctionCall(
      operand: operand, options: options(function.options, expression.offset), language: language)
    defer { faults += call.reports.map { .init(kind: $0.kind, offset: expression.offset, detail: $0.detail) } }
    do throws(FunctionFault) {
      var value = try handler(&call)
      if let direction = function.direction { apply(direction, to: &value, expression.offset) }
      return value
    } catch {
      call.report(error.kind, error.detail)
      return fallback(of: expression)
    }
  }

  private mutating func options(_ options: [MessageModel.Option], _ offset: Int) -> [FunctionCall.Option] {
    guard !options.isEmpty else { return [] }
    return options.compactMap { option in
      guard let text = value(of: option.value, offset).plainText else {
        report(.badOption, offset, "the option '\(option.name)' has no value")
        return nil
      }
      var isLiteral = false
      if case .literal = option.value { isLiteral = true }
      return FunctionCall.Option(name: option.name, value: text, isLiteral: isLiteral)
    }
  }

  /// What is shown instead of a value: its source, without options.
  private func fallback(of expression: MessageModel.Expression) -> MessageValue {
    switch expression.operand {
    case .literal(let text):
      var source = "|"
      for scalar in text.unicodeScalars {
        if scalar == "\\" || scalar == "|" { source.unicodeScalars.append("\\") }
        source.unicodeScalars.append(scalar)
      }
      return MessageValue(.fallback(source + "|"))
    case .variable(let index), .argument(let index):
      return MessageValue(.fallback("$\(model.variables[index].name)"))
    case nil:
      return MessageValue(.fallback(":\(expression.function?.name ?? "")"))
    }
  }

  // MARK: Direction

  private mutating func apply(_ operand: MessageModel.Operand, to value: inout MessageValue, _ offset: Int) {
    switch self.value(of: operand, offset).plainText {
    case "ltr": value.direction = .leftToRight
    case "rtl": value.direction = .rightToLeft
    case "auto": value.direction = nil
    case "inherit": return
    default:
      report(.badOption, offset, "u:dir is ltr, rtl, auto or inherit")
      return
    }
    value.isIsolated = true
  }

  private mutating func append(_ value: MessageValue) {
    let opening: Unicode.Scalar? =
      switch (options.isolation, value.direction) {
      case (.none, _): nil
      case (.isolates, .leftToRight?):
        language.script.direction == .leftToRight && !value.isIsolated ? nil : "\u{2066}"
      case (.isolates, .rightToLeft?): "\u{2067}"
      case (.isolates, nil): "\u{2068}"
      }
    if let opening { buffer.append(opening) }
    value.append(to: &buffer, language: language, digits: options.digits)
    if opening != nil { buffer.append("\u{2069}") }
  }
}
