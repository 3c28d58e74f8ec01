/// Which form of a word goes with a number. Names are those of CLDR; our languages have no `zero` for numbers of things.
public enum PluralCategory: String, CaseIterable, Hashable, Sendable { case zero, one, two, few, many, other }

/// A number as it is shown, in what plural rules ask of it. Its sign does not matter.
struct PluralOperands: Hashable, Sendable {
  /// In front of the point (`i`).
  var integer: UInt128
  /// Digits that are shown behind the point, trailing zeros included (`v`).
  var fractionDigitCount = 0
  /// Nothing but zeros is behind the point.
  var isWhole = true

  /// The number itself (`n`) is `number`.
  func equals(_ number: UInt128) -> Bool { isWhole && integer == number }
}

extension Language {
  /// The form for so many things.
  public func plural(of count: Int64) -> PluralCategory { plural(PluralOperands(integer: UInt128(count.magnitude))) }

  /// The form for what stands at a place: 1st, 2nd, 3rd.
  public func ordinal(of place: Int64) -> PluralCategory { ordinal(PluralOperands(integer: UInt128(place.magnitude))) }

  /// CLDR's cardinal rules.
  func plural(_ operands: PluralOperands) -> PluralCategory {
    let isOne =
      switch self {
      case .english, .urdu: operands.integer == 1 && operands.fractionDigitCount == 0
      case .tamil, .telugu, .marathi, .malayalam, .odia: operands.equals(1)
      case .hindi, .bengali, .gujarati, .kannada, .assamese: operands.integer == 0 || operands.equals(1)
      case .punjabi: operands.equals(0) || operands.equals(1)
      }
    return isOne ? .one : .other
  }

  /// CLDR's ordinal rules.
  func ordinal(_ operands: PluralOperands) -> PluralCategory {
    guard operands.isWhole else { return .other }
    if self == .english { return Self.englishOrdinal(operands.integer) }
    let ones: Set<UInt128>
    switch self {
    case .hindi, .gujarati, .marathi: ones = [1]
    case .bengali, .assamese: ones = [1, 5, 7, 8, 9, 10]
    case .odia: ones = [1, 5, 7, 8, 9]
    default: return .other
    }
    switch operands.integer {
    case 2, 3: return .two
    case 4: return .few
    case 6: return self == .marathi ? .other : .many
    default: return ones.contains(operands.integer) ? .one : .other
    }
  }

  private static func englishOrdinal(_ number: UInt128) -> PluralCategory {
    switch (number % 10, number % 100) {
    case (_, 11...13): .other
    case (1, _): .one
    case (2, _): .two
    case (3, _): .few
    default: .other
    }
  }
}
