extension CivilDate {
  /// Days from this one to `other`, negative when it is earlier.
  public func days(to other: CivilDate) -> Int { Int(other.dayNumber) - Int(dayNumber) }

  /// - Throws: `dateOutOfRange`.
  public func adding(days: Int) throws(FiscalError) -> CivilDate {
    let (sum, overflow) = Int64(dayNumber).addingReportingOverflow(Int64(days))
    guard !overflow, let date = CivilDate(dayNumber: sum) else { throw .dateOutOfRange }
    return date
  }

  /// The same day of another month, or the last day of that month when it has no such day: 31 January and one month
  /// is 28 or 29 February.
  /// - Throws: `dateOutOfRange`.
  public func adding(months: Int) throws(FiscalError) -> CivilDate {
    let (year, month, day) = parts
    let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflow, sum >= 12 else { throw .dateOutOfRange }
    let target = (year: sum / 12, month: sum % 12 + 1)
    let lastDay = Self.dayCount(ofMonth: target.month, year: target.year)
    guard let date = CivilDate(year: target.year, month: target.month, day: min(day, lastDay)) else {
      throw .dateOutOfRange
    }
    return date
  }
}
