/// Why a text is not an amount.
public struct AmountFault: Error, Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    /// There is no digit where one must be.
    case missingDigits = "missing-digits"
    /// Digits of two scripts, or of one that is not the language's.
    case foreignDigits = "foreign-digits"
    /// Commas that do not part groups of three and then of two digits.
    case badGrouping = "bad-grouping"
    /// Digits that are less than one paisa.
    case belowPaisa = "below-paisa"
    /// A word behind the number that is not lakh or crore.
    case unknownUnit = "unknown-unit"
    /// More than 64 bits of paise, or a text that is far too long.
    case outOfRange = "out-of-range"
  }

  public var kind: Kind
  /// Where, in code points from the start.
  public var offset: Int
}
