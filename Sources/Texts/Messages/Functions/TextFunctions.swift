/// `:string` and `:date`.
enum TextFunctions {
  static let string: MessageFunction = { call throws(FunctionFault) in
    guard let text = call.operand?.plainText else { throw FunctionFault(.badOperand, "this is no text") }
    for option in call.options { call.reportBad(option) }
    return MessageValue(text: text, keys: [text])
  }

  /// A day, or a text that is a date of ISO 8601. `length` is `long` and `medium`, which are the same, or `short`; other options are not here.
  static let date: MessageFunction = { call throws(FunctionFault) in
    var style = DateStyle.long
    let day: CalendarDay
    switch call.operand?.content {
    case .day(let known, let itsStyle): (day, style) = (known, itsStyle)
    case .text(let text):
      guard let read = CalendarDay(literal: text) else { fallthrough }
      day = read
    default: throw FunctionFault(.badOperand, "this is no date")
    }
    for option in call.options {
      switch (option.name, option.value) {
      case ("length", "long"), ("length", "medium"): style = .long
      case ("length", "short"): style = .short
      case ("fields", "year-month-day"): break
      default: call.reportBad(option)
      }
    }
    return MessageValue(.day(day, style), direction: call.language.script.direction)
  }
}
