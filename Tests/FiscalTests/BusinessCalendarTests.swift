import Testing

@testable import Fiscal

@Suite("Business days")
struct BusinessCalendarTests {
  private static let year = DatePeriod(from: date("2026-01-01"), to: date("2027-01-01"))!
  private static let calendar = BusinessCalendar(
    place: "IN-XX", coverage: [year],
    holidays: [
      holiday(.once(date("2026-03-04")), "Holi"), holiday(.once(date("2026-11-08")), "Diwali"),
      holiday(.everyYear(MonthDay(checking: 1, 26)!), "Republic Day"),
      holiday(.everyYear(MonthDay(checking: 8, 15)!), "Independence Day"),
      holiday(.everyYear(MonthDay(checking: 10, 2)!), "Gandhi", .unconfirmed),
    ])

  private static func holiday(
    _ day: HolidayList.Day, _ name: String, _ status: RowStatus = .confirmed
  ) -> HolidayList.Holiday {
    HolidayList.Holiday(day: day, name: name, citation: "List of \(name)", status: status)
  }

  @Test(
    arguments: [
      ("2026-01-26", false), ("2026-01-27", true), ("2026-03-04", false), ("2026-11-01", false),
      // Saturdays of a month: first, second, third, fourth, fifth.
      ("2026-08-01", true), ("2026-08-08", false), ("2026-08-22", false), ("2026-08-29", true), ("2026-09-19", true),
    ])
  func daysOn(_ day: String, _ isOpen: Bool) throws {
    #expect(try Self.calendar.isBusinessDay(date(day)) == isOpen)
  }

  @Test func stepsOverWeekendsAndHolidays() throws {
    // Friday 2 October is a holiday, Saturday the 3rd is the first of its month, Sunday is closed.
    #expect(try Self.calendar.adding(businessDays: 1, to: date("2026-10-01")) == date("2026-10-03"))
    #expect(try Self.calendar.adding(businessDays: 2, to: date("2026-10-01")) == date("2026-10-05"))
    #expect(try Self.calendar.adding(businessDays: 0, to: date("2026-10-04")) == date("2026-10-05"))
    #expect(try Self.calendar.businessDay(onOrAfter: date("2026-10-01")) == date("2026-10-01"))
    #expect(try Self.calendar.businessDayCount(from: date("2026-10-01"), to: date("2026-10-06")) == 3)
    #expect(try Self.calendar.businessDayCount(from: date("2026-10-06"), to: date("2026-10-01")) == 0)
  }

  /// Who only counts gets the same answer as who asks which days were left out, and the same errors at the end of what is known.
  @Test func countingIsTheSameEitherWay() {
    for offset in -1...366 {
      guard let day = try? date("2026-01-01").adding(days: offset) else { continue }
      let isOpen = Result { () throws(FiscalError) in try Self.calendar.isBusinessDay(day) }
      #expect(isOpen == Result { () throws(FiscalError) in try Self.calendar.closure(on: day) == nil })
      for count in [-1, 0, 1, 2, 5, 30, 10_001] {
        let quick = Result { () throws(FiscalError) in try Self.calendar.adding(businessDays: count, to: day) }
        let whole = Result { () throws(FiscalError) in
          try Self.calendar.counting(businessDays: count, from: day).date
        }
        #expect(quick == whole, "\(count) from \(day)")
      }
    }
  }

  /// The answer says which days did not count, each with its row and source.
  @Test func whatMovedTheDay() throws {
    let day = try Self.calendar.counting(businessDays: 2, from: date("2026-10-01"))
    #expect(day.date == date("2026-10-05"))
    #expect(day.skipped.map(\.date.description) == ["2026-10-02", "2026-10-04"])
    let gandhi = try #require(day.skipped.first?.closure)
    #expect(gandhi.citation == "List of Gandhi" && gandhi.status == .unconfirmed)
    #expect(day.skipped.last?.closure == .sunday && day.skipped.last?.closure.status == .confirmed)
    #expect(try Self.calendar.closure(on: date("2026-08-08")) == .secondOrFourthSaturday)
    // 8 November is a Sunday, too: the holiday is told.
    guard case .holiday(let diwali) = try Self.calendar.closure(on: date("2026-11-08")) else {
      Issue.record("no holiday")
      return
    }
    #expect(diwali.name == "Diwali")
    #expect(try Self.calendar.counting(businessDays: 0, from: date("2026-10-01")).skipped.isEmpty)
    for closure in [BankClosure.sunday, .secondOrFourthSaturday] { #expect(closure.citation.contains("1881")) }
  }

  /// Periods that touch or overlap are one; a hole stays.
  @Test func coverageIsJoined() {
    func period(_ from: String, _ to: String?) -> DatePeriod { DatePeriod(from: date(from), to: to.map(date))! }
    let joined = DatePeriod.joined([
      period("2027-01-01", "2028-01-01"), period("2025-01-01", "2026-01-01"), period("2026-01-01", "2026-06-01"),
      period("2025-03-01", "2025-04-01"),
    ])
    #expect(joined == [period("2025-01-01", "2026-06-01"), period("2027-01-01", "2028-01-01")])
    #expect(
      DatePeriod.joined([period("2025-01-01", nil), period("2026-01-01", "2027-01-01")]) == [
        period("2025-01-01", nil)
      ])
    #expect(DatePeriod.joined([]) == [])
  }

  /// Adding and counting are inverse, from every day of the year.
  @Test func addingAndCountingAgree() throws {
    var day = date("2026-01-01")
    while day < date("2026-10-01") {
      for count in [1, 2, 5, 10, 45] {
        let end = try Self.calendar.adding(businessDays: count, to: day)
        #expect(try Self.calendar.isBusinessDay(end))
        #expect(try Self.calendar.businessDayCount(from: day.adding(days: 1), to: end.adding(days: 1)) == count)
      }
      day = try day.adding(days: 1)
    }
  }

  /// A year without a list has no answer.
  @Test func refusesDaysThatItHasNoListFor() {
    func unknown(_ day: String) -> FiscalError {
      .calendarNotCovered(place: "IN-XX", on: date(day), known: [Self.year])
    }
    #expect(throws: unknown("2027-01-01")) {
      try Self.calendar.adding(businessDays: 5, to: date("2026-12-30"))
    }
    #expect(throws: unknown("2025-12-31")) {
      try Self.calendar.isBusinessDay(date("2025-12-31"))
    }
    #expect(throws: FiscalError.invalidAmount) { try Self.calendar.adding(businessDays: -1, to: date("2026-05-01")) }
    #expect(throws: FiscalError.invalidAmount) { try Self.calendar.adding(businessDays: .max, to: date("2026-05-01")) }
    #expect(MonthDay(checking: 2, 29) == nil && MonthDay(checking: 4, 31) == nil)
  }
}
