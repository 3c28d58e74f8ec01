/// A name that is not the same in two environments.
public struct EnvironmentDifference: Hashable, Sendable {
  public let name: DocumentName
  /// Nil where there is none.
  public let before: ReferenceState?
  public let after: ReferenceState?
  /// Whether both heads say the same, though they are different versions.
  public let isSameContent: Bool
}

public struct EnvironmentPage: Hashable, Sendable {
  public let differences: [EnvironmentDifference]
  /// The name to go on behind; nil at the end.
  public let next: DocumentName?
}

extension Repository {
  /// Documents of a kind whose references in two environments have different heads, by name.
  ///
  /// - Parameter countMax: how many names of each are looked at, at most 1,000: a page may have no difference and still
  ///   not be the last.
  public func differences(
    of tenant: Tenant, _ kind: DocumentKind, from before: Slug, to after: Slug, after last: DocumentName? = nil,
    countMax: Int = 100, as viewer: Viewer
  ) throws(RepositoryError) -> EnvironmentPage {
    let old = try names(of: tenant, in: before, kind, after: last, countMax: countMax, as: viewer)
    let new = try names(of: tenant, in: after, kind, after: last, countMax: countMax, as: viewer)
    // Behind the end of the shorter page nothing is known of it.
    let next = [old.next, new.next].compactMap(\.self).min()
    func states(_ page: NamePage) -> [DocumentName: ReferenceState] {
      let entries = page.entries.filter { entry in next.map { entry.name <= $0 } ?? true }
      return Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.state) })
    }
    let (olds, news) = (states(old), states(new))
    var differences: [EnvironmentDifference] = []
    for name in Set(olds.keys).union(news.keys).sorted() where olds[name]?.head != news[name]?.head {
      differences.append(
        EnvironmentDifference(
          name: name, before: olds[name], after: news[name],
          isSameContent: try isSameContent(olds[name], news[name], as: viewer)))
    }
    return EnvironmentPage(differences: differences, next: next)
  }

  private func isSameContent(
    _ before: ReferenceState?, _ after: ReferenceState?, as viewer: Viewer
  ) throws(RepositoryError) -> Bool {
    guard let before, let after else { return false }
    return try rows.version(before.head, as: viewer).body.content
      == rows.version(after.head, as: viewer).body.content
  }
}
