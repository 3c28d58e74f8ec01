#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Glibc
import Kernel
import Store
import Synchronization

extension EngineCore {
  /// See `Engine.submit(_:to:)`. Runs on the queue owner's thread.
  func submit(_ submissions: [Submission], to queue: CompletionQueue) -> Int {
    queue.submitLock.acquire()
    queue.beginSubmit()
    activeSubmits.add(1, ordering: .sequentiallyConsistent)
    let scratch = queue.scratch(shardCount: cells.count, configuration: configuration)
    var taken = 0
    var isFull = false
    while taken < submissions.count && !isFull {
      // The room is held before a frame is admitted: what was admitted can always be applied.
      guard holdRing(for: scratch, queue) else { break }
      taken += gather(submissions, from: taken, scratch, queue, &isFull)
      if scratch.members.isEmpty {
        giveBack(scratch.groupByteCountMax, scratch.timerByteCountMax)
      } else {
        applyGroup(scratch, queue)
        scratch.removeAll()
      }
    }
    activeSubmits.subtract(1, ordering: .sequentiallyConsistent)
    queue.submitLock.release()
    commitOrWake(owner: queue)
    return taken
  }

  /// Collects the next frames that are applied together; what can be answered at once is answered.
  /// - Parameter isFull: set when the next frame must wait for a commit.
  /// - Returns: how many submissions were used up, members of the group included.
  private func gather(
    _ submissions: [Submission], from first: Int, _ scratch: SubmitScratch, _ queue: CompletionQueue,
    _ isFull: inout Bool
  ) -> Int {
    var index = first
    while index < submissions.count {
      let submission = submissions[index]
      guard shape(submission, queue) else {
        index += 1
        continue
      }
      guard scratch.hasRoom(for: submission) else { break }
      switch admit(submission, queue) {
      case .admitted: break
      case .answered:
        index += 1
        continue
      case .wait:
        isFull = true
        ringLock.withLock { ringRoomWaiters.append(queue) }
        return index - first
      }
      scratch.add(submission)
      index += 1
      if scratch.endsGroup(submission) { break }
    }
    return index - first
  }

  /// Counts the operations; answers what is no whole frame.
  private func shape(_ submission: Submission, _ queue: CompletionQueue) -> Bool {
    precondition(submission.outcome == .pending, "a submission must be reset before it is used again")
    precondition(submission.slotCount <= submission.slotCapacity, "more slots than the submission's memory has")
    // Ordered behind the count of active submits: whoever stops the engine either sees this call or is seen by it.
    guard !isStopped.load(ordering: .sequentiallyConsistent) else {
      answer(submission, .failed, queue)
      return false
    }
    // Slots in use lie inside the submission's memory: checked above.
    guard
      let shape = unsafe GroupPlan.shape(of: submission.slotBase, slotCount: submission.slotCount),
      shape.operationCount > 0
    else {
      answer(submission, .malformed, queue)
      return false
    }
    guard shape.operationCount <= configuration.operationsPerSubmissionMax else {
      answer(submission, .tooLarge, queue)
      return false
    }
    submission.operationCount = shape.operationCount
    submission.endsInChain = shape.endsInChain
    return true
  }

  private func answer(_ submission: Submission, _ outcome: SubmissionOutcome, _ queue: CompletionQueue) {
    submission.outcome = outcome
    submission.next = nil
    queue.push(submission, submission, isOwner: true)
  }

  private enum Admission { case admitted, answered, wait }

  /// Holds a frame against its session: requests in number order, repeats answered from what is kept.
  private func admit(_ submission: Submission, _ queue: CompletionQueue) -> Admission {
    guard let session = submission.session else { return .admitted }
    guard !session.isEvicted else {
      answer(submission, .sessionEvicted, queue)
      return .answered
    }
    guard session.owner === queue else {
      answer(submission, .sessionMoved, queue)
      return .answered
    }
    let request = submission.request
    #if MILEPOST_PLANTED_DEFECTS
      if request == session.planned, milepost_has_defect(milepost_defect_resend_applied_again) {
        submission.session = nil
        return .admitted
      }
    #endif
    guard request <= session.planned else {
      guard request == session.planned + 1 else {
        answer(submission, .requestGap, queue)
        return .answered
      }
      if session.lock.withLock({ session.window.isFull(planned: session.planned) }) { return .wait }
      session.planned = request
      return .admitted
    }
    guard request > 0 else {
      answer(submission, .requestTooOld, queue)
      return .answered
    }
    return repeated(submission, session, queue)
  }

