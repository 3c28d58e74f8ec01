internal import Documents
internal import Expressions
internal import Fiscal

/// Checks one shape of a template: which milestones it has is known, everything else in ranges.
struct ShapeCheck {
  let template: Template
  let ranges: [String: ExpressionRange]
  private(set) var faults: [Finding] = []
  private(set) var milestoneCount: Int?
  private var value: ClosedRange<Int64>

  init(template: Template, ranges: [String: ExpressionRange]) {
    self.template = template
    self.ranges = ranges
    value = ranges[Parameter.value]?.integers ?? 1...1
  }

  mutating func run() {
    checkMilestones()
    checkTerms()
    checkApproval()
  }

  private mutating func fault(_ code: String, _ pointer: [String], _ arguments: [String: JSONValue] = [:]) {
    faults.append(Finding(code, at: JSONPointer(pointer), arguments: arguments))
  }

  private mutating func checkMilestones() {
    var count: Int64 = 0
    var shares: Int64 = 0
    var amountsMax: Int64 = 0
    var restRules: [MilestoneRule] = []
    var counts: [Int64] = []
    for rule in template.milestones {
      let pointer = rule.place
      counts.append(0)
      guard let isThere = rule.condition.map({ $0.range(ranges).decided }) ?? true else {
        fault("template.undecided", pointer + ["when"])
        return
      }
      guard isThere else { continue }
      let repetition = template.repetition(of: rule)
      // Members of a group stand below it.
      let repeated = (rule.group == nil ? pointer : pointer.dropLast(2)) + ["repeat"]
      guard let times = exact(repetition, 0...MilestoneRule.repetitionMax, repeated, standard: 1) else { return }
      guard times > 0 else { continue }
      counts[counts.count - 1] = times
      count += times
      let own = repetition == nil ? ranges : ranges.merging([MilestoneRule.repetitionName: .integer(1...times)]) { $1 }
      if case .each(let other) = rule.due.anchor, counts[other] > 0, counts[other] != times {
        fault(
          "template.each-count", pointer + ["due", "each"],
          [
            "id": .string(template.milestones[other].id), "count": .integer(counts[other]), "own": .integer(times),
          ])
      }
      switch rule.size {
      case .share(let share):
        guard let share = exact(share, 1...10_000, pointer + ["share"], standard: 0) else { return }
        shares += share
        // The least value must give each repetition at least a unit.
        let unit = template.terms.options.contains(.wholeRupees) ? RoundingUnit.rupee.rawValue : 1
        if value.lowerBound / unit * share / 10_000 < times { fault("template.share-small", pointer + ["share"]) }
      case .amount(let amount):
        guard let sums = range(amount, 1...value.lowerBound, pointer + ["amount"], own) else { continue }
        // Far below 2^63: at most 500 times 10^14.
        amountsMax += sums.upperBound * times
      case .rest: restRules.append(rule)
      }
      _ = range(rule.due.days, 0...DueRule.dayMax, pointer + ["due", "days"], own)
      _ = range(rule.due.months, 0...DueRule.monthMax, pointer + ["due", "months"], own)
    }
    milestoneCount = Int(count)
    guard (1...Int64(Template.milestoneCountMax)).contains(count) else {
      fault("template.milestone-count", ["milestones"], ["count": .integer(count)])
      return
    }
    checkWhole(shares, amountsMax, restRules)
  }

  private mutating func checkWhole(_ shares: Int64, _ amountsMax: Int64, _ restRules: [MilestoneRule]) {
    let arguments: [String: JSONValue] = ["sum": .integer(shares)]
    guard restRules.count <= 1 else {
      fault("template.rest-twice", restRules[1].place)
      return
    }
    if restRules.isEmpty {
      if shares != 10_000 || amountsMax > 0 { fault("template.shares", ["milestones"], arguments) }
      return
    }
    // What is left of the least value, when every sum is at its largest; a unit for the rest itself, one for rounding.
    let unit = template.terms.options.contains(.wholeRupees) ? RoundingUnit.rupee.rawValue : 1
    guard shares < 10_000, let given = ExpressionFunction.mulDivDown(value.lowerBound, shares, 10_000),
      given + amountsMax + 2 * unit <= value.lowerBound
    else {
      fault("template.no-rest", restRules[0].place, arguments)
      return
    }
  }

