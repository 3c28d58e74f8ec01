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
    var all: [String: [FileFindings]] = [:]
    // Each round adds one at least, or is the last one.
    while true {
      let waitingBefore = waiting
      let among = Set(waiting)
      waiting.removeAll { path in
        guard let package = packages[path] else { return true }
        guard package.template.dependencies.allSatisfy({ !among.contains($0.path) }) else { return false }
        all[path] = add(package)
        return true
      }
      if waiting.count == waitingBefore.count { break }
    }
    // What is left waits for each other, or for such.
    for path in waiting {
      guard let package = packages[path] else { continue }
      let found = DependencyCheck.findings(of: package.template, called: path) { packages[$0]?.template }
      var circles = Findings()
      for finding in found.kept where finding.code == DependencyCheck.circleCode { circles.add(finding) }
      all[path] = circles.isEmpty ? add(package) : [FileFindings("template.yaml", package.placing(circles))]
    }
    return packages.keys.sorted().map { ($0, all[$0] ?? []) }
  }
}
