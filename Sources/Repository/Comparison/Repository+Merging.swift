public import Documents

/// Two versions put together, and from where.
public struct MergedVersions: Hashable, Sendable {
  /// The newest that both are made from.
  public let base: VersionID
  public let merge: Merge
}

public enum MergeOutcome: Hashable, Sendable {
  case merged(Version)
  /// Nothing was kept. Somebody decides, and saves the result with `merging:`.
  case conflicts(MergedVersions)
}

extension Repository {
  /// What two versions come to, without keeping it.
  ///
  /// - Throws: `alreadyMerged` when `theirs` is one that `mine` is made from; `unrelated`; `walkTooLong`.
  public func merged(
    _ mine: VersionID, _ theirs: VersionID, as viewer: Viewer
  ) throws(RepositoryError) -> MergedVersions {
    let (own, other) = (try rows.version(mine, as: viewer), try rows.version(theirs, as: viewer))
    let base = try commonAncestor(of: mine, and: theirs, as: viewer)
    guard base.id != theirs else { throw .alreadyMerged }
    return MergedVersions(
      base: base.id,
      merge: Merge(
        base: try value(of: base), mine: try authored(own).value, theirs: try authored(other).value))
  }

  /// Merges a version into a reference, as a version with two parents.
  ///
  /// The text is that of a side that has the whole result, or else JSON with the members in the order that they have at the reference,
  /// those that it has not behind them: comments go.
  /// - Parameter expecting: where the reference is.
  /// - Throws: `moved`; what `merged` and `Lineage` refuse; `tooLarge` when the result is.
  public func merge(
    _ theirs: VersionID, into reference: Reference, expecting: VersionID, message: String, by caller: Caller
  ) throws(RepositoryError) -> MergeOutcome {
    try Self.check(message: message)
    try Self.check(caller, changes: reference.tenant)
    let mine = try head(of: reference, as: caller.viewer)
    guard mine == expecting else { throw .moved(current: mine) }
    let (own, other) = (try rows.version(mine, as: caller.viewer), try rows.version(theirs, as: caller.viewer))
    let lineage = try Lineage(after: own, merging: other, rows)
    // Versions do not change, so the long part needs no lock.
    let merged = try merged(mine, theirs, as: caller.viewer)
    guard merged.merge.conflicts.isEmpty else { return .conflicts(merged) }
    let content = try Content(merged.merge.value)
    let sides = [own.body, other.body]
    return try change(reference.tenant, by: caller) { set throws(RepositoryError) in
      let state = try set.state(of: reference, expecting: expecting)
      let known = sides.first { $0.content == content.body.content }
      if known == nil { try set.keep(content) }
      return .merged(
        try set.append(
          known ?? content.body, lineage, to: reference, from: state, .merged, message: message, detail: "\(theirs)"))
    }
  }
}
