/// Deadlines: they fire as ordinary operations of actor 0, which the owner applies alone and logs.
extension Shard {
  /// No timer fires before this instant; `Int64.max` when none is armed.
  public func earliestTimer() -> Instant { tracksTimers ? wheel.earliest : .max }

  /// Starts to track timers, after replay or restore: until then the log has what they fired.
  public mutating func armTimers() {
    if tracksTimers { return }
    tracksTimers = true
    for slot in 0..<contracts.count where contracts[slot].stateValue != 0 { rearmAll(slot) }
  }

  /// The next deadline due at or before `stamp`, in the order (instant, contract, ordinal, number), or nil.
  ///
  /// The caller applies the operation alone, at the timer's stamp, logs it, and asks again.
  public mutating func nextDueTimer(by stamp: Instant) -> DueTimer? {
    guard tracksTimers else { return nil }
    var idleCount = 0
    while true {
      // Every time: what is armed below may lie in a bucket that has come and is still closed.
      while let (bucket, entries) = wheel.openBucket(by: stamp) {
        var isIdle = true
        for entry in entries where lookAgain(entry, bucket: bucket) { isIdle = false }
        wheel.findNextBucket()
        idleCount = isIdle ? idleCount + 1 : 0
        if idleCount >= Self.idleBucketCountMax {
          skipIdleBuckets(by: stamp)
          idleCount = 0
        }
      }
      guard let due = wheel.firstDue(by: stamp) else { return nil }
      wheel.popFirst()
      let slot = Int(due.slot)
      guard contracts[slot].stateValue != 0, contracts[slot].id == due.contract,
        due.ordinal <= contracts[slot].milestoneCount
      else { continue }
      setArmed(slot, due.ordinal, 0)
      guard let next = nextTimer(slot, due.ordinal) else { continue }
      if next.instant > due.instant {
        arm(next, slot, due.ordinal)
        continue
      }
      if !mayFire(slot, next) {
        contracts[slot].flags.insert(.timerDropped)
        continue
      }
      let operation =
        due.ordinal == 0
        ? idleStep(slot).fired(next, contracts[slot])
        : idleStep(slot).fired(
          next, ordinal: due.ordinal, milestones.slab[milestoneIndex(slot, due.ordinal)], contracts[slot])
      let tenantStamp = tenants[Int(contracts[slot].tenantSlot)].lastStamp
      return DueTimer(operation: operation, stamp: max(next.instant, tenantStamp))
    }
  }

  /// Looks at up to `limit` entries of timers, if those that records have left behind have become too many, and takes out
  /// what no record needs: contracts that closed or left had deadlines that are far away. Never changes an answer.
  public mutating func sweepTimers(limit: Int, isForced: Bool = false) {
    guard wheel.beginSweep(isForced: isForced) else { return }
    var looked = 0
    while looked < limit, let (chunk, slot) = wheel.chunkToSweep() {
      var kept = TimerWheel.Chunk()
      for index in 0..<Int(chunk.count) where isNeeded(chunk.entries[index], inSlot: slot) {
        kept.entries[Int(kept.count)] = chunk.entries[index]
        kept.count += 1
      }
      wheel.replaceSwept(with: kept)
      looked += Int(chunk.count)
    }
  }

  private func isNeeded(_ entry: TimerWheel.Entry, inSlot wheelSlot: Int) -> Bool {
    guard let armed = armedBucket(of: entry) else { return false }
    return TimerWheel.isIn(slot: wheelSlot, armedBucket: armed)
  }

  /// Entries of timers in memory, needed or not.
  public var timerEntryCount: Int { wheel.entryCount }

  /// EXPIRE waits for ACCEPT. It is armed from ADD_MILESTONE on, so that ACCEPT need not touch the milestones: one
  /// that comes up before is dropped, and the contract remembers that ACCEPT has to arm again.
  func mayFire(_ slot: Int, _ next: NextTimer) -> Bool {
    contracts[slot].stateValue >= ContractState.active.rawValue || next.kind != .expire
  }

  /// A step that carries a contract's terms. Timers do not read the clock: pauses freeze what depends on it.
  func idleStep(_ slot: Int) -> Step {
    unsafe Step(.none, now: 0, terms: terms.address(contracts[slot].termsSlot))
  }

  private mutating func nextTimer(_ slot: Int, _ ordinal: UInt16) -> NextTimer? {
    let step = idleStep(slot)
    if ordinal == 0 { return step.nextTimer(&contracts[slot]) }
    return step.nextTimer(
      &milestones.slab[milestoneIndex(slot, ordinal)], &contracts[slot], &sides[Int(contracts[slot].side)])
  }

