public import Documents

extension Repository {
  /// What is different between two versions, in the words of what they are about.
  public func changes(
    from before: VersionID, to after: VersionID, as viewer: Viewer
  ) throws(RepositoryError) -> [Change] {
    let (before, after) = (try rows.version(before, as: viewer), try rows.version(after, as: viewer))
    guard before.body.content != after.body.content else { return [] }
    return try value(of: before).changes(to: try value(of: after))
  }

  /// The operations that make one version's content of another one's.
  public func patch(
    from before: VersionID, to after: VersionID, as viewer: Viewer
  ) throws(RepositoryError) -> JSONPatch {
    let (before, after) = (try rows.version(before, as: viewer), try rows.version(after, as: viewer))
    return JSONPatch(from: try value(of: before), to: try value(of: after))
  }

  func value(of version: Version) throws(RepositoryError) -> JSONValue {
    try rows.document(version.body.content).value
  }
}
