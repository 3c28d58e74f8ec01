extension Shard {
  /// One operation, from its format to its effects. Everything the rules leave alone happens here: existence,
  /// idempotency, versions, totals, timers.
  /// - Parameters:
  ///   - hash: of the operation's contract.
  ///   - hint: the contract's slot as a look ahead saw it, or -1.
  mutating func perform(_ operation: OperationView, hash: UInt64, hint: Int, stamp: Instant) -> OperationResult {
    var slot = hint
    if slot < 0 || !isContract(slot, of: operation) {
      slot = locate(tenant: operation.tenant, contract: operation.contract, hash: hash) ?? -1
    }
    if slot >= 0 { noteTenantStamp(slot, stamp) }

    // Format.
    let rule = operation.code < 64 ? rules[Int(operation.code) << 4 | Int(operation.mode)] : []
    var code = Format.check(operation, rule: rule)
    var extensionDigest: UInt64 = 0
    if code == .ok && operation.hasExtension {
      if Self.hasReservedBits(operation) { code = .badExtension }
      extensionDigest = Self.digestExtension(operation, mixer)
    }
    if code == .ok { code = Format.checkFields(operation, rule: rule) }
    if code != .ok { return refusal(code, operation, slot) }

    // Existence and idempotency.
    let digest = mixer.operationDigest(operation, extensionDigest: extensionDigest)
    let kind = OperationCode(known: operation.code)  // The format rule is only there for known codes.
    if slot < 0 {
      if !pruned.isEmpty && isPruned(ContractName(tenant: operation.tenant, contract: operation.contract)) {
        return OperationResult(code: .contractPruned)
      }
      if kind != .createContract { return OperationResult(code: .notFound) }
      return create(operation, hash: hash, digest: digest, stamp: stamp)
    }
    let namesNext = kind == .addMilestone || kind == .consent && operation.mode == ConsentMode.addMilestone.rawValue
    if operation.ordinal == 0 || namesNext {
      return performOnContract(kind, operation, slot: slot, digest: digest, stamp: stamp)
    }
    if operation.ordinal > contracts[slot].milestoneCount { return OperationResult(code: .milestoneNotFound) }
    return performOnMilestone(kind, operation, slot: slot, digest: digest, stamp: stamp)
  }

  @inline(__always)
  private func isContract(_ slot: Int, of operation: OperationView) -> Bool {
    // The slot is one of the slab's, and the record does not move.
    let c = unsafe contracts.address(slot)
    return unsafe c.pointee.id == operation.contract && c.pointee.tenant == operation.tenant
  }

  /// An operation on a milestone that exists: the hot path. Each record is looked up once and handed on `inout`.
  @inline(__always)
  private mutating func performOnMilestone(
    _ kind: OperationCode, _ operation: OperationView, slot: Int, digest: UInt64, stamp: Instant
  ) -> OperationResult {
    if isImaging || chain.isActive { saveBeforeWrite(operation, slot) }
    if kind == .consent && contracts[slot].side == 0 && operation.mode != ConsentMode.withdraw.rawValue {
      _ = makeSide(slot)
    }
    // Records of four slabs at indices that the slabs check. They do not move, and no slab grows before the step ends.
    let c = unsafe contracts.address(slot)
    let ordinal = operation.ordinal
    let place = unsafe Int(c.pointee.milestoneBase) + Int(ordinal) - 1
    let m = unsafe milestones.slab.address(place)
    let side = unsafe sides.address(Int(c.pointee.side))
    let tenant = unsafe tenants.address(Int(c.pointee.tenantSlot))
    let done = kind != .start || predecessorsDone(slot, place)
    var step = unsafe Step(
      operation, now: stamp, terms: terms.address(c.pointee.termsSlot), moved: kind.movesMoney ? operation.amount : 0)
    let result = unsafe step.transact(
      kind, digest: digest, predecessorsDone: done, &m.pointee, &c.pointee, &side.pointee, &references, &tenant.pointee)
    if !tracksTimers { return result }
    if !result.isAccepted {
      if operation.isTimer { retryTimerLater(operation, slot, stamp) }
      return result
    }
    if let next = unsafe step.nextTimer(&m.pointee, &c.pointee, &side.pointee),
      !wheel.covers(next.instant, armedBucket: unsafe m.pointee.armedBucket)
    {
      arm(next, slot, ordinal)
    }
    if unsafe c.pointee.stateValue > ContractState.active.rawValue { rearmContract(slot) }
    return result
  }

  /// An operation on the contract itself, ADD_MILESTONE, or the consent to one.
  @inline(never)
  private mutating func performOnContract(
    _ kind: OperationCode, _ operation: OperationView, slot: Int, digest: UInt64, stamp: Instant
  ) -> OperationResult {
    let count = contracts[slot].milestoneCount
    let makesMilestone = kind == .addMilestone
    // As for a milestone: see `Step.transact`.
    if !operation.isTimer, !makesMilestone || operation.ordinal <= count {
      let memory =
        makesMilestone ? milestones.slab[milestoneIndex(slot, operation.ordinal)].memory : contracts[slot].memory
      switch memory.match(digest) {
      case .fresh: break
      case .repeat: return refusal(.exists, operation, slot)
      case .otherBody: return refusal(.existsWithDifferentFields, operation, slot)
      }
    }
    if kind == .createContract { return refusal(.contractExists, operation, slot) }
    if kind == .prune { return prune(operation, slot) }
    if operation.ordinal > 0 {
      if operation.ordinal <= count { return refusal(.milestoneExists, operation, slot) }
      if operation.ordinal > count &+ 1 || count == .max { return refusal(.ordinalGap, operation, slot) }
    }
    if isImaging || chain.isActive { saveBeforeWrite(operation, slot) }
    let movesMoney = kind.movesMoney
    // Only what the operation can change is looked at: the rest stays out of the cache.
    let changesOutflows = movesMoney && kind != .deposit && kind != .refund
    let balances = movesMoney ? contracts[slot].buckets.balances : SIMD8()
    let outflows = changesOutflows ? contracts[slot].buckets.outflows : SIMD8()
    var step = unsafe Step(
      operation, now: stamp, terms: terms.address(contracts[slot].termsSlot), moved: movesMoney ? operation.amount : 0)
    let outcome = decide(kind, &step, slot)
    if outcome != .ok {
      retryTimerLater(operation, slot, stamp)
      return refusal(outcome, operation, slot)
    }
    if movesMoney {
      let tenant = Int(contracts[slot].tenantSlot)
      tenants[tenant].totals.balances &+= contracts[slot].buckets.balances &- balances
      if changesOutflows { tenants[tenant].totals.outflows &+= contracts[slot].buckets.outflows &- outflows }
    }
    if makesMilestone {
      let m = milestoneIndex(slot, operation.ordinal)
      milestones.slab[m].version = 1
      if !operation.isTimer { milestones.slab[m].memory.remember(digest) }
    } else {
      if kind != .consent { contracts[slot].version = Step.next(contracts[slot].version) }
      if !operation.isTimer { contracts[slot].memory.remember(digest) }
    }
    if kind == .closeContract || kind == .cancel { closedSlots.append(UInt32(slot)) }
    if tracksTimers { rearm(kind, operation, slot, stamp) }
    return answer(.ok, operation, slot, amount: step.moved)
  }

  @inline(__always)
  private mutating func noteTenantStamp(_ slot: Int, _ stamp: Instant) {
    let tenant = Int(contracts[slot].tenantSlot)
    if tenants[tenant].lastStamp < stamp { setTenantStamp(tenant, stamp) }
  }

  @inline(never)
  private mutating func setTenantStamp(_ tenant: Int, _ stamp: Instant) {
    tenants.willWrite(tenant)
    tenants[tenant].lastStamp = stamp
  }

  // MARK: - Answers

  /// A refusal carries state and version of the named record, if there is one.
  mutating func refusal(_ code: ResultCode, _ operation: OperationView, _ slot: Int) -> OperationResult {
    if slot < 0 { return OperationResult(code: code) }
    return answer(code, operation, slot, amount: 0)
  }

  private mutating func answer(_ code: ResultCode, _ operation: OperationView, _ slot: Int, amount: Int64)
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

  private static func hasReservedBits(_ operation: OperationView) -> Bool {
    switch OperationCode(rawValue: operation.code) {
    case .createContract: operation.loadExtension(as: ContractTerms.self).hasReservedBits
    case .setPolicy: operation.loadExtension(as: ApproverPolicy.self).hasReservedBits
    case .addMilestone: operation.loadExtension(as: Predecessors.self).hasReservedBits
    default: operation.loadExtension(as: ReleaseLines.self).hasReservedBits
    }
  }

  private static func digestExtension(_ operation: OperationView, _ mixer: Mixer) -> UInt64 {
    let words = operation.loadExtension(as: [8 of UInt64].self)
    var digest: UInt64 = 0x9E6C_63D0_676A_9A99
    for pair in 0..<4 { digest = Mixer.fold(digest ^ words[2 * pair], mixer.k1 ^ words[2 * pair + 1]) &+ digest }
    return digest
  }

  // MARK: - Making records

  private mutating func create(
    _ operation: OperationView, hash: UInt64, digest: UInt64, stamp: Instant
  ) -> OperationResult {
    let given = operation.loadExtension(as: ContractTerms.self)
    // The terms live until the closure returns, and the step with them.
    let code = unsafe withUnsafePointer(to: given) { unsafe Step(operation, now: stamp, terms: $0).createContract() }
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
    tenantIndex.insert(tenantHash(tenant), slot)
    return slot
  }

  private mutating func addMilestone(_ step: Step, _ slot: Int) -> ResultCode {
    let predecessors =
      step.operation.hasExtension ? step.operation.loadExtension(as: Predecessors.self) : Predecessors()
    let code = step.addMilestone(predecessors, &contracts[slot], &sides[Int(contracts[slot].side)])
    if code != .ok { return code }
    let made = step.newMilestone(predecessors, &contracts[slot])
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
  private mutating func saveBeforeWrite(_ operation: OperationView, _ slot: Int) {
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
  private mutating func decide(_ kind: OperationCode, _ step: inout Step, _ slot: Int) -> ResultCode {
    switch kind {
    case .createContract: return .contractExists
    case .setPolicy:
      let policy = step.operation.loadExtension(as: ApproverPolicy.self)
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
    case .addMilestone: return addMilestone(step, slot)
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
    case .prune: preconditionFailure("pruned before anything is decided about it")
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
  mutating func move(from a: Totals, to b: Totals) {
    balances &+= b.balances &- a.balances
    outflows &+= b.outflows &- a.outflows
  }

  /// What came in, and what lies where: the first cache line.
  @inline(__always)
  var balances: SIMD8<Int64> {
    get {
      SIMD8(funded, unallocated, held, retained, payoutPending, refundPending, taxWithheld, otherWithheld)
    }
    set {
      (funded, unallocated, held, retained) = (newValue[0], newValue[1], newValue[2], newValue[3])
      (payoutPending, refundPending, taxWithheld, otherWithheld) = (newValue[4], newValue[5], newValue[6], newValue[7])
    }
  }

  /// What went out, and what of it came back; the last two are zero.
  @inline(__always)
  var outflows: SIMD8<Int64> {
    get { SIMD8(paidOut, returned, refunded, taxDeposited, otherPaid, fee, 0, 0) }
    set {
      (paidOut, returned, refunded) = (newValue[0], newValue[1], newValue[2])
      (taxDeposited, otherPaid, fee) = (newValue[3], newValue[4], newValue[5])
    }
  }
}
