package import Expressions

/// From what the kernel's terms of a contract are made. An expression that is not there stands for zero.
package struct TermsRule: Sendable {
  /// Basis points of each bill's value that are kept.
  package var retention: TypedExpression?
  /// Of what is kept, the part that falls due at completion; basis points.
  package var retentionFirst: TypedExpression?
  /// Most that is kept, basis points of the contract's value; nil for the rate itself.
  package var retentionCap: TypedExpression?
  package var defectDays: TypedExpression?
  /// Basis points of the value that are paid ahead.
  package var advance: TypedExpression?
  /// Basis points of each bill that are taken back; nil for what covers the advance over the whole value.
  package var advanceRecovery: TypedExpression?
  package var needsGuarantee = false
  package var security: Security?
  package var damagesCap: TypedExpression?
  package var fee: TypedExpression?
  /// The payee's share of an open claim when nobody decides; basis points.
  package var defaultSplit: TypedExpression?
  package var days: [Span: TypedExpression] = [:]
  package var options: Set<Option> = []

  /// What the payee gives as security for the work, a bank guarantee mostly. It is only told: the kernel does not know it.
  package struct Security: Sendable {
    /// Basis points of the contract's value, with tax.
    package var rate: TypedExpression
    /// So long behind the last milestone's day it is valid.
    package var days: TypedExpression
  }

  /// Spans in days.
  package enum Span: String, CaseIterable, Sendable {
    case review
    case payBy = "pay_by"
    case dispute
    case arbitration
    case grace
    case hold
    case dormant

    /// Days that the kernel takes.
    package var range: ClosedRange<Int64> {
      switch self {
      case .review, .arbitration: 1...DueRule.dayMax
      case .payBy, .dispute, .grace: 0...DueRule.dayMax
      case .hold: 0...255
      case .dormant: 1...255
      }
    }
  }

  package enum Option: String, CaseIterable, Sendable {
    case evidence
    case unfundedStart = "unfunded_start"
    case expire
    case expireRefund = "expire_refund"
    case wholeRupees = "whole_rupees"
  }

  package init() {}
}

/// Who must agree to a claim: steps in order, as the kernel's policy has them.
package struct ApprovalRule: Sendable {
  package var steps: [Step]
  package var isOrdered: Bool
  package var rejectsByMajority: Bool
  package var reworkLimit: UInt8
  /// Claims above this are never approved by silence; paise. Nil for no limit.
  package var silenceLimit: TypedExpression?

  package struct Step: Sendable {
    /// Key of the message that names who sits there.
    package var role: String
    package var votes: UInt8
    /// Counts for claims to date from here on, paise.
    package var from: TypedExpression?
  }

  package static let stepCountMax = 4

  package static let single = ApprovalRule(
    steps: [Step(role: "payer", votes: 1)], isOrdered: false, rejectsByMajority: false, reworkLimit: 3)
}

/// Which rows of reference data say the taxes of a contract; no rates.
package struct TaxRule: Sendable {
  /// HSN or SAC code.
  package var code: Choice
  package var supply: Supply
  /// Key of the row of withholding, for instance `194C`.
  package var section: Choice?
  /// Whether anything is withheld; nil for always.
  package var withholds: TypedExpression?
  /// Tells rows of one code apart.
  package var codeQualifier: Choice?
  /// The payer deducts GST (section 51).
  package var deductsGST: TypedExpression?
  /// The cess on building work applies.
  package var hasBuildingCess: TypedExpression?
  package var zeroRating = ZeroRating()

  /// Conditions under which a supply is zero-rated; one that is not there does not hold. Source: IGST Act s.16.
  package struct ZeroRating: Sendable {
    /// The recipient is a unit or developer of a special economic zone, and the supply is for its authorised operations.
    package var isForZone: TypedExpression?
    /// The recipient is outside India; goods go there.
    package var isAbroad: TypedExpression?
    /// A recipient outside India pays from there, in convertible currency or as the Reserve Bank permits: otherwise no service is exported.
    package var isPaidFromAbroad: TypedExpression?
    /// Tax is paid and claimed back, rather than left unpaid under a bond or letter of undertaking.
    package var paysTax: TypedExpression?

    var conditions: [TypedExpression] { [isForZone, isAbroad, isPaidFromAbroad, paysTax].compactMap(\.self) }
  }

  /// One key, or one for each word of a parameter, or for `true` and `false`; nil where there is none.
  package enum Choice: Sendable {
    case one(String)
    case by(parameter: String, [String: String?])
  }

  /// What decides the place of supply.
  package enum Supply: String, CaseIterable, Sendable {
    case goods
    case services
    case immovableProperty = "immovable-property"
    case training
    case event
  }
}
