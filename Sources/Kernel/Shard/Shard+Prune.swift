/// Contracts that were pruned: over, and forgotten but for their names and their sums.
///
/// A name stays used for ever, so it is kept as a reference (`ReferenceNamer.key(ofPruned:)`), in memory or in the owner's
/// archive like any other: the owner asks for it when an operation names a contract that is nowhere else.
extension Shard {
  /// Whether any contract of the shard was ever pruned.
  public var hasPruned: Bool { !pruned.isEmpty }

  /// Whether a contract was pruned, as far as memory and what the owner recalled tell.
  public func isPruned(_ name: ContractName) -> Bool {
    !pruned.isEmpty && references.contains(references.namer.key(ofPruned: name))
  }

  /// Contracts pruned so far.
  public var prunedCount: UInt64 {
    var count: UInt64 = 0
    for slot in 0..<pruned.count { count += pruned[slot].contractCount }
    return count
  }

  /// PRUNE on a contract in memory.
  mutating func prune(_ operation: OperationView, _ slot: Int) -> OperationResult {
    // Terms do not move while the step lives.
    let step = unsafe Step(operation, now: 0, terms: terms.address(contracts[slot].termsSlot))
    let code = step.prune(contracts[slot], isInChain: chain.isActive)
    if code != .ok { return refusal(code, operation, slot) }
    let tenant = Int(contracts[slot].tenantSlot)
    while pruned.count <= tenant {
      let place = pruned.extend(by: 1)
      pruned.willWrite(place)
      pruned[place] = PrunedRecord()
    }
    pruned.willWrite(tenant)
    pruned[tenant].totals.move(from: Totals(), to: contracts[slot].buckets)
    pruned[tenant].contractCount += 1
    references.insert(
      references.namer.key(ofPruned: ContractName(tenant: operation.tenant, contract: operation.contract)))
    removeContract(slot)
    return OperationResult(code: .ok)
  }
}

/// What a tenant's pruned contracts add up to: the tenant's totals count them for ever.
struct PrunedRecord: BitwiseCopyable {
  var totals = Totals()
  var contractCount: UInt64 = 0
  var reserved: UInt64 = 0
}
