/// Makes the value of an expression.
package typealias MessageFunction = @Sendable (inout FunctionCall) throws(FunctionFault) -> MessageValue

/// The functions that messages may name.
package struct MessageFunctions: Sendable {
  private var functions: [String: MessageFunction]

  /// Those of the specification that are here.
  package static let standard = MessageFunctions(functions: [
    "number": NumberFunctions.number, "integer": NumberFunctions.integer, "percent": NumberFunctions.percent,
    "offset": NumberFunctions.offset, "currency": CurrencyFunction.currency, "string": TextFunctions.string,
    "date": TextFunctions.date,
  ])

  package subscript(name: String) -> MessageFunction? {
    get { functions[name] }
    set { functions[name] = newValue }
  }
}

/// Why a function makes no value.
package struct FunctionFault: Error {
  package var kind: MessageFault.Kind
  package var detail: String

  package init(_ kind: MessageFault.Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }
}

/// What a function works on.
package struct FunctionCall {
  package struct Option {
    package var name: String
    package var value: String
    /// Written in the message, not of a variable.
    package var isLiteral: Bool
  }

  /// Never a fallback.
  package let operand: MessageValue?
  package let options: [Option]
  package let language: Language
  /// Faults that do not keep it from making a value.
  private(set) var reports: [FunctionFault] = []

  init(operand: MessageValue?, options: [Option], language: Language) {
    self.operand = operand
    self.options = options
    self.language = language
  }

  package mutating func report(_ kind: MessageFault.Kind, _ detail: String) {
    reports.append(FunctionFault(kind, detail))
  }

  package mutating func reportBad(_ option: Option) {
    report(.badOption, "the option '\(option.name)' cannot be '\(option.value)' here")
  }
}
