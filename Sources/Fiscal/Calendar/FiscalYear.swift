/// An Indian fiscal year: 1 April to 31 March. The Income-tax Act, 2025 calls the same span a tax year.
public struct FiscalYear: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The calendar year in which it begins, 1...9997.
  public let startYear: Int

  /// Nil outside 1...9997.
  public init?(startYear: Int) {
    guard (1...9997).contains(startYear) else { return nil }
    self.startYear = startYear
  }

  /// - Throws: `dateOutOfRange` near the ends of the calendar.
  public init(containing date: CivilDate) throws(FiscalError) {
    let (year, month, _) = date.parts
    guard let found = FiscalYear(startYear: month >= 4 ? year : year - 1) else { throw .dateOutOfRange }
    self = found
  }

  /// Reads a label `2026-27`; the second number must be the year after the first. Nil for other text.
  public init?(_ label: String) {
    let bytes = Array(label.utf8.prefix(8))
    guard bytes.count == 7, bytes[4] == UInt8(ascii: "-") else { return nil }
    var year = 0
    var next = 0
    for (index, byte) in bytes.enumerated() where index != 4 {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let digit = Int(byte - UInt8(ascii: "0"))
      if index < 4 { year = year * 10 + digit } else { next = next * 10 + digit }
    }
    guard next == (year + 1) % 100 else { return nil }
    self.init(startYear: year)
  }

  /// `2026-27`; `2099-00` at the end of a century.
  public var description: String {
    let next = (startYear + 1) % 100
    let year = String(startYear)
    return String(repeating: "0", count: 4 - year.utf8.count) + year + (next < 10 ? "-0\(next)" : "-\(next)")
  }

  public static func < (a: Self, b: Self) -> Bool { a.startYear < b.startYear }

  public var start: CivilDate { Self.firstDay(startYear, 4) }
  /// The first day of the next one.
  public var end: CivilDate { Self.firstDay(startYear + 1, 4) }
  public func contains(_ date: CivilDate) -> Bool { date >= start && date < end }

  /// First day of a quarter, and the first day behind it: quarter 1 is April to June.
  /// - Precondition: 1...4.
  public func quarter(_ number: Int) -> (from: CivilDate, to: CivilDate) {
    precondition((1...4).contains(number), "a year has four quarters")
    let to =
      number == 4 ? end : number == 3 ? Self.firstDay(startYear + 1, 1) : Self.firstDay(startYear, 4 + 3 * number)
    let from = number == 4 ? Self.firstDay(startYear + 1, 1) : Self.firstDay(startYear, 1 + 3 * number)
    return (from, to)
  }

  /// The quarter 1...4 of a day.
  public static func quarter(of date: CivilDate) -> Int { (date.month + 8) % 12 / 3 + 1 }

  private static func firstDay(_ year: Int, _ month: Int) -> CivilDate {
    // Years are 1...9998 and months 1...12 here, so there is such a day.
    CivilDate(year: year, month: month, day: 1) ?? .first
  }
}
