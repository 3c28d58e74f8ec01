package import Fiscal

/// Makes one schedule after another of a template: rows of reference data are looked up once for as long as they hold, and room is used again.
///
/// For one schedule there is `Template.schedule`. One scheduler is of one thread; each thread has its own.
package struct Scheduler: Sendable {
  private let program: TemplateProgram
  private let calendar: BusinessCalendar?
  private var book: RateBook?
  private var draft = ScheduleDraft()

  /// - Parameters:
  ///   - accepting: whether rows that are not confirmed may answer; each is named in the schedule's rates.
  ///   - calendar: see `Template.schedule`.
  package init(
    _ template: Template, from data: ReferenceData, accepting: Acceptance = .confirmed,
    calendar: BusinessCalendar? = nil
  ) {
    program = template.program
    self.calendar = calendar
    book = template.program.tax.map { RateBook($0, data, accepting) }
  }

  /// - Precondition: the form is one of the template.
  /// - Throws: `ScheduleFault.rates` when reference data has no answer.
  /// - Complexity: O(milestones).
  package mutating func schedule(_ form: ParameterSet) throws(ScheduleFault) -> Schedule {
    program.fill(&draft.row, from: form)
    var rates = AppliedRates()
    do throws(FiscalError) {
      if let known = try book?.rates(of: form, draft.row) { rates = known }
    } catch { throw .rates(error) }
    return try draft.schedule(form, program, rates, calendar)
  }
}

extension Template {
  /// The schedule of a form.
  ///
  /// - Parameters:
  ///   - rates: those of the day, see `AppliedRates.init(of:for:from:accepting:)`.
  ///   - calendar: for due days that count business days; nil where banks are taken to work from Monday to Saturday but
  ///     on second and fourth Saturdays.
  /// - Precondition: the form is one of this template.
  /// - Complexity: O(milestones).
  package func schedule(
    _ parameters: ParameterSet, rates: AppliedRates = AppliedRates(), calendar: BusinessCalendar? = nil
  ) throws(ScheduleFault) -> Schedule {
    var draft = ScheduleDraft()
    program.fill(&draft.row, from: parameters)
    return try draft.schedule(parameters, program, rates, calendar)
  }
}
