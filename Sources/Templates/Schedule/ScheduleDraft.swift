internal import Expressions
internal import Fiscal
internal import Kernel

/// A schedule while it is reckoned. It is used again for the next form: what it needs it has then.
struct ScheduleDraft: Sendable {
  /// What expressions see.
  var row: [Int64?] = []
  var lines: [ScheduleLine] = []
  /// Where the milestones of each rule are.
  private(set) var spots: [RuleSpot] = []
  /// How due days were found that count business days; nil for none, or without a calendar.
  var applied: AppliedCalendar?

  /// Reckons the schedule of a form.
  /// - Precondition: the program has filled `row` from the form.
  /// - Complexity: O(milestones).
  mutating func schedule(
    _ form: ParameterSet, _ program: TemplateProgram, _ rates: AppliedRates, _ calendar: PlaceCalendar?
  ) throws(ScheduleFault) -> Schedule {
    let value = form.value
    try layLines(program, value)
    try setAmounts(program, value)
    try setDays(program, form.start, calendar)
    let milestones = try milestones(program, rates)
    var schedule = Schedule(
      start: form.start, milestones: milestones, rates: rates,
      terms: try program.terms.terms(program.expressions, row, rates, taxable: value),
      policy: try program.policy.policy(program.expressions, row),
      calendar: applied)
    if let security = program.terms.security { schedule.security = try self.security(security, program, schedule) }
    return schedule
  }

  private func milestones(
    _ program: TemplateProgram, _ rates: AppliedRates
  ) throws(ScheduleFault) -> [Schedule.Milestone] {
    var milestones: [Schedule.Milestone] = []
    milestones.reserveCapacity(lines.count)
    var toDate: Paise = 0
    for index in lines.indices {
      let line = lines[index]
      let rule = program.rules[line.rule]
      let tax: GSTAmounts
      // Repetitions mostly have the same sum.
      if let last = milestones.last, last.taxable == line.amount {
        tax = last.tax
      } else {
        do throws(FiscalError) {
          tax = try GSTAmounts(on: line.amount, rate: rates.gst, rates.treatment, to: program.terms.unit)
        } catch { throw .rates(error) }
      }
      var withheld: Paise?
      if let from = rates.withholdingFrom {
        do throws(FiscalError) {
          withheld = try rates.withheld(onExcessOver: from, of: line.amount, after: toDate, to: program.terms.unit)
        } catch { throw .rates(error) }
      }
      toDate += line.amount
      milestones.append(
        Schedule.Milestone(
          id: program.id(of: rule, line.number), rule: line.rule,
          repetition: line.number == 0 ? nil : Schedule.Repetition(number: line.number, count: line.count),
          ordinal: UInt16(index + 1), taxable: line.amount, tax: tax, due: line.due, verification: rule.verification,
          predecessors: predecessors(of: index, program), isCumulative: rule.isCumulative, withheld: withheld))
    }
    return milestones
  }

  private func security(
    _ security: SecurityProgram, _ program: TemplateProgram, _ schedule: Schedule
  ) throws(ScheduleFault) -> Schedule.Security {
    let rate = try program.expressions.integer(security.rate, in: 0...10_000, row)
    let days = try program.expressions.integer(security.days, in: 0...DueRule.dayMax, row)
    do throws(FiscalError) {
      return Schedule.Security(
        rate: BasisPoints(rate), amount: try Amount.share(of: schedule.value, basisPoints: BasisPoints(rate)),
        validUntil: try schedule.end.adding(days: Int(days)))
    } catch { throw .calendar(error) }
  }
}

/// A rule in its place in the schedule.
struct ScheduleLine: Sendable {
  var rule: Int
  /// Which repetition, from 1; 0 for none.
  var number: Int
  /// Of how many.
  var count: Int
  /// Basis points of all repetitions where it has a share, a sum otherwise.
  var size: Int64
  var kind: Kind
  /// Paise without tax.
  var amount: Paise = 0
  var due: CivilDate