  /// Answers a request that was applied before, now or when it is durable.
  private func repeated(_ submission: Submission, _ session: Session, _ queue: CompletionQueue) -> Admission {
    // A request of the group being gathered is in no window yet; it will be by the next call.
    guard submission.request <= session.lastRequest else { return .wait }
    guard let entry = session.lock.withLock({ session.window.entry(submission.request) }) else {
      answer(submission, .requestTooOld, queue)
      return .answered
    }
    waiters.whenDurable(through: entry.isDurable ? 0 : entry.ringEnd) { [self] error in
      submission.outcome = error == nil ? loadReply(submission, session) : .failed
      submission.next = nil
      queue.push(submission, submission, isOwner: false)
    }
    return .answered
  }

  /// Applies a gathered group and puts it into the ring, where room is held for it and for what is due before it.
  private func applyGroup(_ scratch: SubmitScratch, _ queue: CompletionQueue) {
    let plan = scratch.plan
    scratch.layOut()
    let groupByteCount = GroupWriter.offsets(of: plan, frameCount: scratch.frames.count).end
    let timersMax = scratch.timerByteCountMax
    while true {
      if let reason = askReferences(scratch) {
        giveBack(timersMax)
        return takeBack(scratch, queue, reason)
      }
      lockShards(plan)
      var stamp = clock.now()
      for shard in plan.shards { stamp = max(stamp, cells[Int(shard)].shard.lastStamp) }
      let readiness = prepare(scratch, by: stamp)
      if case .ready = readiness { applyShards(scratch, stamp) }
      scratch.loader.release(counters)
      let timers = scratch.firings.isEmpty ? nil : reserveRing(scratch.firings.byteCount, promised: timersMax)
      var place: RingPlace?
      if case .ready = readiness { place = reserveRing(groupByteCount, promised: scratch.groupByteCountMax) }
      for shard in plan.shards {
        let cell = cells[Int(shard)]
        if let end = (place ?? timers)?.end { cell.lastRingEnd = end }
        cell.lock.release()
      }
      if let timers { writeTimers(scratch.firings, timers) } else { giveBack(timersMax) }
      if let place { return writeGroup(scratch, place, stamp, queue) }
      do throws(EngineError) {
        switch readiness {
        case .refused(let reason): throw reason
        case .archived: try scratch.loader.fetch(from: store.archive, counters)
        // So much was due that it filled its allowance: it is in the log now, and the rest follows.
        case .late, .ready: break
        }
      } catch {
        // What cannot be read cannot be served, now or later.
        if error.kind != .limit {
          fail(error)
        } else if scratch.members.count > 1 {
          return applyApart(scratch, queue)
        }
        return takeBack(scratch, queue, error)
      }
      guard holdOrMakeRoom(timersMax) else { return takeBack(scratch, queue, refusal()) }
    }
  }

  /// Applies the frames of a group one by one: one of them asks for more room than there is, and the others are not to pay for it.
  ///
  /// Room in the ring is held for one group, without its deadlines.
  private func applyApart(_ scratch: SubmitScratch, _ queue: CompletionQueue) {
    let members = scratch.members
    for (index, member) in members.enumerated() {
      scratch.removeAll()
      guard index == 0 || holdOrMakeRoom(scratch.groupByteCountMax) else {
        takeBack(member, queue, refusal())
        continue
      }
      scratch.add(member)
      // One of the same session before it was refused: this one would leave a gap.
      if let session = member.session, session.planned < member.request {
        takeBack(scratch, queue, EngineError(.limit, "the request before this one was refused"))
      } else if holdOrMakeRoom(scratch.timerByteCountMax) {
        applyGroup(scratch, queue)
      } else {
        takeBack(scratch, queue, refusal())
      }
    }
  }

