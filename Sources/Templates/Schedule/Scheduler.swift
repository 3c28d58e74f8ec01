internal import Expressions
package import Fiscal
internal import Kernel

extension Template {
  /// The schedule of a form.
  ///
  /// - Parameters:
  ///   - rates: those of the day, see `AppliedRates.init(of:for:from:accepting:)`.
  ///   - calendar: for due days that count business days; nil where banks are taken to work from Monday to Saturday but
  ///     on second and fourth Saturdays.
  /// - Complexity: O(milestones).
  package func schedule(
    _ parameters: ParameterSet, rates: AppliedRates = AppliedRates(), calendar: BusinessCalendar? = nil
  ) throws(ScheduleFault) -> Schedule {
    let names = names(for: parameters)
    let lines = try lines(parameters.value, names)
    let amounts = try amounts(lines, parameters.value)
    let days = try dueDays(lines, parameters.start, calendar, names)
    let unit: RoundingUnit = terms.options.contains(.wholeRupees) ? .rupee : .paisa
    var milestones: [Schedule.Milestone] = []
    for (index, line) in lines.enumerated() {
      let tax: GSTAmounts
      do throws(FiscalError) {
        tax = try GSTAmounts(on: amounts[index], rate: rates.gst, rates.treatment, to: unit)
      } catch { throw .rates(error) }
      milestones.append(
        Schedule.Milestone(
          id: line.id(of: self), rule: line.rule, repetition: line.repetition, ordinal: UInt16(index + 1),
          taxable: amounts[index], tax: tax, due: days[index], verification: self.milestones[line.rule].verification,
          predecessors: predecessors(of: index, lines), isCumulative: self.milestones[line.rule].isCumulative))
    }
    var schedule = Schedule(
      start: parameters.start, milestones: milestones, rates: rates, terms: ContractTerms(), policy: ApproverPolicy())
    schedule.terms = try contractTerms(names, rates, taxable: schedule.taxable)
    schedule.policy = try approverPolicy(names)
    return schedule
  }
}

/// A rule in its place in the schedule.
struct ScheduleLine {
  var rule: Int
  var repetition: Schedule.Repetition?
  /// Its share of the value, or its sum; nil for the rest.
  var size: Size?

  enum Size {
    /// Basis points of all repetitions.
    case share(Int64)
    case amount(Int64)
  }

  func id(of template: Template) -> String {
    let id = template.milestones[rule].id
    return repetition.map { "\(id)-\($0.number)" } ?? id
  }

  /// What expressions of the rule see.
  func names(_ names: [String: ExpressionValue]) -> [String: ExpressionValue] {
    guard let repetition else { return names }
    return names.merging([MilestoneRule.repetitionName: .integer(Int64(repetition.number))]) { $1 }
  }
}

extension Template {
  /// Which rules are there, and how often.
  func lines(_ value: Int64, _ names: [String: ExpressionValue]) throws(ScheduleFault) -> [ScheduleLine] {
    var lines: [ScheduleLine] = []
    for (index, rule) in milestones.enumerated() {
      if let condition = rule.condition {
        guard let isThere = condition.bool(names) else { throw .noValue(condition.text) }
        if !isThere { continue }
      }
      var count: Int64 = 1
      if let repetition = rule.repetition {
        count = try repetition.integer(in: 0...MilestoneRule.repetitionMax, names)
      }
      for number in 0..<Int(count) {
        let repetition = rule.repetition.map { _ in Schedule.Repetition(number: number + 1, count: Int(count)) }
        var line = ScheduleLine(rule: index, repetition: repetition, size: nil)
        switch rule.size {
        case .share(let share): line.size = .share(try share.integer(in: 1...10_000, names))
        case .amount(let amount): line.size = .amount(try amount.integer(in: 1...value, line.names(names)))
        case .rest: break
        }
        lines.append(line)
      }
      guard lines.count <= Self.milestoneCountMax else { throw .milestoneCount(lines.count) }
    }
    guard !lines.isEmpty else { throw .milestoneCount(0) }
    return lines
  }

  /// Sums without tax, which add up to the value: shares are cut to whole units, and the rest, or else the last
  /// milestone, takes what that leaves.
  func amounts(_ lines: [ScheduleLine], _ value: Int64) throws(ScheduleFault) -> [Paise] {
    let unit = terms.options.contains(.wholeRupees) ? RoundingUnit.rupee.rawValue : 1
    var amounts: [Paise] = []
    var shareSum: Int64 = 0
    var hasRest = false
    for line in lines {
      switch line.size {
      case .share(let share):
        // A rule's repetitions share what the rule has; the first ones get the units that do not divide.
        let count = Int64(line.repetition?.count ?? 1)
        let number = Int64(line.repetition?.number ?? 1)
        guard let whole = ExpressionFunction.mulDivDown(value / unit, share, 10_000) else { throw .noValue("value") }
        amounts.append((whole / count + (number <= whole % count ? 1 : 0)) * unit)
        if number == 1 { shareSum += share }
      case .amount(let amount): amounts.append(amount)
      case nil:
        hasRest = true
        amounts.append(0)
      }
    }
    let hasAmounts = lines.contains { if case .amount? = $0.size { true } else { false } }
    guard hasRest ? shareSum < 10_000 : shareSum == 10_000 && !hasAmounts else {
      throw .shares("\(shareSum) of 10,000 basis points")
    }
    let taker = lines.lastIndex { $0.size == nil } ?? lines.count - 1
    guard lines.count(where: { $0.size == nil }) <= 1 else { throw .shares("two milestones that take the rest") }
    var others: Int64 = 0
    for (index, amount) in amounts.enumerated() where index != taker {
      // Each is at most the value, which is far below what 64 bits hold 500 times.
      others += amount
    }
    amounts[taker] = value - others
    for (line, amount) in zip(lines, amounts) where amount < 1 { throw .shares(line.id(of: self)) }
    return amounts
  }

  /// Ordinals of what a line needs; of a rule that is repeated its last one.
  func predecessors(of index: Int, _ lines: [ScheduleLine]) -> [UInt16] {
    let rule = milestones[lines[index].rule]
    var predecessors: [UInt16] = []
    if rule.needsPrevious && index > 0 { predecessors.append(UInt16(index)) }
    // Repetitions follow each other; only the first one waits for other rules.
    if lines[index].repetition.map({ $0.number > 1 }) ?? false { return predecessors }
    for need in rule.needs {
      guard let last = lines[..<index].lastIndex(where: { $0.rule == need }) else { continue }
      if !predecessors.contains(UInt16(last + 1)) { predecessors.append(UInt16(last + 1)) }
    }
    return Array(predecessors.prefix(4))
  }
}

extension TypedExpression {
  func integer(
    in range: ClosedRange<Int64>, _ names: [String: ExpressionValue]
  ) throws(ScheduleFault) -> Int64 {
    guard let number = integer(names) else { throw .noValue(text) }
    guard range.contains(number) else { throw .range(text, number) }
    return number
  }
}
