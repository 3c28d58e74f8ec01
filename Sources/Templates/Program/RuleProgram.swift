internal import Expressions

/// A rule of milestones, made ready. A class: it has much in it, and is looked at for every milestone.
final class RuleProgram: Sendable {
  let condition: BoundExpression?
  /// Nil also for a rule of a group, which is repeated with it.
  let repetition: BoundExpression?
  let group: Int?
  let size: Size
  let months: BoundExpression?
  let days: BoundExpression?
  let countsBusinessDays: Bool
  let anchor: DueRule.Anchor
  let needs: [Int]
  let needsPrevious: Bool
  let verification: Verification
  let isCumulative: Bool
  /// Ids of its milestones: one, or one for each repetition there may be.
  let ids: [String]

  enum Size: Sendable {
    case share(BoundExpression)
    case amount(BoundExpression)
    case rest
  }

  init(_ rule: MilestoneRule, _ binding: inout ExpressionBinding) {
    func bind(_ expression: TypedExpression?) -> BoundExpression? {
      expression.map { BoundExpression($0, &binding) }
    }
    condition = bind(rule.condition)
    repetition = bind(rule.repetition)
    group = rule.group
    size =
      switch rule.size {
      case .share(let share): .share(BoundExpression(share, &binding))
      case .amount(let amount): .amount(BoundExpression(amount, &binding))
      case .rest: .rest
      }
    months = bind(rule.due.months)
    days = bind(rule.due.days)
    countsBusinessDays = rule.due.countsBusinessDays
    anchor = rule.due.anchor
    needs = rule.needs
    needsPrevious = rule.needsPrevious
    verification = rule.verification
    isCumulative = rule.isCumulative
    ids =
      rule.repetition == nil && rule.group == nil
      ? [rule.id] : (1...MilestoneRule.repetitionMax).map { "\(rule.id)-\($0)" }
  }
}

extension BoundExpression {
  func integer(in range: ClosedRange<Int64>, _ row: [Int64?]) throws(ScheduleFault) -> Int64 {
    guard let number = value(row) else { throw .noValue(text) }
    guard range.contains(number) else { throw .range(text, number) }
    return number
  }
}
