internal import Expressions

/// A template made ready to reckon: every name is a place in one row of numbers, every expression is bound to it.
///
/// The row holds the parameters in the order of the template, then the names of `let`, then `i`.
final class TemplateProgram: Sendable {
  let layout: FormLayout
  private let constants: [BoundExpression]
  let constraints: [BoundExpression]
  /// Place of the number of the repetition.
  let repetitionPlace: Int
  let rules: [RuleProgram]
  /// Whether any due day hangs on a calendar.
  let countsBusinessDays: Bool
  /// In the order of the schedule.
  let steps: [Step]
  let terms: TermsProgram
  let policy: PolicyProgram
  let tax: TaxProgram?

  enum Step: Sendable {
    case rule(Int)
    case group(Range<Int>, repetition: BoundExpression)
  }

  init(_ layout: FormLayout, _ parts: TemplateParts) {
    self.layout = layout
    var binding = layout.binding
    var constants: [BoundExpression] = []
    for constant in parts.constants {
      constants.append(BoundExpression(constant.expression, &binding))
      binding.place(of: constant.name)
    }
    self.constants = constants
    repetitionPlace = binding.place(of: MilestoneRule.repetitionName)
    constraints = parts.constraints.map { BoundExpression($0.condition, &binding) }
    rules = parts.milestones.map { RuleProgram($0, &binding) }
    countsBusinessDays = parts.milestones.contains(where: \.due.countsBusinessDays)
    var steps: [Step] = []
    for (index, rule) in parts.milestones.enumerated() {
      guard let group = rule.group.map({ parts.groups[$0] }) else {
        steps.append(.rule(index))
        continue
      }
      guard group.rules.lowerBound == index else { continue }
      steps.append(.group(group.rules, repetition: BoundExpression(group.repetition, &binding)))
    }
    self.steps = steps
    terms = TermsProgram(parts.terms, parts.facets.escalation, &binding)
    policy = PolicyProgram(parts.approval, parts.facets.escalation, &binding)
    tax = parts.tax.map { TaxProgram($0, layout, &binding) }
  }

  /// What expressions see of a form, `i` without a value.
  func names(of form: ParameterSet) -> [Int64?] {
    var row: [Int64?] = []
    fill(&row, from: form)
    return row
  }

  /// - Precondition: the form is one of this template, or of one with the same parameters.
  func fill(_ row: inout [Int64?], from form: ParameterSet) {
    precondition(form.layout.fits(layout), "a form of another template")
    row.removeAll(keepingCapacity: true)
    row.reserveCapacity(repetitionPlace + 1)
    for number in form.row { row.append(number) }
    for constant in constants {
      let value = constant.value(row)
      row.append(value)
    }
    row.append(nil)
  }
}

extension FormLayout {
  /// Whether rows of the two mean the same.
  func fits(_ other: FormLayout) -> Bool {
    self === other
      || parameters.count == other.parameters.count
        && zip(parameters, other.parameters).allSatisfy { $0.name == $1.name && $0.domain == $1.domain }
  }
}

/// What a template consists of once it is read.
struct TemplateParts {
  var facets: Facets
  var parameters: [Parameter]
  var constraints: [Template.Constraint]
  var constants: [Template.Constant]
  var groups: [MilestoneGroup]
  var milestones: [MilestoneRule]
  var terms: TermsRule
  var approval: ApprovalRule
  var tax: TaxRule?
}
