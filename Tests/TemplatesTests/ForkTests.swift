import Documents
import Testing

@testable import Templates

@Suite("Forks of templates")
struct ForkTests {
  private func package(_ files: TemplateFiles) throws -> TemplatePackage {
    var findings: [FileFindings] = []
    guard let package = TemplatePackage(reading: files, common: Library.common, &findings) else {
      throw Refused(findings.first?.findings ?? Findings())
    }
    return package
  }

  /// The files with a text exchanged in one of them.
  private func files(_ files: TemplateFiles, _ path: String, _ old: String, _ new: String) throws -> TemplateFiles {
    var changed = TemplateFiles()
    for own in files.paths {
      let text = String(decoding: files[own] ?? [], as: UTF8.self)
      if own == path { #expect(text.contains(old), "\(path) has no \(old)") }
      let isArchive = own == TemplateFork.originFile
      try changed.insert(
        own, isArchive ? files[own] ?? [] : Array((own == path ? text.replacing(old, with: new) : text).utf8))
    }
    return changed
  }

  private let path = "retail/store-roll-out"

  @Test("a fork is a template under its own name, and has what it was made of in it", arguments: Library.templates)
  func made(_ path: String) throws {
    let origin = try package(try Library.files(path))
    let fork = try package(try TemplateFork.files(of: origin, as: "ours"))
    #expect(fork.template.name == "ours" && origin.template.name != "ours")
    let bundle = try #require(try TemplateFork.origin(of: fork.files))
    #expect(bundle.files == origin.files && bundle.version == origin.template.version)
    #expect(try TemplateFork.origin(of: origin.files) == nil)
    // A fork of a fork remembers one step.
    let second = try package(try TemplateFork.files(of: fork, as: "theirs"))
    let first = try #require(try TemplateFork.origin(of: second.files))
    #expect(first.name == "ours" && first.files[TemplateFork.originFile] == nil)
  }

  @Test("what only one side changed is that side's, comments included, and the fork has the newer origin then")
  func oneSided() throws {
    let old = try package(try Library.files(path))
    let fork = try TemplateFork.files(of: old, as: "ours")
    let mine = try files(fork, "README.md", "# ", "# Our ")
    let current = try package(
      try files(
        try files(old.files, "template.yaml", "version: 1.0.0", "version: 1.1.0"), "CHANGELOG.md", "# ", "# New "))
    guard case .merged(let merged, let changed) = try TemplateFork.merge(current, into: mine, from: old.files) else {
      Issue.record("there are conflicts")
      return
    }
    // The version is each one's own, so the template's text stays.
    #expect(changed == ["CHANGELOG.md"])
    #expect(merged["CHANGELOG.md"] == current.files["CHANGELOG.md"])
    #expect(merged["README.md"] == mine["README.md"] && merged["template.yaml"] == mine["template.yaml"])
    let origin = try #require(try TemplateFork.origin(of: merged))
    #expect(origin.version.description == "1.1.0")
    // Nothing more is to be taken in.
    guard case .merged(_, let again) = try TemplateFork.merge(current, into: merged, from: origin.files) else {
      Issue.record("there are conflicts")
      return
    }
    #expect(again.isEmpty)
  }

  @Test(
    "a file that both changed is put together by meaning; what both changed in it is a conflict, and nothing is merged")
  func bothSided() throws {
    let old = try package(try Library.files(path))
    let fork = try TemplateFork.files(of: old, as: "ours")
    let gap = "store_gap_days: { type: integer, format: days, minimum: 0, maximum: 90, default: 21 }"
    let snags = "minimum: 7, maximum: 60, default: 30 }"
    let mine = try files(fork, "template.yaml", gap, gap.replacing("21", with: "22"))
    let theirs = try package(try files(old.files, "template.yaml", snags, "minimum: 7, maximum: 60, default: 31 }"))
    guard case .merged(let merged, _) = try TemplateFork.merge(theirs, into: mine, from: old.files) else {
      Issue.record("there are conflicts")
      return
    }
    let template = try package(merged).template
    let value = try Document(yaml: String(decoding: merged["template.yaml"] ?? [], as: UTF8.self)).value
    #expect(template.name == "ours")
    let parameters = value["parameters"]
    #expect(parameters?["store_gap_days"]?["default"]?.integer == 22)
    #expect(parameters?["snag_days"]?["default"]?.integer == 31)
    let same = try package(try files(old.files, "template.yaml", gap, gap.replacing("21", with: "23")))
    guard case .conflicts(let conflicts) = try TemplateFork.merge(same, into: mine, from: old.files) else {
      Issue.record("there is no conflict")
      return
    }
    #expect(conflicts.count == 1 && conflicts[0].file == "template.yaml")
    #expect(conflicts[0].conflict.mine?.integer == 22 && conflicts[0].conflict.theirs?.integer == 23)
  }
}
