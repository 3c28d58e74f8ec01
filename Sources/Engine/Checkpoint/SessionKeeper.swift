#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store

/// Writes sessions, and replies that are about to leave the log, to the catalog.
///
/// Used by the maintenance thread; `forget` by any.
final class SessionKeeper: @unchecked Sendable {
  private let catalog: any Catalog
  private let replyReader: ReplyReader
  private let bounds: Bounds
  /// Guards `forgotten`.
  private let lock = Lock()
  private var forgotten: [Session] = []

  /// Bytes of changes in one transaction.
  private static let batchByteCount = 1 << 20

  /// Bytes of replies that are kept outside the log.
  struct Bounds {
    var perSession: Int
    var altogether: Int
  }

  init(store: Store, bounds: Bounds) {
    catalog = store.catalog
    replyReader = ReplyReader(store: store)
    self.bounds = bounds
  }

  /// Lets the catalog forget an evicted session with the next `save`.
  func forget(_ session: Session) { lock.withLock { forgotten.append(session) } }

  /// Brings the catalog up to `cut`, which is durable and was read before this call.
  /// - Parameter floor: the first commit that the log may be trimmed to afterwards; replies before it move to the
  ///   catalog.
  func save(_ table: SessionTable, cut: UInt64, floor: UInt64) throws(EngineError) {
    var batch = Batch(catalog: catalog)
    for session in lock.withLock({ take(&forgotten) }) {
      let kept = session.lock.withLock { Array(session.keptReplies.keys) }
      try batch.add(.delete(.sessions, key: session.id.catalogKey), byteCount: 8)
      for request in kept { try batch.add(.deleteReply(session.id, request), byteCount: 16) }
    }
    let sessions = table.all
    for session in sessions { try keepReplies(of: session, before: floor, &batch) }
    try dropExcess(over: sessions, &batch)
    for session in sessions {
      let record: SessionRecord? = session.lock.withLock {
        guard session.isDirty else { return nil }
        session.isDirty = false
        return SessionRecord(session)
      }
      guard let record else { continue }
      let bytes = record.bytes
      try batch.add(.put(.sessions, key: session.id.catalogKey, value: bytes), byteCount: bytes.count)
    }
    try batch.add(
      .put(
        .sessions, key: SessionRecord.Head.key, value: SessionRecord.Head(cut: cut, newestID: table.newestID).bytes),
      byteCount: 16)
    try batch.write()
  }

  /// Moves what the log may lose of a session's window, and drops what left the window.
  private func keepReplies(of session: Session, before floor: UInt64, _ batch: inout Batch) throws(EngineError) {
    let (entries, gone) = session.lock.withLock {
      (
        session.window.durableEntries.filter { $0.commit < floor && session.keptReplies[$0.request] == nil },
        session.keptReplies.keys.filter { session.window.entry($0) == nil }
      )
    }
    for request in gone {
      try batch.add(.deleteReply(session.id, request), byteCount: 16)
      session.lock.withLock { _ = session.keptReplies.removeValue(forKey: request) }
    }
    for entry in entries {
      #if MILEPOST_PLANTED_DEFECTS
        if milepost_has_defect(milepost_defect_reply_trimmed_with_log) { continue }
      #endif
      var reply: KeptReply?
      let isInLog = try replyReader.visit(entry, session.id) { group, frame, operation, slot in
        reply = KeptReply(group, frame, commit: entry.commit, firstOperation: operation, firstSlot: slot)
      }
      guard isInLog, let reply else { continue }
      try batch.add(
        .put(KeptReply.table, key: KeptReply.key(session: session.id, request: entry.request), value: reply.bytes),
        byteCount: reply.byteCount)
      session.lock.withLock { session.keptReplies[entry.request] = reply.byteCount }
    }
    try dropExcess(of: session, &batch)
  }

  /// Keeps a session inside its allowance.
  private func dropExcess(of session: Session, _ batch: inout Batch) throws(EngineError) {
    let total = session.keptByteCount
    if total > bounds.perSession { _ = try drop(total - bounds.perSession, of: session, &batch) }
  }

  /// Keeps all sessions together inside the bound: those that were idle longest lose replies first.
  private func dropExcess(over sessions: [Session], _ batch: inout Batch) throws(EngineError) {
    let total = sessions.reduce(0) { $0 + $1.keptByteCount }
    guard total > bounds.altogether else { return }
    var excess = total - bounds.altogether
    let idleLongestFirst = sessions.map { session in (session.lock.withLock { session.lastUse }, session.id, session) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    for (_, _, session) in idleLongestFirst where excess > 0 {
      excess -= try drop(excess, of: session, &batch)
    }
  }

  /// The oldest replies go, at least `byteCount` if there are so many, and their requests answer "too old".
  /// - Returns: the bytes that went.
  private func drop(_ byteCount: Int, of session: Session, _ batch: inout Batch) throws(EngineError) -> Int {
    var dropped = 0
    for (request, size) in session.lock.withLock({ session.keptReplies.sorted { $0.key < $1.key } }) {
      if dropped >= byteCount { break }
      dropped += size
      try batch.add(.deleteReply(session.id, request), byteCount: 16)
      session.lock.withLock {
        _ = session.keptReplies.removeValue(forKey: request)
        session.window.remove(request)
        session.isDirty = true
      }
    }
    return dropped
  }

  private func take(_ list: inout [Session]) -> [Session] {
    defer { list = [] }
    return list
  }

  /// Changes that go to the catalog a bounded number of bytes at a time.
  private struct Batch {
    let catalog: any Catalog
    var changes: [CatalogChange] = []
    var byteCount = 0

    init(catalog: any Catalog) { self.catalog = catalog }

    mutating func add(_ change: CatalogChange, byteCount: Int) throws(EngineError) {
      changes.append(change)
      self.byteCount += byteCount
      if self.byteCount >= SessionKeeper.batchByteCount { try write() }
    }

    mutating func write() throws(EngineError) {
      guard !changes.isEmpty else { return }
      do throws(StoreError) { try catalog.apply(changes) } catch {
        throw EngineError(.failed, "sessions could not be written to the catalog: \(error)")
      }
      changes.removeAll(keepingCapacity: true)
      byteCount = 0
    }
  }
}

extension CatalogChange {
  fileprivate static func deleteReply(_ session: UInt64, _ request: UInt64) -> CatalogChange {
    .delete(KeptReply.table, key: KeptReply.key(session: session, request: request))
  }
}
