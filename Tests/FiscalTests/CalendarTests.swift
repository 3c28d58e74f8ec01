import Foundation
import Testing

@testable import Fiscal

@Suite("Dates")
struct CalendarTests {
  /// Every day of three centuries: number, parts and text come back, and the day after is the next one.
  @Test func everyDayFrom1900To2200ComesBack() throws {
    var day = date("1900-01-01")
    let end = date("2201-01-01")
    #expect(day.weekday == .monday)
    var weekday = Weekday.monday.rawValue
    var count = 0
    while day < end {
      let (year, month, dayOfMonth) = day.parts
      guard CivilDate(year: year, month: month, day: dayOfMonth) == day, CivilDate(day.description) == day,
        CivilDate(dayNumber: Int64(day.dayNumber)) == day, day.weekday.rawValue == weekday,
        try CivilDate(indianDayOf: day.indianStart) == day,
        try CivilDate(indianDayOf: day.indianStart + 86_399_999) == day
      else {
        Issue.record("\(day)")
        return
      }
      let next = try day.adding(days: 1)
      day = next
      weekday = weekday % 7 + 1
      count += 1
    }
    #expect(count == 109_938)
  }

  /// Against the calendar of the system, at days spread over the whole range.
  @Test func agreesWithAnotherCalendar() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    var random = SeededGenerator(1)
    for _ in 0..<2_000 {
      let number = Int64.random(in: -141_000...2_932_896, using: &random)
      let day = CivilDate(dayNumber: number)!
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(number) * 86_400))
      #expect(day.parts == (parts.year!, parts.month!, parts.day!))
      #expect(day.weekday.rawValue % 7 + 1 == parts.weekday!)
    }
  }

  @Test(
    arguments: [
      "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01", "2026-4-1", "2026-04-1", "2026-04-011",
      "2026/04/01", "", "-026-04-01", "2026-04-0x", "２026-04-01",
    ])
  func refusesWhatIsNoDay(_ text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test func monthsKeepTheDayOrEndWithTheMonth() throws {
    #expect(try date("2026-01-31").adding(months: 1) == date("2026-02-28"))
    #expect(try date("2024-01-31").adding(months: 1) == date("2024-02-29"))
    #expect(try date("2026-01-31").adding(months: -2) == date("2025-11-30"))
    #expect(try date("2026-11-15").adding(months: 14) == date("2028-01-15"))
    #expect(throws: FiscalError.dateOutOfRange) { try date("0001-01-31").adding(months: -1) }
    #expect(throws: FiscalError.dateOutOfRange) { try date("9999-12-01").adding(months: 1) }
    #expect(throws: FiscalError.dateOutOfRange) { try date("2026-01-01").adding(months: .max) }
    #expect(throws: FiscalError.dateOutOfRange) { try CivilDate.last.adding(days: 1) }
    #expect(throws: FiscalError.dateOutOfRange) { try CivilDate.first.adding(days: .min) }
    #expect(throws: FiscalError.dateOutOfRange) { try CivilDate(indianDayOf: .max) }
    #expect(throws: FiscalError.dateOutOfRange) { try CivilDate(indianDayOf: .min) }
  }

  /// 00:00 in India is 18:30 UTC of the day before.
  @Test func indianDayBeginsAtHalfPastSixInTheEvening() throws {
    #expect(try CivilDate(indianDayOf: 0) == date("1970-01-01"))
    #expect(date("2026-04-01").indianStart == 1_774_981_800_000)
    #expect(try CivilDate(indianDayOf: 1_774_981_799_999) == date("2026-03-31"))
  }

  @Test func periodsAreHalfOpen() throws {
    let period = try #require(DatePeriod(from: date("2025-09-22"), to: date("2026-04-01")))
    #expect(period.contains(date("2025-09-22")) && period.contains(date("2026-03-31")))
    #expect(!period.contains(date("2026-04-01")) && !period.contains(date("2025-09-21")))
    #expect(DatePeriod(from: date("2025-09-22"), to: date("2025-09-22")) == nil)
    let open = try #require(DatePeriod(from: date("2026-04-01")))
    #expect(open.contains(.last))
    #expect("\(open)" == "[2026-04-01, )")
  }

  @Test func fiscalYearsRunFromApril() throws {
    #expect(try FiscalYear(containing: date("2026-03-31")).description == "2025-26")
    #expect(try FiscalYear(containing: date("2026-04-01")).description == "2026-27")
    #expect(FiscalYear("2099-00")?.startYear == 2099 && FiscalYear(startYear: 2099)?.description == "2099-00")
    for text in ["2026-28", "2026-2027", "26-27", "2026/27", "0000-01", "", "2026-2x"] {
      #expect(FiscalYear(text) == nil, "\(text)")
    }
    let year = try #require(FiscalYear("2026-27"))
    #expect(year.start == date("2026-04-01") && year.end == date("2027-04-01"))
    #expect(year.quarter(1) == (date("2026-04-01"), date("2026-07-01")))
    #expect(year.quarter(3) == (date("2026-10-01"), date("2027-01-01")))
    #expect(year.quarter(4) == (date("2027-01-01"), date("2027-04-01")))
    var day = year.start
    while day < year.end {
      let quarter = year.quarter(FiscalYear.quarter(of: day))
      #expect(year.contains(day) && quarter.from <= day && day < quarter.to)
      day = try day.adding(days: 1)
    }
    #expect(throws: FiscalError.dateOutOfRange) { try FiscalYear(containing: .first) }
    #expect(throws: FiscalError.dateOutOfRange) { try FiscalYear(containing: .last) }
  }
}
