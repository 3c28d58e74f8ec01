/// Proofs: a digest of the logical state, and every invariant derived again from the records.
extension Shard {
  /// A digest over logical content: equal for equal states, wherever records lie in memory.
  ///
  /// - Complexity: a pass over all records.
  public func digest() -> UInt64 {
    var sum = references.digest()
    for slot in 0..<contracts.count where contracts[slot].stateValue != 0 { sum &+= digest(slot: slot) }
    for slot in 0..<tenants.count {
      sum &+= Self.digest(of: tenants[slot], seed: Self.tenantSeed(tenants[slot].id))
    }
    for slot in 0..<pruned.count where pruned[slot].contractCount > 0 {
      sum &+= Self.digest(of: pruned[slot], seed: ~Self.tenantSeed(tenants[slot].id))
    }
    return sum
  }

  /// What the contract in a slot adds to the digest.
  func digest(slot: Int) -> UInt64 {
    let c = contracts[slot]
    let base = Int(c.milestoneBase)
    return digest(c, terms[c.termsSlot], sides[Int(c.side)]) { milestones.slab[base + $0] }
  }

  /// What an archived contract adds to the digest of its shard, as it would from memory.
  public func digest(of archived: ArchivedContract) -> UInt64 {
    digest(archived.record, archived.terms, archived.side ?? SideRecord()) { archived.milestones[$0] }
  }

  private func digest(
    _ c: ContractRecord, _ shared: ContractTerms, _ side: SideRecord, _ milestone: (Int) -> MilestoneRecord
  ) -> UInt64 {
    let key = mixer.contractHash(tenant: c.tenant, contract: c.id)
    var record = Self.digest(of: c.placeless, seed: key)
    record = Self.digest(of: side.placeless, seed: record)
    record = Self.digest(of: shared, seed: record)
    for index in 0..<Int(c.milestoneCount) { record = Self.digest(of: milestone(index).placeless, seed: record) }
    return Mixer.fold(record, key | 1)
  }

  private static func digest<Record: BitwiseCopyable>(of record: Record, seed: UInt64) -> UInt64 {
    // Records have no implicit padding, so their bytes are their content.
    unsafe withUnsafeBytes(of: record) { bytes in
      var digest = seed
      var offset = 0
      while offset + 8 <= MemoryLayout<Record>.size {
        digest = Mixer.fold(
          digest ^ (unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)), 0x9E37_79B9_7F4A_7C15)
        digest &+= 0xA076_1D64_78BD_642F
        offset += 8
      }
      return digest
    }
  }

  /// Derives every balance and total again from the records; a line for each difference, empty when all is well.
  ///
  /// Invariants I1 to I6, I8 and I11 of DOMAIN 3; the tenants' totals; the counts.
  public func audit() -> [String] { finish(beginAudit()) }

  /// Audits the contracts in memory; archived ones can be added before it is finished.
  public func beginAudit() -> ShardAudit {
    var audit = ShardAudit()
    for slot in 0..<contracts.count where contracts[slot].stateValue != 0 {
      let c = contracts[slot]
      let base = Int(c.milestoneBase)
      audit.add(c) { milestones.slab[base + $0] }
    }
    return audit
  }

  /// Holds the tenants' totals against what was audited; all that was found, empty when all is well.
  public func finish(_ audit: ShardAudit) -> [String] {
    var findings = audit.findings
    for slot in 0..<tenants.count {
      var expected = audit.totals[tenants[slot].id] ?? Totals()
      if slot < pruned.count { expected.move(from: Totals(), to: pruned[slot].totals) }
      if tenants[slot].totals != expected {
        findings.append("tenant \(tenants[slot].id): totals differ from the sum of its contracts")
      }
    }
    for tenant in audit.totals.keys.sorted() where findTenant(tenant) == nil {
      findings.append("tenant \(tenant): it has contracts, but the shard never saw it")
    }
    return findings
  }
}

