#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Glibc
import Kernel
import Store
import Synchronization

extension EngineCore {
  /// Gets what is ready committed: by this thread when it is little and nobody commits, else by the committer.
  ///
  /// A hand-over between threads costs about 30 us, as much as writing a small group; so one caller who waits for one
  /// reply does it himself, and under load the committer does it while the callers go on.
  func commitOrWake(owner: CompletionQueue?) {
    ringLock.acquire()
    guard ring.hasReady, !ringIsCommitting, configuration.startsThreads else { return ringLock.release() }
    // Who waits for a pause to end is the committer, not a caller with other things to do.
    let mayCommit = ringPausedUntil == 0 || clock.monotonicNanoseconds() >= ringPausedUntil
    guard mayCommit, ring.usedByteCount <= UInt64(configuration.inlineCommitByteCountMax) else {
      wakeCommitter()
      return ringLock.release()
    }
    ringIsCommitting = true
    ringLock.release()
    commit(owner: owner)
    ringLock.acquire()
    ringIsCommitting = false
    if ring.hasReady { wakeCommitter() }
    ringLock.release()
    if failureNow != nil { failReadyTickets() }
  }

  /// The ring's lock is held.
  func wakeCommitter() {
    if ringCommitterSleeps { ringSignal.notify() }
  }

  /// Commits one run of ready groups, if there is one and nobody else does.
  /// - Returns: whether there was something to do.
  @discardableResult
  func commitStep() -> Bool {
    ringLock.acquire()
    guard ring.hasReady, !ringIsCommitting, failure == nil else {
      ringLock.release()
      return false
    }
    ringIsCommitting = true
    ringLock.release()
    commit(owner: nil)
    ringLock.acquire()
    ringIsCommitting = false
    let hasFailed = failure != nil
    ringLock.release()
    if hasFailed { failReadyTickets() }
    return true
  }

  /// Writes what waits beside the commits (seals, trimming) in a transaction of its own, unless somebody commits.
  /// - Returns: whether more is to be trimmed; nil when it was not the moment.
  func flushLog() throws(EngineError) -> Bool? {
    ringLock.acquire()
    guard !ringIsCommitting, !ring.hasReady, failure == nil else {
      ringLock.release()
      return nil
    }
    ringIsCommitting = true
    ringLock.release()
    defer {
      ringLock.acquire()
      ringIsCommitting = false
      if ring.hasReady { wakeCommitter() }
      ringLock.release()
      // Who failed meanwhile left what is ready to who commits.
      if failureNow != nil { failReadyTickets() }
    }
    do throws(StoreError) {
      try sealer.sealIfWanted()
      return try store.log.flush()
    } catch {
      throw EngineError(.failed, "the log could not be sealed or trimmed: \(error)")
    }
  }

