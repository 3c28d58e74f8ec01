import ArgumentParser
import CIntrinsics
import Documents
import Fiscal
import Foundation
import Glibc
import Templates
import Texts

/// A folder of templates on disk, laid out as `Datasets/templates`: industries, shared texts and reference data.
struct LibraryFolder {
  let url: URL

  init(_ path: String) throws {
    url = URL(filePath: path)
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw CommandFailure("\(path): there is no such folder")
    }
  }

  /// Paths of all templates, `industry/name`, sorted.
  func paths() throws -> [String] {
    var found: [String] = []
    for industry in Facets.Industry.allCases {
      let folder = url.appending(path: industry.rawValue)
      // An industry without templates needs no folder; one that is there must be readable.
      guard FileManager.default.fileExists(atPath: folder.path) else { continue }
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
      where FileManager.default.fileExists(atPath: folder.appending(path: "\(name)/template.yaml").path) {
        found.append("\(industry.rawValue)/\(name)")
      }
    }
    return found.sorted()
  }

  /// The files of one template. Other files than its own, and links, are refused.
  func files(_ path: String) throws -> TemplateFiles {
    let folder = url.appending(path: path)
    guard let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap({ $0 as? String }), !names.isEmpty
    else { throw CommandFailure("\(folder.path): there is no template") }
    var files = TemplateFiles()
    for name in names.sorted() {
      let file = folder.appending(path: name)
      let values = try file.resourceValues(forKeys: [.isDirectoryKey, .isRegularFileKey, .fileSizeKey])
      if values.isDirectory == true { continue }
      guard values.isRegularFile == true, values.fileSize ?? 0 <= TemplateFiles.byteCountMax else {
        throw CommandFailure("\(file.path): is no file, or too large")
      }
      do { try files.insert(name, [UInt8](Data(contentsOf: file))) } catch let fault as TemplateFilesFault {
        throw CommandFailure("\(file.path): \(fault.reason.rawValue)")
      }
    }
    return files
  }

  /// Written beside what is there, then exchanged: there is a whole template at every moment.
  func keep(_ files: TemplateFiles, at path: String) throws {
    let manager = FileManager.default
    let target = url.appending(path: path)
    let fresh = target.deletingLastPathComponent().appending(path: ".fresh-\(target.lastPathComponent)")
    // Left by somebody who did not come to the end.
    if manager.fileExists(atPath: fresh.path) { try manager.removeItem(at: fresh) }
    for name in files.paths {
      let file = fresh.appending(path: name)
      try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(files[name] ?? []).write(to: file)
    }
    guard manager.fileExists(atPath: target.path) else { return try manager.moveItem(at: fresh, to: target) }
    // The two change places in one step: a folder that is not empty cannot be renamed over another one.
    let reason = unsafe milepost_exchange(fresh.path, target.path) == 0 ? nil : String(cString: strerror(errno))
    // What was there before, or what could not take its place.
    try manager.removeItem(at: fresh)
    if let reason { throw CommandFailure("\(target.path): cannot be replaced: \(reason)") }
  }

  /// Texts that all templates share.
  func commonTexts() throws -> TemplateTexts {
    var texts = TemplateTexts()
    let folder = url.appending(path: "messages")
    guard FileManager.default.fileExists(atPath: folder.path) else { return texts }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    where name.hasSuffix(".yaml") {
      var findings = Findings()
      let document = try document(folder.appending(path: name))
      if let own = TemplateTexts(reading: document, &findings) { texts.add(own) }
      try refuse(findings, in: folder.appending(path: name).path)
    }
    return texts
  }

  func referenceData() throws -> ReferenceData {
    let folder = url.appending(path: "refdata")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
    do {
      return try ReferenceData(
        loading: names.sorted().map { ReferenceFile(name: $0, document: try document(folder.appending(path: $0))) })
    } catch let error as ReferenceFileError {
      let lines = error.list.map { Self.line($0.finding, "\(folder.path)/\($0.file)", .english) }
      throw CommandFailure(lines.joined(separator: "\n"))
    }
  }

  /// Every template, after all its checks.
  /// - Throws: `CommandFailure` with every finding, when any template has errors: nothing is offered then.
  func library() throws -> TemplateLibrary {
    let common = try commonTexts()
    var library = TemplateLibrary(data: try referenceData(), common: common)
    var packages: [String: TemplatePackage] = [:]
    var found: [(path: String, findings: [FileFindings])] = []
    for path in try paths() {
      var findings: [FileFindings] = []
      let package = TemplatePackage(reading: try files(path), common: common, &findings)
      if let package, package.path != path {
        findings.append(FileFindings("template.yaml", Self.misplaced(package, path)))
      }
      found.append((path, findings))
      packages[path] = package
    }
    found += library.add(contentsOf: packages)
    var lines: [String] = []
    for (path, findings) in found {
      for file in findings where file.findings.hasErrors {
        lines += file.findings.kept.map { Self.line($0, "\(url.path)/\(path)/\(file.file)", .english) }
      }
    }
    guard lines.isEmpty else { throw CommandFailure("templates cannot be offered\n" + lines.joined(separator: "\n")) }
    return library
  }

  /// What is to be said of the templates that one belongs to: they are looked up here, whatever else may be wrong with them.
  func dependencyFindings(of package: TemplatePackage) throws -> [FileFindings] {
    try package.dependencyFindings { path in
      let file = url.appending(path: "\(path)/template.yaml")
      guard FileManager.default.fileExists(atPath: file.path) else { return nil }
      var findings = Findings()
      return Template(reading: try document(file), &findings)
    }
  }

  /// That a template lies elsewhere than where it says: others would not find it.
  private static func misplaced(_ package: TemplatePackage, _ path: String) -> Findings {
    var findings = Findings()
    findings.add(
      Finding(
        "template.other-name", at: JSONPointer(["name"]),
        arguments: ["path": .string(package.path), "name": .string(path)]))
    return findings
  }

  func document(_ file: URL) throws -> Document {
    guard let data = try? Data(contentsOf: file) else { throw CommandFailure("\(file.path): cannot be read") }
    do throws(DocumentFault) {
      return file.pathExtension == "json"
        ? try Document(json: [UInt8](data)) : try Document(yaml: String(decoding: data, as: UTF8.self))
    } catch { throw CommandFailure(Self.line(Finding(error), file.path, .english)) }
  }

  /// - Throws: errors among the findings, as text.
  func refuse(_ findings: Findings, in file: String) throws {
    guard findings.hasErrors else { return }
    throw CommandFailure(findings.kept.map { Self.line($0, file, .english) }.joined(separator: "\n"))
  }

  /// A finding as a line: file, place, level, text.
  static func line(_ finding: Finding, _ file: String, _ language: Language) -> String {
    let texts = FindingTexts.documents.adding(.templates)
    let place = finding.place.map { ":\($0.line):\($0.column)" } ?? ""
    var line = "\(file)\(place): \(finding.level.rawValue): "
    if !finding.pointer.tokens.isEmpty { line += "\(finding.pointer) " }
    line += "\(texts.text(of: finding, in: language.tag)) [\(finding.code)]"
    if let witness = finding.witness { line += "\n  for instance with \(witness.canonicalText)" }
    return line
  }
}

/// Options of every command about templates.
struct LibraryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Folder with templates, texts and reference data.", valueName: "folder"))
  var library = "Datasets/templates"

  @Option(help: "Language of texts: en, hi, bn, ta, te, mr, gu, kn, ml, pa, or.")
  var language = Language.english

  func folder() throws -> LibraryFolder { try LibraryFolder(library) }

  /// A template with all that belongs to it.
  func package(_ path: String) throws -> TemplatePackage {
    try package(of: try folder().files(path), path)
  }

  /// - Parameter path: for messages.
  func package(of files: TemplateFiles, _ path: String) throws -> TemplatePackage {
    var findings: [FileFindings] = []
    let package = TemplatePackage(reading: files, common: try folder().commonTexts(), &findings)
    guard let package else {
      let lines = findings.flatMap { file in file.findings.kept.map { LibraryFolder.line($0, file.file, language) } }
      throw CommandFailure("\(path): cannot be used\n" + lines.joined(separator: "\n"))
    }
    return package
  }
}
