extension Repository {
  private struct Side: OptionSet {
    let rawValue: UInt8
    static let mine = Side(rawValue: 1)
    static let theirs = Side(rawValue: 2)
    static let both: Side = [.mine, .theirs]
  }

  /// The newest version that both are made from, or one of the two. The origin of a fork counts as its ancestor, so
  /// that what was changed upstream can be merged.
  ///
  /// Looks at `options.walkCountMax` versions at most. Versions are taken newest first, so each is taken when all that
  /// is made from it was: the first that both sides lead to is an ancestor of no other such one.
  /// - Throws: `unrelated` when there is none, `walkTooLong`.
  public func commonAncestor(
    of mine: VersionID, and theirs: VersionID, as viewer: Viewer
  ) throws(RepositoryError) -> Version {
    var queue = VersionQueue()
    var sides: [VersionID: Side] = [mine: .mine]
    sides[theirs, default: []].insert(.theirs)
    for id in [mine, theirs] { queue.add(try rows.version(id, as: viewer)) }
    var count = 0
    while let version = queue.takeNewest() {
      let side = sides.removeValue(forKey: version.id) ?? []
      if side == .both { return version }
      count += 1
      guard count < options.walkCountMax else { throw .walkTooLong }
      for ancestor in try visible(version.ancestors, as: viewer) {
        sides[ancestor.id, default: []].formUnion(side)
        queue.add(ancestor)
      }
    }
    throw .unrelated
  }
}
