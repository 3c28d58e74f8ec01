package import Expressions

/// Milestones that are repeated together: all of them in a first round, then all of them in a second.
package struct MilestoneGroup: Sendable {
  package var id: String
  /// How many rounds.
  package var repetition: TypedExpression
  /// Its rules, in order.
  package var rules: Range<Int>

  /// Rules of one group.
  package static let ruleCountMax = 20
}

extension Template {
  /// How often the milestones of a rule are there, alone or with its group; nil for once.
  func repetition(of rule: MilestoneRule) -> TypedExpression? {
    rule.repetition ?? rule.group.map { groups[$0].repetition }
  }
}
