/// Reads. What they see may not be durable yet: the owner waits for the commit that covers it.
extension Shard {
  /// A contract, or nil.
  public func contract(tenant: UInt32, contract: UInt128) -> ContractSnapshot? {
    guard let slot = findContract(tenant: tenant, contract: contract) else { return nil }
    return snapshot(slot)
  }

  /// A milestone, or nil.
  public func milestone(tenant: UInt32, contract: UInt128, ordinal: UInt16) -> MilestoneSnapshot? {
    guard let slot = findContract(tenant: tenant, contract: contract), ordinal > 0,
      ordinal <= contracts[slot].milestoneCount
    else { return nil }
    return snapshot(slot, ordinal)
  }

  /// Sums over a tenant's contracts, or nil for a tenant that never made one.
  public func totals(tenant: UInt32) -> Totals? {
    guard let slot = findTenant(tenant) else { return nil }
    return tenants[slot].totals
  }

  /// Tenants that made a contract, in order of their first.
  public func tenantIDs() -> [UInt32] {
    var ids: [UInt32] = []
    for slot in 0..<tenants.count { ids.append(tenants[slot].id) }
    return ids
  }

  /// Contracts in memory.
  public var contractCount: Int { contractIndex.count }

  /// Visits contracts from `cursor` (0 to start), looking at most at `limit` places; the next cursor, or nil at the end.
  ///
  /// A bounded scan: contracts made meanwhile may or may not be seen.
  /// - Parameters:
  ///   - tenant: only contracts of this one; nil for all.
  ///   - milestoneLimit: with so many milestones the scan ends behind their contract; 0: contracts come without them.
  public func scan(
    from cursor: UInt32, limit: Int, tenant: UInt32? = nil, milestoneLimit: Int = .max,
    _ visit: (ContractSnapshot, [MilestoneSnapshot]) -> Void
  ) -> UInt32? {
    let end = min(contracts.count, Int(cursor) + limit)
    var slot = Int(cursor)
    var milestoneCount = 0
    while slot < end, milestoneCount < milestoneLimit || milestoneLimit == 0 {
      if contracts[slot].stateValue != 0, tenant == nil || contracts[slot].tenant == tenant {
        var found: [MilestoneSnapshot] = []
        if milestoneLimit > 0 {
          for index in 0..<contracts[slot].milestoneCount { found.append(snapshot(slot, index + 1)) }
          milestoneCount += found.count
        }
        visit(snapshot(slot), found)
      }
      slot += 1
    }
    return slot < contracts.count ? UInt32(slot) : nil
  }

  private func snapshot(_ slot: Int) -> ContractSnapshot { contracts[slot].snapshot }

  private func snapshot(_ slot: Int, _ ordinal: UInt16) -> MilestoneSnapshot {
    milestones.slab[milestoneIndex(slot, ordinal)].snapshot(ordinal, suspendedTotal: contracts[slot].suspendedTotal)
  }
}
