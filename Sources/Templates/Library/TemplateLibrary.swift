internal import Documents
package import Fiscal
package import Texts

/// Templates that may be used, with the reference data that they look rates up in.
///
/// Only what passes every check is in it: nothing half-active.
package struct TemplateLibrary: Sendable {
  package private(set) var packages: [String: TemplatePackage] = [:]
  package var data: ReferenceData
  /// Texts that all templates share.
  package let common: TemplateTexts

  package init(data: ReferenceData, common: TemplateTexts = TemplateTexts()) {
    self.data = data
    self.common = common
  }

  /// `industry/name`, sorted.
  package var paths: [String] { packages.keys.sorted() }

  package subscript(path: String) -> TemplatePackage? { packages[path] }

  /// Adds a template after all its checks. Those that it depends on must be there before it; `add(contentsOf:)` finds an order.
  /// - Returns: what was found, per file; with errors among it the template is not added.
  package mutating func add(_ package: TemplatePackage) -> [FileFindings] {
    var findings = package.check(data).findings
    findings += package.dependencyFindings { packages[$0]?.template }
    guard !findings.contains(where: \.findings.hasErrors) else { return findings }
    packages[package.path] = package
    return findings
  }

  /// Templates with these facets, and with all words of a text in their title, summary or name.
  package func find(_ query: TemplateQuery, in language: Language = .english) -> [String] {
    let words = query.text.lowercased().split(separator: " ")
    return paths.filter { path in
      guard let package = packages[path], query.matches(package.template.facets) else { return false }
      guard !words.isEmpty else { return true }
      let text = [package.template.name, package.text("title", in: language), package.text("summary", in: language)]
        .joined(separator: " ").lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }
}

/// Which templates somebody looks for; nil stands for any.
package struct TemplateQuery: Sendable {
  package var industry: Facets.Industry?
  package var size: Facets.Size?
  package var complexity: Facets.Complexity?
  package var payment: Facets.PaymentTerms?
  package var escalation: Escalation?
  /// A State: templates for it and those for all of India.
  package var region: String?
  package var text = ""

  package init() {}

  func matches(_ facets: Facets) -> Bool {
    industry ?? facets.industry == facets.industry && size ?? facets.size == facets.size
      && complexity ?? facets.complexity == facets.complexity && escalation ?? facets.escalation == facets.escalation
      && payment.map { facets.payment.contains($0) } ?? true
      && region.map { facets.regions.isEmpty || facets.regions.contains($0) } ?? true
  }
}

extension TemplatePackage {
  /// What it is called: `industry/name`.
  package var path: String { "\(template.facets.industry.rawValue)/\(template.name)" }

  /// A text that needs no arguments; its key where there is none.
  package func text(_ key: String, in language: Language) -> String { messages.text(key, in: language)?.text ?? key }
}
