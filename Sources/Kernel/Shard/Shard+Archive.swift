#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
/// A contract that waits for the archive, by its place: names are never used again, slots are.
public struct ClosedContract: Hashable, Sendable {
  public let slot: UInt32
  public let name: ContractName

  public init(slot: UInt32, name: ContractName) {
    self.slot = slot
    self.name = name
  }
}

/// Closed contracts leave memory and come back: what the owner of an archive works with.
///
/// Whether a contract is in memory never changes an answer, a timer or a digest, as long as the owner puts back whatever
/// an operation names (`look`) before it applies it. The kernel itself reads and writes nothing.
extension Shard {
  /// The contracts that are closed or cancelled now and were not told of yet, in any order; some more than once. After a restore those that the
  /// image holds.
  public mutating func takeClosed() -> [ClosedContract] {
    var closed: [ClosedContract] = []
    closed.reserveCapacity(closedSlots.count)
    for slot in closedSlots {
      // A slot outlives its contract: one that was rolled back or pruned left it to another, which may not be over, or to nobody.
      guard Int(slot) < contracts.count, contracts[Int(slot)].isOver || takesAnySlot else { continue }
      closed.append(ClosedContract(slot: slot, name: name(inSlot: Int(slot))))
    }
    closedSlots = []
    return closed
  }

  /// Takes contracts back into the list: they wait for another time.
  public mutating func returnClosed(_ closed: some Sequence<ClosedContract>) {
    for item in closed { closedSlots.append(item.slot) }
  }

  /// A closed or cancelled contract as bytes for an archive, and its digest; nil when it is open again, or its slot is another one's: what
  /// came there since `takeClosed` is in no image of before, so it must not be archived as if it were.
  public mutating func archivedRecord(_ closed: ClosedContract) -> (bytes: [UInt8], digest: UInt64)? {
    let slot = Int(closed.slot)
    guard slot < contracts.count, contracts[slot].isOver, name(inSlot: slot) == closed.name || takesAnySlot else {
      return nil
    }
    return (compactRecord(slot), digest(slot: slot))
  }

  #if MILEPOST_PLANTED_DEFECTS
    private var takesAnySlot: Bool { milepost_has_defect(milepost_defect_other_contract_archived) }

    /// The contract that is in a slot now.
    public func name(inPlaceOf closed: ClosedContract) -> ContractName { name(inSlot: Int(closed.slot)) }
  #else
    @inline(__always)
    private var takesAnySlot: Bool { false }
  #endif

  private func name(inSlot slot: Int) -> ContractName {
    ContractName(tenant: contracts[slot].tenant, contract: contracts[slot].id)
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
    guard contractRoom > 0, terms.slab.count < limit(terms.slab.capacity), archived.side == nil || sideRoom > 0,
      count == 0
        || milestones.canAllocate(capacityLog: capacityLog)
          && milestones.heldCount + 1 << Int(capacityLog) <= limit(milestones.slab.capacity)
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
  var contractRoom: Int { limit(contracts.capacity) - contracts.count + freeContracts.count }
  var sideRoom: Int { limit(sides.capacity) - sides.count + freeSides.count }

  /// What of a capacity may be filled: a half of it. The other half is for replay, which begins with what has left memory since the image was
  /// cut, and brings what took its place.
  func limit(_ capacity: Int) -> Int { tracksTimers ? capacity / 2 : capacity }

  /// Places that the slabs ever used: contracts, milestones, side records. They do not grow while freed places are
  /// used again.
  public var usedPlaces: (contracts: Int, milestones: Int, sides: Int) {
    (contracts.count, milestones.slab.count, sides.count)
  }
}
