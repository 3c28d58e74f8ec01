import Kernel
import Store

/// Brings the catalog's sessions back to what they were at a point of the log.
///
/// The catalog is of the instant of the backup: it may know requests, and replies, from behind the point. What it says of
/// commits up to the point stays; what the log has up to the point is added; and the newest request of a session is the
/// one before its first request behind the point. So a request that the point has not is applied when it comes again, and
/// one that it has is not, even where its reply is no longer kept. Ids of sessions that were opened behind the point are
/// not given again: whoever holds one is told that it was evicted. A session that was evicted behind the point is known
/// again only if the log up to the point tells of it.
struct SessionRewind {
  let store: Store
  let source: any CommitSource
  let point: CommitNumber
  let survey: CommitSurvey

  /// Replies kept of a session; a start keeps as many of them as it is configured to.
  private static let windowCapacity = 1 << 12

  /// Rewrites the catalog. The log still has what lies behind the point.
  /// - Parameter usesCatalog: false when the source has every commit, so that sessions come from it alone.
  func run(usesCatalog: Bool) throws(EngineError) {
    let table = SessionTable(countMax: .max, windowCapacity: Self.windowCapacity)
    var changes: [CatalogChange] = []
    do throws(StoreError) {
      changes += try forget(table, usesCatalog: usesCatalog)
    } catch { throw EngineError(reading: error) }
    // Evictions up to the point end what the catalog, which is newer, no longer has anyway.
    try source.forEachGroup(from: source.range.first, through: point) { (group, commit) in
      table.rebuild(from: group, commit: commit.rawValue)
    }
    for id in survey.opened {
      table.restore(newestID: id)
      table.remove(id)
    }
    for session in table.all {
      if let request = survey.firstRequests[session.id] { session.window.settle(through: request - 1) }
      let record = SessionRecord(
        lastRequest: session.window.lastRequest, lastUse: session.lastUse, entries: session.window.durableEntries)
      changes.append(.put(.sessions, key: session.id.catalogKey, value: record.bytes))
    }
    let head = SessionRecord.Head(cut: point.rawValue, newestID: table.newestID)
    changes.append(.put(.sessions, key: SessionRecord.Head.key, value: head.bytes))
    do throws(StoreError) {
      changes += try forgetReplies(table)
      // In parts: the directory is no store before all is done.
      for start in stride(from: 0, to: changes.count, by: 1_024) {
        try store.catalog.apply(Array(changes[start..<min(changes.count, start + 1_024)]))
      }
    } catch { throw EngineError(reading: error) }
  }

  /// Takes what the catalog has of sessions up to the point into `table`, and deletes their records.
  private func forget(_ table: SessionTable, usesCatalog: Bool) throws(StoreError) -> [CatalogChange] {
    var changes: [CatalogChange] = []
    try store.catalog.visit(.sessions) { key, value in
      changes.append(.delete(.sessions, key: key))
      if key == SessionRecord.Head.key {
        if let head = SessionRecord.Head(value) { table.restore(newestID: head.newestID) }
        return
      }
      guard usesCatalog, let id = UInt64(catalogKey: key), let record = SessionRecord(value) else { return }
      let session = table.restore(id, lastUse: record.lastUse)
      for entry in record.entries where entry.commit <= point.rawValue {
        session.window.settle(entry.request, commit: entry.commit, offset: entry.offset, frame: entry.frame)
      }
      if survey.firstRequests[id] == nil { session.window.settle(through: record.lastRequest) }
    }
    return changes
  }

  /// Deletes replies from behind the point, which would be taken for those of other requests with the same numbers.
  private func forgetReplies(_ table: SessionTable) throws(StoreError) -> [CatalogChange] {
    var changes: [CatalogChange] = []
    try store.catalog.visit(KeptReply.table) { key, value in
      var reader = CatalogBytes.Reader(value)
      let isKept =
        key.count == 16 && value.count >= 8 && (reader.next() as UInt64) <= point.rawValue
        && UInt64(catalogKey: key.prefix(8)).flatMap { table.kept($0) } != nil
      if !isKept { changes.append(.delete(KeptReply.table, key: key)) }
    }
    return changes
  }
}
