package import Documents
package import Expressions

/// A template that was read and found whole: what a form of parameters becomes a contract by.
///
/// Everything in it is total: whatever its parameters' schema allows makes a schedule. `TemplateAnalysis` shows it before a
/// template is used. It holds no rates of law: those come from reference data on the day.
package struct Template: Sendable {
  package let name: String
  package let version: TemplateVersion
  package let facets: Facets
  /// In the order of the text.
  package let parameters: [Parameter]
  /// Conditions between parameters, each true of every allowed set.
  package let constraints: [Constraint]
  /// Names for expressions, each of the ones before it.
  package let constants: [Constant]
  /// Templates that belong to it.
  package let dependencies: [TemplateDependency]
  package let groups: [MilestoneGroup]
  /// In the order of the schedule; those of a group stand together.
  package let milestones: [MilestoneRule]
  package let terms: TermsRule
  package let approval: ApprovalRule
  package let tax: TaxRule?
  /// Identity: of the canonical form of the document, whatever its layout and comments.
  package let digest: DocumentDigest
  /// The same without the version.
  package let withoutVersion: DocumentDigest
  /// The same, made ready to reckon.
  let program: TemplateProgram

  init(
    name: String, version: TemplateVersion, parts: TemplateParts, dependencies: [TemplateDependency],
    digest: DocumentDigest,
    withoutVersion: DocumentDigest
  ) {
    (self.name, self.version, self.dependencies) = (name, version, dependencies)
    (self.digest, self.withoutVersion) = (digest, withoutVersion)
    (facets, parameters, constraints, constants) = (parts.facets, parts.parameters, parts.constraints, parts.constants)
    (groups, milestones) = (parts.groups, parts.milestones)
    (terms, approval, tax) = (parts.terms, parts.approval, parts.tax)
    program = TemplateProgram(FormLayout(parts.parameters), parts)
  }

  var layout: FormLayout { program.layout }

  /// Most milestones of a schedule.
  package static let milestoneCountMax = 500

  /// Expression that is worth something for each set of parameters, and where it stands.
  package struct Constant: Sendable {
    package var name: String
    package var expression: TypedExpression
  }

  package struct Constraint: Sendable {
    package var condition: TypedExpression
    /// Key of the message for who breaks it.
    package var message: String
  }
}

/// A version by semantic versioning 2.0.0, without pre-releases: `1.4.0`.
package struct TemplateVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var major: UInt16
  package var minor: UInt16
  package var patch: UInt16

  package init(_ major: UInt16, _ minor: UInt16, _ patch: UInt16) {
    (self.major, self.minor, self.patch) = (major, minor, patch)
  }

  /// Three numbers without zeros in front.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var numbers: [UInt16] = []
    for part in parts {
      guard let number = UInt16(part), String(number) == part else { return nil }
      numbers.append(number)
    }
    self.init(numbers[0], numbers[1], numbers[2])
  }

  package static func < (a: Self, b: Self) -> Bool { (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch) }

  package var description: String { "\(major).\(minor).\(patch)" }
}
