/// `:number`, `:integer`, `:percent` and `:offset`.
enum NumberFunctions {
  private static let integerOptions: Set<String> = ["signDisplay", "useGrouping", "minimumIntegerDigits", "select"]
  private static let fractionOptions: Set<String> = [
    "minimumFractionDigits", "maximumFractionDigits", "trailingZeroDisplay", "roundingMode",
  ]
  private static let numberOptions = integerOptions.union(fractionOptions)
  private static let percentOptions = fractionOptions.union(["signDisplay", "useGrouping"])

  static let number: MessageFunction = { call throws(FunctionFault) in
    let value = try operand(of: call)
    return selecting(value, numberOptions, &call)
  }

  /// The number is rounded, a half away from zero; what selects and what other functions see is the integer.
  static let integer: MessageFunction = { call throws(FunctionFault) in
    var value = try operand(of: call)
    value.number = value.number.rounded(to: 0, .halfExpand)
    value.style.fractionDigitsMin = 0
    return selecting(value, integerOptions, &call)
  }

  /// 0.18 is 18%. All digits are shown unless there is a `maximumFractionDigits`: a rate is never rounded by surprise.
  static let percent: MessageFunction = { call throws(FunctionFault) in
    var value = try operand(of: call)
    guard value.number.scaled(by: 2) != nil else {
      throw FunctionFault(.unsupportedOperation, "too great for per cent")
    }
    value.unit = .percent
    value.style.integerDigitsMin = 1
    value.select = nil
    NumberOptions.apply(percentOptions, of: &call, to: &value)
    return MessageValue(.number(value), selection: .number(.plural), direction: .leftToRight)
  }

  static let offset: MessageFunction = { call throws(FunctionFault) in
    var value = try operand(of: call)
    guard call.options.count == 1, let option = call.options.first, option.name == "add" || option.name == "subtract",
      let size = NumberOptions.digitSize(option.value, 0...99)
    else { throw FunctionFault(.badOption, ":offset takes either 'add' or 'subtract', 0 to 99") }
    guard let sum = value.number.adding(option.name == "add" ? Int64(size) : -Int64(size)) else {
      throw FunctionFault(.unsupportedOperation, "the sum has too many digits")
    }
    value.number = sum
    return MessageValue(.number(value), selection: selection(of: value, &call), direction: .leftToRight)
  }

  /// The operand as a number, with the options of functions that it went through.
  ///
  /// - Throws: `badOperand`.
  static func operand(of call: FunctionCall) throws(FunctionFault) -> NumberValue {
    if case .number(var value) = call.operand?.content {
      if case .currency = value.unit { value = NumberValue(number: value.number) }
      value.unit = .none
      return value
    }
    guard let number = call.operand?.number else { throw FunctionFault(.badOperand, "this is no number") }
    return NumberValue(number: number)
  }

  private static func selecting(
    _ value: NumberValue, _ names: Set<String>, _ call: inout FunctionCall
  ) -> MessageValue {
    var value = value
    let selection = selection(of: value, &call)
    NumberOptions.apply(names, of: &call, to: &value)
    guard case .number = selection else { return MessageValue(.number(value), direction: .leftToRight) }
    // One that says badly how it selects does not.
    let isBad = value.select == nil && call.options.contains { $0.name == "select" }
    return MessageValue(
      .number(value), selection: isBad ? .unsupported : .number(value.select ?? .plural), direction: .leftToRight)
  }

  /// How an operand lets its number select: not at all when it brings a `select` along, which has to stand where the variants are.
  private static func selection(of value: NumberValue, _ call: inout FunctionCall) -> MessageValue.Selection {
    guard value.select != nil else { return .number(.plural) }
    call.report(.badOption, "'select' is of another expression")
    return .unsupported
  }
}
