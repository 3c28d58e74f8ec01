import Documents
import Testing

@testable import Templates

@Suite("Templates that belong to others")
struct DependencyTests {
  @Test(
    "ranges of versions",
    arguments: [
      ("1.2.3", ["1.2.3"], ["1.2.2", "1.2.4"]), ("^1.2.0", ["1.2.0", "1.9.9"], ["1.1.9", "2.0.0"]),
      ("^0.2.0", ["0.2.9"], ["0.3.0", "1.0.0"]), ("~1.2.0", ["1.2.9"], ["1.3.0"]),
      (">=1.0.0 <2.0.0", ["1.0.0", "1.65535.0"], ["0.9.9", "2.0.0"]), (">1.0.0", ["1.0.1", "9.0.0"], ["1.0.0"]),
      ("<=1.5.0", ["0.0.0", "1.5.0"], ["1.5.1"]),
    ])
  func ranges(_ text: String, _ good: [String], _ bad: [String]) throws {
    let range = try #require(VersionRange(text))
    #expect(range.description == text)
    for version in good { #expect(range.contains(try #require(TemplateVersion(version))), "\(version)") }
    for version in bad { #expect(!range.contains(try #require(TemplateVersion(version))), "\(version)") }
  }

  @Test(
    "what is no range is refused",
    arguments: [
      "", " ", "1", "^", "=1.0.0", "1.0.0 2.0.0", ">=2.0.0 <1.0.0", "^1.0.0 <2.0.0", ">=1.0.0  <2.0.0", ">1.0.65535",
      "<0.0.0", "*", ">=1.0.0 <2.0.0 <3.0.0", "^65535.0.0", "1.0.65535",
    ])
  func noRanges(_ text: String) { #expect(VersionRange(text) == nil) }

  private static let mould = "manufacturing/tooling-and-mould"
  private static let job = "manufacturing/job-work-batch"

  private func depending(_ path: String, on other: String, _ versions: String) throws -> TemplatePackage {
    try Library.package(
      path, replacing: "\nparameters:",
      with: "\ndependencies:\n  - { template: \(other), versions: \"\(versions)\" }\nparameters:")
  }

  @Test(
    "a library adds each template behind those that it depends on, and refuses what is missing, too old or in a circle")
  func library() throws {
    let plain = try Library.package(Self.mould)
    var library = TemplateLibrary(data: Library.data)
    let needy = try depending(Self.job, on: Self.mould, "^1.0.0")
    #expect(library.add(needy).flatMap(\.findings.kept).map(\.code) == ["template.dependency-missing"])
    #expect(library.paths.isEmpty)
    var found = library.add(contentsOf: [Self.job: needy, Self.mould: plain])
    #expect(library.paths == [Self.job, Self.mould] && found.flatMap(\.findings).isEmpty)
    library = TemplateLibrary(data: Library.data)
    found = library.add(contentsOf: [Self.job: try depending(Self.job, on: Self.mould, "^2.0.0"), Self.mould: plain])
    #expect(library.paths == [Self.mould])
    let finding = try #require(found.flatMap(\.findings).flatMap(\.findings.kept).first)
    #expect(finding.code == "template.dependency-version" && finding.pointer.description == "/dependencies/0")
    library = TemplateLibrary(data: Library.data)
    found = library.add(contentsOf: [Self.job: needy, Self.mould: try depending(Self.mould, on: Self.job, "^1.0.0")])
    #expect(library.paths.isEmpty && found.flatMap(\.findings).flatMap(\.findings.kept).map(\.code).count == 2)
    #expect(found.flatMap(\.findings).flatMap(\.findings.kept).allSatisfy { $0.code == "template.dependency-cycle" })
  }

  @Test("a bundle keeps dependencies; changing them is seen")
  func bundle() throws {
    let needy = try depending(Self.job, on: Self.mould, ">=1.0.0 <2.0.0")
    let bytes = try TemplateBundle(needy).bytes()
    let bundle = try TemplateBundle(reading: bytes)
    #expect(bundle.dependencies == needy.template.dependencies && bundle.dependencies.count == 1)
    let files = try TarArchive.files(in: bytes)
    let manifest = String(decoding: files[0].bytes, as: UTF8.self)
    for (from, to) in [("<2.0.0", "<2.0"), ("\"versions\"", "\"version\"")] {
      let changed = [(files[0].path, Array(manifest.replacing(from, with: to).utf8))] + files.dropFirst()
      #expect(throws: BundleFault.changed) { _ = try TemplateBundle(reading: TarArchive.bytes(of: changed)) }
    }
    #expect(try TemplateBundle(reading: TemplateBundle(try Library.package(Self.mould)).bytes()).dependencies.isEmpty)
  }
}
