/// Holidays of the nation, of one State, or a list that others share.
public struct HolidayList: Sendable {
  /// `IN`, an ISO 3166-2 code, or a name of a shared list.
  public let place: String
  /// Days for which the list says all.
  public let coverage: DatePeriod
  /// Places whose lists hold here, too; their own such places are not followed.
  public let includes: [String]
  public let days: [Holiday]

  public struct Holiday: Sendable, Hashable {
    public let day: Day
    public let name: String
    public let citation: String
    public let status: RowStatus
  }

  public enum Day: Sendable, Hashable {
    case once(CivilDate)
    case everyYear(MonthDay)
  }
}

/// Lists of holidays by place.
public struct HolidayTable: Sendable {
  public private(set) var lists: [String: HolidayList] = [:]
  static let name = "holidays"
  public static let nation = "IN"

  public init() {}

  mutating func insert(_ list: HolidayList) { lists[list.place] = list }

  /// The working days in a place.
  /// - Parameter place: an ISO 3166-2 code; `IN` for the national holidays alone.
  /// - Throws: `unknownKey`; `unconfirmed` when a day of the lists is not confirmed and the caller wants that.
  public func calendar(
    of place: String = nation, accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> BusinessCalendar {
    guard let own = lists[place] else { throw .unknownKey(table: Self.name, key: place) }
    var once: Set<CivilDate> = []
    var yearly: Set<MonthDay> = []
    var coverage = own.coverage
    for key in [place] + own.includes {
      guard let list = lists[key] else { throw .unknownKey(table: Self.name, key: key) }
      for holiday in list.days {
        guard holiday.status == .confirmed || accepting == .unconfirmed else {
          throw .unconfirmed(table: Self.name, key: key, citation: holiday.citation)
        }
        switch holiday.day {
        case .once(let date): once.insert(date)
        case .everyYear(let day): yearly.insert(day)
        }
      }
      guard let common = coverage.common(list.coverage) else { throw .unknownKey(table: Self.name, key: key) }
      coverage = common
    }
    return BusinessCalendar(coverage: coverage, holidays: once, yearly: yearly)
  }
}

extension DatePeriod {
  /// The days in both; nil when there are none.
  fileprivate func common(_ other: DatePeriod) -> DatePeriod? {
    DatePeriod(from: max(from, other.from), to: [to, other.to].compactMap(\.self).min())
  }
}
