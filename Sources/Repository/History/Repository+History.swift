/// Versions, the newest first.
public struct HistoryPage: Hashable, Sendable {
  public let versions: [Version]
  /// Where to go on: several after a merge, none at the end.
  public let next: [VersionID]
}

extension Repository {
  /// Versions that one page can go on from: lines of work side by side.
  public static let frontierCountMax = 1_024

  /// The versions of a reference's head and of all that it is made from, both sides of merges, the newest first. Those
  /// that are not for the viewer, and all before them, are passed over. A fork's history begins with the fork.
  ///
  /// - Parameter countMax: at most 1,000 are given.
  public func history(
    of reference: Reference, countMax: Int = 50, as viewer: Viewer
  ) throws(RepositoryError) -> HistoryPage {
    try history(from: [try head(of: reference, as: viewer)], countMax: countMax, as: viewer)
  }

  /// The same from versions on, as the page before tells.
  /// - Throws: `invalid` when there are more than `frontierCountMax`.
  public func history(
    from start: [VersionID], countMax: Int = 50, as viewer: Viewer
  ) throws(RepositoryError) -> HistoryPage {
    let countMax = try Self.pageCount(countMax)
    guard start.count <= Self.frontierCountMax else { throw .invalid(.frontier) }
    var (queue, found): (VersionQueue, [Version]) = (VersionQueue(), [])
    for id in start { queue.add(try rows.version(id, as: viewer)) }
    while found.count < countMax, let version = queue.takeNewest() {
      found.append(version)
      for parent in try visible(version.parents, as: viewer) { queue.add(parent) }
      guard queue.count <= Self.frontierCountMax else { throw .tooMany(.frontier) }
    }
    return HistoryPage(versions: found, next: queue.ids)
  }

  func visible(_ ids: [VersionID], as viewer: Viewer) throws(RepositoryError) -> [Version] {
    var versions: [Version] = []
    for id in ids {
      guard let version = try rows.version(id) else { throw .damaged(.versions) }
      if viewer.sees(version.document.tenant) { versions.append(version) }
    }
    return versions
  }
}
