package import Documents
internal import Expressions

/// Shows that a template makes a schedule of every form that its parameters allow, or with which form it does not.
///
/// Parameters that decide which milestones there are, and what share each has, have few values: their combinations, the
/// shapes, are all tried, and shares are added up exactly. Of all other parameters only ranges are known within a shape,
/// so a template is refused that may be whole but cannot be shown to be.
package struct TemplateAnalysis: Sendable {
  package private(set) var findings = Findings()
  /// Combinations that were tried.
  package private(set) var shapeCount = 0
  /// Milestones of the shortest and the longest schedule.
  package private(set) var milestoneCounts: ClosedRange<Int>?

  package static let shapeCountMax = 4_096

  private let template: Template
  /// Code and pointer of what was found: each is told once, with the first form.
  private var told: Set<String> = []

  package init(_ template: Template) {
    self.template = template
    checkUse()
    let deciding = template.decidingParameters
    var count = 1
    for parameter in deciding {
      guard let values = parameter.valueCount, values <= Self.shapeCountMax, count * values <= Self.shapeCountMax else {
        findings.add(
          Finding(
            "template.shapes", at: JSONPointer(["parameters", parameter.name]),
            arguments: ["name": .string(parameter.name), "most": .integer(Int64(Self.shapeCountMax))]))
        return
      }
      count *= values
    }
    for index in 0..<count { check(shape(index, deciding)) }
  }

  /// The values of the deciding parameters with a number: digits of it in mixed radix.
  private func shape(_ number: Int, _ deciding: [Parameter]) -> [String: ParameterValue] {
    var shape: [String: ParameterValue] = [:]
    var rest = number
    for parameter in deciding {
      let count = parameter.valueCount ?? 1
      shape[parameter.name] = parameter.value(at: rest % count)
      rest /= count
    }
    return shape
  }

  private mutating func check(_ shape: [String: ParameterValue]) {
    var ranges: [String: ExpressionRange] = [:]
    for parameter in template.parameters { ranges[parameter.name] = parameter.range(shape[parameter.name]) }
    for constant in template.constants { ranges[constant.name] = constant.expression.range(ranges) }
    // No allowed form has this shape.
    if template.constraints.contains(where: { $0.condition.range(ranges).decided == false }) { return }
    shapeCount += 1
    var check = ShapeCheck(template: template, ranges: ranges)
    check.run()
    if let count = check.milestoneCount {
      milestoneCounts = milestoneCounts.map { min($0.lowerBound, count)...max($0.upperBound, count) } ?? count...count
    }
    for fault in check.faults where told.insert("\(fault.code) \(fault.pointer)").inserted {
      var finding = fault
      finding.witness = template.witness(shape)
      findings.add(finding)
    }
  }

  /// Parameters and constants that nothing asks for.
  private mutating func checkUse() {
    var used: Set<String> = [Parameter.value, Parameter.start]
    for expression in template.expressions { used.formUnion(expression.names) }
    if let tax = template.tax {
      used.formUnion([Parameter.supplierState, Parameter.placeState])
      if tax.section != nil { used.formUnion([Parameter.payeeKind, Parameter.payeeHasPAN]) }
      for case .by(let name, _)? in [tax.code, tax.codeQualifier, tax.section] { used.insert(name) }
    }
    for parameter in template.parameters where !used.contains(parameter.name) {
      // Texts are there to be shown.
      if case .text = parameter.domain { continue }
      findings.add(
        Finding(
          "template.unused", at: JSONPointer(["parameters", parameter.name]),
          arguments: ["name": .string(parameter.name)]))
    }
    for constant in template.constants where !used.contains(constant.name) {
      findings.add(
        Finding(
          "template.unused", at: JSONPointer(["let", constant.name]), arguments: ["name": .string(constant.name)]))
    }
  }
}

extension Template {
  /// Those on which it depends which milestones there are and what share each has.
  var decidingParameters: [Parameter] {
    var names: Set<String> = []
    for rule in milestones {
      if let condition = rule.condition { names.formUnion(condition.names) }
      if let repetition = repetition(of: rule) { names.formUnion(repetition.names) }
      if case .share(let share) = rule.size { names.formUnion(share.names) }
    }
    for constant in constants.reversed() where names.contains(constant.name) {
      names.formUnion(constant.expression.names)
    }
    return parameters.filter { names.contains($0.name) }
  }

  /// Every expression of the template.
  var expressions: [TypedExpression] {
    var all = constants.map(\.expression) + constraints.map(\.condition)
    for rule in milestones {
      all += [rule.condition, rule.repetition, rule.due.days, rule.due.months].compactMap(\.self)
      switch rule.size {
      case .share(let expression), .amount(let expression): all.append(expression)
      case .rest: break
      }
    }
    all += groups.map(\.repetition)
    let terms = terms
    all += [
      terms.retention, terms.retentionFirst, terms.retentionCap, terms.defectDays, terms.advance, terms.advanceRecovery,
      terms.damagesCap, terms.fee, terms.defaultSplit, approval.silenceLimit, tax?.withholds, tax?.deductsGST,
      tax?.hasBuildingCess, terms.security?.rate, terms.security?.days,
    ].compactMap(\.self)
    return all + terms.days.values + approval.steps.compactMap(\.from) + (tax?.zeroRating.conditions ?? [])
  }

  /// A whole form of a shape: what the shape leaves open is its default, or the least.
  func witness(_ shape: [String: ParameterValue]) -> JSONValue {
    var values = shape
    for parameter in parameters where values[parameter.name] == nil {
      values[parameter.name] = parameter.standardValue ?? parameter.value(at: 0)
    }
    var form = ParameterSet(layout)
    for (place, parameter) in parameters.enumerated() {
      if let value = values[parameter.name] { form.set(value, at: place) }
    }
    return form.json
  }
}

extension Parameter {
  /// A value by its number; the first is the least. Days count from 1 April 2026.
  func value(at index: Int) -> ParameterValue {
    switch domain {
    case .integer(let range, _): .integer(range.lowerBound + Int64(index))
    case .boolean: .boolean(index == 1)
    case .word(let words): .word(words[index])
    case .date: .date(Self.exampleStart)
    case .text: .text("")
    }
  }

  func range(_ value: ParameterValue?) -> ExpressionRange {
    if let value { return value.expressionValue.map { ExpressionRange($0) } ?? .anyWord }
    return switch domain {
    case .integer(let range, _): .integer(range)
    case .boolean: .bool(canBeTrue: true, canBeFalse: true)
    case .word, .date, .text: .anyWord
    }
  }
}
