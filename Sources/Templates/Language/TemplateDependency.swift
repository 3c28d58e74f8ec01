/// Another template that one belongs to: of which it is a part, or which is used beside it.
package struct TemplateDependency: Hashable, Sendable {
  /// `industry/name`.
  package var path: String
  package var versions: VersionRange

  /// Of one template.
  package static let countMax = 20
}

/// Which versions of a template will do, as ranges of semantic versioning are written: `1.2.0`, `^1.2.0`, `~1.2.0`, or one or two of
/// `>=1.2.0`, `>1.2.0`, `<=1.9.0`, `<2.0.0` with a space between, which must all hold.
package struct VersionRange: Hashable, Sendable, CustomStringConvertible {
  private var least: TemplateVersion
  /// Exclusive; nil for no end.
  private var end: TemplateVersion?
  package let description: String

  /// - Returns: nil for another text, and for a range without versions.
  package init?(_ text: String) {
    description = text
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count) else { return nil }
    (least, end) = (TemplateVersion(0, 0, 0), nil)
    for part in parts {
      let sign = part.prefix { !("0"..."9").contains($0) }
      guard let version = TemplateVersion(String(part.dropFirst(sign.count))),
        parts.count == 1 || [">=", ">", "<=", "<"].contains(sign), narrow(String(sign), version)
      else { return nil }
    }
    if let end, end <= least { return nil }
  }

  package func contains(_ version: TemplateVersion) -> Bool { version >= least && end.map { version < $0 } ?? true }

  /// - Returns: false for a sign that is none, and a number that has no next one.
  private mutating func narrow(_ sign: String, _ version: TemplateVersion) -> Bool {
    let part: VersionStep.Part? =
      switch sign {
      case "", ">", "<=": .patch
      case "~": .minor
      // Below 1.0.0 each minor version may break what was before it.
      case "^": version.major == 0 ? .minor : .major
      default: nil
      }
    let next = part.flatMap { version.next($0) }
    guard part == nil || next != nil else { return false }
    let (from, to): (TemplateVersion?, TemplateVersion?)
    switch sign {
    case "", "~", "^": (from, to) = (version, next)
    case ">=": (from, to) = (version, nil)
    case ">": (from, to) = (next, nil)
    case "<": (from, to) = (nil, version)
    case "<=": (from, to) = (nil, next)
    default: return false
    }
    if let from { least = max(least, from) }
    if let to { end = min(end ?? to, to) }
    return true
  }
}

extension TemplateVersion {
  /// The first version behind all that share the numbers before this part; nil past 65,535.
  fileprivate func next(_ part: VersionStep.Part) -> TemplateVersion? {
    switch part {
    case .patch: patch < .max ? TemplateVersion(major, minor, patch + 1) : nil
    case .minor: minor < .max ? TemplateVersion(major, minor + 1, 0) : nil
    case .major: major < .max ? TemplateVersion(major + 1, 0, 0) : nil
    }
  }
}