/// An audit under way: what was found so far, and the sums of the contracts looked at.
public struct ShardAudit: Sendable {
  public private(set) var contractCount = 0
  fileprivate var findings: [String] = []
  fileprivate var totals: [UInt32: Totals] = [:]

  fileprivate init() {}

  /// Audits a contract that is not in memory.
  public mutating func add(_ archived: ArchivedContract) {
    add(archived.record) { archived.milestones[$0] }
  }

  // Sums wrap: what a damaged record holds must be found, not trap, and sound sums do not overflow.
  fileprivate mutating func add(_ c: ContractRecord, _ milestone: (Int) -> MilestoneRecord) {
    contractCount += 1
    let b = c.buckets
    let name = "tenant \(c.tenant) contract \(c.id)"
    func expect(_ holds: Bool, _ what: String) { if !holds { findings.append("\(name): \(what)") } }
    var held: Int64 = 0
    var retained: Int64 = 0
    var retainedEver: Int64 = 0
    var open = 0
    var paid = 0
    var pending = c.advancePending
    for ordinal in 0..<Int(c.milestoneCount) {
      let m = milestone(ordinal)
      findings += audit(m).map { "\(name) milestone \(ordinal + 1): \($0)" }
      held &+= m.held
      retained &+= m.retained
      retainedEver &+= m.retainedEver
      pending &+= m.pending
      if !m.isDone { open += 1 }
      if m.state == .paid { paid += 1 }
    }
    let balances =
      b.unallocated &+ b.held &+ b.retained &+ b.payoutPending &+ b.refundPending &+ b.taxWithheld &+ b.otherWithheld
    let sinks =
      balances &+ (b.paidOut &- b.returned) &+ b.refunded &+ b.taxDeposited &+ b.otherPaid &+ b.fee
    expect(b.funded == sinks, "I1: funded \(b.funded) is not \(sinks)")
    let least = min(
      b.unallocated, b.held, b.retained, b.payoutPending, b.refundPending, b.taxWithheld, b.otherWithheld)
    expect(least >= 0 && b.paidOut >= b.returned, "I2: a balance is negative")
    expect(b.held == held, "held \(b.held) is not the milestones' \(held)")
    expect(b.retained == retained, "I5: retained \(b.retained) is not the milestones' \(retained)")
    expect(c.retainedEver == retainedEver, "I5: ever retained differs")
    expect(c.retainedEver <= c.retentionCap, "I5: retention cap exceeded")
    expect(c.advanceOutstanding >= 0, "I6: advance outstanding is negative")
    expect(c.state != .closed || c.advanceOutstanding == 0 && !c.holdsFunds, "I6: closed with funds or advance")
    expect(b.payoutPending == pending, "payouts pending \(b.payoutPending) are not \(pending)")
    expect(Int(c.openCount) == open && Int(c.paidCount) == paid, "counts of open or paid milestones differ")
    totals[c.tenant, default: Totals()].move(from: Totals(), to: b)
  }

  private func audit(_ m: MilestoneRecord) -> [String] {
    var findings: [String] = []
    func expect(_ holds: Bool, _ what: String) { if !holds { findings.append(what) } }
    expect(
      min(m.held, m.retained, m.owed, m.refunded, m.paid, m.released, m.certified) >= 0, "I2: a balance is negative")
    let funded = m.held &+ m.released &- m.owed
    expect(funded <= m.amount, "I3: funded \(funded) is above the amount \(m.amount)")
    expect(m.owed <= m.held, "I3: owed is above held")
    expect(m.released <= m.amount, "I3: released is above the amount")
    expect(m.certified <= m.amount, "I4: certified is above the amount")
    if m.isDone {
      expect(m.held == 0 && m.owed == 0 && m.pending == 0, "I11: done with money held")
      expect(m.state == .paid || m.retained == 0, "I11: done with retention")
    }
    return findings
  }
}
