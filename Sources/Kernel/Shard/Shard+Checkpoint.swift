/// Checkpoints: a copy-on-write image of the slabs at one moment, copied in small bites between batches.
extension Shard {
  /// Bytes of a block; the last block of a section may be shorter.
  public static let checkpointBlockByteCount = 65_536

  /// Starts an image of the shard as it is now: at `operationCount` and `lastStamp`.
  /// - Precondition: none is running.
  public mutating func beginCheckpoint() -> [CheckpointSection] {
    isImaging = true
    return [
      contracts.beginImage(), milestones.slab.beginImage(), sides.beginImage(), references.slab.beginImage(),
      tenants.beginImage(), terms.slab.beginImage(),
    ]
  }

  /// Hands out up to `limit` blocks that were not handed out yet; false when none is left.
  public mutating func copyCheckpointBlocks(
    limit: Int, _ body: (_ kind: UInt8, _ block: UInt32, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    var left = limit
    var hasMore = unsafe contracts.copyBlocks(limit: &left, body)
    if !hasMore { hasMore = unsafe milestones.slab.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe sides.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe references.slab.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe tenants.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe terms.slab.copyBlocks(limit: &left, body) }
    return hasMore
  }

  /// Ends the image, finished or not.
  public mutating func endCheckpoint() {
    isImaging = false
    contracts.endImage()
    milestones.slab.endImage()
    sides.endImage()
    references.slab.endImage()
    tenants.endImage()
    terms.slab.endImage()
  }

  /// Prepares a fresh shard for the blocks of an image; false when the sections do not fit it.
  public mutating func restore(sections: [CheckpointSection], operationCount: UInt64, lastStamp: Instant) -> Bool {
    self.operationCount = operationCount
    self.lastStamp = lastStamp
    var kinds: Set<UInt8> = []
    for section in sections {
      kinds.insert(section.kind)
      let fits =
        switch section.kind {
        case SectionKind.contracts: contracts.restore(byteCount: section.byteCount)
        case SectionKind.milestones: milestones.slab.restore(byteCount: section.byteCount)
        case SectionKind.sides: sides.restore(byteCount: section.byteCount)
        case SectionKind.references: references.slab.restore(byteCount: section.byteCount)
        case SectionKind.tenants: tenants.restore(byteCount: section.byteCount)
        case SectionKind.terms: terms.slab.restore(byteCount: section.byteCount)
        default: false
        }
      if !fits { return false }
    }
    return kinds.count == 6 && sections.count == 6
  }

  /// Puts one block back; false when it lies outside its section.
  public mutating func restore(kind: UInt8, block: UInt32, bytes: UnsafeRawBufferPointer) -> Bool {
    switch kind {
    case SectionKind.contracts: unsafe contracts.restore(block: block, bytes: bytes)
    case SectionKind.milestones: unsafe milestones.slab.restore(block: block, bytes: bytes)
    case SectionKind.sides: unsafe sides.restore(block: block, bytes: bytes)
    case SectionKind.references: unsafe references.slab.restore(block: block, bytes: bytes)
    case SectionKind.tenants: unsafe tenants.restore(block: block, bytes: bytes)
    case SectionKind.terms: unsafe terms.slab.restore(block: block, bytes: bytes)
    default: false
    }
  }

  /// Rebuilds what is not in an image (indices, free lists, the list of closed contracts); false when a record is impossible.
  public mutating func finishRestore() -> Bool {
    var runs: [(base: UInt32, capacityLog: UInt8)] = []
    var usedSides: Set<UInt32> = []
    for slot in 0..<tenants.count {
      tenantIndex.insert(tenantHash(tenants[slot].id), slot)
    }
    for slot in 0..<contracts.count {
      if contracts[slot].stateValue == 0 {
        freeContracts.append(UInt32(slot))
        continue
      }
      let c = contracts[slot]
      guard ContractState(rawValue: c.stateValue) != nil, Int(c.tenantSlot) < tenants.count,
        Int(c.side) < sides.count, Int(c.termsSlot) < terms.slab.count, c.capacityLog <= 16, isPlausible(c)
      else { return false }
      contracts[slot].armedBucket = 0
      contracts[slot].derivePlacement()
      contractIndex.insert(mixer.contractHash(tenant: c.tenant, contract: c.id), slot)
      if c.isOver { closedSlots.append(UInt32(slot)) }
      if c.flags.contains(.hasMilestoneBlock) { runs.append((c.milestoneBase, c.capacityLog)) }
      if c.side != 0 { usedSides.insert(c.side) }
    }
    for side in 1..<max(1, sides.count) where !usedSides.contains(UInt32(side)) { freeSides.append(UInt32(side)) }
    milestones.rebuildFree(used: runs)
    references.rebuildIndex()
    terms.rebuildIndex()
    return true
  }

  /// The contract's milestones lie inside the slab and have states.
  private mutating func isPlausible(_ c: ContractRecord) -> Bool {
    let count = Int(c.milestoneCount)
    if count == 0 { return true }
    guard c.flags.contains(.hasMilestoneBlock), count <= 1 << Int(c.capacityLog),
      Int(c.milestoneBase) + 1 << Int(c.capacityLog) <= milestones.slab.count
    else { return false }
    for index in 0..<count {
      let m = Int(c.milestoneBase) + index
      if MilestoneState(rawValue: milestones.slab[m].stateValue) == nil { return false }
      milestones.slab[m].armedBucket = 0
    }
    return true
  }
}
