package import Documents

// A fork whose tenant does not see its origin. Who may tell the tenant of a version of the origin, tells here which.

extension Repository {
  /// What a document comes to with what is new in its origin, without keeping it.
  ///
  /// - Parameters:
  ///   - mine: its head.
  ///   - base: the version of the origin that it has all of.
  ///   - theirs: a later one.
  package func followed(
    _ mine: VersionID, from base: VersionID, to theirs: VersionID
  ) throws(RepositoryError) -> MergedVersions {
    let (own, old, new) = (
      try rows.version(mine, as: .everything), try rows.version(base, as: .everything),
      try rows.version(theirs, as: .everything)
    )
    return MergedVersions(
      base: base,
      merge: Merge(
        base: try value(of: old), mine: try authored(own).value, theirs: try authored(new).value))
  }
}

extension ChangeSet {
  /// Keeps what a document comes to, with a later version of its origin as what it is a fork of.
  ///
  /// - Parameters:
  ///   - expecting: where the reference is.
  ///   - source: the origin's reference.
  ///   - message: bounded by who calls.
  /// - Throws: `moved`, `tooLarge`.
  package mutating func follow(
    _ reference: Reference, expecting: VersionID, _ value: JSONValue, of theirs: Version, at source: Reference,
    message: String
  ) throws(RepositoryError) -> Version {
    let state = try state(of: reference, expecting: expecting)
    guard let head = try rows.version(expecting) else { throw .damaged(.versions) }
    let content = try Content(value)
    var lineage = Lineage(after: head)
    lineage.movesMoney = lineage.movesMoney || theirs.movesMoney
    lineage.origin = Version.Origin(version: theirs.id, reference: source)
    // The text of a side that says the same is kept, comments and all.
    let known = [head.body, theirs.body].first { $0.content == content.body.content }
    if known == nil { try keep(content) }
    return try append(
      known ?? content.body, lineage, to: reference, from: state, .merged, message: message,
      detail: "\(source) \(theirs.id)")
  }
}
