internal import Expressions

/// A rule of milestones, made ready: numbers alone, as it is looked at for every milestone. Its lists lie in the `TemplateProgram`.
struct RuleProgram: Sendable {
  let condition: BoundExpression?
  /// Nil also for a rule of a group, which is repeated with it.
  let repetition: BoundExpression?
  let group: Int?
  let size: Size
  let months: BoundExpression?
  let days: BoundExpression?
  let countsBusinessDays: Bool
  let anchor: DueRule.Anchor
  /// Where among `TemplateProgram.needs`.
  let needs: Range<Int>
  let needsPrevious: Bool
  let verification: Verification
  let isCumulative: Bool
  /// Where among `TemplateProgram.ids`: one, or one for each repetition there may be.
  let firstID: Int

  enum Size: Sendable {
    case share(BoundExpression)
    case amount(BoundExpression)
    case rest
  }

  /// Adds its lists to those of the rules before it.
  init(_ rule: MilestoneRule, _ binder: inout ExpressionBinder, needs all: inout [Int], ids: inout [String]) {
    condition = binder.bind(rule.condition)
    repetition = binder.bind(rule.repetition)
    group = rule.group
    size =
      switch rule.size {
      case .share(let share): .share(binder.bind(share))
      case .amount(let amount): .amount(binder.bind(amount))
      case .rest: .rest
      }
    months = binder.bind(rule.due.months)
    days = binder.bind(rule.due.days)
    countsBusinessDays = rule.due.countsBusinessDays
    anchor = rule.due.anchor
    all += rule.needs
    needs = all.count - rule.needs.count..<all.count
    needsPrevious = rule.needsPrevious
    verification = rule.verification
    isCumulative = rule.isCumulative
    firstID = ids.count
    ids +=
      rule.repetition == nil && rule.group == nil
      ? [rule.id] : (1...MilestoneRule.repetitionMax).map { "\(rule.id)-\($0)" }
  }
}

extension ExpressionTable {
  func integer(
    _ expression: BoundExpression, in range: ClosedRange<Int64>, _ row: [Int64?]
  ) throws(ScheduleFault) -> Int64 {
    guard let number = value(of: expression, row) else { throw .noValue(text(of: expression)) }
    guard range.contains(number) else { throw .range(text(of: expression), number) }
    return number
  }
}
