/// Options of the functions of numbers.
enum NumberOptions {
  /// Of `minimumIntegerDigits`.
  private static let integerDigitsMax = 21

  /// Applies the options of a call to a value. One that is not among `names`, or has a value that it cannot have, is reported and left out.
  static func apply(_ names: Set<String>, of call: inout FunctionCall, to value: inout NumberValue) {
    for option in call.options {
      guard names.contains(option.name), apply(option, to: &value) else {
        call.reportBad(option)
        continue
      }
    }
    let style = value.style
    if style.fractionDigitsMin > style.fractionDigitsMax {
      // The option of the call wins over what the operand brought along.
      if call.options.contains(where: { $0.name == "maximumFractionDigits" }) {
        value.style.fractionDigitsMin = style.fractionDigitsMax
      } else {
        value.style.fractionDigitsMax = style.fractionDigitsMin
      }
    }
  }

  private static func apply(_ option: FunctionCall.Option, to value: inout NumberValue) -> Bool {
    switch option.name {
    case "signDisplay": set(&value.style.sign, NumberStyle.Sign(rawValue: option.value))
    case "useGrouping": set(&value.style.grouping, NumberStyle.Grouping(rawValue: option.value))
    case "roundingMode": set(&value.style.rounding, RoundingMode(rawValue: option.value))
    case "minimumIntegerDigits": set(&value.style.integerDigitsMin, digitSize(option.value, 1...integerDigitsMax))
    case "minimumFractionDigits": set(&value.style.fractionDigitsMin, digitSize(option.value))
    case "maximumFractionDigits": set(&value.style.fractionDigitsMax, digitSize(option.value))
    case "trailingZeroDisplay":
      set(&value.style.stripsZeroFraction, ["auto": false, "stripIfInteger": true][option.value])
    case "select": setSelect(option, of: &value)
    case "currencyDisplay": set(&value.currencyDisplay, NumberValue.CurrencyDisplay(rawValue: option.value))
    case "fractionDigits": setFractionDigits(option.value, of: &value)
    // The function has looked at it.
    case "currency": true
    default: false
    }
  }

  /// Only by a literal: a translator must see by which rule variants are chosen.
  private static func setSelect(_ option: FunctionCall.Option, of value: inout NumberValue) -> Bool {
    guard option.isLiteral, let select = NumberValue.Select(rawValue: option.value) else { return false }
    value.select = select
    return true
  }

  private static func setFractionDigits(_ text: String, of value: inout NumberValue) -> Bool {
    if text == "auto", case .currency(let code) = value.unit {
      value.style.setFractionDigits(CurrencyFunction.digitCount(of: code))
      return true
    }
    guard let count = digitSize(text) else { return false }
    value.style.setFractionDigits(count)
    return true
  }

  private static func set<Value>(_ place: inout Value, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  /// A "digit size option" of the specification: one or two digits.
  static func digitSize(_ text: String, _ range: ClosedRange<Int> = 0...NumberStyle.fractionDigitsMax) -> Int? {
    guard text.utf8.count <= 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let size = Int(text),
      size >= 10 || text.utf8.count == 1, range.contains(size)
    else { return nil }
    return size
  }
}
