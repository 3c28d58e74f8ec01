import Documents
import Testing

@testable import Templates

@Suite("Templates as one document")
struct TemplateDocumentTests {
  @Test("files become one document, comments included, and the same files come of it", arguments: Library.templates)
  func roundTrip(_ path: String) throws {
    let files = try Library.files(path)
    let text = String(decoding: try TemplateDocument.text(of: files), as: UTF8.self)
    // Not the canonical form, which would have lost how it was written.
    #expect(text.hasPrefix("template:\n"))
    #expect(TemplateDocument.isText(Array(text.utf8), of: files))
    var changed = files
    try changed.insert("samples/another.yaml", Array("about: x\n".utf8))
    #expect(!TemplateDocument.isText(Array(text.utf8), of: changed))
    var findings = Findings()
    let document = try Document(yaml: text)
    let back = try #require(TemplateDocument.files(of: document, &findings))
    #expect(findings.isEmpty)
    #expect(back.paths == files.paths)
    for name in files.paths {
      guard name.hasSuffix(".yaml") else {
        #expect(back[name] == files[name], "\(name)")
        continue
      }
      let own = try Document(yaml: String(decoding: files[name] ?? [], as: UTF8.self)).value
      let other = try Document(yaml: String(decoding: back[name] ?? [], as: UTF8.self)).value
      #expect(own == other, "\(name)")
    }
    var all: [FileFindings] = []
    #expect(TemplatePackage(reading: back, common: Library.common, &all) != nil, "\(all)")
  }

  @Test("what was found is told at its place in the document")
  func findings() throws {
    let text = String(
      decoding: try TemplateDocument.text(of: try Library.files("retail/store-roll-out")), as: UTF8.self)
    let wrong = text.replacing("size: ", with: "size: x", maxReplacements: 1)
    var findings = Findings()
    let document = try Document(yaml: wrong)
    let files = try #require(TemplateDocument.files(of: document, &findings))
    var all: [FileFindings] = []
    #expect(TemplatePackage(reading: files, common: Library.common, &all) == nil)
    let found = TemplateDocument.findings(all, in: document)
    let finding = try #require(found.kept.first { $0.code == "template.word" })
    #expect(finding.pointer.description == "/template/facets/size")
    let line = wrong.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("size: x") }
    #expect(finding.place?.line == line.map { $0 + 1 })
  }

  @Test("what is no such document is refused with a reason")
  func refused() throws {
    for (text, code) in [
      ("[]", "template.kind"), (#"{"template":{},"x":1}"#, "template.unknown"), (#"{"readme":1}"#, "template.kind"),
      (#"{"messages":[]}"#, "template.kind"), (#"{"samples":{"../x":{}}}"#, "template.part"),
    ] {
      var findings = Findings()
      #expect(TemplateDocument.files(of: try Document(json: Array(text.utf8)), &findings) == nil, "\(text)")
      #expect(findings.kept.first?.code == code, "\(text)")
    }
  }

  @Test("a file that indentation would change has its canonical form")
  func canonical() throws {
    var files = TemplateFiles()
    try files.insert("template.yaml", Array("---\na: 1\n".utf8))
    try files.insert("README.md", Array("  begins with blanks\n\tand a tab ".utf8))
    let text = try TemplateDocument.text(of: files)
    let value = try Document(json: text).value
    #expect(value["template"]?["a"]?.integer == 1)
    #expect(value["readme"]?.string == "  begins with blanks\n\tand a tab ")
  }
}
