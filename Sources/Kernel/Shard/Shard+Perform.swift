extension Shard {
  /// One operation, from its format to its effects. Everything the rules leave alone happens here: existence,
  /// idempotency, versions, totals, timers.
  mutating func perform(
    _ operation: Operation, _ frame: Frame, _ index: Int, hash: UInt64, hint: Int, stamp: Instant
  ) -> OperationResult {
    var slot = hint
    if slot < 0 || contracts[slot].id != operation.contract || contracts[slot].tenant != operation.tenant {
      slot = locate(tenant: operation.tenant, contract: operation.contract, hash: hash) ?? -1
    }
    if slot >= 0 { noteTenantStamp(slot, stamp) }

    // Format.
    let rule = operation.code < 64 ? rules[Int(operation.code) << 4 | Int(operation.mode)] : []
    var code = Format.check(operation, rule: rule)
    var extensionDigest: UInt64 = 0
    if code == .ok && operation.hasExtension {
      if hasReservedBits(operation, frame, index) { code = .badExtension }
      extensionDigest = digestExtension(frame, index)
    }
    if code == .ok { code = Format.checkFields(operation, rule: rule) }
    if code != .ok { return refusal(code, operation, slot) }

    // Existence and idempotency.
    let digest = mixer.operationDigest(operation, extensionDigest: extensionDigest)
    let kind = OperationCode(rawValue: operation.code)!  // The format rule is only there for known codes.
    if slot < 0 {
      if kind != .createContract { return OperationResult(code: .notFound) }
      return create(operation, frame, index, hash: hash, digest: digest, stamp: stamp)
    }
    let namesNext = kind == .addMilestone || kind == .consent && operation.mode == ConsentMode.addMilestone.rawValue
    if operation.ordinal == 0 || namesNext {
      return performOnContract(kind, operation, frame, index, slot: slot, digest: digest, stamp: stamp)
    }
    if operation.ordinal > contracts[slot].milestoneCount { return OperationResult(code: .milestoneNotFound) }
    return performOnMilestone(kind, operation, frame, index, slot: slot, digest: digest, stamp: stamp)
  }

  /// An operation on a milestone that exists: the hot path. The records are looked up once and handed on `inout`.
  @inline(__always)
  private mutating func performOnMilestone(
    _ kind: OperationCode, _ operation: Operation, _ frame: Frame, _ index: Int, slot: Int, digest: UInt64,
    stamp: Instant
  ) -> OperationResult {
    let ordinal = operation.ordinal
    let m = milestoneIndex(slot, ordinal)
    if isImaging || chain.isActive { saveBeforeWrite(operation, slot) }
    if kind == .consent && contracts[slot].side == 0 && operation.mode != ConsentMode.withdraw.rawValue {
      _ = makeSide(slot)
    }
    let side = Int(contracts[slot].side)
    let tenant = Int(contracts[slot].tenantSlot)
    let done = kind != .start || predecessorsDone(slot, m)
    let lines = operation.hasExtension ? frame.loadExtension(index, as: ReleaseLines.self) : ReleaseLines()
    var step = Step(
      operation, now: stamp, terms: terms[contracts[slot].termsSlot], movesMoney: Self.movesMoney(operation.code))
    let result = step.transact(
      kind, digest: digest, lines: lines, predecessorsDone: done, &milestones.slab[m], &contracts[slot],
      &sides[side], &references, &tenants[tenant])
    if !tracksTimers { return result }
    if !result.isAccepted {
      retryTimerLater(operation, slot, stamp)
    } else {
      rearmMilestone(step, m, slot, side, ordinal)
    }
    return result
  }

  /// An operation on the contract itself, ADD_MILESTONE, or the consent to one.
  @inline(never)
  private mutating func performOnContract(
    _ kind: OperationCode, _ operation: Operation, _ frame: Frame, _ index: Int, slot: Int, digest: UInt64,
    stamp: Instant
  ) -> OperationResult {
    let count = contracts[slot].milestoneCount
    let makesMilestone = kind == .addMilestone
    if !makesMilestone || operation.ordinal <= count {
      let memory =
        makesMilestone ? milestones.slab[milestoneIndex(slot, operation.ordinal)].memory : contracts[slot].memory
      switch memory.match(digest) {
      case .fresh: break
      case .repeat: return refusal(.exists, operation, slot)
      case .otherBody: return refusal(.existsWithDifferentFields, operation, slot)
      }
    }
    if kind == .createContract { return refusal(.contractExists, operation, slot) }
    if operation.ordinal > 0 {
      if operation.ordinal <= count { return refusal(.milestoneExists, operation, slot) }
      if operation.ordinal > count &+ 1 || count == .max { return refusal(.ordinalGap, operation, slot) }
    }
    if isImaging || chain.isActive { saveBeforeWrite(operation, slot) }
    let movesMoney = Self.movesMoney(operation.code)
    let before = contracts[slot].buckets
    var step = Step(operation, now: stamp, terms: terms[contracts[slot].termsSlot], movesMoney: movesMoney)
    let outcome = decide(kind, &step, frame, index, slot)
    if outcome != .ok {
      retryTimerLater(operation, slot, stamp)
      return refusal(outcome, operation, slot)
    }
    if movesMoney {
      tenants[Int(contracts[slot].tenantSlot)].totals.move(from: before, to: contracts[slot].buckets)
    }
    if makesMilestone {
      let m = milestoneIndex(slot, operation.ordinal)
      milestones.slab[m].version = 1
      if !operation.isTimer { milestones.slab[m].memory.remember(digest) }
    } else {
      if kind != .consent { contracts[slot].version = Step.next(contracts[slot].version) }
      if !operation.isTimer { contracts[slot].memory.remember(digest) }
    }
    if tracksTimers { rearm(kind, operation, slot, stamp) }
    return answer(.ok, operation, slot, amount: step.moved)
  }

  /// Whether an operation may change its contract's buckets.
  @inline(__always)
  private static func movesMoney(_ code: UInt8) -> Bool { moneyCodes >> UInt64(code) & 1 != 0 }

  /// DEPOSIT, FUND, ADVANCE, RELEASE, PAYOUT_RESULT, RESOLVE, RELEASE_RETENTION, LEVY, REFUND, REFUND_RESULT, REMIT,
  /// AMEND, EXPIRE: a bit each.
  private static let moneyCodes: UInt64 =
    1 << 9 | 1 << 10 | 1 << 11 | 1 << 19 | 1 << 20 | 1 << 24 | 1 << 25 | 1 << 26 | 1 << 27 | 1 << 28 | 1 << 29
    | 1 << 30 | 1 << 32

  private mutating func noteTenantStamp(_ slot: Int, _ stamp: Instant) {
    let tenant = Int(contracts[slot].tenantSlot)
    if tenants[tenant].lastStamp >= stamp { return }
    tenants.willWrite(tenant)
    tenants[tenant].lastStamp = stamp
  }

  // MARK: - Answers

  /// A refusal carries state and version of the named record, if there is one.
  mutating func refusal(_ code: ResultCode, _ operation: Operation, _ slot: Int) -> OperationResult {
    if slot < 0 { return OperationResult(code: code) }
    return answer(code, operation, slot, amount: 0)
  }

  private mutating func answer(_ code: ResultCode, _ operation: Operation, _ slot: Int, amount: Int64)
    -> OperationResult
  {
    if operation.ordinal == 0 {
      return OperationResult(
        code: code, state: contracts[slot].stateValue, payoutAttempt: contracts[slot].payoutAttempt,
        version: contracts[slot].version, amount: amount)
    }
    if operation.ordinal > contracts[slot].milestoneCount { return OperationResult(code: code) }
    let m = milestoneIndex(slot, operation.ordinal)
    return OperationResult(
      code: code, state: milestones.slab[m].stateValue, payoutAttempt: milestones.slab[m].payoutAttempt,
      version: milestones.slab[m].version, amount: amount)
  }

  // MARK: - Extensions

  private mutating func hasReservedBits(_ operation: Operation, _ frame: Frame, _ index: Int) -> Bool {
    switch OperationCode(rawValue: operation.code) {
    case .createContract: frame.loadExtension(index, as: ContractTerms.self).hasReservedBits
    case .setPolicy: frame.loadExtension(index, as: ApproverPolicy.self).hasReservedBits
    case .addMilestone: frame.loadExtension(index, as: Predecessors.self).hasReservedBits
    default: frame.loadExtension(index, as: ReleaseLines.self).hasReservedBits
    }
  }

  private mutating func digestExtension(_ frame: Frame, _ index: Int) -> UInt64 {
    let words = frame.loadExtension(index, as: [8 of UInt64].self)
    var digest: UInt64 = 0x9E6C_63D0_676A_9A99
    for pair in 0..<4 { digest = Mixer.fold(digest ^ words[2 * pair], mixer.k1 ^ words[2 * pair + 1]) &+ digest }
    return digest
  }

  // MARK: - Making records

  private mutating func create(
    _ operation: Operation, _ frame: Frame, _ index: Int, hash: UInt64, digest: UInt64, stamp: Instant
  ) -> OperationResult {
    let given = frame.loadExtension(index, as: ContractTerms.self)
    let code = Step(operation, now: stamp, terms: given).createContract()
    if code != .ok { return OperationResult(code: code) }
    var c = ContractRecord()
    c.id = operation.contract
    c.tenant = operation.tenant
    c.payer = UInt32(truncatingIfNeeded: operation.argument)
    c.payee = UInt32(truncatingIfNeeded: operation.argument >> 32)
    c.version = 1
    c.state = .draft
    c.value = operation.amount
    c.termsSlot = terms.intern(given.shared)
    c.retentionCap = given.retentionCap
    c.arbiter = given.arbiter
    if operation.actor == c.payee { c.flags.insert(.createdByPayee) }
    c.tenantSlot = UInt32(ensureTenant(operation.tenant, stamp))
    if !operation.isTimer { c.memory.remember(digest) }
    let slot = freeContracts.popLast().map(Int.init) ?? contracts.extend(by: 1)
    contracts.willWrite(slot)
    contracts[slot] = c
    contractIndex.insert(hash, slot)
    if chain.isActive { chain.save(.created(slot: slot)) }
    return answer(.ok, operation, slot, amount: 0)
  }

  private mutating func ensureTenant(_ tenant: UInt32, _ stamp: Instant) -> Int {
    if let slot = findTenant(tenant) {
      tenants.willWrite(slot)
      tenants[slot].lastStamp = max(tenants[slot].lastStamp, stamp)
      return slot
    }
    let slot = tenants.extend(by: 1)
    tenants.willWrite(slot)
    tenants[slot] = TenantRecord(id: tenant, isUsed: 1, lastStamp: stamp)
    tenantIndex.insert(Self.tenantHash(tenant), slot)
    return slot
  }

  private mutating func addMilestone(
    _ step: Step, _ frame: Frame, _ index: Int, _ slot: Int
  ) -> ResultCode {
    let predecessors =
      step.operation.hasExtension ? frame.loadExtension(index, as: Predecessors.self) : Predecessors()
    let code = step.addMilestone(predecessors, &contracts[slot], &sides[Int(contracts[slot].side)])
    if code != .ok { return code }
    let made = step.newMilestone(predecessors, contracts[slot])
    milestones.makeRoom(&contracts[slot])
    contracts[slot].milestoneCount += 1
    contracts[slot].openCount += 1
    let m = milestoneIndex(slot, step.operation.ordinal)
    milestones.slab.willWrite(m)
    milestones.slab[m] = made
    return .ok
  }

  /// Sum of the amounts of all milestones.
  private mutating func scheduleTotal(_ slot: Int) -> Int128 {
    var total: Int128 = 0
    let base = Int(contracts[slot].milestoneBase)
    for index in 0..<Int(contracts[slot].milestoneCount) { total += Int128(milestones.slab[base + index].amount) }
    return total
  }

  private mutating func predecessorsDone(_ slot: Int, _ m: Int) -> Bool {
    let p = milestones.slab[m].predecessors
    return isDone(slot, p.0) && isDone(slot, p.1) && isDone(slot, p.2) && isDone(slot, p.3)
  }

  private mutating func isDone(_ slot: Int, _ ordinal: UInt16) -> Bool {
    ordinal == 0 || milestones.slab[milestoneIndex(slot, ordinal)].isDone
  }

  // MARK: - Dispatch

  /// Saves what the operation may change: for a running checkpoint, and for a chain's rollback.
  private mutating func saveBeforeWrite(_ operation: Operation, _ slot: Int) {
    contracts.willWrite(slot)
    let tenant = Int(contracts[slot].tenantSlot)
    tenants.willWrite(tenant)
    let side = Int(contracts[slot].side)
    if side != 0 { sides.willWrite(side) }
    let count = contracts[slot].milestoneCount
    let namesMilestone = operation.ordinal > 0 && operation.ordinal <= count
    if namesMilestone { milestones.slab.willWrite(milestoneIndex(slot, operation.ordinal)) }
    if chain.isActive {
      chain.save(.contract(slot: slot, contracts[slot]))
      chain.save(.totals(tenant: tenant, tenants[tenant].totals))
      if side != 0 { chain.save(.side(side, sides[side])) }
      if namesMilestone {
        let m = milestoneIndex(slot, operation.ordinal)
        chain.save(.milestone(slot: slot, ordinal: operation.ordinal, milestones.slab[m]))
      }
    }
  }

  /// Applies the rule of an operation on a contract that exists.
  private mutating func decide(
    _ kind: OperationCode, _ step: inout Step, _ frame: Frame, _ index: Int, _ slot: Int
  ) -> ResultCode {
    switch kind {
    case .createContract: return .contractExists
    case .setPolicy:
      let policy = frame.loadExtension(index, as: ApproverPolicy.self)
      let code = step.setPolicy(policy, contracts[slot])
      if code == .ok { sides[makeSide(slot)].policy = policy }
      return code
    case .setApprover:
      var side = sides[Int(contracts[slot].side)]
      let code = step.setApprover(contracts[slot], &side)
      if code == .ok {
        side.isUsed = 1
        sides[makeSide(slot)] = side
      }
      return code
    case .verifyPayee: return step.verifyPayee(&contracts[slot])
    case .addMilestone: return addMilestone(step, frame, index, slot)
    case .offer: return step.offer(total: scheduleTotal(slot), &contracts[slot], &sides[Int(contracts[slot].side)])
    case .accept: return step.accept(&contracts[slot], &sides[Int(contracts[slot].side)])
    case .consent: return consent(step, slot)
    case .deposit: return step.deposit(&contracts[slot], &references)
    case .advance: return step.advance(&contracts[slot], &references)
    case .refundResult: return step.refundResult(&contracts[slot], &references)
    case .remit: return step.remit(&contracts[slot], &references)
    case .suspend: return step.suspend(&contracts[slot])
    case .complete: return step.complete(&contracts[slot])
    case .closeContract: return step.closeContract(&contracts[slot])
    case .payoutResult: return step.advanceResult(&contracts[slot], &references)
    case .refund: return step.refundUnallocated(&contracts[slot])
    case .cancel: return step.cancelContract(&contracts[slot])
    default: preconditionFailure("an operation of a milestone on a contract")
    }
  }

  private mutating func consent(_ step: Step, _ slot: Int) -> ResultCode {
    let version = contracts[slot].version
    let code = step.consent(version: version, contracts[slot])
    if code != .ok { return code }
    let side = makeSide(slot)
    step.giveConsent(version: version, contracts[slot], &sides[side])
    return .ok
  }

  /// The contract's own side record, saved for a rollback when it is new.
  private mutating func makeSide(_ slot: Int) -> Int {
    let isNew = contracts[slot].side == 0
    let side = ensureSide(slot)
    if isNew && chain.isActive {
      var empty = SideRecord()
      empty.isUsed = 1
      chain.save(.side(side, empty))
    }
    return side
  }
}

extension Totals {
  /// Adds a contract's change. Wraps only past what Int64 holds over a whole tenant; see the kernel's page, decision 32.
  @inline(__always)
  mutating func move(from a: Totals, to b: Totals) {
    funded &+= b.funded &- a.funded
    unallocated &+= b.unallocated &- a.unallocated
    held &+= b.held &- a.held
    retained &+= b.retained &- a.retained
    payoutPending &+= b.payoutPending &- a.payoutPending
    refundPending &+= b.refundPending &- a.refundPending
    taxWithheld &+= b.taxWithheld &- a.taxWithheld
    otherWithheld &+= b.otherWithheld &- a.otherWithheld
    paidOut &+= b.paidOut &- a.paidOut
    returned &+= b.returned &- a.returned
    refunded &+= b.refunded &- a.refunded
    taxDeposited &+= b.taxDeposited &- a.taxDeposited
    otherPaid &+= b.otherPaid &- a.otherPaid
    fee &+= b.fee &- a.fee
  }
}
