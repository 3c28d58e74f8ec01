internal import Documents

extension TemplateReading {
  /// Templates that this one belongs to. Whether they are there is the library's matter.
  mutating func readDependencies(_ name: String?, _ findings: inout Findings) -> [TemplateDependency] {
    var dependencies: [TemplateDependency] = []
    let nodes = source.elements("dependencies", count: 0...TemplateDependency.countMax, &findings) ?? []
    for node in nodes {
      guard var reader = SourceReader(node, &findings) else { continue }
      let path = reader.text("template", isRequired: true, &findings)
      let range = reader.text("versions", isRequired: true, &findings)
      reader.refuseOthers(&findings)
      guard let path, let range else { continue }
      guard Self.isPath(path), !path.hasSuffix("/\(name ?? "")") else {
        findings.add(Finding("template.dependency", at: node.member("template") ?? node))
        continue
      }
      if dependencies.contains(where: { $0.path == path }) {
        findings.add(Finding("template.name-twice", at: node, arguments: ["name": .string(path)]))
      }
      guard let versions = VersionRange(range) else {
        findings.add(Finding("template.versions", at: node.member("versions") ?? node))
        continue
      }
      dependencies.append(TemplateDependency(path: path, versions: versions))
    }
    return dependencies
  }

  /// `industry/name`.
  private static func isPath(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2 && Facets.Industry(rawValue: parts[0]) != nil && Template.isSlug(parts[1])
  }
}
