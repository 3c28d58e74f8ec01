/// A number with its unit, as the table `quantities` and its like have it.
public struct Quantity: Hashable, Sendable {
  public let amount: Int64
  public let unit: Unit

  public enum Unit: String, Sendable {
    case paise, days, hours, kilometres, digits, months, years
    case basisPoints = "basis-points"
  }
}

/// Upper limits of a class of enterprises; both must hold.
public struct EnterpriseLimits: Hashable, Sendable {
  public let investment: Paise
  public let turnover: Paise
}

/// Classes of the MSMED Act, smallest first.
public enum EnterpriseClass: String, Sendable, CaseIterable {
  case micro, small, medium
}

/// What a rail takes.
public struct RailLimits: Hashable, Sendable {
  /// Least and largest sum of one transfer; nil: no limit.
  public let least: Paise?
  public let largest: Paise?
  /// Largest sum of a day; nil: no limit of the rail's own.
  public let largestInDay: Paise?

  /// Whether one transfer of this sum may go.
  public func takes(_ sum: Paise) -> Bool { sum > 0 && sum >= (least ?? 0) && sum <= (largest ?? .max) }
}
