public import Documents

/// What became of the document that a fork is from.
public struct UpstreamChanges: Hashable, Sendable {
  /// What was forked, or of it merged last.
  public let origin: Version.Origin
  /// Where the origin's reference is now.
  public let current: VersionID
  /// What is different there; none when nothing was changed that counts.
  public let changes: [Change]
}

extension Repository {
  /// Makes a document of another one, which it remembers. It begins with the version's words and no history of its own.
  ///
  /// - Parameters:
  ///   - source: the reference to ask for later changes.
  ///   - version: one of that document; its head, if nil.
  ///   - target: of the same kind, and not there yet.
  /// - Throws: `notFound` by what the caller sees; `moved` when `target` is there; `invalid` for another kind.
  public func fork(
    _ source: Reference, at version: VersionID? = nil, to target: Reference, message: String, label: Label? = nil,
    by caller: Caller
  ) throws(RepositoryError) -> Version {
    try Self.check(message: message)
    guard source.document.kind == target.document.kind else { throw .invalid(.kind) }
    return try change(target.tenant, by: caller) { set throws(RepositoryError) in
      let head = try head(of: source, as: caller.viewer)
      let forked = try rows.version(version ?? head, as: caller.viewer)
      guard forked.document == source.document else { throw .notFound(.version) }
      return try set.fork(forked, at: source, to: target, message: message, label: label)
    }
  }

  /// What is different in what a reference was forked from.
  ///
  /// - Throws: `notFound`, also of the `origin` when this is no fork or its origin is not for the viewer.
  public func upstreamChanges(
    of reference: Reference, as viewer: Viewer
  ) throws(RepositoryError) -> UpstreamChanges {
    let version = try rows.version(try head(of: reference, as: viewer), as: viewer)
    guard let origin = version.origin, viewer.sees(origin.reference.tenant),
      let current = try rows.state(of: origin.reference)?.head
    else { throw .notFound(.origin) }
    return UpstreamChanges(
      origin: origin, current: current, changes: try changes(from: origin.version, to: current, as: viewer))
  }
}

extension ChangeSet {
  /// Begins a document with the words of a version that its reference has or had.
  ///
  /// - Parameter message: bounded by who calls.
  /// - Throws: `moved` when `target` is there.
  package mutating func fork(
    _ version: Version, at source: Reference, to target: Reference, message: String, label: Label?
  ) throws(RepositoryError) -> Version {
    let state = try state(of: target, expecting: nil)
    return try append(
      version.body, Lineage(forkOf: version, at: source), to: target, from: state, .forked, message: message,
      label: label, detail: "\(source) \(version.id)")
  }
}
