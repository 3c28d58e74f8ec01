/// `:currency`, for rupees and, by their codes, for others.
enum CurrencyFunction {
  private static let names: Set<String> = [
    "currency", "currencyDisplay", "fractionDigits", "minimumIntegerDigits", "roundingMode", "trailingZeroDisplay",
    "useGrouping",
  ]

  /// An amount in paise is one of rupees; a number needs the option `currency`.
  static let currency: MessageFunction = { call throws(FunctionFault) in
    var value: NumberValue
    let code = call.options.first { $0.name == "currency" }?.value.uppercased()
    if case .number(let amount) = call.operand?.content, case .currency(let known) = amount.unit {
      guard code == nil || code == known else { throw FunctionFault(.badOption, "the amount is in \(known)") }
      value = amount
    } else {
      value = try NumberFunctions.operand(of: call)
      guard let code else { throw FunctionFault(.badOperand, "an amount without a currency") }
      guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        throw FunctionFault(.badOption, "a currency is three letters")
      }
      value.unit = .currency(code)
      value.select = nil
      value.style.setFractionDigits(digitCount(of: code))
    }
    NumberOptions.apply(names, of: &call, to: &value)
    return MessageValue(value)
  }

  /// Digits behind the point, by ISO 4217.
  static func digitCount(of code: String) -> Int {
    switch code {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
      "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    default: 2
    }
  }
}
