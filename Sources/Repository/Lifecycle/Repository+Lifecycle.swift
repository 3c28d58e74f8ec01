internal import Documents

extension Repository {
  /// What has become of a version at a reference.
  /// - Throws: `notFound` also when it was never there.
  public func lifecycle(
    of version: VersionID, at reference: Reference, as viewer: Viewer
  ) throws(RepositoryError) -> Lifecycle {
    guard viewer.sees(reference.tenant), let lifecycle = try rows.lifecycle(of: version, at: reference) else {
      throw .notFound(.version)
    }
    return lifecycle
  }

  /// Says that a checker has nothing against a draft.
  /// - Parameter report: the digest of what it reported.
  public func check(
    _ version: VersionID, at reference: Reference, report: ByteDigest, by caller: Caller
  ) throws(RepositoryError) -> Lifecycle {
    try step(version, at: reference, .checked, by: caller) { step, set throws(RepositoryError) in
      step.report = report
      set.log(.checked, reference, version, "\(report)")
    }
  }

  /// Says that a checked version may be used.
  ///
  /// Where money can change, by the document's kind or by what it says of itself, that is for a person who neither made
  /// the version nor checked it.
  public func approve(
    _ version: VersionID, at reference: Reference, by caller: Caller
  ) throws(RepositoryError) -> Lifecycle {
    try step(version, at: reference, .approved, by: caller) { _, set throws(RepositoryError) in
      try checkApproval(of: version, at: reference, by: caller)
      set.log(.approved, reference, version)
    }
  }

  /// Says that a version is no longer to be used, whatever it was. One in force leaves none behind.
  public func retire(
    _ version: VersionID, at reference: Reference, by caller: Caller
  ) throws(RepositoryError) -> Lifecycle {
    try step(version, at: reference, .retired, by: caller) { _, set throws(RepositoryError) in
      try unschedule(version, at: reference, &set)
      if let state = try rows.state(of: reference), state.active == version {
        set.put(.documentReferences, reference.key, ReferenceState(head: state.head, active: nil))
      }
      set.log(.retired, reference, version)
    }
  }

  private func checkApproval(
    of version: VersionID, at reference: Reference, by caller: Caller
  ) throws(RepositoryError) {
    let record = try rows.version(version, as: caller.viewer)
    guard record.movesMoney || options.moneyKinds.contains(reference.document.kind) else { return }
    guard caller.actor.kind == .person else { throw .needsOtherPerson(.program) }
    guard caller.actor != record.author else { throw .needsOtherPerson(.author) }
    guard caller.actor != (try rows.lifecycle(of: version, at: reference))?.step(to: .checked)?.actor else {
      throw .needsOtherPerson(.checker)
    }
  }

  /// Takes a version to another state. `body` adds to the step, says what else is written, and may refuse.
  func step(
    _ version: VersionID, at reference: Reference, _ state: Lifecycle.State, by caller: Caller,
    _ body: (inout Lifecycle.Step, inout ChangeSet) throws(RepositoryError) -> Void
  ) throws(RepositoryError) -> Lifecycle {
    try change(reference.tenant, by: caller) { set throws(RepositoryError) in
      try step(version, at: reference, state, in: &set, body)
    }
  }

  /// The same as a part of a change.
  func step(
    _ version: VersionID, at reference: Reference, _ state: Lifecycle.State, in set: inout ChangeSet,
    _ body: (inout Lifecycle.Step, inout ChangeSet) throws(RepositoryError) -> Void
  ) throws(RepositoryError) -> Lifecycle {
    var lifecycle = try lifecycle(of: version, at: reference, as: set.caller.viewer)
    guard lifecycle.state.mayBecome(state) else { throw .illegalStep(from: lifecycle.state, to: state) }
    var step = Lifecycle.Step(state: state, actor: set.caller.actor, time: set.caller.time)
    try body(&step, &set)
    try lifecycle.take(step)
    set.put(.lifecycles, reference.key(of: version), lifecycle)
    return lifecycle
  }
}
