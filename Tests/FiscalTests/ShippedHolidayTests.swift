import Testing

@testable import Fiscal

/// The holidays that come with the project.
@Suite("Shipped holidays")
struct ShippedHolidayTests {
  private let data: ReferenceData

  init() throws { data = try ShippedData.data.get() }

  private static let twoYears = [DatePeriod(from: date("2025-01-01"), to: date("2027-01-01"))!]

  @Test func aStateInOneLine() throws {
    // 9 November 2026: Sunday was Diwali, Tuesday is Bali Pratipada.
    let due = try data.calendar(of: "KA").counting(businessDays: 2, from: date("2026-11-07"))
    #expect(due.date == date("2026-11-11"))
    #expect(due.skipped.map(\.date.description) == ["2026-11-08", "2026-11-10"])
    guard case .holiday(let row) = try #require(due.skipped.last).closure else {
      Issue.record("no holiday")
      return
    }
    #expect(row.name == "Bali Pratipada" && row.status == .confirmed && row.citation.contains("Reserve Bank"))
    // By ISO code, by GST number, by an old code, and the nation alone.
    for code in ["KA", "IN-KA", "29"] { #expect(try data.calendar(of: code).place == "IN-KA") }
    for code in ["OD", "OR", "IN-OR", "21"] { #expect(try data.calendar(of: code).place == "IN-OD") }
    #expect(try !data.calendar(of: "IN").isBusinessDay(date("2031-08-15")))
    for code in ["XX", "97", "", "IN-"] {
      #expect(throws: FiscalError.unknownKey(table: "holidays", key: code)) { try data.calendar(of: code) }
    }
  }

  /// An unknown year is told with the years that are known, and is not taken for one without holidays.
  @Test func unknownYearsAreTold() throws {
    let calendar = try data.calendar(of: "MH")
    #expect(calendar.coverage == Self.twoYears)
    #expect(
      throws: FiscalError.calendarNotCovered(place: "IN-MH", on: date("2027-01-01"), known: Self.twoYears)
    ) {
      try calendar.adding(businessDays: 3, to: date("2026-12-30"))
    }
    // The days of 2027 are reckoned, not announced: only for who accepts that, and each says so.
    let guess = try data.calendar(of: "MH", accepting: .unconfirmed)
    #expect(guess.coverage == [DatePeriod(from: date("2025-01-01"), to: date("2028-01-01"))!])
    #expect(try guess.closure(on: date("2027-03-22"))?.status == .unconfirmed)
    // A State without a confirmed list.
    #expect(throws: FiscalError.self) { try data.calendar(of: "PB") }
    #expect(try data.calendar(of: "PB", accepting: .unconfirmed).coverage.first?.from == date("2025-01-01"))
  }

  @Test func everyListIsOfAState() throws {
    var (confirmed, days) = (0, 0)
    for (place, lists) in data.holidays.lists {
      let calendar = try data.holidays.calendar(of: place, accepting: .unconfirmed)
      #expect(calendar.coverage.count == 1, "\(place) has a hole")
      if (try? data.holidays.calendar(of: place)) != nil { confirmed += 1 }
      guard place.hasPrefix("IN-") else { continue }
      #expect(try data.states.state(iso: place, on: date("2026-05-01")).value.iso == place)
      for list in lists {
        for holiday in list.days {
          guard case .once(let day) = holiday.day else { continue }
          days += 1
          // Sundays need no row, and the national ones have theirs.
          #expect(day.weekday != .sunday && !["01-26", "08-15", "10-02"].contains(day.description.dropFirst(5)))
          #expect(list.coverage.contains(day) && (holiday.status == .confirmed) == holiday.citation.contains("Reserve"))
        }
      }
      #expect(try !calendar.isBusinessDay(date("2026-01-26")) && !calendar.isBusinessDay(date("2026-10-02")))
    }
    #expect(confirmed == 29 && days > 1_300)
  }

  /// Days that a payments bank publishes for two States, weekdays of 2026, but where the two differ by the moon.
  @Test(
    arguments: [
      (
        "KA",
        [
          "01-15", "03-19", "03-21", "04-03", "04-14", "04-20", "05-01", "05-28", "06-26", "08-26", "09-14", "10-20",
          "10-21", "11-27", "12-25",
        ]
      ),
      (
        "TN",
        [
          "01-01", "01-15", "01-16", "01-17", "03-19", "03-21", "03-31", "04-03", "04-14", "05-01", "05-28", "06-26",
          "08-26", "09-04", "09-14", "10-19", "10-20", "12-25",
        ]
      ),
    ])
  func againstAPaymentsBank(_ place: String, _ days: [String]) throws {
    let calendar = try data.calendar(of: place)
    for day in days { #expect(try !calendar.isBusinessDay(date("2026-\(day)")), "\(day)") }
  }

  /// A public package reckons most of what the Reserve Bank lists; where they differ the list counts.
  @Test(needsSharedReference) func holidaysAgainstAPackage() throws {
    var days: [String: Set<String>] = [:]
    for row in try sharedRows("vectors/india_public_holidays_2024_2028.csv") {
      days[row["subdivision"] ?? "", default: []].insert(row["date"] ?? "")
    }
    let all = days["ALL", default: []]
    #expect(all.count > 80)
    for year in 2024...2028 {
      for day in ["01-26", "08-15", "10-02"] { #expect(all.contains("\(year)-\(day)")) }
    }
    var (shared, ours) = (0, 0)
    for (place, lists) in data.holidays.lists {
      let known = all.union(days[String(place.suffix(2)), default: []])
      for list in lists where list.days.first?.status == .confirmed {
        for case .once(let day) in list.days.map(\.day) {
          ours += 1
          if known.contains(day.description) { shared += 1 }
        }
      }
      for list in lists where list.days.first?.status == .unconfirmed {
        for case .once(let day) in list.days.map(\.day) { #expect(known.contains(day.description), "\(place) \(day)") }
      }
    }
    #expect(shared >= ours * 3 / 5, "\(shared) of \(ours)")
  }
}
