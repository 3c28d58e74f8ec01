#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
/// Linked operations: all or nothing, inside one tenant.
extension Shard {
  /// Applies the chain that starts at `first`, answers all its members, and returns the index behind it.
  mutating func applyChain(_ frame: Frame, from first: Int, stamp: Instant) -> Int {
    var last = first
    while last < frame.count - 1 && frame.operation(last).isLinked { last += 1 }
    let tenant = frame.operation(first).tenant
    if frame.operation(last).isLinked {
      failChain(frame, first...last, at: last, with: .linkedEventChainOpen)
      return last + 1
    }
    for index in first...last where frame.operation(index).tenant != tenant {
      failChain(frame, first...last, at: index, with: .chainSpansTenants)
      return last + 1
    }
    chain.begin(referenceCount: references.growingCount)
    var firstRepeat: Int?
    var hasNew = false
    var failure: (index: Int, code: ResultCode)?
    for index in first...last {
      let operation = frame.operation(index)
      let ahead = lookAhead[index]
      let result = perform(operation, hash: ahead.hash, hint: ahead.slot, stamp: stamp)
      frame.answer(index, result)
      if result.code == ResultCode.exists.rawValue {
        if firstRepeat == nil { firstRepeat = index }
      } else if result.isAccepted {
        hasNew = true
      } else if firstRepeat == nil {
        // A code that this very shard answered.
        failure = (index, ResultCode(rawValue: result.code)!)
      } else {
        hasNew = true
      }
      if let firstRepeat, hasNew { failure = (firstRepeat, .exists) }
      if failure != nil { break }
    }
    if let failure {
      rollBack()
      failChain(frame, first...last, at: failure.index, with: failure.code)
    }
    chain.end()
    return last + 1
  }

  /// Answers the members of a chain that changed nothing.
  private mutating func failChain(
    _ frame: Frame, _ members: ClosedRange<Int>, at failed: Int, with code: ResultCode
  ) {
    for index in members {
      let operation = frame.operation(index)
      let slot = findContract(tenant: operation.tenant, contract: operation.contract) ?? -1
      frame.answer(index, refusal(index == failed ? code : .linkedEventFailed, operation, slot))
    }
  }

  private mutating func rollBack() {
    references.truncate(to: chain.referenceCount)
    for entry in chain.entries.reversed() {
      switch entry {
      case .contract(let slot, var record):
        record.milestoneBase = contracts[slot].milestoneBase
        record.capacityLog = contracts[slot].capacityLog
        record.side = contracts[slot].side
        record.armedBucket = contracts[slot].armedBucket
        record.flags.subtract(.placement)
        record.flags.formUnion(contracts[slot].flags.intersection(.placement))
        contracts[slot] = record
      case .created(let slot): removeContract(slot)
      case .milestone(let slot, let ordinal, var record):
        let m = milestoneIndex(slot, ordinal)
        record.armedBucket = milestones.slab[m].armedBucket
        milestones.slab[m] = record
      case .side(let side, let record): sides[side] = record
      case .totals(let tenant, let totals):
        #if MILEPOST_PLANTED_DEFECTS
          if milepost_has_defect(milepost_defect_chain_totals_kept) { continue }
        #endif
        tenants[tenant].totals = totals
      }
    }
  }

  /// Takes a contract out of memory, with its milestones.
  mutating func removeContract(_ slot: Int) {
    let c = contracts[slot]
    contracts.willWrite(slot)
    contractIndex.remove(mixer.contractHash(tenant: c.tenant, contract: c.id), slot)
    if c.flags.contains(.hasMilestoneBlock) {
      let length = Int(c.milestoneCount)
      milestones.slab.willWrite(Int(c.milestoneBase), length: max(1, length))
      for index in 0..<length { milestones.slab[Int(c.milestoneBase) + index] = MilestoneRecord() }
      milestones.release(c.milestoneBase, capacityLog: c.capacityLog)
    }
    if c.side != 0 {
      sides.willWrite(Int(c.side))
      sides[Int(c.side)] = SideRecord()
      freeSides.append(c.side)
    }
    contracts[slot] = ContractRecord()
    freeContracts.append(UInt32(slot))
  }
}
