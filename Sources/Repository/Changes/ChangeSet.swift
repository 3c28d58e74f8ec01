internal import Documents
package import Store

/// What one change writes. It is put together while the repository's lock is held, and applied at once.
package struct ChangeSet {
  package let rows: Rows
  package let caller: Caller
  private(set) var changes: [CatalogChange] = []
  private var end: LogMark?

  /// - Parameter end: of the log, read under the same lock.
  init(_ rows: Rows, _ caller: Caller, end: LogMark?) {
    self.rows = rows
    self.caller = caller
    self.end = end
  }

  package mutating func put(_ table: CatalogTable, _ key: [UInt8], _ row: some Row) {
    changes.append(.put(table, key: key, value: row.rowBytes))
  }

  package mutating func delete(_ table: CatalogTable, _ key: [UInt8]) { changes.append(.delete(table, key: key)) }

  /// Writes an entry of the log behind those that were written before.
  package mutating func log(
    _ action: LogEntry.Action, _ document: DocumentID, in environment: Slug?, _ version: VersionID,
    _ detail: String = ""
  ) {
    let entry = LogEntry(
      sequence: (end?.sequence ?? 0) + 1, time: caller.time, actor: caller.actor, action: action, document: document,
      environment: environment, version: version, detail: detail, previous: end?.digest)
    let line = entry.line
    let mark = LogMark(sequence: entry.sequence, digest: ByteDigest(of: line))
    put(.repositoryLog, mark.sequence.catalogKey, Blob(line))
    put(.repositoryLog, LogMark.key, mark)
    end = mark
  }

  mutating func log(
    _ action: LogEntry.Action, _ reference: Reference, _ version: VersionID, _ detail: String = ""
  ) {
    log(action, reference.document, in: reference.environment, version, detail)
  }
}

// MARK: Steps that several changes have

extension ChangeSet {
  /// - Throws: `moved` when the reference is elsewhere.
  func state(of reference: Reference, expecting: VersionID?) throws(RepositoryError) -> ReferenceState? {
    let state = try rows.state(of: reference)
    guard state?.head == expecting else { throw .moved(current: state?.head) }
    return state
  }

  /// Keeps text and canonical form where they are not kept yet.
  mutating func keep(_ content: Content) throws(RepositoryError) {
    if !(try rows.has(.texts, content.body.text.bytes)) { put(.texts, content.body.text.bytes, Blob(content.text)) }
    if !(try rows.has(.contents, content.body.content.bytes)) {
      put(.contents, content.body.content.bytes, Blob(content.canonical))
    }
  }

  /// Moves a reference. A version that comes there for the first time is a draft there.
  /// - Throws: `illegalStep` when the version was retired there.
  mutating func move(
    _ reference: Reference, from state: ReferenceState?, to version: VersionID
  ) throws(RepositoryError) {
    let lifecycle = try rows.lifecycle(of: version, at: reference)
    guard lifecycle?.state != .retired else { throw .illegalStep(from: .retired, to: .draft) }
    if lifecycle == nil {
      put(.lifecycles, reference.key(of: version), Lifecycle(draftBy: caller.actor, at: caller.time))
    }
    put(.documentReferences, reference.key, ReferenceState(head: version, active: state?.active))
  }
}
