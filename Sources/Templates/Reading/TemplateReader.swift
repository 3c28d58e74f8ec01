package import Documents
internal import Expressions

extension Template {
  /// What a document is that says it is a template: the member `milepost`.
  package static let format = "template/1"

  /// Reads a template. Names and types are checked here; what its numbers come to is `TemplateAnalysis`'s matter.
  /// - Returns: nil when there are errors among the findings.
  package init?(reading document: Document, _ findings: inout Findings) {
    let errorsBefore = findings.errorCount
    guard var source = SourceReader(document.root, &findings) else { return nil }
    let format = source.text("milepost", isRequired: true, &findings)
    if let format, format != Self.format, let node = document.root.member("milepost") {
      findings.add(Finding("template.format", at: node, arguments: ["wanted": .string(Self.format)]))
    }
    let name = source.text("name", isRequired: true, lengthMax: 64, &findings)
    if let name, !Self.isSlug(name), let node = document.root.member("name") {
      findings.add(Finding("template.name", at: node))
    }
    let versionText = source.text("version", isRequired: true, &findings)
    let version = versionText.flatMap { TemplateVersion($0) }
    if versionText != nil, version == nil, let node = document.root.member("version") {
      findings.add(Finding("template.version", at: node))
    }
    let facets = source.object("facets", isRequired: true, &findings).flatMap { Facets(reading: $0, &findings) }
    var reading = TemplateReading(source: source)
    reading.readParameters(&findings)
    reading.readConstants(&findings)
    reading.readConstraints(&findings)
    reading.readMilestones(&findings)
    let dependencies = reading.readDependencies(name, &findings)
    let terms = reading.readTerms(&findings)
    let approval = reading.readApproval(&findings)
    let tax = reading.readTax(&findings)
    reading.source.refuseOthers(&findings)
    guard let name, let version, let facets, findings.errorCount == errorsBefore else { return nil }
    var rest = document.value.object ?? JSONObject()
    rest["version"] = nil
    let parts = TemplateParts(
      facets: facets, parameters: reading.parameters, constraints: reading.constraints, constants: reading.constants,
      groups: reading.groups, milestones: reading.milestones, terms: terms, approval: approval, tax: tax)
    self.init(
      name: name, version: version, parts: parts, dependencies: dependencies, digest: DocumentDigest(of: document),
      withoutVersion: DocumentDigest(of: .object(rest)))
  }

  /// Small letters, digits and hyphens, beginning with a letter.
  static func isSlug(_ text: String) -> Bool {
    guard let first = text.utf8.first, 0x61...0x7A ~= first else { return false }
    return text.utf8.count <= 64 && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }
  }

  /// Small letters, digits and low lines, beginning with a letter: what an expression can name.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, 0x61...0x7A ~= first, text != "in", text != "true", text != "false" else {
      return false
    }
    return text.utf8.count <= 40 && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x5F }
  }
}

/// A template while it is read: what was read so far, and what later parts may name.
struct TemplateReading {
  var source: SourceReader
  var parameters: [Parameter] = []
  var constants: [Template.Constant] = []
  var constraints: [Template.Constraint] = []
  var groups: [MilestoneGroup] = []
  var milestones: [MilestoneRule] = []
  /// Ids of milestones that could not be read.
  var brokenMilestones: Set<String> = []
  /// Types of names that expressions may use.
  var types: [String: ExpressionType] = [:]

  init(source: SourceReader) { self.source = source }

  /// Named values, each of the ones before it; in the order of the text.
  mutating func readConstants(_ findings: inout Findings) {
    guard let node = source.value("let", &findings) else { return }
    guard node.kind == .object, node.count <= 100 else {
      findings.add(Finding("template.kind", at: node, arguments: ["wanted": "an object of at most 100 members"]))
      return
    }
    for (nameNode, value) in node.members {
      guard let name = nameNode.string, isFree(name, value, &findings) else { continue }
      let isCondition =
        value.string.map { (try? TypedExpression($0, types: types))?.type == .bool } ?? (value.bool != nil)
      let type: ExpressionType = isCondition ? .bool : .integer
      guard let expression = SourceReader.expression(value, type, types, &findings) else { continue }
      constants.append(Template.Constant(name: name, expression: expression))
      types[name] = type
    }
  }

  mutating func readConstraints(_ findings: inout Findings) {
    for node in source.elements("constraints", count: 0...50, &findings) ?? [] {
      guard var reader = SourceReader(node, types: types, &findings) else { continue }
      let condition = reader.expression("that", .bool, &findings)
      if condition == nil, node.member("that") == nil {
        findings.add(Finding("template.missing", at: node, arguments: ["name": "that"]))
      }
      let message = reader.text("message", isRequired: true, lengthMax: 100, &findings)
      reader.refuseOthers(&findings)
      if let condition, let message { constraints.append(.init(condition: condition, message: message)) }
    }
  }

  /// Whether a name can be given: it can be named by expressions, and nothing else has it.
  func isFree(_ name: String, _ node: DocumentNode, _ findings: inout Findings) -> Bool {
    guard Template.isName(name), name != MilestoneRule.repetitionName else {
      findings.add(Finding("template.bad-name", at: node, arguments: ["name": .string(name)]))
      return false
    }
    guard types[name] == nil, !parameters.contains(where: { $0.name == name }) else {
      findings.add(Finding("template.name-twice", at: node, arguments: ["name": .string(name)]))
      return false
    }
    return true
  }
}

extension Facets {
  init?(reading source: SourceReader, _ findings: inout Findings) {
    var source = source
    let industry = source.word("industry", isRequired: true, Industry.self, &findings)
    let size = source.word("size", isRequired: true, Size.self, &findings)
    let complexity = source.word("complexity", isRequired: true, Complexity.self, &findings)
    let payment = source.elements("payment", count: 1...PaymentTerms.allCases.count, &findings)?.compactMap {
      SourceReader.word($0, PaymentTerms.self, &findings)
    }
    let escalation = source.word("escalation", isRequired: true, Escalation.self, &findings)
    let regions = source.elements("regions", count: 0...40, &findings)?.compactMap { node -> String? in
      if let region = node.string, region.utf8.count == 2, region.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) {
        return region
      }
      findings.add(Finding("template.region", at: node))
      return nil
    }
    source.refuseOthers(&findings)
    guard let industry, let size, let complexity, let payment, let escalation else { return nil }
    self.init(
      industry: industry, size: size, complexity: complexity, payment: payment, escalation: escalation,
      regions: regions ?? [])
  }
}
