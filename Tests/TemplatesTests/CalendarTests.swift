import Documents
import Fiscal
import Testing
import Texts

@testable import Templates

@Suite("Due days by the holidays of a State")
struct CalendarTests {
  /// Four milestones in a row that count business days, in Tamil Nadu.
  private static let path = "construction/interior-fit-out-tamil-nadu"

  private func schedule(
    _ start: String, accepting: Acceptance = .confirmed, _ data: ReferenceData = Library.data
  ) throws -> Schedule {
    let template = try Library.template(Self.path)
    let form = try Small.form(#"{"value": 50000000, "start": "\#(start)"}"#, for: template)
    return try template.schedule(form, from: data, accepting: accepting)
  }

  @Test("days leave out the holidays of the form's State, which move what follows")
  func holidays() throws {
    let schedule = try schedule("2026-04-06")
    // Tamil New Year, May Day and Id-ul-Zuha, beside weekends.
    #expect(
      schedule.milestones.map(\.due.description) == [
        "2026-04-06", "2026-04-23", "2026-05-16", "2026-06-03", "2026-06-12",
      ])
    #expect(schedule.findings.isEmpty)
    let calendar = try #require(schedule.calendar)
    #expect(calendar.place == "TN" && calendar.known.first?.from.description == "2025-01-01")
    #expect(schedule.json["calendar"]?["known"]?.array == ["2025-01-01/2026-12-31"])
  }

  @Test("from the first day on that no list knows weekends alone are left out, and a warning says so")
  func unknown() throws {
    let schedule = try schedule("2026-12-18")
    #expect(
      schedule.milestones.map(\.due.description) == [
        "2026-12-18", "2027-01-04", "2027-01-26", "2027-02-10", "2027-02-20",
      ])
    let finding = try #require(schedule.findings.kept.first)
    #expect(schedule.findings.count == 1 && finding.level == .warning && finding.code == "schedule.holidays-unknown")
    #expect(finding.pointer.description == "/milestones/1/due")
    let text = FindingTexts.templates.text(of: finding, in: "en")
    #expect(text.contains("services, joinery, finishing, snag-list") && text.contains("2025-01-01/2026-12-31"))
    #expect(FindingTexts.templates.text(of: finding, in: "hi") != text)
  }

  @Test("where a part of the days is listed, that part follows the list")
  func part() throws {
    // The first one ends on 31 December, behind Christmas; the next one's days are in no list.
    let schedule = try schedule("2026-12-14")
    #expect(schedule.milestones[1].due.description == "2026-12-31")
    #expect(schedule.calendar?.withoutHolidays == [3, 4, 5])
  }

  @Test("holidays that are not confirmed count where the caller takes such rows, and are named")
  func unconfirmed() throws {
    let schedule = try schedule("2026-12-18", accepting: .unconfirmed)
    let calendar = try Library.data.calendar(of: "TN", accepting: .unconfirmed)
    var day = schedule.start
    for (milestone, count) in zip(schedule.milestones.dropFirst(), [13, 17, 13, 8]) {
      day = try calendar.adding(businessDays: count, to: day)
      #expect(milestone.due == day, "\(milestone.id)")
    }
    #expect(schedule.calendar?.unconfirmed == [2, 3, 4, 5] && schedule.calendar?.withoutHolidays == [])
    #expect(schedule.findings.kept.map(\.code) == ["schedule.holidays-unconfirmed"])
    // What confirmed lists say is not in doubt.
    let confirmed = try self.schedule("2026-04-06", accepting: .unconfirmed)
    #expect(confirmed.findings.isEmpty && confirmed.milestones[1].due.description == "2026-04-23")
  }

  @Test("without any list of the State, or without a State, no holidays are known")
  func none() throws {
    let template = try Library.template(Self.path)
    let form = try Small.form(#"{"value": 50000000, "start": "2026-04-06"}"#, for: template)
    let empty = PlaceCalendar(of: "TN", from: ReferenceData(), accepting: .unconfirmed)
    let schedule = try template.schedule(form, calendar: empty)
    #expect(schedule.calendar?.withoutHolidays == [2, 3, 4, 5])
    let plain = try template.schedule(form)
    #expect(schedule.milestones.map(\.due) == plain.milestones.map(\.due) && plain.calendar == nil)
    let small = try Library.read(Small.changed("due: { days: 5 }", "due: { days: 5, business: true }"))
    let found = try small.schedule(
      try Small.form(#"{"value": 1000000, "start": "2026-04-01", "extra": true}"#, for: small), from: Library.data)
    #expect(found.calendar?.place == "" && found.findings.count == 1)
  }

  @Test("where no day counts business days there is no calendar to speak of")
  func plainDays() throws {
    let template = try Library.read(Small.text)
    let form = try Small.form(#"{"value": 1000000, "start": "2026-04-01"}"#, for: template)
    let schedule = try template.schedule(form, from: Library.data)
    #expect(schedule.calendar == nil && schedule.findings.isEmpty && schedule.json["calendar"] == nil)
  }
}
