import Documents
import Fiscal

@testable import Templates

/// Templates: arbitrary ones are refused with findings that have texts, or what is read and analysed makes a schedule of every form. And
/// documents of whole templates: the files that one stands for make a document of the same meaning.
///
/// Input: a byte, even for a template in YAML, odd for a whole document in JSON; then the text.
enum TemplateDocuments {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    if input.byte() & 1 == 0 { try template(input.rest()) } else { try whole(input.rest()) }
  }

  private static func template(_ bytes: [UInt8]) throws(Finding) {
    guard let document = try? Document(yaml: String(decoding: bytes, as: UTF8.self)) else { return }
    var findings = Findings()
    let template = Template(reading: document, &findings)
    try areTold(findings)
    try must((template == nil) == findings.hasErrors, "refused without an error, or read with one")
    guard let template else { return }
    let analysis = TemplateAnalysis(template)
    try areTold(analysis.findings)
    if analysis.findings.isEmpty { try schedules(template) }
  }

  private static func schedules(_ template: Template) throws(Finding) {
    var generator = ParameterGenerator(template, seed: 1)
    for _ in 0..<4 {
      // Constraints may refuse every form.
      guard let form = generator.next() else { return }
      try must(form.canonicalBytes == form.json.canonicalBytes, "a form is written in two ways")
      let schedule: Schedule
      do throws(ScheduleFault) { schedule = try template.schedule(form) } catch {
        // Centuries of days lead out of the calendar.
        if case .calendar = error { continue }
        throw Finding(description: "an allowed form makes no schedule: \(error)")
      }
      try must(schedule.taxable == form.value, "milestones do not come to the value")
      try must(schedule.milestones.allSatisfy { $0.taxable > 0 }, "a milestone has nothing")
      for milestone in schedule.milestones {
        try must(milestone.predecessors.allSatisfy { $0 < milestone.ordinal }, "a milestone waits for a later one")
      }
    }
  }

  private static func whole(_ bytes: [UInt8]) throws(Finding) {
    guard let document = try? Document(json: bytes) else { return }
    var findings = Findings()
    let files = TemplateDocument.files(of: document, &findings)
    try areTold(findings)
    try must((files == nil) == findings.hasErrors, "refused without an error, or read with one")
    guard let files else { return }
    try keepsItsMeaning(files)
    var all: [FileFindings] = []
    let package = TemplatePackage(reading: files, &all)
    for file in all { try areTold(file.findings) }
    try must(
      (package == nil) == all.contains { $0.findings.hasErrors },
      "a package is refused without an error, or read with one")
    // At their places in the document.
    try areTold(TemplateDocument.findings(all, in: document))
  }

  private static func keepsItsMeaning(_ files: TemplateFiles) throws(Finding) {
    guard let text = try? TemplateDocument.text(of: files) else { return }
    let again =
      text.first == 0x7B ? try? Document(json: text) : try? Document(yaml: String(decoding: text, as: UTF8.self))
    guard let again else { throw Finding(description: "the text of a document is none") }
    var findings = Findings()
    let back = TemplateDocument.files(of: again, &findings)
    let (own, other) = (try? TemplateDocument.value(of: files), back.flatMap { try? TemplateDocument.value(of: $0) })
    try must(own == other, "the document of files means something else than they do")
  }

  private static func areTold(_ findings: Findings) throws(Finding) {
    let texts = FindingTexts.documents.adding(.templates)
    for finding in findings.kept {
      try must(texts.text(of: finding, in: "en") != finding.code, "a finding without a text: \(finding.code)")
    }
  }
}