  enum Kind: Sendable { case share, amount, rest }
}

/// Where the milestones of a rule are among the lines.
struct RuleSpot: Sendable {
  /// Nil when it has none.
  var first: Int?
  var count = 1
  /// From one repetition to the next.
  var stride = 1

  static let absent = RuleSpot(first: nil)

  /// The line of a repetition, from 1.
  func line(_ number: Int) -> Int? { first.map { $0 + (number - 1) * stride } }

  var last: Int? { line(count) }
}

extension ScheduleDraft {
  /// Which rules are there, and how often.
  private mutating func layLines(_ program: TemplateProgram, _ value: Int64) throws(ScheduleFault) {
    lines.removeAll(keepingCapacity: true)
    spots.removeAll(keepingCapacity: true)
    for _ in program.rules { spots.append(.absent) }
    for step in program.steps {
      switch step {
      case .rule(let index): try lay(index, program, value)
      case .group(let rules, let repetition): try lay(rules, repetition, program, value)
      }
      guard lines.count <= Template.milestoneCountMax else { throw .milestoneCount(lines.count) }
    }
    guard !lines.isEmpty else { throw .milestoneCount(0) }
  }

  private mutating func lay(_ index: Int, _ program: TemplateProgram, _ value: Int64) throws(ScheduleFault) {
    guard try isThere(program.rules[index], program) else { return }
    guard let repetition = program.rules[index].repetition else {
      spots[index].first = lines.count
      return try append(index, number: 0, of: 1, program, value)
    }
    let count = Int(try program.expressions.integer(repetition, in: 0...MilestoneRule.repetitionMax, row))
    guard count > 0 else { return }
    spots[index] = RuleSpot(first: lines.count, count: count)
    for number in 1...count { try append(index, number: number, of: count, program, value) }
  }

  private mutating func lay(
    _ rules: Range<Int>, _ repetition: BoundExpression, _ program: TemplateProgram, _ value: Int64
  ) throws(ScheduleFault) {
    let count = Int(try program.expressions.integer(repetition, in: 0...MilestoneRule.repetitionMax, row))
    var present = 0
    for index in rules where try isThere(program.rules[index], program) {
      guard count > 0 else { continue }
      spots[index] = RuleSpot(first: lines.count + present, count: count)
      present += 1
    }
    guard present > 0 else { return }
    guard lines.count + present * count <= Template.milestoneCountMax else {
      throw .milestoneCount(lines.count + present * count)
    }
    for index in rules { spots[index].stride = present }
    for number in 1...count {
      for index in rules where spots[index].first != nil {
        try append(index, number: number, of: count, program, value)
      }
    }
  }

  private func isThere(_ rule: RuleProgram, _ program: TemplateProgram) throws(ScheduleFault) -> Bool {
    guard let condition = rule.condition else { return true }
    guard let isThere = program.expressions.isTrue(condition, row) else {
      throw .noValue(program.expressions.text(of: condition))
    }
    return isThere
  }

  private mutating func append(
    _ index: Int, number: Int, of count: Int, _ program: TemplateProgram, _ value: Int64
  ) throws(ScheduleFault) {
    var line = ScheduleLine(rule: index, number: number, count: count, size: 0, kind: .rest, due: .first)
    switch program.rules[index].size {
    case .share(let share):
      line.kind = .share
      // All repetitions have one share.
      line.size =
        number > 1 ? lines[spots[index].first ?? 0].size : try program.expressions.integer(share, in: 1...10_000, row)
    case .amount(let amount):
      line.kind = .amount
      see(number, program)
      line.size = try program.expressions.integer(amount, in: 1...value, row)
    case .rest: break
    }
    lines.append(line)
  }

  /// Makes the number of a repetition known to expressions.
  mutating func see(_ number: Int, _ program: TemplateProgram) {
    row[program.repetitionPlace] = number == 0 ? nil : Int64(number)
  }
}