  private mutating func setArmed(_ slot: Int, _ ordinal: UInt16, _ bucket: UInt32) {
    if ordinal == 0 {
      contracts[slot].armedBucket = bucket
    } else {
      milestones.slab[milestoneIndex(slot, ordinal)].armedBucket = bucket
    }
  }

  mutating func arm(_ next: NextTimer, _ slot: Int, _ ordinal: UInt16) {
    let contract = contracts[slot].id
    if ordinal == 0 {
      wheel.arm(
        next.instant, slot: slot, ordinal: 0, contract: contract, armedBucket: &contracts[slot].armedBucket)
    } else {
      let m = milestoneIndex(slot, ordinal)
      wheel.arm(
        next.instant, slot: slot, ordinal: ordinal, contract: contract,
        armedBucket: &milestones.slab[m].armedBucket)
    }
  }

  /// So many buckets in a row with nothing but entries of later turns, and the next one that counts is looked for in the records: a
  /// clock that was set years ahead would have the wheel turn, with all its entries, for every seven weeks of them.
  private static let idleBucketCountMax = 64

  private mutating func skipIdleBuckets(by stamp: Instant) {
    var earliest = Int64.max
    wheel.forEachEntry { entry in
      if let armed = armedBucket(of: entry), armed > 0 { earliest = min(earliest, Int64(armed) - 1) }
    }
    wheel.skip(to: earliest, by: stamp)
  }

  /// The bucket that looks at an entry's record, plus one; nil when there is no such record any more.
  private func armedBucket(of entry: TimerWheel.Entry) -> UInt32? {
    let slot = Int(entry.slot)
    guard slot < contracts.count, contracts[slot].stateValue != 0, entry.isOf(contracts[slot].id),
      entry.ordinal <= contracts[slot].milestoneCount
    else { return nil }
    return entry.ordinal == 0
      ? contracts[slot].armedBucket : milestones.slab[milestoneIndex(slot, entry.ordinal)].armedBucket
  }

  /// An entry of a bucket that has come: into the heap, to a later bucket, or away.
  /// - Returns: whether the bucket was the record's.
  private mutating func lookAgain(_ entry: TimerWheel.Entry, bucket: Int64) -> Bool {
    guard let armed = armedBucket(of: entry) else { return false }
    let slot = Int(entry.slot)
    if Int64(armed) - 1 > bucket {
      // A later turn of the wheel, or an entry that a newer one replaced; the later bucket looks at it anyway.
      if (Int64(armed) - 1) % 4096 == bucket % 4096 { wheel.keep(entry, in: bucket) }
      return false
    }
    if Int64(armed) - 1 < bucket { return false }
    setArmed(slot, entry.ordinal, 0)
    if let next = nextTimer(slot, entry.ordinal) { arm(next, slot, entry.ordinal) }
    return true
  }

  /// Arms what an accepted operation changed.
  mutating func rearm(_ kind: OperationCode, _ operation: OperationView, _ slot: Int, _ stamp: Instant) {
    switch kind {
    case .complete, .suspend: rearmAll(slot)
    case .accept:
      if contracts[slot].flags.contains(.timerDropped) {
        contracts[slot].flags.remove(.timerDropped)
        rearmAll(slot)
      }
    case .verifyPayee:
      if contracts[slot].isComplete && contracts[slot].paidCount > 0 { rearmAll(slot) }
    default:
      rearmContract(slot)
      let ordinal = operation.ordinal
      if ordinal > 0 && ordinal <= contracts[slot].milestoneCount, let next = nextTimer(slot, ordinal) {
        arm(next, slot, ordinal)
      }
    }
  }

  /// Arms the contract's own next timer.
  mutating func rearmContract(_ slot: Int) {
    if let next = nextTimer(slot, 0) { arm(next, slot, 0) }
  }

  private mutating func rearmAll(_ slot: Int) {
    rearmContract(slot)
    for index in 0..<contracts[slot].milestoneCount {
      if let next = nextTimer(slot, index + 1) { arm(next, slot, index + 1) }
    }
  }

  /// A timer that was refused (an unverified payee, say) is tried again a day later.
  mutating func retryTimerLater(_ operation: OperationView, _ slot: Int, _ stamp: Instant) {
    guard tracksTimers, operation.isTimer else { return }
    let later = NextTimer(instant: stamp + Step.day, kind: .escalate)
    arm(later, slot, operation.ordinal)
  }
}
