/// What becomes of digits that are not shown. The names are those of MessageFormat and of ECMA-402.
public enum RoundingMode: String, CaseIterable, Hashable, Sendable {
  /// Up, to the next greater number.
  case ceil
  /// Down, to the next smaller number.
  case floor
  /// Away from zero.
  case expand
  /// Towards zero.
  case trunc
  // To the nearest number; these differ in what becomes of a half.
  case halfCeil
  case halfFloor
  /// A half goes away from zero: the rule of invoices.
  case halfExpand
  case halfTrunc
  /// A half goes to the even digit.
  case halfEven

  /// Whether the magnitude of what is kept becomes greater by one.
  ///
  /// - Parameters:
  ///   - rest: What is dropped, less than `divisor`.
  ///   - isOdd: The last digit that is kept is odd.
  func goesUp(rest: UInt128, of divisor: UInt128, isNegative: Bool, isOdd: Bool) -> Bool {
    guard rest > 0 else { return false }
    let half = divisor / 2
    switch self {
    case .ceil: return !isNegative
    case .floor: return isNegative
    case .expand: return true
    case .trunc: return false
    case .halfCeil, .halfFloor, .halfExpand, .halfTrunc, .halfEven:
      guard rest == half else { return rest > half }
    }
    switch self {
    case .halfCeil: return !isNegative
    case .halfFloor: return isNegative
    case .halfEven: return isOdd
    default: return self == .halfExpand
    }
  }
}
