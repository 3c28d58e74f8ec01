#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

extension EngineCore {
  /// Opens a session; when the table is full the one that was idle longest is evicted first.
  func openSession(_ completion: @escaping @Sendable (Result<Session, EngineError>) -> Void) {
    guard !isStopped.load(ordering: .relaxed) else { return completion(.failure(refusal())) }
    if let idle = sessions.evictionCandidate() { end(idle) }
    let now = clock.now()
    // The table's attach lock orders ids in the log as they were given.
    sessions.attachLock.acquire()
    guard let place = holdSession() else {
      sessions.attachLock.release()
      return completion(.failure(refusal()))
    }
    let session = sessions.make(at: now)
    write(.sessionOpened, session.id, at: now, place)
    sessions.attachLock.release()
    commitOrWake(owner: nil)
    waiters.whenDurable(through: place.end) { error in
      completion(error.map { .failure($0) } ?? .success(session))
    }
  }

  func evict(_ id: UInt64, _ completion: @escaping @Sendable (Result<Void, EngineError>) -> Void) {
    guard !isStopped.load(ordering: .relaxed) else { return completion(.failure(refusal())) }
    let session: Session
    do throws(EngineError) { session = try sessions.find(id) } catch { return completion(.failure(error)) }
    guard let end = end(session) else { return completion(.failure(refusal())) }
    commitOrWake(owner: nil)
    waiters.whenDurable(through: end) { error in
      completion(error.map { .failure($0) } ?? .success(()))
    }
  }

  /// Ends a session: none of its requests is taken behind its eviction in the log.
  /// - Returns: the ring position that makes it durable, nil when the engine has failed.
  @discardableResult
  private func end(_ session: Session) -> UInt64? {
    sessions.attachLock.acquire()
    defer { sessions.attachLock.release() }
    let owner = session.owner
    owner?.submitLock.acquire()
    defer { owner?.submitLock.release() }
    guard !session.isEvicted else { return waiters.position }
    guard let place = holdSession() else { return nil }
    session.isEvicted = true
    session.owner = nil
    sessions.remove(session.id)
    // Before the eviction can be durable: the catalog forgets it with the first save behind it, or else replay might begin behind the eviction
    // and find the session there. One that is forgotten too early was told to nobody.
    checkpointer.forget(session)
    write(.sessionEvicted, session.id, at: clock.now(), place)
    return place.end
  }

  private func holdSession() -> RingPlace? {
    guard holdOrMakeRoom(GroupWriter.sessionByteCount) else { return nil }
    return reserveRing(GroupWriter.sessionByteCount, promised: GroupWriter.sessionByteCount)
  }

  private func write(_ kind: GroupKind, _ session: UInt64, at instant: Instant, _ place: RingPlace) {
    // The place has room for exactly this group, and is ours until it is ready.
    var writer = unsafe GroupWriter(memory.address(place.start))
    writer.writeSession(kind, session: session, stamp: instant)
    markReady(place, first: nil, last: nil, nil, 0)
  }

  /// Gives a session to a queue: see `Engine.attach`.
  func attach(_ session: Session, to queue: CompletionQueue?) {
    sessions.attachLock.acquire()
    defer { sessions.attachLock.release() }
    let old = session.owner
    guard old !== queue else { return }
    // Only one thread at a time is here, so the order of the two does not matter.
    old?.submitLock.acquire()
    queue?.submitLock.acquire()
    if !session.isEvicted {
      session.owner = queue
      session.planned = session.lastRequest
    }
    queue?.submitLock.release()
    old?.submitLock.release()
  }

  /// Fills a submission with the kept reply to its request.
  /// - Returns: `repeated`, or why there is none.
  func loadReply(_ submission: Submission, _ session: Session) -> SubmissionOutcome {
    guard let entry = session.lock.withLock({ session.window.entry(submission.request) }), entry.isDurable else {
      return .requestTooOld
    }
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_other_reply_kept),
        let other = session.lock.withLock({ session.window.entry(submission.request &- 1) }), other.isDurable
      {
        do throws(EngineError) {
          return try ReplyReader(store: store).load(other, session: session.id, into: submission)
        } catch { return .failed }
      }
    #endif
    do throws(EngineError) {
      return try ReplyReader(store: store).load(entry, session: session.id, into: submission)
    } catch {
      // What the log holds cannot be read back: nothing may be served from here on.
      fail(error)
      return .failed
    }
  }
}
