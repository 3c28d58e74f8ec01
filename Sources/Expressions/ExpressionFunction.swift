/// What can be called in an expression, `min(a, b)`, or behind a value, `text.startsWith("a")`.
package enum ExpressionFunction: String, CaseIterable, Sendable {
  case startsWith
  /// The least, the greatest of two or more integers.
  case min, max
  /// `mulDiv(a, n, d)`: a * n / d, halves away from zero, with 128 bits between; d must not be zero.
  case mulDiv

  /// Whether it is written behind its first argument.
  package var isMethod: Bool { self == .startsWith }

  package var argumentCounts: ClosedRange<Int> {
    switch self {
    case .startsWith: 2...2
    case .min, .max: 2...8
    case .mulDiv: 3...3
    }
  }

  package func value(_ arguments: [ExpressionValue]) -> ExpressionValue {
    if self == .startsWith {
      guard arguments.count == 2, case .string(let text) = arguments[0], case .string(let prefix) = arguments[1] else {
        return .error
      }
      return .bool(text.utf8.starts(with: prefix.utf8))
    }
    var numbers: [Int64] = []
    for case .integer(let number) in arguments { numbers.append(number) }
    guard numbers.count == arguments.count, argumentCounts.contains(numbers.count) else { return .error }
    let number: Int64? =
      switch self {
      case .startsWith: nil
      case .min: numbers.min()
      case .max: numbers.max()
      case .mulDiv: Self.mulDiv(numbers[0], numbers[1], numbers[2])
      }
    return number.map { .integer($0) } ?? .error
  }

  /// a * n / d, halves away from zero; nil past 64 bits and for a division by zero.
  package static func mulDiv(_ a: Int64, _ n: Int64, _ d: Int64) -> Int64? {
    guard d != 0 else { return nil }
    let product = Int128(a) * Int128(n)
    let divisor = Int128(d)
    let quotient = (product.magnitude + divisor.magnitude / 2) / divisor.magnitude
    let isNegative = (product < 0) != (divisor < 0)
    return Int64(exactly: isNegative ? -Int128(quotient) : Int128(quotient))
  }
}

extension ExpressionFunction {
  /// a * n / d towards zero; nil past 64 bits and for a division by zero.
  package static func mulDivDown(_ a: Int64, _ n: Int64, _ d: Int64) -> Int64? {
    guard d != 0 else { return nil }
    // Mostly 64 bits do, and their division is several times faster.
    let (product, overflows) = a.multipliedReportingOverflow(by: n)
    if !overflows, d > 0 { return product / d }
    return Int64(exactly: Int128(a) * Int128(n) / Int128(d))
  }
}
