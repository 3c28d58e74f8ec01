package import Expressions

/// What becomes one milestone of a schedule, none, or several.
package struct MilestoneRule: Sendable {
  package var id: String
  package var size: Size
  package var due: DueRule
  package var verification: Verification
  /// Rules whose milestones must be done before this one starts; at most four, earlier in the template. Of one in the same group it is the
  /// milestone of the same round.
  package var needs: [Int]
  /// Each of the repetitions needs the one before it.
  package var needsPrevious: Bool
  /// Whether it is there at all; nil for always.
  package var condition: TypedExpression?
  /// How often; nil for once, and for a rule of a group.
  package var repetition: TypedExpression?
  /// Index of the group that it is repeated with.
  package var group: Int?
  /// Bills are claimed to date, and one milestone is paid by several.
  package var isCumulative: Bool
  /// Tokens of its place in the document.
  package var place: [String]

  package enum Size: Sendable {
    /// Basis points of the value. Of all repetitions together, which share it alike.
    case share(TypedExpression)
    /// Paise without tax. Of each repetition.
    case amount(TypedExpression)
    /// What the others leave.
    case rest
  }

  /// Repetitions of a milestone: a kernel's record each.
  package static let repetitionMax: Int64 = 120
}

/// On which day a milestone is due: so long behind another one or behind the start.
package struct DueRule: Sendable {
  package var anchor: Anchor
  package var days: TypedExpression?
  package var months: TypedExpression?
  /// Days are those on which banks work.
  package var countsBusinessDays: Bool

  package enum Anchor: Sendable {
    case start
    /// The milestone before it in the schedule, or the start.
    case previous
    /// The last milestone of an earlier rule, of one in the same group that of the same round; if it is not there, what that would have
    /// been anchored to.
    case rule(Int)
    /// The milestone with the same number of an earlier rule that is repeated as often.
    case each(Int)
  }

  package static let dayMax: Int64 = 3_653
  package static let monthMax: Int64 = 120
}
