import Documents
import Expressions
import Fiscal
import Foundation
import Testing

@testable import Templates

/// The library that the project ships.
enum Library {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Datasets/templates").resolvingSymlinksInPath()

  /// Reference data of the library.
  static let data: ReferenceData = {
    let folder = Self.folder.appending(path: "refdata")
    let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try! ReferenceData(
      loading: names.filter { $0.hasSuffix(".yaml") }.map {
        ReferenceFile(
          name: $0, document: try! Document(yaml: String(contentsOf: folder.appending(path: $0), encoding: .utf8)))
      })
  }()

  /// Paths of all templates below the folder, sorted.
  static let templates: [String] = {
    var found: [String] = []
    for industry in Facets.Industry.allCases {
      let path = folder.appending(path: industry.rawValue).path
      for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
        if FileManager.default.fileExists(atPath: "\(path)/\(name)/template.yaml") {
          found.append("\(industry.rawValue)/\(name)")
        }
      }
    }
    return found.sorted()
  }()

  static func template(_ path: String) throws -> Template {
    try read(String(contentsOf: folder.appending(path: "\(path)/template.yaml"), encoding: .utf8))
  }

  /// - Throws: what is wrong with it, as text.
  static func read(_ yaml: String) throws -> Template {
    var findings = Findings()
    guard let template = Template(reading: try Document(yaml: yaml), &findings) else { throw Refused(findings) }
    return template
  }
}

struct Refused: Error, CustomStringConvertible {
  let description: String
  init(_ findings: Findings) {
    description = findings.kept.map { "\($0.code) at \($0.pointer) \($0.arguments) \(String(describing: $0.witness))" }
      .joined(separator: "\n")
  }
}
