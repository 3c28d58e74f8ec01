internal import Documents

extension TemplateLibrary {
  /// Adds templates, each behind those that it depends on.
  /// - Returns: for each path, in order of paths, what was found; with errors among it the template is not added, nor are those that depend
  ///   on it.
  /// - Complexity: O(n^2) for n templates that wait for each other.
  package mutating func add(contentsOf packages: [String: TemplatePackage]) -> [(
    path: String, findings: [FileFindings]
  )] {
    var waiting = packages.keys.sorted()
    var found: [String: [FileFindings]] = [:]
    // Each round adds one at least, or is the last one.
    while true {
      let waitingBefore = waiting
      let among = Set(waiting)
      waiting.removeAll { path in
        guard let package = packages[path] else { return true }
        guard package.template.dependencies.allSatisfy({ !among.contains($0.path) }) else { return false }
        found[path] = add(package)
        return true
      }
      if waiting.count == waitingBefore.count { break }
    }
    // What is left waits for each other.
    for path in waiting {
      guard let package = packages[path] else { continue }
      var findings = Findings()
      for (index, dependency) in package.template.dependencies.enumerated() where waiting.contains(dependency.path) {
        findings.add(Self.fault("template.dependency-cycle", index, dependency))
      }
      found[path] = [FileFindings("template.yaml", findings)]
    }
    return packages.keys.sorted().map { ($0, found[$0] ?? []) }
  }

  /// Dependencies that are not there, or in another version.
  func dependencyFindings(of template: Template) -> Findings {
    var findings = Findings()
    for (index, dependency) in template.dependencies.enumerated() {
      guard let known = packages[dependency.path]?.template.version else {
        findings.add(Self.fault("template.dependency-missing", index, dependency))
        continue
      }
      if !dependency.versions.contains(known) {
        findings.add(
          Self.fault(
            "template.dependency-version", index, dependency,
            ["is": .string(known.description), "wanted": .string(dependency.versions.description)]))
      }
    }
    return findings
  }

  private static func fault(
    _ code: String, _ index: Int, _ dependency: TemplateDependency, _ more: [String: JSONValue] = [:]
  ) -> Finding {
    let arguments = more.merging(["path": .string(dependency.path)]) { $1 }
    return Finding(code, at: JSONPointer(["dependencies", String(index)]), arguments: arguments)
  }
}
