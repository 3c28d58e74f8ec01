#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Synchronization

extension EngineCore {
  /// Fires deadlines that are due in shards without traffic, a bounded number a call.
  ///
  /// - Returns: when to look again: now when the bound was reached, else the next deadline or `Int64.max`.
  func timerStep(_ firings: TimerFirings) -> Instant {
    guard configuration.firesTimers, !isStopped.load(ordering: .relaxed) else { return .max }
    let now = clock.now()
    var next = Instant.max
    let limit = configuration.timersPerStepMax
    let byteCountMax = TimerFirings.byteCountMax(count: limit, shards: 1)
    for cell in cells {
      let earliest = cell.lock.withLockBehindOthers { cell.shard.earliestTimer() }
      guard earliest <= now else {
        next = min(next, earliest)
        continue
      }
      guard holdOrMakeRoom(byteCountMax) else { return .max }
      firings.removeAll()
      cell.lock.acquireBehindOthers()
      let isDone = firings.fire(&cell.shard, index: cell.index, by: now, limit: limit)
      let earliestLeft = isDone ? cell.shard.earliestTimer() : now
      let place = firings.isEmpty ? nil : reserveRing(firings.byteCount, promised: byteCountMax)
      if let place { cell.lastRingEnd = place.end }
      cell.lock.release()
      #if MILEPOST_PLANTED_DEFECTS
        if milepost_has_defect(milepost_defect_deadline_not_logged), let place {
          firings.removeAll()
          var writer = unsafe GroupWriter(memory.address(place.start))
          writer.writeSession(.sessionEvicted, session: .max, stamp: now)
          markReady(RingPlace(ticket: place.ticket, start: place.start, end: place.end), first: nil, last: nil, nil, 0)
          continue
        }
      #endif
      if let place { writeTimers(firings, place) } else { giveBack(byteCountMax) }
      next = min(next, earliestLeft)
    }
    commitOrWake(owner: nil)
    return next
  }
}
