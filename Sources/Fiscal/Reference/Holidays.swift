/// Holidays of the nation or of one State in some stretch of days, usually a year, for which the list says all.
public struct HolidayList: Sendable {
  /// `IN`, or an ISO 3166-2 code.
  public let place: String
  public let coverage: DatePeriod
  /// Places whose lists hold here, too; what those include is not followed.
  public let includes: [String]
  public let days: [Holiday]

  public struct Holiday: Sendable, Hashable {
    public let day: Day
    public let name: String
    public let citation: String
    public let status: RowStatus

    public init(day: Day, name: String, citation: String, status: RowStatus) {
      (self.day, self.name, self.citation, self.status) = (day, name, citation, status)
    }
  }

  public enum Day: Sendable, Hashable {
    case once(CivilDate)
    case everyYear(MonthDay)
  }
}

/// Lists of holidays by place.
public struct HolidayTable: Sendable {
  /// Lists of a place follow each other without overlap.
  public private(set) var lists: [String: [HolidayList]] = [:]
  static let name = "holidays"
  public static let nation = "IN"

  public init() {}

  mutating func insert(_ list: HolidayList) { lists[list.place, default: []].append(list) }

  /// The working days in a place, for the days of its lists; years without a list are not covered.
  ///
  /// When only confirmed lists will do, a list with any other row covers nothing.
  /// - Parameter place: an ISO 3166-2 code as the lists have it; `IN` for the national holidays alone.
  /// - Throws: `unknownKey` for a place without list; `unconfirmed` when none of its lists is confirmed.
  public func calendar(
    of place: String = nation, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> BusinessCalendar {
    guard let own = lists[place] else { throw .unknownKey(table: Self.name, key: place) }
    var coverage: [DatePeriod] = []
    var holidays: [HolidayList.Holiday] = []
    var doubt: FiscalError?
    for list in own {
      var periods = [list.coverage]
      var parts = [list]
      for name in list.includes {
        guard let included = lists[name] else { throw .unknownKey(table: Self.name, key: name) }
        periods = periods.flatMap { period in included.compactMap { period.common($0.coverage) } }
        parts += included
      }
      let days = parts.flatMap(\.days)
      if accepting == .confirmed, let row = days.first(where: { $0.status != .confirmed }) {
        doubt = doubt ?? .unconfirmed(table: Self.name, key: place, citation: row.citation)
        continue
      }
      coverage += periods
      holidays += days
    }
    if coverage.isEmpty, let doubt { throw doubt }
    return BusinessCalendar(place: place, coverage: coverage, holidays: holidays)
  }
}
