package import Documents

/// Looks at the templates that one belongs to: whether they are there, in versions that will do, and do not belong to it in turn. And at
/// those that belong to it.
package enum DependencyCheck {
  /// So many templates one check looks up, besides those that are named by the one itself.
  package static let countMax = 500

  static let circleCode = "template.dependency-cycle"

  /// Pointers of the findings are those of `template.yaml`; each is an error.
  ///
  /// What the others belong to is looked at for circles only: whether it is there is told of them.
  /// - Parameters:
  ///   - path: what the template is called where it will be used.
  ///   - lookUp: the template of a path; nil when there is none that could be used. Each path is asked for once.
  /// - Complexity: O(n) look-ups for n templates that it belongs to, directly or in turn.
  package static func findings<Failure: Error>(
    of template: Template, called path: String, _ lookUp: (String) throws(Failure) -> Template?
  ) throws(Failure) -> Findings {
    var findings = Findings()
    var known: [String: Template?] = [path: template]
    for (index, dependency) in template.dependencies.enumerated() {
      func fault(_ code: String, _ more: [String: JSONValue] = [:]) {
        let arguments = more.merging(["path": .string(dependency.path)]) { $1 }
        findings.add(Finding(code, at: JSONPointer(["dependencies", String(index)]), arguments: arguments))
      }
      guard let other = try looked(up: dependency.path, &known, lookUp) else {
        fault("template.dependency-missing")
        continue
      }
      if !dependency.versions.contains(other.version) {
        fault(
          "template.dependency-version",
          ["is": .string(other.version.description), "wanted": .string(dependency.versions.description)])
      }
      switch try walk(from: dependency.path, to: path, &known, lookUp) {
      case .apart: break
      case .circle: fault(circleCode)
      case .tooMany: fault("template.dependency-many", ["count": .integer(Int64(countMax))])
      }
    }
    return findings
  }

  /// Templates that belong to this one, and would not any more if it came in this version: each is an error at `/version`.
  ///
  /// - Parameters:
  ///   - path: what the template is called where it will be used.
  ///   - others: by path; those that do not belong to it are passed over.
  package static func findings(
    of template: Template, called path: String, neededBy others: [(path: String, template: Template)]
  ) -> Findings {
    var findings = Findings()
    for other in others {
      guard let dependency = other.template.dependencies.first(where: { $0.path == path }),
        !dependency.versions.contains(template.version)
      else { continue }
      findings.add(
        Finding(
          "template.dependent-version", at: JSONPointer(["version"]),
          arguments: [
            "path": .string(other.path), "is": .string(template.version.description),
            "wanted": .string(dependency.versions.description),
          ]))
    }
    return findings
  }

  private enum Walk { case apart, circle, tooMany }

  /// Whether a template belongs to another one, directly or in turn.
  private static func walk<Failure: Error>(
    from start: String, to target: String, _ known: inout [String: Template?],
    _ lookUp: (String) throws(Failure) -> Template?
  ) throws(Failure) -> Walk {
    var (waiting, seen): ([String], Set<String>) = ([start], [start])
    while let path = waiting.popLast() {
      if path == target { return .circle }
      guard known.count <= countMax else { return .tooMany }
      for next in try looked(up: path, &known, lookUp)?.dependencies ?? [] where seen.insert(next.path).inserted {
        waiting.append(next.path)
      }
    }
    return .apart
  }

  private static func looked<Failure: Error>(
    up path: String, _ known: inout [String: Template?], _ lookUp: (String) throws(Failure) -> Template?
  ) throws(Failure) -> Template? {
    if let template = known[path] { return template }
    let template = try lookUp(path)
    known[path] = .some(template)
    return template
  }
}

extension TemplatePackage {
  /// What is to be said of the templates that it belongs to, with places in its text: see `DependencyCheck`.
  package func dependencyFindings<Failure: Error>(
    _ lookUp: (String) throws(Failure) -> Template?
  ) throws(Failure) -> [FileFindings] {
    let findings = try DependencyCheck.findings(of: template, called: path, lookUp)
    return findings.isEmpty ? [] : [FileFindings("template.yaml", placing(findings))]
  }

  /// With places in `template.yaml`.
  func placing(_ findings: Findings) -> Findings {
    let text = String(decoding: files["template.yaml"] ?? [], as: UTF8.self)
    guard let document = try? Document(yaml: text) else { return findings }
    var placed = Findings()
    for var finding in findings.kept {
      finding.place = document.root.node(at: finding.pointer)?.place
      placed.add(finding)
    }
    return placed
  }
}
