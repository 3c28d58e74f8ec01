package import Documents
package import Texts

/// Texts of a template, or those that all templates share, by language and key.
///
/// ```
/// milepost: messages/1
/// language: hi
/// needs_review: true
/// texts:
///   title: ...
///   milestones.advance: ...
/// ```
package struct TemplateTexts: Sendable {
  package private(set) var entries: [Language: [String: MessageCatalog.Entry]] = [:]

  package static let format = "messages/1"

  package init() {}

  package init?(reading document: Document, _ findings: inout Findings) {
    let errorsBefore = findings.errorCount
    guard var reader = SourceReader(document.root, &findings) else { return nil }
    let format = reader.text("milepost", isRequired: true, &findings)
    if let format, format != Self.format {
      findings.add(Finding("template.format", at: document.root, arguments: ["wanted": .string(Self.format)]))
    }
    let language = reader.word("language", isRequired: true, Language.self, &findings)
    let needsReview = reader.bool("needs_review", standard: false, &findings)
    let texts = reader.value("texts", isRequired: true, &findings)
    reader.refuseOthers(&findings)
    guard let language, let texts else { return nil }
    guard texts.kind == .object, texts.count <= 500 else {
      findings.add(Finding("template.kind", at: texts, arguments: ["wanted": "an object of at most 500 members"]))
      return nil
    }
    for (name, value) in texts.members {
      guard let key = name.string, let text = value.string, text.utf8.count <= 4_000 else {
        findings.add(Finding("template.text", at: value, arguments: ["bytes": 4_000]))
        continue
      }
      entries[language, default: [:]][key] = MessageCatalog.Entry(text, needsReview: needsReview)
    }
    if findings.errorCount != errorsBefore { return nil }
  }

  /// Others come on top of these.
  package mutating func add(_ others: TemplateTexts) {
    for (language, texts) in others.entries { entries[language, default: [:]].merge(texts) { $1 } }
  }
}
