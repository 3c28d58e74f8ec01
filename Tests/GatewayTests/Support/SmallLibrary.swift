import Documents
import Fiscal
import Templates
import Testing

@testable import Gateway

/// A small library: one template, no tax, with its texts.
/// - Parameter businessDays: whether the last milestone's day counts business days, for which there is no calendar.
func smallLibrary(businessDays: Bool = false) throws -> TemplateLibrary {
  var files = TemplateFiles()
  try files.insert(
    "template.yaml",
    Array(
      """
      milepost: template/1
      name: two-stages
      version: 1.2.0
      facets: { industry: retail, size: small, complexity: simple, payment: [stages], escalation: E1 }
      parameters:
        value: { type: integer, format: paise, minimum: 100000, maximum: 100000000 }
        start: { type: string, format: date }
        days: { type: integer, format: days, minimum: 1, maximum: 30, default: 10 }
      milestones:
        - { id: begin, share: 4000, verify: doc, due: { from: start, days: days } }
        - { id: end, rest: true, verify: cert, due: { days: days, business: \(businessDays) }, needs: [begin] }
      """.utf8))
  for language in ["en", "hi"] {
    try files.insert(
      "messages/\(language).yaml",
      Array(
        """
        milepost: messages/1
        language: \(language)
        texts:
          title: Two stages \(language)
          summary: A beginning and an end
          parameters.value: Value
          parameters.start: Start
          parameters.days: Days
          milestones.begin: Beginning
          milestones.end: End
          roles.payer: Buyer
        """.utf8))
  }
  for name in ["one", "two"] {
    try files.insert(
      "samples/\(name).yaml",
      Array(
        "about: x\nparameters: { value: 100000, start: 2030-01-01 }\nexpect: { value: 100000, milestones: [{ amount: 40000 }, { amount: 60000 }] }\n"
          .utf8))
  }
  try files.insert("README.md", [0x78])
  try files.insert("CHANGELOG.md", [0x78])
  var findings: [FileFindings] = []
  guard let package = TemplatePackage(reading: files, &findings) else { throw GatewayError("\(findings)") }
  var library = TemplateLibrary(data: ReferenceData())
  #expect(library.add(package).isEmpty)
  return library
}
