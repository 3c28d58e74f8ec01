import Testing

@testable import Fiscal

@Suite("Business days")
struct BusinessCalendarTests {
  private static let calendar = BusinessCalendar(
    coverage: DatePeriod(from: date("2026-01-01"), to: date("2027-01-01"))!,
    holidays: [date("2026-03-04"), date("2026-11-08")],
    yearly: [MonthDay(checking: 1, 26)!, MonthDay(checking: 8, 15)!, MonthDay(checking: 10, 2)!])

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
    #expect(throws: FiscalError.calendarNotCovered(date("2027-01-01"))) {
      try Self.calendar.adding(businessDays: 5, to: date("2026-12-30"))
    }
    #expect(throws: FiscalError.calendarNotCovered(date("2025-12-31"))) {
      try Self.calendar.isBusinessDay(date("2025-12-31"))
    }
    #expect(throws: FiscalError.invalidAmount) { try Self.calendar.adding(businessDays: -1, to: date("2026-05-01")) }
    #expect(throws: FiscalError.invalidAmount) { try Self.calendar.adding(businessDays: .max, to: date("2026-05-01")) }
    #expect(MonthDay(checking: 2, 29) == nil && MonthDay(checking: 4, 31) == nil)
  }
}