  private mutating func checkTerms() {
    let terms = template.terms
    let retention = rate(terms.retention, ["retention", "rate"])
    _ = rate(terms.retentionFirst, ["retention", "at_completion"])
    _ = rate(terms.retentionCap, ["retention", "cap"])
    _ = range(terms.defectDays, 0...DueRule.dayMax, ["terms", "retention", "defect_days"], ranges)
    let advance = rate(terms.advance, ["advance", "rate"])
    let recovery = rate(terms.advanceRecovery, ["advance", "recovery"])
    let fee = rate(terms.fee, ["fee"])
    _ = rate(terms.damagesCap, ["damages_cap"])
    _ = rate(terms.defaultSplit, ["default_split"])
    // Whatever rates the law has on the day: GST up to 40 %, withholding up to 20 %, 2 % of GST, 1 % of cess.
    let covering = (advance.upperBound * (10_000 + (template.tax == nil ? 0 : 4_000)) + 9_999) / 10_000
    if terms.advanceRecovery != nil, recovery.lowerBound < covering {
      fault("template.recovery", ["terms", "advance", "recovery"], ["least": .integer(covering)])
    }
    let law: Int64 = template.tax == nil ? 0 : 2_300
    let recovered = terms.advanceRecovery == nil ? Template.recovery(covering: covering) : recovery.upperBound
    let sum = retention.upperBound + recovered + fee.upperBound + law
    if sum > 10_000 { fault("template.deductions", ["terms"], ["sum": .integer(sum)]) }
    for (span, expression) in terms.days {
      _ = range(expression, span.range, ["terms", "days", span.rawValue], ranges)
    }
    _ = rate(terms.security?.rate, ["security", "rate"])
    _ = range(terms.security?.days, 0...DueRule.dayMax, ["terms", "security", "days"], ranges)
  }

  private mutating func rate(_ expression: TypedExpression?, _ pointer: [String]) -> ClosedRange<Int64> {
    range(expression, 0...10_000, ["terms"] + pointer, ranges) ?? 0...0
  }

  private mutating func checkApproval() {
    _ = range(template.approval.silenceLimit, 0...BillTerms.grossMax, ["approval", "silence_limit"], ranges)
    for (index, step) in template.approval.steps.enumerated() {
      _ = range(step.from, 0...BillTerms.grossMax, ["approval", "steps", String(index), "from"], ranges)
    }
  }

  /// What an expression may be, which must lie inside `wanted`; nil where it is not there or does not.
  private mutating func range(
    _ expression: TypedExpression?, _ wanted: ClosedRange<Int64>, _ pointer: [String],
    _ ranges: [String: ExpressionRange]
  ) -> ClosedRange<Int64>? {
    guard let expression else { return nil }
    guard let found = expression.range(ranges).integers else {
      fault("template.no-value", pointer, ["expression": .string(expression.text)])
      return nil
    }
    guard found.lowerBound >= wanted.lowerBound, found.upperBound <= wanted.upperBound else {
      fault(
        "template.out-of-range", pointer,
        [
          "expression": .string(expression.text), "least": .integer(found.lowerBound),
          "most": .integer(found.upperBound),
          "from": .integer(wanted.lowerBound), "to": .integer(wanted.upperBound),
        ])
      return nil
    }
    return found
  }

  /// What an expression of the shape alone is.
  private mutating func exact(
    _ expression: TypedExpression?, _ wanted: ClosedRange<Int64>, _ pointer: [String], standard: Int64
  ) -> Int64? {
    guard let expression else { return standard }
    guard let found = range(expression, wanted, pointer, ranges) else { return nil }
    guard found.lowerBound == found.upperBound else {
      fault("template.undecided", pointer)
      return nil
    }
    return found.lowerBound
  }
}
