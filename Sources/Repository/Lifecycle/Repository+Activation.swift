internal import Store

extension Repository {
  /// Puts an approved or scheduled version in force. The one that was is retired by the same transaction.
  public func activate(
    _ version: VersionID, at reference: Reference, by caller: Caller
  ) throws(RepositoryError) -> Lifecycle {
    try step(version, at: reference, .active, by: caller) { step, set throws(RepositoryError) in
      guard let state = try rows.state(of: reference), let own = try rows.lifecycle(of: version, at: reference) else {
        throw .damaged(.documentReferences)
      }
      set.unschedule(version, at: reference, own)
      if let former = state.active {
        guard var lifecycle = try rows.lifecycle(of: former, at: reference) else { throw .damaged(.lifecycles) }
        try lifecycle.take(Lifecycle.Step(state: .retired, actor: step.actor, time: step.time))
        set.put(.lifecycles, reference.key(of: former), lifecycle)
        set.log(.retired, reference, former, "\(version)")
      }
      set.put(.documentReferences, reference.key, ReferenceState(head: state.head, active: version))
      set.log(.activated, reference, version)
    }
  }

  /// Has an approved version become active at a time; one that has passed is the next `activateDue`.
  ///
  /// - Parameter due: milliseconds since 1970.
  /// - Throws: `timeTaken` when another version of the reference has that time.
  public func schedule(
    _ version: VersionID, at reference: Reference, due: Int64, by caller: Caller
  ) throws(RepositoryError) -> Lifecycle {
    guard due >= 0 else { throw .invalid(.time) }
    return try step(version, at: reference, .scheduled, by: caller) { step, set throws(RepositoryError) in
      let key = DueVersion.key(due, reference)
      if let other = try rows.value(DueVersion.self, .due, key) { throw .timeTaken(other.version) }
      step.due = due
      set.put(.due, key, DueVersion(version: version, reference: reference))
      set.log(.scheduled, reference, version, "\(due)")
    }
  }

  /// Puts in force what is due, earliest first, each in a transaction of its own.
  ///
  /// - Parameter countMax: at most 1,000 at once.
  /// - Returns: what was put in force; fewer than `countMax` when nothing more is due.
  public func activateDue(
    now: Int64, by actor: Actor, countMax: Int = 100
  ) throws(RepositoryError) -> [DueVersion] {
    let caller = Caller(actor, as: .everything, at: now)
    var activated: [DueVersion] = []
    while activated.count < min(countMax, Self.pageCountMax) {
      guard let next = try rows.list(DueVersion.self, .due, prefix: [], countMax: 1).first,
        let due = UInt64(catalogKey: next.key.prefix(8)), due <= UInt64(clamping: now)
      else { break }
      do throws(RepositoryError) {
        _ = try activate(next.value.version, at: next.value.reference, by: caller)
        activated.append(next.value)
      } catch RepositoryError.illegalStep {
        // Somebody else was faster: it has left the table.
        guard try rows.value(DueVersion.self, .due, next.key) == nil else { throw .damaged(.due) }
      }
    }
    return activated
  }
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

extension ChangeSet {
  /// Takes a scheduled version out of the table of those that become active by themselves.
  mutating func unschedule(_ version: VersionID, at reference: Reference, _ lifecycle: Lifecycle) {
    guard lifecycle.state == .scheduled, let due = lifecycle.step(to: .scheduled)?.due else { return }
    delete(.due, DueVersion.key(due, reference))
  }
}
