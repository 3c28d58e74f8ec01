import Documents
import Foundation
import Testing

@testable import Schemas

/// The suite's own cases: what it calls valid must fit, and what it does not must give findings.
@Suite(
  "JSON Schema against its test suite",
  .enabled(if: Conformance.folder != nil, "../shared/conformance is not beside the checkout"))
struct SchemaConformanceTests {
  struct Count: Equatable {
    var files = 0
    var groups = 0
    var cases = 0
    var passed = 0
    var skipped: [String] = []
  }

  private func judge(
    _ path: String, only: Set<String>? = nil, options: SchemaOptions = SchemaOptions(),
    skipsGroup: (_ file: String, _ description: String) -> Bool = { _, _ in false }
  ) throws -> Count {
    let bundle = try Conformance.bundle()
    var count = Count()
    for file in try Conformance.files(in: path) {
      let name = file.formatName
      guard only?.contains(name) ?? true else {
        count.skipped.append(name)
        continue
      }
      count.files += 1
      for group in try Conformance.groups(of: file) where !skipsGroup(name, group.description) {
        count.groups += 1
        let schema: Schema
        do {
          schema = try Schema(group.schema, bundle: bundle, options: options)
        } catch {
          Issue.record("\(name): '\(group.description)' is refused: \(error)")
          continue
        }
        for one in group.cases {
          count.cases += 1
          let accepted = schema.accepts(one.data.root)
          #expect(accepted == one.isValid, "\(name): \(group.description): \(one.description)")
          #expect(
            schema.findings(of: one.data.root).isEmpty == accepted, "\(name): \(group.description): \(one.description)")
          if accepted == one.isValid { count.passed += 1 }
        }
      }
    }
    return count
  }

  @Test("required files, all of them")
  func required() throws {
    let count = try judge("draft2020-12")
    #expect(count == Count(files: 41, groups: 199, cases: 684, passed: 684))
  }

  @Test("optional files")
  func optional() throws {
    let count = try judge("draft2020-12/optional")
    #expect(count == Count(files: 8, groups: 18, cases: 63, passed: 63))
  }

  /// Names in the scripts of the world need tables that are not here.
  static let unsupportedFormats: Set<String> = ["idn-email", "idn-hostname", "iri", "iri-reference"]

  @Test("formats that are asserted")
  func formats() throws {
    let names = try Set(Conformance.files(in: "draft2020-12/optional/format").map(\.formatName))
    let count = try judge(
      "draft2020-12/optional/format", only: names.subtracting(Self.unsupportedFormats),
      options: SchemaOptions(formats: .standard),
      // A label that is encoded is a host name here, whatever it encodes.
      skipsGroup: { $0 == "hostname" && $1.contains("A-label") })
    #expect(Set(count.skipped) == Self.unsupportedFormats)
    #expect(count == Count(files: 12, groups: 12, cases: 385, passed: 385, skipped: count.skipped))
  }
}

extension URL {
  fileprivate var formatName: String { deletingPathExtension().lastPathComponent }
}