  /// Asks the archive for the references of the group, where it was not asked before or where some have left since.
  /// - Returns: why the group cannot be applied; the engine has failed then.
  private func askReferences(_ scratch: SubmitScratch) -> EngineError? {
    let plan = scratch.plan
    do throws(StoreError) {
      for index in plan.shards.indices {
        // Slots and entries are the scratch's or a member's memory, which nobody else touches before the reply.
        unsafe try scratch.loader.references.ask(
          cells[Int(plan.shards[index])], at: index, slots: scratch.slotBase, entries: plan.entries(at: index),
          store.archive, counters)
      }
      return nil
    } catch {
      let reason = EngineError(reading: error)
      fail(reason)
      return reason
    }
  }

  /// What stands between a group and its application.
  private enum Readiness {
    case ready
    /// More deadlines are due than fit.
    case late
    /// Contracts or references may be in the archive: they are fetched without the locks.
    case archived
    case refused(EngineError)
  }

  /// Fires what is due and brings contracts and references back from the archive; the shards' locks are held.
  private func prepare(_ scratch: SubmitScratch, by stamp: Instant) -> Readiness {
    let plan = scratch.plan
    guard fireTimers(of: plan, by: stamp, into: scratch.firings) else { return .late }
    var isComplete = true
    for index in plan.shards.indices {
      let cell = cells[Int(plan.shards[index])]
      // Slots and entries are the scratch's or a member's memory, which nobody else touches before the reply.
      unsafe cell.shard.look(slots: scratch.slotBase, entries: plan.entries(at: index))
      if !scratch.loader.references.recall(into: cell, at: index) { isComplete = false }
      if !scratch.loader.note(cell, store.archive) { isComplete = false }
    }
    guard isComplete else { return .archived }
    do throws(EngineError) {
      for shard in plan.shards where try !scratch.loader.insert(into: cells[Int(shard)]) { return refusal(full: shard) }
    } catch { return .refused(error) }
    return shardWithoutRoom(plan).map { refusal(full: $0) } ?? .ready
  }

  private func refusal(full shard: UInt16) -> Readiness {
    .refused(EngineError(.limit, "shard \(shard) has no room for more records: its configured limits are reached"))
  }

  /// Answers a group that was admitted and not applied: its requests may come again.
  private func takeBack(_ scratch: SubmitScratch, _ queue: CompletionQueue, _ reason: EngineError) {
    giveBack(scratch.groupByteCountMax)
    for member in scratch.members { takeBack(member, queue, reason) }
  }

  private func takeBack(_ member: Submission, _ queue: CompletionQueue, _ reason: EngineError) {
    if let session = member.session { session.planned = session.lastRequest }
    member.failure = reason
    answer(member, .failed, queue)
  }

  /// A shard of the plan, whose locks are held, that could run out of room; records are never refused one by one.
  private func shardWithoutRoom(_ plan: GroupPlan) -> UInt16? {
    for index in plan.shards.indices {
      let count = unsafe plan.entries(at: index).count
      let need = plan.milestoneNeed(at: index)
      if !cells[Int(plan.shards[index])].shard.hasRoom(for: count, milestoneNeed: need) { return plan.shards[index] }
    }
    return nil
  }

  /// Takes the locks of a plan's shards, in index order.
  private func lockShards(_ plan: GroupPlan) {
    for shard in plan.shards {
      let lock = cells[Int(shard)].lock
      if lock.tryAcquire() { continue }
      let start = clock.monotonicNanoseconds()
      lock.acquire()
      counters.lockWaited(nanoseconds: clock.monotonicNanoseconds() - start)
    }
  }

  /// Fires what is due in the plan's shards, whose locks are held.
  /// - Returns: whether nothing due is left.
  private func fireTimers(of plan: GroupPlan, by stamp: Instant, into firings: TimerFirings) -> Bool {
    firings.removeAll()
    guard configuration.firesTimers else { return true }
    for shard in plan.shards {
      let cell = cells[Int(shard)]
      guard cell.shard.earliestTimer() <= stamp else { continue }
      let limit = configuration.timersPerStepMax - firings.count
      guard firings.fire(&cell.shard, index: shard, by: stamp, limit: limit) else { return false }
    }
    return true
  }

  /// Applies a laid out group; the shards' locks are held.
  private func applyShards(_ scratch: SubmitScratch, _ stamp: Instant) {
    let plan = scratch.plan
    for index in plan.shards.indices {
      let cell = cells[Int(plan.shards[index])]
      scratch.sequences.append(cell.shard.operationCount)
      // Slots, results and entries are the scratch's or a member's memory, which nobody else touches before the reply.
      unsafe cell.shard.apply(
        slots: scratch.slotBase, entries: plan.entries(at: index), stamp: stamp, results: scratch.resultBase,
        isLookedAt: true)
    }
  }

