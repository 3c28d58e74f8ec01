import Documents
import Fiscal
import Foundation
import Testing
import Texts

@testable import Templates

extension Library {
  /// Texts that all templates share.
  static let common: TemplateTexts = {
    var texts = TemplateTexts()
    for language in ["en", "hi"] {
      let path = folder.appending(path: "messages/\(language).yaml")
      guard let yaml = try? String(contentsOf: path, encoding: .utf8) else { continue }
      var findings = Findings()
      guard let own = TemplateTexts(reading: try! Document(yaml: yaml), &findings) else {
        fatalError("\(Refused(findings))")
      }
      texts.add(own)
    }
    return texts
  }()

  static func files(_ path: String) throws -> TemplateFiles {
    var files = TemplateFiles()
    let root = folder.appending(path: path)
    for name in try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted() {
      let file = root.appending(path: name)
      guard try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == false else { continue }
      try files.insert(name, [UInt8](Data(contentsOf: file)))
    }
    return files
  }
}

@Suite("Packages of the library")
struct PackageTests {
  @Test("texts, samples and facets of every template are whole", arguments: Library.templates)
  func whole(_ path: String) throws {
    var findings: [FileFindings] = []
    let package = TemplatePackage(reading: try Library.files(path), common: Library.common, &findings)
    findings += package?.check(Library.data).findings ?? []
    for file in findings { Issue.record("\(path)/\(file.file): \(Refused(file.findings))") }
    #expect(package != nil)
  }

  @Test(
    "paths that lead out of a folder are refused",
    arguments: ["../a", "/a", "a/b/c", ".hidden", "a/.b", "", "a//b", "a b", "é"])
  func paths(_ path: String) {
    var files = TemplateFiles()
    #expect(throws: TemplateFilesFault.self) { try files.insert(path, [1]) }
  }

  @Test("what is too much, or comes twice, is refused")
  func bounds() throws {
    var files = TemplateFiles()
    try files.insert("a.yaml", [1])
    #expect(throws: TemplateFilesFault(path: "a.yaml", reason: .twice)) { try files.insert("a.yaml", [1]) }
    #expect(throws: TemplateFilesFault(path: "b", reason: .size)) {
      try files.insert("b", [UInt8](repeating: 0, count: TemplateFiles.byteCountMax))
    }
  }
}
