internal import Expressions
internal import Fiscal
internal import Kernel

/// Who must agree, made ready.
struct PolicyProgram: Sendable {
  private var base = ApproverPolicy()
  /// Bands of steps that have one.
  private var bands: [(step: Int, from: BoundExpression)] = []
  private var silenceLimit: BoundExpression?

  init(_ rule: ApprovalRule, _ escalation: Escalation, _ binder: inout ExpressionBinder) {
    var votes = [UInt8](repeating: 0, count: ApprovalRule.stepCountMax)
    for (index, step) in rule.steps.enumerated() {
      votes[index] = step.votes
      if let from = step.from { bands.append((index, binder.bind(from))) }
    }
    silenceLimit = binder.bind(rule.silenceLimit)
    base.votes = (votes[0], votes[1], votes[2], votes[3])
    base.autoMax = BillTerms.grossMax
    base.escalation = escalation.stepDays * 86_400
    base.maxLevel = escalation.levelMax
    base.reworkLimit = rule.reworkLimit
    base.ordered = rule.isOrdered ? 1 : 0
    base.majority = rule.rejectsByMajority ? 1 : 0
  }

  func policy(_ expressions: ExpressionTable, _ row: [Int64?]) throws(ScheduleFault) -> ApproverPolicy {
    var policy = base
    for (step, from) in bands {
      let band = try expressions.integer(from, in: 0...BillTerms.grossMax, row)
      switch step {
      case 0: policy.band.0 = band
      case 1: policy.band.1 = band
      case 2: policy.band.2 = band
      default: policy.band.3 = band
      }
    }
    if let silenceLimit {
      policy.autoMax = try expressions.integer(silenceLimit, in: 0...BillTerms.grossMax, row)
    }
    return policy
  }
}
