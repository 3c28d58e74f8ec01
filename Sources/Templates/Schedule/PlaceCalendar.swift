package import Fiscal

/// The working days of banks in the State of a form, as far as they are known.
///
/// A day whose holidays nobody has listed still has a due day: then weekends alone are left out, and the schedule says so.
package struct PlaceCalendar: Sendable {
  /// A State as forms name it, `TN`; empty where the form names none.
  package let place: String
  /// Of lists whose every row is confirmed; nil when there is none.
  private let confirmed: BusinessCalendar?
  /// Of all lists; nil when only confirmed ones will do.
  private let accepted: BusinessCalendar?

  package init(of place: String, from data: ReferenceData, accepting: Acceptance) {
    self.place = place
    // Without a list, or with none that may be used, no day is known.
    confirmed = try? data.calendar(of: place)
    accepted = accepting == .unconfirmed ? (try? data.calendar(of: place, accepting: .unconfirmed)) : nil
  }

  /// Days whose holidays are known, in order.
  package var known: [DatePeriod] { (accepted ?? confirmed)?.coverage ?? [] }

  /// By what a day was found.
  enum Basis { case confirmed, unconfirmed, weekends }

  /// The `count`th business day after a day; for 0 the day itself or the next business day.
  /// - Throws: `dateOutOfRange`.
  func day(_ count: Int, after date: CivilDate) throws(FiscalError) -> (day: CivilDate, basis: Basis) {
    if let day = try confirmed?.covered(count, after: date) { return (day, .confirmed) }
    if let day = try accepted?.covered(count, after: date) { return (day, .unconfirmed) }
    return (try date.adding(workdays: count), .weekends)
  }
}

extension BusinessCalendar {
  /// Nil when the count comes to a day that has no list.
  fileprivate func covered(_ count: Int, after date: CivilDate) throws(FiscalError) -> CivilDate? {
    do throws(FiscalError) { return try adding(businessDays: count, to: date) } catch {
      if case .calendarNotCovered = error { return nil }
      throw error
    }
  }
}

extension CivilDate {
  /// Days on which banks work wherever there is no holiday.
  func adding(workdays count: Int) throws(FiscalError) -> CivilDate {
    var (day, left) = (self, count)
    while left > 0 || BusinessCalendar.isWeekend(day) {
      day = try day.adding(days: 1)
      if left > 0 && !BusinessCalendar.isWeekend(day) { left -= 1 }
    }
    return day
  }
}

extension Template {
  /// The calendar that a form's due days count by; nil where none of them counts business days.
  func calendar(of form: ParameterSet, from data: ReferenceData, accepting: Acceptance) -> PlaceCalendar? {
    guard program.countsBusinessDays else { return nil }
    return PlaceCalendar(of: form.word(Parameter.placeState) ?? "", from: data, accepting: accepting)
  }
}
