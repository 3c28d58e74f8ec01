package import Fiscal

/// Makes one schedule after another of a template: rows of reference data are looked up once for as long as they hold, and room is used again.
///
/// For one schedule there is `Template.schedule(_:from:accepting:)`. One scheduler is of one thread; each thread has its own.
package struct Scheduler: Sendable {
  private let template: Template
  private let data: ReferenceData
  private let accepting: Acceptance
  private var book: RateBook?
  /// By the number of the State's word; 0 where forms name none. As many as there are States.
  private var calendars: [Int64: PlaceCalendar] = [:]
  private let statePlace: Int?
  private var draft = ScheduleDraft()

  /// - Parameter accepting: whether rows that are not confirmed may answer; each is named in the schedule's rates, or in its calendar.
  package init(_ template: Template, from data: ReferenceData, accepting: Acceptance = .confirmed) {
    (self.template, self.data, self.accepting) = (template, data, accepting)
    statePlace = template.layout.place(of: Parameter.placeState)
    book = template.program.tax.map { RateBook($0, template.program.expressions, data, accepting) }
  }

  /// - Precondition: the form is one of the template.
  /// - Throws: `ScheduleFault.rates` when reference data has no answer.
  /// - Complexity: O(milestones).
  package mutating func schedule(_ form: ParameterSet) throws(ScheduleFault) -> Schedule {
    template.program.fill(&draft.row, from: form)
    var rates = AppliedRates()
    do throws(FiscalError) {
      if let known = try book?.rates(of: form, draft.row) { rates = known }
    } catch { throw .rates(error) }
    return try draft.schedule(form, template.program, rates, calendar(of: form))
  }

  private mutating func calendar(of form: ParameterSet) -> PlaceCalendar? {
    guard template.program.countsBusinessDays else { return nil }
    let state = statePlace.map { form.row[$0] } ?? 0
    if let known = calendars[state] { return known }
    calendars[state] = template.calendar(of: form, from: data, accepting: accepting)
    return calendars[state]
  }
}

extension Template {
  /// The schedule of a form: at the rates of the day on which its contract starts, by the holidays of the State of `place_state`.
  ///
  /// - Parameter accepting: see `Scheduler`.
  /// - Precondition: the form is one of this template.
  /// - Throws: `ScheduleFault.rates` when reference data has no answer.
  package func schedule(
    _ form: ParameterSet, from data: ReferenceData, accepting: Acceptance = .confirmed
  ) throws(ScheduleFault) -> Schedule {
    let rates: AppliedRates
    do throws(FiscalError) {
      rates = try AppliedRates(of: self, for: form, from: data, accepting: accepting)
    } catch { throw .rates(error) }
    return try schedule(form, rates: rates, calendar: calendar(of: form, from: data, accepting: accepting))
  }

  /// The schedule of a form at given rates.
  ///
  /// - Parameters:
  ///   - rates: those of the day, see `AppliedRates.init(of:for:from:accepting:)`.
  ///   - calendar: for due days that count business days; nil where banks are taken to work from Monday to Saturday but
  ///     on second and fourth Saturdays.
  /// - Precondition: the form is one of this template.
  /// - Complexity: O(milestones).
  package func schedule(
    _ form: ParameterSet, rates: AppliedRates = AppliedRates(), calendar: PlaceCalendar? = nil
  ) throws(ScheduleFault) -> Schedule {
    var draft = ScheduleDraft()
    program.fill(&draft.row, from: form)
    return try draft.schedule(form, program, rates, calendar)
  }
}
