/// Minor units of the rupee: 1 rupee is 100.
public typealias Paise = Int64
/// Hundredths of a per cent: 18 % is 1,800; 0.25 % is 25.
public typealias BasisPoints = Int

/// To what a sum is rounded.
public enum RoundingUnit: Int64, Sendable {
  case paisa = 1
  case rupee = 100
}

/// Exact arithmetic on sums. Nothing here traps on what it is given: what does not fit is `overflow`.
public enum Amount {
  /// `value * numerator / denominator`, rounded half up to the unit; a negative value mirrors its opposite, so that a
  /// credit note takes back exactly what the invoice had.
  /// - Throws: `overflow`; `invalidAmount` when the numerator is negative or the denominator not positive.
  public static func share(
    of value: Paise, _ numerator: Int64, over denominator: Int64, to unit: RoundingUnit = .paisa
  ) throws(FiscalError) -> Paise {
    guard numerator >= 0, denominator > 0 else { throw .invalidAmount }
    let product = Int128(value) * Int128(numerator)
    let divisor = Int128(denominator) * Int128(unit.rawValue)
    let magnitude = product.magnitude
    // Half up: add half of the divisor and cut. At most 2^126 + 2^69.
    let count = (magnitude + divisor.magnitude / 2) / divisor.magnitude * UInt128(unit.rawValue)
    guard count <= UInt128(Int64.max) else { throw .overflow }
    return product < 0 ? -Int64(count) : Int64(count)
  }

  /// Basis points of a sum, half up.
  /// - Throws: `overflow`, `invalidAmount` when the rate is negative.
  public static func share(
    of value: Paise, basisPoints: BasisPoints, to unit: RoundingUnit = .paisa
  ) throws(FiscalError) -> Paise {
    try share(of: value, Int64(basisPoints), over: 10_000, to: unit)
  }

  /// To the nearest whole rupee, 50 paise up: section 170 of the CGST Act.
  /// - Throws: `overflow`.
  public static func wholeRupees(_ value: Paise) throws(FiscalError) -> Paise {
    try share(of: value, 1, over: 1, to: .rupee)
  }

  /// - Throws: `overflow`.
  public static func sum(_ values: some Sequence<Paise>) throws(FiscalError) -> Paise {
    var total: Int64 = 0
    for value in values { total = try add(total, value) }
    return total
  }

  static func add(_ a: Paise, _ b: Paise) throws(FiscalError) -> Paise {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow else { throw .overflow }
    return sum
  }

  static func subtract(_ a: Paise, _ b: Paise) throws(FiscalError) -> Paise {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    guard !overflow else { throw .overflow }
    return difference
  }
}
