package import Documents
internal import Expressions
internal import Fiscal

/// How far a template went from one version to the next, and so which number must rise at least.
///
/// Semantic versioning for forms: whoever has one filled may use the next minor version and gets the same schedule. That is
/// shown by the parameters' domains and by generated forms, not claimed.
package struct VersionStep: Sendable {
  package var part: Part
  /// Why it is no less.
  package var reason: String
  /// A form with which it shows, where there is one.
  package var witness: JSONValue?

  package enum Part: String, Comparable, CaseIterable, Sendable {
    /// Texts, samples and words around them.
    case patch
    /// More can be said; what could be said comes to the same.
    case minor
    /// Some form is refused now, or comes to something else.
    case major

    package static func < (a: Self, b: Self) -> Bool { a.order < b.order }
    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// Forms that are compared.
  package static let formCount = 300

  /// The smallest step from one template to another.
  package init(from old: Template, to new: Template, oldTexts: Int = 0, newTexts: Int = 0) {
    if let (reason, name) = Self.narrowed(old, new) {
      self.init(part: .major, reason: "\(name): \(reason)")
      return
    }
    var generator = ParameterGenerator(old, seed: 1)
    for _ in 0..<Self.formCount {
      guard let form = generator.next() else { break }
      guard let moved = form.moved(to: new) else {
        self.init(part: .major, reason: "a form is refused", witness: form.json)
        return
      }
      if Self.outcome(old, form) != Self.outcome(new, moved) {
        self.init(part: .major, reason: "a form comes to something else", witness: form.json)
        return
      }
    }
    guard old.withoutVersion == new.withoutVersion else {
      self.init(part: .minor, reason: "the template says more")
      return
    }
    self.init(
      part: newTexts > oldTexts ? .minor : .patch,
      reason: newTexts > oldTexts ? "there is another language" : "the template is the same")
  }

  private init(part: Part, reason: String, witness: JSONValue? = nil) {
    (self.part, self.reason, self.witness) = (part, reason, witness)
  }

  /// Whether a new version is a step of at least this part.
  package func allows(_ old: TemplateVersion, _ new: TemplateVersion) -> Bool {
    switch part {
    case .patch: new > old
    case .minor: new.major > old.major || new.major == old.major && new.minor > old.minor
    case .major: new.major > old.major
    }
  }

  /// A parameter that allows less than before.
  private static func narrowed(_ old: Template, _ new: Template) -> (reason: String, name: String)? {
    for parameter in old.parameters {
      guard let other = new.parameters.first(where: { $0.name == parameter.name }) else {
        return ("it is gone", parameter.name)
      }
      guard other.domain.includes(parameter.domain) else { return ("it allows less", parameter.name) }
      if parameter.standard != nil && other.standard != parameter.standard {
        return ("what it is when left out is another", parameter.name)
      }
    }
    for parameter in new.parameters
    where parameter.standard == nil && !old.parameters.contains(where: { $0.name == parameter.name }) {
      return ("it is new and must be said", parameter.name)
    }
    return nil
  }

  /// The schedule without rates, or what it fails with; and what of tax is looked up.
  private static func outcome(_ template: Template, _ form: ParameterSet) -> JSONValue {
    var tax: JSONValue = .null
    if let rule = template.tax, let program = template.program.tax {
      let names = template.program.names(of: form)
      let expressions = template.program.expressions
      func isTrue(_ expression: BoundExpression?) -> Bool? { expression.flatMap { expressions.isTrue($0, names) } }
      let section = isTrue(program.withholds) ?? true ? program.section?.key(form) : nil
      tax = [
        .string(program.code.key(form) ?? ""), program.codeQualifier?.key(form).map { .string($0) } ?? .null,
        section.map { .string($0) } ?? .null, .string(rule.supply.rawValue),
        .bool(isTrue(program.deductsGST) ?? false), .bool(isTrue(program.hasBuildingCess) ?? false),
        program.zeroRating.facts(expressions, names).map { facts -> JSONValue in
          [
            .bool(facts.isAbroad), .bool(facts.circumstances.isRecipientInZone),
            .bool(facts.circumstances.isPaidFromAbroad), .bool(facts.circumstances.paysTaxOnZeroRated),
          ]
        } ?? .null,
      ]
    }
    guard let schedule = try? template.schedule(form) else { return [.null, tax] }
    return [schedule.json, tax]
  }
}

extension Parameter.Domain {
  /// Whether every value of the other is one of this.
  func includes(_ other: Parameter.Domain) -> Bool {
    switch (self, other) {
    case (.integer(let range, let unit), .integer(let inner, let innerUnit)):
      unit == innerUnit && range.lowerBound <= inner.lowerBound && range.upperBound >= inner.upperBound
    case (.word(let words), .word(let inner)): Set(words).isSuperset(of: inner)
    case (.text(let lengthMax), .text(let inner)): lengthMax >= inner
    case (.boolean, .boolean), (.date, .date): true
    default: false
    }
  }
}

extension ParameterSet {
  /// The same form for another version: what is new there is its default. Nil when that does not allow it.
  package func moved(to template: Template) -> ParameterSet? {
    guard let document = try? Document(json: json.canonicalBytes) else { return nil }
    var findings = Findings()
    return ParameterSet(reading: document.root, for: template, &findings)
  }
}