  struct RingPlace {
    var ticket: UInt64
    var start: UInt64
    var end: UInt64
  }

  private static let pacedRingByteCount: UInt64 = 1 << 20

  /// Holds room for a group and for the deadlines before it.
  /// - Parameter queue: told when there is room again, if there is none now.
  private func holdRing(for scratch: SubmitScratch, _ queue: CompletionQueue) -> Bool {
    ringLock.acquire()
    defer { ringLock.release() }
    // While commits are paced a long queue would only make everything wait that needs it to be durable, checkpoints first.
    let isOpen = ringPausedUntil == 0 || ring.usedByteCount < Self.pacedRingByteCount
    if isOpen, ring.hold(scratch.groupByteCountMax) {
      if ring.hold(scratch.timerByteCountMax) { return true }
      ring.giveBack(scratch.groupByteCountMax)
    }
    ringRoomWaiters.append(queue)
    return false
  }

  /// Holds room and waits for it when the ring is full. For what is small and seldom, without a shard's lock.
  /// - Returns: false when the engine has failed.
  func holdOrMakeRoom(_ byteCount: Int) -> Bool {
    while !ringLock.withLock({ ring.hold(byteCount) }) {
      if failureNow != nil { return false }
      if configuration.startsThreads {
        ringLock.withLock { wakeCommitter() }
        sched_yield()
      } else {
        commitStep()
      }
    }
    return true
  }

  /// Gives room back that was held and that nobody used, one promise or two; with nothing on its way to a commit, who waits is told here.
  func giveBack(_ byteCount: Int, _ other: Int? = nil) {
    ringLock.acquire()
    ring.giveBack(byteCount)
    if let other { ring.giveBack(other) }
    let room = ring.isEmpty ? ringRoomWaiters : []
    if ring.isEmpty { ringRoomWaiters = [] }
    ringLock.release()
    for queue in room { queue.wakeForRoom() }
  }

  func reserveRing(_ byteCount: Int, promised: Int) -> RingPlace {
    ringLock.acquire()
    defer { ringLock.release() }
    let (ticket, start) = ring.reserve(byteCount, promised: promised)
    return RingPlace(ticket: ticket, start: start, end: start + UInt64(byteCount))
  }

  /// Copies an applied group into its place and lets the committer have it.
  private func writeGroup(_ scratch: SubmitScratch, _ place: RingPlace, _ stamp: Instant, _ queue: CompletionQueue) {
    // The place has room for exactly this group, and is ours until it is ready.
    var writer = unsafe GroupWriter(memory.address(place.start))
    writer.write(
      scratch.plan, frames: scratch.frames, of: scratch.members, stamp: stamp, sequences: scratch.sequences)
    scratch.handBack(stamp: stamp, groupStart: place.start, ringEnd: place.end)
    for member in scratch.members {
      unsafe scratch.plan.countResults(member.resultBase, count: member.operationCount)
    }
    counters.applied(scratch.plan, frames: scratch.frames.count)
    markReady(place, first: scratch.members.first, last: scratch.members.last, queue, scratch.plan.operationCount)
  }

  /// Copies fired deadlines into their place and lets the committer have them.
  func writeTimers(_ firings: TimerFirings, _ place: RingPlace) {
    // The place has room for exactly these groups, and is ours until it is ready.
    var writer = unsafe GroupWriter(memory.address(place.start))
    for part in firings.parts { writer.write(part, of: firings) }
    counters.fired(firings.count - firings.pruneCount)
    markReady(place, first: nil, last: nil, nil, firings.count)
  }

  func markReady(
    _ place: RingPlace, first: Submission?, last: Submission?, _ queue: CompletionQueue?, _ operationCount: Int
  ) {
    counters.accepted(operationCount)
    ringLock.acquire()
    ring.markReady(place.ticket, first: first, last: last, queue: queue, operationCount: operationCount)
    let hasFailed = failure != nil
    ringLock.release()
    if hasFailed { failReadyTickets() }
  }
}
