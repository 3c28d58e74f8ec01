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

  /// A package of the library, with something else in its template.
  static func package(_ path: String, replacing from: String = "", with to: String = "") throws -> TemplatePackage {
    var files = TemplateFiles()
    for (name, bytes) in try Library.files(path).files {
      let text = String(decoding: bytes, as: UTF8.self)
      try files.insert(name, name == "template.yaml" ? Array(text.replacing(from, with: to).utf8) : bytes)
    }
    var findings: [FileFindings] = []
    return try #require(TemplatePackage(reading: files, common: Library.common, &findings), "\(findings)")
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

  @Test("texts that templates share are there in every language that has some")
  func shared() throws {
    let folder = Library.folder.appending(path: "messages")
    let keys = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      let document = try Document(yaml: String(contentsOf: folder.appending(path: name), encoding: .utf8))
      return (name, Set(try #require(document.value["texts"]?.object).map(\.name)))
    }
    #expect(keys.count == 11)
    for (name, own) in keys { #expect(own == keys[0].1, "\(name)") }
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
