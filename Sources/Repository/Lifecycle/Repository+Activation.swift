public import Documents
internal import Store

/// What stands against a version at a reference, as other documents are now: it does not come in force with errors.
///
/// It is asked under the lock of changes, so that nothing happens between its answer and what follows from it. It may read the
/// repository; a change from within it would wait for itself.
public typealias Needs = (VersionID, Reference) throws(RepositoryError) -> Findings

extension Repository {
  /// Puts an approved or scheduled version in force. The one that was is retired by the same transaction.
  /// - Throws: `unmet` with what `needs` found.
  public func activate(
    _ version: VersionID, at reference: Reference, by caller: Caller, needs: Needs = { _, _ in Findings() }
  ) throws(RepositoryError) -> Lifecycle {
    try step(version, at: reference, .active, by: caller) { step, set throws(RepositoryError) in
      try Self.meet(needs, version, reference)
      try putInForce(version, at: reference, step, &set)
    }
  }

  /// Has an approved version become active at a time; one that has passed is the next `activateDue`.
  ///
  /// - Parameter due: milliseconds since 1970.
  /// - Throws: `timeTaken` when another version of the reference has that time; `unmet` with what `needs` found.
  public func schedule(
    _ version: VersionID, at reference: Reference, due: Int64, by caller: Caller,
    needs: Needs = { _, _ in Findings() }
  ) throws(RepositoryError) -> Lifecycle {
    guard due >= 0 else { throw .invalid(.time) }
    return try step(version, at: reference, .scheduled, by: caller) { step, set throws(RepositoryError) in
      try Self.meet(needs, version, reference)
      let key = DueVersion.key(due, reference)
      if let other = try rows.value(DueVersion.self, .due, key) { throw .timeTaken(other.version) }
      step.due = due
      set.put(.due, key, DueVersion(version: version, reference: reference))
      set.log(.scheduled, reference, version, "\(due)")
    }
  }

  /// Puts in force what is due, earliest first, each in a transaction of its own.
  ///
  /// One that does not fit any more is retired instead, and the version in force stays: nobody is there to be asked.
  /// - Parameter countMax: at most 1,000 at once.
  /// - Returns: what was due; fewer than `countMax` when nothing more is.
  public func activateDue(
    now: Int64, by actor: Actor, countMax: Int = 100, needs: Needs = { _, _ in Findings() }
  ) throws(RepositoryError) -> [SettledVersion] {
    let caller = Caller(actor, as: .everything, at: now)
    var settled: [SettledVersion] = []
    while settled.count < min(countMax, Self.pageCountMax) {
      guard let next = try rows.list(DueVersion.self, .due, prefix: [], countMax: 1).first,
        let due = UInt64(catalogKey: next.key.prefix(8)), due <= UInt64(clamping: now)
      else { break }
      do throws(RepositoryError) {
        settled.append(try settle(next.value, by: caller, needs))
      } catch RepositoryError.illegalStep {
        // Somebody else was faster: it has left the table.
        guard try rows.value(DueVersion.self, .due, next.key) == nil else { throw .damaged(.due) }
      }
    }
    return settled
  }

  private func settle(
    _ due: DueVersion, by caller: Caller, _ needs: Needs
  ) throws(RepositoryError) -> SettledVersion {
    let (version, reference) = (due.version, due.reference)
    return try change(reference.tenant, by: caller) { set throws(RepositoryError) in
      let unmet = try needs(version, reference)
      let state = unmet.hasErrors ? Lifecycle.State.retired : .active
      _ = try step(version, at: reference, state, in: &set) { step, set throws(RepositoryError) in
        guard unmet.hasErrors else { return try putInForce(version, at: reference, step, &set) }
        try unschedule(version, at: reference, &set)
        set.log(.retired, reference, version, unmet.summary)
      }
      return SettledVersion(version: version, reference: reference, unmet: unmet)
    }
  }

  private func putInForce(
    _ version: VersionID, at reference: Reference, _ step: Lifecycle.Step, _ set: inout ChangeSet
  ) throws(RepositoryError) {
    guard let state = try rows.state(of: reference) else { throw .damaged(.documentReferences) }
    try unschedule(version, at: reference, &set)
    if let former = state.active {
      guard var lifecycle = try rows.lifecycle(of: former, at: reference) else { throw .damaged(.lifecycles) }
      try lifecycle.take(Lifecycle.Step(state: .retired, actor: step.actor, time: step.time))
      set.put(.lifecycles, reference.key(of: former), lifecycle)
      set.log(.retired, reference, former, "\(version)")
    }
    set.put(.documentReferences, reference.key, ReferenceState(head: state.head, active: version))
    set.log(.activated, reference, version)
  }

  /// Takes a version that is scheduled out of the table of those that become active by themselves.
  func unschedule(
    _ version: VersionID, at reference: Reference, _ set: inout ChangeSet
  ) throws(RepositoryError) {
    guard let lifecycle = try rows.lifecycle(of: version, at: reference) else { throw .damaged(.lifecycles) }
    guard lifecycle.state == .scheduled, let due = lifecycle.step(to: .scheduled)?.due else { return }
    set.delete(.due, DueVersion.key(due, reference))
  }

  private static func meet(
    _ needs: Needs, _ version: VersionID, _ reference: Reference
  ) throws(RepositoryError) {
    let unmet = try needs(version, reference)
    if unmet.hasErrors { throw .unmet(unmet) }
  }
}

extension Findings {
  /// The codes of what is kept, once each, in the order of their finding: for a line of the log.
  fileprivate var summary: String {
    var codes: [String] = []
    for finding in kept where !codes.contains(finding.code) && codes.count < 8 { codes.append(finding.code) }
    return codes.joined(separator: " ")
  }
}

/// A version that was due: in force now, or retired for what stood against it.
public struct SettledVersion: Hashable, Sendable {
  public let version: VersionID
  public let reference: Reference
  /// With errors it is not in force.
  public let unmet: Findings
}

/// A version that becomes active by itself.
public struct DueVersion: Hashable, Sendable {
  public let version: VersionID
  public let reference: Reference
}

extension DueVersion: Row {
  package static let format: UInt8 = 1

  /// One for each reference and time. Times are not negative.
  static func key(_ due: Int64, _ reference: Reference) -> [UInt8] { UInt64(clamping: due).catalogKey + reference.key }

  package func write(to row: inout RowWriter) {
    row.bytes += version.bytes
    row.reference(reference)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    version = VersionID(try row.digest())
    reference = try row.reference()
  }
}
