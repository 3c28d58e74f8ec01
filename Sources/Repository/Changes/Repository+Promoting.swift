extension Repository {
  /// Moves a document's reference in another environment to a version that the reference in this one has or had. It
  /// begins there as a draft: what one environment approved the other one approves again.
  ///
  /// - Parameter expecting: where the reference in the other environment is; nil when there is none yet.
  /// - Throws: `notFound` for a version that was never there; `moved`; `alreadyThere`; `illegalStep` for a version that
  ///   was retired in the other environment: revert to it there.
  public func promote(
    _ version: VersionID, from source: Reference, to environment: Slug, expecting: VersionID?, by caller: Caller
  ) throws(RepositoryError) -> ReferenceState {
    try change(source.tenant, by: caller) { set throws(RepositoryError) in
      guard try rows.lifecycle(of: version, at: source) != nil else { throw .notFound(.version) }
      let target = source.document.reference(in: environment)
      let state = try set.state(of: target, expecting: expecting)
      guard state?.head != version else { throw .alreadyThere }
      try set.move(target, from: state, to: version)
      set.log(.promoted, target, version, source.environment.text)
      return ReferenceState(head: version, active: state?.active)
    }
  }
}
