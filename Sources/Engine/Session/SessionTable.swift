import Kernel

/// All sessions that are remembered.
final class SessionTable: @unchecked Sendable {
  let countMax: Int
  let windowCapacity: Int
  /// Held while a session changes its owner. Taken before any queue's submit lock.
  let attachLock = Lock()

  /// Sessions without a connection as they were last looked for, the one idle longest at the end, each with its last use then. So that
  /// not every eviction walks over all of them. Guarded by `attachLock`.
  private var idleLongest: [(session: Session, lastUse: Instant)] = []
  private static let idleCountMax = 256

  /// Guards what follows.
  private let lock = Lock()
  private var sessions: [UInt64: Session] = [:]
  /// The id of the next session. Every lower one exists, or existed.
  private var nextID: UInt64 = 1
  private var evictedByLog: [Session] = []

  init(countMax: Int, windowCapacity: Int) {
    self.countMax = countMax
    self.windowCapacity = windowCapacity
  }

  var count: Int { lock.withLock { sessions.count } }
  var newestID: UInt64 { lock.withLock { nextID - 1 } }
  var all: [Session] { lock.withLock { Array(sessions.values) } }

  func find(_ id: UInt64) throws(EngineError) -> Session {
    lock.acquire()
    defer { lock.release() }
    if let session = sessions[id] { return session }
    guard id > 0, id < nextID else {
      throw EngineError(.sessionUnknown, "session \(id) was never opened in this store")
    }
    throw EngineError(.sessionEvicted, "session \(id) was evicted")
  }

  /// Makes a session with the next id; the caller logs it before anybody may use it.
  func make(at instant: Instant) -> Session {
    lock.acquire()
    defer { lock.release() }
    let session = Session(id: nextID, window: ReplyWindow(capacity: windowCapacity), lastUse: instant)
    nextID += 1
    sessions[session.id] = session
    return session
  }

  /// Removes a session, so that its id answers "evicted" from now on.
  func remove(_ id: UInt64) { lock.withLock { _ = sessions.removeValue(forKey: id) } }

  /// The session that must go for one more: the one idle longest, of those without a connection if there are any.
  /// Nil when there is room.
  func evictionCandidate() -> Session? {
    guard count >= countMax else { return nil }
    attachLock.acquire()
    defer { attachLock.release() }
    while let (session, lastUse) = idleLongest.popLast() {
      // Whoever was used meanwhile has been idle for less time than the others.
      if !session.isEvicted, session.owner == nil, session.newestUse == lastUse { return session }
    }
    let ranked = all.map { (session: $0, lastUse: $0.newestUse) }
      .sorted { ($0.lastUse, $0.session.id) > ($1.lastUse, $1.session.id) }
    let idle = ranked.filter { $0.session.owner == nil }
    guard let longest = idle.last else { return ranked.last?.session }
    idleLongest = Array(idle.suffix(Self.idleCountMax).dropLast())
    return longest.session
  }

  // MARK: Recovery, before any other thread runs

  /// The session, or nil when it was evicted.
  func kept(_ id: UInt64) -> Session? { lock.withLock { sessions[id] } }

  /// A session as the catalog or the log has it; the existing one when both do.
  func restore(_ id: UInt64, lastUse: Instant) -> Session {
    lock.acquire()
    defer { lock.release() }
    nextID = max(nextID, id + 1)
    if let session = sessions[id] { return session }
    let session = Session(id: id, window: ReplyWindow(capacity: windowCapacity), lastUse: lastUse)
    sessions[id] = session
    return session
  }

  /// Sessions that the log evicts, once. The catalog may still have them, and a later start, whose replay begins behind their evictions,
  /// would take them for alive.
  func takeEvictedByLog() -> [Session] {
    lock.withLock {
      defer { evictedByLog = [] }
      return evictedByLog
    }
  }

  private func evict(_ id: UInt64) {
    lock.withLock { if let session = sessions.removeValue(forKey: id) { evictedByLog.append(session) } }
  }

  func restore(newestID: UInt64) { lock.withLock { nextID = max(nextID, newestID + 1) } }

  /// Notes what a group of the log, read in order, says about sessions.
  func rebuild(from group: LogGroup, commit: UInt64) {
    switch group.kind {
    case .timers: break
    case .sessionOpened: _ = restore(group.frame(0).session, lastUse: group.header.stamp)
    case .sessionEvicted: evict(group.frame(0).session)
    case .frames:
      for index in 0..<Int(group.header.frameCount) {
        let frame = group.frame(index)
        guard frame.session != 0 else { continue }
        let session = restore(frame.session, lastUse: group.header.stamp)
        session.window.settle(
          frame.request, commit: commit, offset: UInt32(group.offset), frame: UInt32(index))
        session.lastUse = max(session.lastUse, group.header.stamp)
        session.isDirty = true
      }
    }
  }
}
