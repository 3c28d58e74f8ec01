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

  @Test("a version that those who belong to it do not take is an error that names them")
  func dependents() throws {
    let plain = try Library.package(Self.mould).template
    let others = try ["^1.0.0", "^2.0.0"].enumerated().map { index, versions in
      (path: "a/b\(index)", template: try depending(Self.job, on: Self.mould, versions).template)
    }
    let findings = DependencyCheck.findings(of: plain, called: Self.mould, neededBy: others).kept
    #expect(findings.map(\.code) == ["template.dependent-version"] && findings[0].pointer.description == "/version")
    #expect(findings[0].arguments["path"] == "a/b1" && findings[0].arguments["wanted"] == "^2.0.0")
    #expect(DependencyCheck.findings(of: plain, called: "a/c", neededBy: others).isEmpty)
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
    // Who leads to the circle is not in it.
    let third = "technology/fixed-price-software"
    found = library.add(contentsOf: [
      Self.job: needy, Self.mould: try depending(Self.mould, on: Self.job, "^1.0.0"),
      third: try depending(third, on: Self.job, "^1.0.0"),
    ])
    #expect(
      found.first { $0.path == third }?.findings.flatMap(\.findings.kept).map(\.code) == ["template.dependency-missing"]
    )
    #expect(library.paths.isEmpty)
  }

  @Test("what is wrong with a dependency is told at its line, in English and in Hindi")
  func told() throws {
    let needy = try depending(Self.job, on: Self.mould, "^2.0.0")
    let circular = try depending(Self.mould, on: Self.job, "^1.0.0").template
    let text = String(decoding: try Library.files(Self.job)["template.yaml"] ?? [], as: UTF8.self)
    let line = try #require(
      text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex(of: "parameters:"))
    for (others, codes) in [
      ([:], ["template.dependency-missing"]),
      ([Self.mould: try Library.template(Self.mould)], ["template.dependency-version"]),
      ([Self.mould: circular], ["template.dependency-version", "template.dependency-cycle"]),
    ] {
      let found = needy.dependencyFindings { others[$0] }
      #expect(found.map(\.file) == ["template.yaml"])
      let findings = found.flatMap(\.findings.kept)
      #expect(findings.map(\.code) == codes)
      for finding in findings {
        // The dependency stands in the line behind the one that says so, before the parameters.
        #expect(finding.level == .error && finding.place?.line == line + 2)
        let (english, hindi) = (
          FindingTexts.templates.text(of: finding, in: "en"), FindingTexts.templates.text(of: finding, in: "hi")
        )
        #expect(english.contains(Self.mould) && hindi.contains(Self.mould) && english != hindi)
      }
    }
    #expect(try depending(Self.job, on: Self.mould, "^1.0.0").dependencyFindings { _ in circular }.count == 1)
    #expect(try depending(Self.job, on: Self.mould, "^1.0.0").dependencyFindings { try? Library.template($0) }.isEmpty)
  }

  /// A template of retail that belongs to others.
  private func small(_ name: String, _ others: [String]) throws -> Template {
    let list = others.map { "  - { template: retail/\($0), versions: \">=0.0.0\" }\n" }.joined()
    return try Library.read(
      Small.text.replacing("name: small", with: "name: \(name)")
        .replacing("parameters:\n", with: "dependencies:\n\(list)parameters:\n"))
  }

  @Test("a circle is seen however long it is; who only leads to one is not in it, and each template is looked up once")
  func circles() throws {
    let others = [
      "b": try small("b", ["c", "d"]), "c": try small("c", ["d"]), "d": try small("d", ["a"]),
      "e": try small("e", ["b"]),
    ]
    var asked: [String] = []
    func codes(_ template: Template) -> [String] {
      asked = []
      let findings = DependencyCheck.findings(of: template, called: "retail/\(template.name)") { path in
        asked.append(path)
        return others[String(path.dropFirst("retail/".count))]
      }
      return findings.kept.map { "\($0.code) \($0.pointer)" }
    }
    #expect(
      codes(try small("a", ["b", "e"])) == [
        "template.dependency-cycle /dependencies/0", "template.dependency-cycle /dependencies/1",
      ])
    #expect(
      Set(asked).count == asked.count && Set(asked).isSubset(of: ["retail/b", "retail/c", "retail/d", "retail/e"]))
    // "a" is not there, so nothing comes back to anybody.
    #expect(codes(try small("f", ["e", "b"])).isEmpty)
  }

  @Test("a walk through too many templates ends, and says so")
  func many() throws {
    // Each belongs to twenty others, whose names are two digits longer; on the third level there is nothing. The first twenty lead to 421.
    let hub = try small("top", (0..<20).map { "n\($0 + 10)" })
    var count = 0
    let findings = DependencyCheck.findings(of: hub, called: "retail/top") { path in
      count += 1
      let name = String(path.dropFirst("retail/".count))
      return name.utf8.count >= 7 ? nil : try? small(name, (0..<20).map { "\(name)\($0 + 10)" })
    }
    // Those that it names itself are looked up whatever there was before.
    #expect(count <= DependencyCheck.countMax + TemplateDependency.countMax)
    #expect(findings.kept.allSatisfy { $0.code == "template.dependency-many" } && findings.count == 19)
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
