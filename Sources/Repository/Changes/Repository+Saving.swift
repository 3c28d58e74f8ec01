internal import Documents

extension Repository {
  /// Keeps a version and moves the reference to it.
  ///
  /// - Parameters:
  ///   - expecting: where the reference is; nil when there is none yet.
  ///   - other: a version whose changes are in the draft, too: its second parent. That is how conflicts of a merge are
  ///     resolved.
  /// - Throws: `moved` when the reference is elsewhere; `document`, `tooLarge` and `invalid` by the draft; what
  ///   `Lineage` refuses of `other`.
  public func save(
    _ draft: Draft, to reference: Reference, expecting: VersionID?, merging other: VersionID? = nil, by caller: Caller
  ) throws(RepositoryError) -> Version {
    try Self.check(message: draft.message)
    // Reading is the long part, and needs no lock.
    let content = try Content(draft.text, draft.syntax)
    return try change(reference.tenant, by: caller) { set throws(RepositoryError) in
      let state = try set.state(of: reference, expecting: expecting)
      var lineage = try self.lineage(after: state?.head, merging: other, by: caller)
      lineage.movesMoney = lineage.movesMoney || draft.movesMoney
      try set.keep(content)
      return try set.append(
        content.body, lineage, to: reference, from: state, .saved, message: draft.message, label: draft.label)
    }
  }

  private func lineage(
    after head: VersionID?, merging other: VersionID?, by caller: Caller
  ) throws(RepositoryError) -> Lineage {
    guard let head else {
      guard other == nil else { throw .unrelated }
      return Lineage()
    }
    let own = try rows.version(head, as: caller.viewer)
    guard let other else { return Lineage(after: own) }
    return try Lineage(after: own, merging: try rows.version(other, as: caller.viewer), rows)
  }

  /// Makes a new version with what an older one of the document said.
  ///
  /// - Throws: `moved`; `notFound` for a version of another document.
  public func revert(
    _ reference: Reference, to old: VersionID, expecting: VersionID, message: String, by caller: Caller
  ) throws(RepositoryError) -> Version {
    try Self.check(message: message)
    return try change(reference.tenant, by: caller) { set throws(RepositoryError) in
      let state = try set.state(of: reference, expecting: expecting)
      let version = try rows.version(old, as: caller.viewer)
      guard version.document == reference.document else { throw .notFound(.version) }
      var lineage = Lineage(after: try rows.version(expecting, as: caller.viewer))
      lineage.movesMoney = lineage.movesMoney || version.movesMoney
      return try set.append(
        version.body, lineage, to: reference, from: state, .reverted, message: message, detail: "\(old)")
    }
  }

  static func check(message: String) throws(RepositoryError) {
    guard message.utf8.count <= Draft.messageByteCountMax else { throw .invalid(.message) }
  }
}

extension ChangeSet {
  /// Keeps a version, whose body is or will be kept, and moves the reference to it.
  mutating func append(
    _ body: Version.Body, _ lineage: Lineage, to reference: Reference, from state: ReferenceState?,
    _ action: LogEntry.Action, message: String, label: Label? = nil, detail: String = ""
  ) throws(RepositoryError) -> Version {
    let version = Version(
      Version.Fields(
        document: reference.document, body: body, lineage: lineage, author: caller.actor, time: caller.time,
        message: message, label: label))
    put(.versions, version.id.bytes, version)
    try move(reference, from: state, to: version.id)
    log(action, reference, version.id, detail)
    return version
  }
}
