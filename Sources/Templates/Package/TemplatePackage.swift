internal import Documents
package import Fiscal
package import Texts

/// A template with its texts and samples: what is shown, shared and used.
package struct TemplatePackage: Sendable {
  package var files: TemplateFiles
  package var template: Template
  package var messages: MessageCatalog
  package var samples: [TemplateSample]

  /// Reads all files. Findings are per file.
  /// - Parameter common: texts that all templates share; a template's own come before them.
  /// - Returns: nil when there are errors among the findings.
  package init?(
    reading files: TemplateFiles, common: TemplateTexts = TemplateTexts(), _ findings: inout [FileFindings]
  ) {
    self.files = files
    guard let template = Self.read("template.yaml", of: files, &findings, { Template(reading: $0, &$1) }) else {
      return nil
    }
    self.template = template
    var texts = common
    for (_, path) in files.documents(below: "messages") {
      guard let own = Self.read(path, of: files, &findings, { TemplateTexts(reading: $0, &$1) }) else { continue }
      texts.add(own)
    }
    samples = []
    for (name, path) in files.documents(below: "samples") {
      let sample = Self.read(path, of: files, &findings) { TemplateSample(name, reading: $0, for: template, &$1) }
      if let sample { samples.append(sample) }
    }
    var whole = Findings()
    for name in ["README.md", "CHANGELOG.md"] where files[name]?.isEmpty ?? true {
      whole.add(Finding("template.file", arguments: ["file": .string(name)]))
    }
    if samples.count < 2 {
      whole.add(Finding("template.samples", arguments: ["count": .integer(Int64(samples.count))]))
    }
    do throws(CatalogFaults) {
      messages = try MessageCatalog(texts.entries)
    } catch {
      for fault in error.faults {
        whole.add(
          Finding(
            "template.message", at: JSONPointer(["texts", fault.key]),
            arguments: ["language": .string(fault.language.rawValue), "fault": .string("\(fault.kind)")]))
      }
      findings.append(FileFindings("messages", whole))
      return nil
    }
    Self.checkTexts(template, messages, &whole)
    if !whole.isEmpty { findings.append(FileFindings("template.yaml", whole)) }
    if findings.contains(where: \.findings.hasErrors) { return nil }
  }

  private static func read<Value>(
    _ path: String, of files: TemplateFiles, _ all: inout [FileFindings],
    _ body: (Document, inout Findings) -> Value?
  ) -> Value? {
    var findings = Findings()
    var value: Value?
    if let bytes = files[path] {
      do throws(DocumentFault) {
        value = body(try Document(yaml: String(decoding: bytes, as: UTF8.self)), &findings)
      } catch { findings.add(Finding(error)) }
    } else {
      findings.add(Finding("template.file", arguments: ["file": .string(path)]))
    }
    if !findings.isEmpty { all.append(FileFindings(path, findings)) }
    return value
  }

  /// Every text that a form or a schedule shows is there in English and in Hindi.
  private static func checkTexts(_ template: Template, _ messages: MessageCatalog, _ findings: inout Findings) {
    for key in template.textKeys {
      for language in [Language.english, .hindi] {
        guard messages.message(key, in: language)?.language != language else { continue }
        findings.add(
          Finding(
            "template.text-missing", at: JSONPointer(["texts", key]),
            arguments: ["key": .string(key), "language": .string(language.rawValue)]))
      }
    }
  }
}

extension TemplatePackage {
  /// Everything that can be known before anybody uses it: the analysis, its facets and its samples.
  package func check(_ data: ReferenceData) -> (findings: [FileFindings], analysis: TemplateAnalysis) {
    let analysis = TemplateAnalysis(template)
    var own = analysis.findings
    template.checkFacets(analysis, &own)
    var all: [FileFindings] = own.isEmpty ? [] : [FileFindings("template.yaml", own)]
    for sample in samples {
      let findings = sample.findings(for: template, from: data)
      if !findings.isEmpty { all.append(FileFindings("samples/\(sample.name).yaml", findings)) }
    }
    return (all, analysis)
  }
}

extension Template {
  /// Keys of the texts that it needs.
  package var textKeys: [String] {
    var keys = ["title", "summary"]
    for parameter in parameters {
      keys.append("parameters.\(parameter.name)")
      // States have names of their own.
      guard case .word(let words) = parameter.domain, parameter.name != Parameter.supplierState,
        parameter.name != Parameter.placeState
      else { continue }
      keys += words.map { "parameters.\(parameter.name).\($0)" }
    }
    keys += milestones.map { "milestones.\($0.id)" }
    keys += constraints.map { "constraints.\($0.message)" }
    keys += approval.steps.map { "roles.\($0.role)" }
    if terms.security != nil { keys.append("terms.security") }
    return keys
  }

  /// A template is found by its facets, so they must be true.
  func checkFacets(_ analysis: TemplateAnalysis, _ findings: inout Findings) {
    func fault(_ name: String) { findings.add(Finding("template.facet", at: JSONPointer(["facets", name]))) }
    if case .integer(let range, _)? = parameters.first(where: { $0.name == Parameter.value })?.domain {
      let most: Paise = facets.size == .small ? 100_000_000 : facets.size == .medium ? 2_000_000_000 : .max
      if range.upperBound > most { fault("size") }
    }
    let isSimple =
      (analysis.milestoneCounts?.upperBound ?? 0) <= 4 && approval.steps.count == 1 && approval.steps[0].votes == 1
    if facets.complexity == .simple && !isSimple { fault("complexity") }
    if facets.payment.contains(.retention) != (terms.retention != nil) { fault("payment") }
    if facets.payment.contains(.runningAccount) != milestones.contains(where: \.isCumulative) { fault("payment") }
  }
}
