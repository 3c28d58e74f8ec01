#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
/// Closed contracts leave memory and come back: what the owner of an archive works with.
///
/// Whether a contract is in memory never changes an answer, a timer or a digest, as long as the owner puts back whatever
/// an operation names (`look`) before it applies it. The kernel itself reads and writes nothing.
extension Shard {
  /// The slots of contracts that were closed or cancelled since the last call, in any order; some more than once, some
  /// open again: ask `archivedRecord`. After a restore those that the image holds.
  public mutating func takeClosed() -> [UInt32] {
    let slots = closedSlots
    closedSlots = []
    return slots
  }

  /// Takes slots back into the list: their contracts wait for another time.
  public mutating func returnClosed(_ slots: some Sequence<UInt32>) { closedSlots.append(contentsOf: slots) }

  /// The closed or cancelled contract in a slot as bytes for an archive, and its digest, or nil when there is none.
  public mutating func archivedRecord(slot: UInt32) -> (name: ContractName, bytes: [UInt8], digest: UInt64)? {
    let slot = Int(slot)
    guard slot < contracts.count, contracts[slot].isOver else { return nil }
    let name = ContractName(tenant: contracts[slot].tenant, contract: contracts[slot].id)
    return (name, compactRecord(slot), digest(slot: slot))
  }

  private mutating func compactRecord(_ slot: Int) -> [UInt8] {
    let side = Int(contracts[slot].side)
    let hasSide = side != 0 && !sides[side].isDefault
    let milestoneCount = Int(contracts[slot].milestoneCount)
    var bytes: [UInt8] = [CompactRecord.version, hasSide ? CompactRecord.hasSide : 0]
    bytes.reserveCapacity(512 + 128 * milestoneCount)
    CompactRecord.append(contracts[slot].placeless, to: &bytes)
    CompactRecord.append(terms[contracts[slot].termsSlot], to: &bytes)
    if hasSide { CompactRecord.append(sides[side].placeless, to: &bytes) }
    let base = Int(contracts[slot].milestoneBase)
    for index in 0..<milestoneCount { CompactRecord.append(milestones.slab[base + index].placeless, to: &bytes) }
    return bytes
  }

  /// Whether a contract is in memory.
  public func holds(_ name: ContractName) -> Bool {
    findContract(tenant: name.tenant, contract: name.contract) != nil
  }

  /// Whether a contract is in memory exactly as it lies in the archive.
  public func holds(_ archived: ArchivedContract) -> Bool {
    let name = archived.name
    guard let slot = findContract(tenant: name.tenant, contract: name.contract), contracts[slot].isOver else {
      return false
    }
    return digest(slot: slot) == digest(of: archived)
  }

  /// Takes a contract out of memory whose bytes are exactly `bytes`, which the archive has as its newest.
  ///
  /// One that is closed and has other bytes stays and waits for the archive again.
  /// - Returns: whether it was there and left.
  public mutating func remove(_ name: ContractName, archivedAs bytes: [UInt8]) -> Bool {
    guard let slot = findContract(tenant: name.tenant, contract: name.contract), contracts[slot].isOver else {
      return false
    }
    guard compactRecord(slot) == bytes else {
      closedSlots.append(UInt32(slot))
      return false
    }
    removeContract(slot)
    return true
  }

  /// How an insertion went.
  public enum Insertion: Sendable, Hashable {
    case done
    /// The shard's limits are reached; nothing changed.
    case noRoom
    /// A contract of a tenant that the shard never saw: not of this shard's history. Nothing changed.
    case unknownTenant
  }

  /// Takes a contract out of memory whose bytes the archive has as its newest, if it is still as it was when they were
  /// made: what `archivedRecord` said then is its digest.
  ///
  /// One that is closed and has another digest stays and waits for the archive again.
  /// - Returns: whether it was there and left.
  public mutating func remove(_ name: ContractName, digest: UInt64) -> Bool {
    guard let slot = findContract(tenant: name.tenant, contract: name.contract), contracts[slot].isOver else {
      return false
    }
    guard self.digest(slot: slot) == digest else {
      closedSlots.append(UInt32(slot))
      return false
    }
    removeContract(slot)
    return true
  }

  /// Brings a contract back from the archive, as if it had never left.
  /// - Precondition: it is not in memory.
  public mutating func insert(_ archived: ArchivedContract) -> Insertion {
    let name = archived.name
    precondition(!holds(name), "a contract that is in memory wins over the archive")
    guard let tenant = findTenant(name.tenant) else { return .unknownTenant }
    let count = archived.milestones.count
    let capacityLog = MilestoneBlocks.capacityLog(for: count)
    guard contractRoom > 0, terms.slab.count < terms.slab.capacity, archived.side == nil || sideRoom > 0,
      count == 0 || milestones.canAllocate(capacityLog: capacityLog)
    else { return .noRoom }
    var c = archived.record
    c.tenantSlot = UInt32(tenant)
    c.termsSlot = terms.intern(archived.terms)
    c.derivePlacement()
    #if MILEPOST_PLANTED_DEFECTS
      let side = milepost_has_defect(milepost_defect_archived_side_lost) ? nil : archived.side
    #else
      let side = archived.side
    #endif
    if var record = side {
      let side = freeSides.popLast().map(Int.init) ?? sides.extend(by: 1)
      sides.willWrite(side)
      record.isUsed = 1
      sides[side] = record
      c.side = UInt32(side)
    }
    if count > 0 {
      c.milestoneBase = milestones.allocate(capacityLog: capacityLog)
      c.capacityLog = capacityLog
      c.flags.insert(.hasMilestoneBlock)
      let base = Int(c.milestoneBase)
      milestones.slab.willWrite(base, length: count)
      for index in 0..<count { milestones.slab[base + index] = archived.milestones[index] }
    }
    // No timer is armed: a closed contract has none, and what brings it back to life arms its own.
    let slot = freeContracts.popLast().map(Int.init) ?? contracts.extend(by: 1)
    contracts.willWrite(slot)
    contracts[slot] = c
    contractIndex.insert(mixer.contractHash(tenant: name.tenant, contract: name.contract), slot)
    return .done
  }

  /// Contracts and side records that can still be made.
  var contractRoom: Int { contracts.capacity - contracts.count + freeContracts.count }
  var sideRoom: Int { sides.capacity - sides.count + freeSides.count }

  /// Places that the slabs ever used: contracts, milestones, side records. They do not grow while freed places are
  /// used again.
  public var usedPlaces: (contracts: Int, milestones: Int, sides: Int) {
    (contracts.count, milestones.slab.count, sides.count)
  }
}
