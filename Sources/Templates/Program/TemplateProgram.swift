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
  let expressions: ExpressionTable
  let rules: [RuleProgram]
  /// Which rules the rules need, and ids of their milestones: of all rules, one behind the other.
  let needs: [Int]
  let ids: [String]
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
    var binder = ExpressionBinder(layout.binding)
    var constants: [BoundExpression] = []
    for constant in parts.constants {
      constants.append(binder.bind(constant.expression))
      binder.binding.place(of: constant.name)
    }
    self.constants = constants
    repetitionPlace = binder.binding.place(of: MilestoneRule.repetitionName)
    constraints = parts.constraints.map { binder.bind($0.condition) }
    var (needs, ids): ([Int], [String]) = ([], [])
    rules = parts.milestones.map { RuleProgram($0, &binder, needs: &needs, ids: &ids) }
    (self.needs, self.ids) = (needs, ids)
    countsBusinessDays = parts.milestones.contains(where: \.due.countsBusinessDays)
    var steps: [Step] = []
    for (index, rule) in parts.milestones.enumerated() {
      guard let group = rule.group.map({ parts.groups[$0] }) else {
        steps.append(.rule(index))
        continue
      }
      guard group.rules.lowerBound == index else { continue }
      steps.append(.group(group.rules, repetition: binder.bind(group.repetition)))
    }
    self.steps = steps
    terms = TermsProgram(parts.terms, parts.facets.escalation, &binder)
    policy = PolicyProgram(parts.approval, parts.facets.escalation, &binder)
    tax = parts.tax.map { TaxProgram($0, layout, &binder) }
    expressions = ExpressionTable(binder)
  }

  /// The id of a rule's milestone.
  /// - Parameter number: of the repetition; 0 for a rule without.
  func id(of rule: RuleProgram, _ number: Int) -> String { ids[rule.firstID + max(0, number - 1)] }

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
      let value = expressions.value(of: constant, row)
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