  /// Writes the next run, then publishes it. The caller holds `ringIsCommitting`.
  private func commit(owner: CompletionQueue?) {
    guard let run = ringLock.withLock({ ring.readyRun(byteCountMax: runByteCountMax) }) else { return }
    let byteCount = Int(run.end - run.start)
    let header = CommitHeader(
      number: nextCommit, epoch: epoch, timeMilliseconds: clock.now(), bodyByteCount: byteCount)
    let start = clock.monotonicNanoseconds()
    #if MILEPOST_PLANTED_DEFECTS
      let isEarly = milepost_has_defect(milepost_defect_reply_before_sync)
      if isEarly { publish(run, nextCommit.rawValue, owner: owner) }
    #else
      let isEarly = false
    #endif
    do {
      try unsafe store.log.append(header) { target in
        // Both are `byteCount` long; the run is ready, so nobody writes to it.
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: memory.address(run.start), count: byteCount))
      }
    } catch {
      return fail(EngineError(.failed, "the log could not be written: \(error)"))
    }
    let end = clock.monotonicNanoseconds()
    counters.committed(byteCount: byteCount, nanoseconds: end - start)
    pauseCommits(after: byteCount, at: end)
    let commit = nextCommit.rawValue
    nextCommit = nextCommit.next
    if !isEarly { publish(run, commit, owner: owner) }
    seal(header, run)
    free(run)
  }

  /// Hashes a commit for the audit chain, behind its replies and while its bytes are at hand.
  private func seal(_ header: CommitHeader, _ run: CommitRing.Run) {
    do throws(StoreError) {
      // The run is freed afterwards, so nobody writes to it.
      try unsafe sealer.add(
        header, UnsafeRawBufferPointer(start: memory.address(run.start), count: header.bodyByteCount))
    } catch { fail(EngineError(.failed, "the log could not be sealed: \(error)")) }
  }

  /// Gives the run's bytes to new groups.
  private func free(_ run: CommitRing.Run) {
    ringLock.acquire()
    ring.free(through: run.end)
    let room = ringRoomWaiters
    ringRoomWaiters = []
    ringLock.release()
    for queue in room { queue.wakeForRoom() }
  }

  /// Sends the run's submissions back and resumes who waited for it.
  private func publish(_ run: CommitRing.Run, _ commit: UInt64, owner: CompletionQueue?) {
    committed.removeAll(keepingCapacity: true)
    ringLock.acquire()
    for _ in 0..<run.ticketCount { committed.append(ring.removeFirst()) }
    ringLock.release()

    var operationCount = 0
    for ticket in committed {
      operationCount += ticket.operationCount
      settle(ticket, commit, runStart: run.start)
    }
    // Sessions know their replies before anybody who waits for this position asks for one.
    waiters.publish(position: run.end, commit: commit)
    counters.answered(operationCount)
    for ticket in committed {
      guard let queue = ticket.queue, let first = ticket.first, let last = ticket.last else { continue }
      queue.push(first, last, isOwner: queue === owner)
    }
    committed.removeAll(keepingCapacity: true)
  }

  private func settle(_ ticket: CommitRing.Ticket, _ commit: UInt64, runStart: UInt64) {
    var member = ticket.first
    while let submission = member {
      submission.outcome = .committed
      submission.commit = commit
      if let session = submission.session {
        session.lock.acquire()
        // A run is at most a few MB more than the largest group, so offsets fit.
        session.window.settle(
          submission.request, commit: commit, offset: UInt32(submission.groupStart - runStart),
          frame: submission.frameIndex)
        session.lastUse = submission.stamp
        session.isDirty = true
        #if MILEPOST_PLANTED_DEFECTS
          if milepost_has_defect(milepost_defect_session_not_saved) { session.isDirty = false }
        #endif
        session.lock.release()
      }
      member = submission.next
    }
  }

  /// Most bytes of the next commit: while commits are paced, many small ones with short pauses between them. The ring's
  /// lock is held.
  private var runByteCountMax: Int {
    ringPausedUntil == 0 ? configuration.commitByteCountMax : min(configuration.commitByteCountMax, 256 << 10)
  }

  private func pauseCommits(after byteCount: Int, at now: UInt64) {
    let pause = pace.pause(after: byteCount, committed: counters.committedByteCount)
    ringLock.withLock { ringPausedUntil = pause > 0 ? now + pause : 0 }
  }

  /// Waits until commits may go on, or the engine ends.
  private func waitForPace() {
    while !isStopped.load(ordering: .acquiring) {
      let until = ringLock.withLock { ringPausedUntil }
      let now = clock.monotonicNanoseconds()
      guard until > now, waiters.position >= ringWantedEnd.load(ordering: .relaxed) else { return }
      usleep(UInt32(clamping: min(2_000_000, until - now) / 1_000 + 1))
    }
  }

  /// The committer's loop: commits until the engine has stopped and nothing is left.
  func runCommitter() {
    while true {
      waitForPace()
      if commitStep() { continue }
      ringLock.acquire()
      while failure != nil || !(ring.hasReady && !ringIsCommitting) {
        if failure != nil || (isStopped.load(ordering: .acquiring) && ring.isEmpty) { return ringLock.release() }
        ringCommitterSleeps = true
        ringSignal.wait()
        ringCommitterSleeps = false
      }
      ringLock.release()
    }
  }
}
