/// Checkpoints: a copy-on-write image of the slabs at one moment, copied in small bites between batches.
extension Shard {
  /// Bytes of a block; the last block of a section may be shorter.
  public static let checkpointBlockByteCount = 65_536

  /// Starts an image of the shard as it is now: at `operationCount` and `lastStamp`.
  /// - Parameter buffers: for blocks that change before they are copied; `imageBlockCount` at most.
  /// - Precondition: none is running.
  public mutating func beginCheckpoint(saving buffers: ImageBuffers = ImageBuffers()) -> [CheckpointSection] {
    isImaging = true
    var sections = [
      contracts.beginImage(saving: buffers), milestones.slab.beginImage(saving: buffers),
      sides.beginImage(saving: buffers), references.beginImage(saving: buffers), tenants.beginImage(saving: buffers),
      terms.slab.beginImage(saving: buffers),
    ]
    if !pruned.isEmpty { sections.append(pruned.beginImage(saving: buffers)) }
    return sections
  }

  /// Blocks that an image of the shard as it is now would have.
  public var imageBlockCount: Int {
    contracts.imageBlockCount + milestones.slab.imageBlockCount + sides.imageBlockCount + references.imageBlockCount
      + tenants.imageBlockCount + terms.slab.imageBlockCount + pruned.imageBlockCount
  }

  /// Hands out up to `limit` blocks that were not handed out yet; false when none is left.
  public mutating func copyCheckpointBlocks(
    limit: Int, _ body: (_ kind: UInt8, _ block: UInt32, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    var left = limit
    var hasMore = unsafe contracts.copyBlocks(limit: &left, body)
    if !hasMore { hasMore = unsafe milestones.slab.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe sides.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe references.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe tenants.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe terms.slab.copyBlocks(limit: &left, body) }
    if !hasMore { hasMore = unsafe pruned.copyBlocks(limit: &left, body) }
    return hasMore
  }

  /// Ends the image, finished or not.
  public mutating func endCheckpoint() {
    isImaging = false
    contracts.endImage()
    milestones.slab.endImage()
    sides.endImage()
    references.endImage()
    tenants.endImage()
    terms.slab.endImage()
    pruned.endImage()
  }

  /// Prepares a fresh shard for the blocks of an image; false when the sections do not fit it, or the numbers make no sense.
  public mutating func restore(sections: [CheckpointSection], operationCount: UInt64, lastStamp: Instant) -> Bool {
    guard operationCount <= UInt64(Int64.max), lastStamp == .min || Self.stamps.contains(lastStamp) else {
      return false
    }
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
        case SectionKind.references: references.restore(byteCount: section.byteCount)
        case SectionKind.tenants: tenants.restore(byteCount: section.byteCount)
        case SectionKind.terms: terms.slab.restore(byteCount: section.byteCount)
        case SectionKind.pruned: pruned.restore(byteCount: section.byteCount)
        default: false
        }
      if !fits { return false }
    }
    return kinds.count == sections.count && kinds.union([SectionKind.pruned]).count == 7
  }

  /// Puts one block back; false when it lies outside its section.
  public mutating func restore(kind: UInt8, block: UInt32, bytes: UnsafeRawBufferPointer) -> Bool {
    switch kind {
    case SectionKind.contracts: unsafe contracts.restore(block: block, bytes: bytes)
    case SectionKind.milestones: unsafe milestones.slab.restore(block: block, bytes: bytes)
    case SectionKind.sides: unsafe sides.restore(block: block, bytes: bytes)
    case SectionKind.references: unsafe references.restore(block: block, bytes: bytes)
    case SectionKind.tenants: unsafe tenants.restore(block: block, bytes: bytes)
    case SectionKind.terms: unsafe terms.slab.restore(block: block, bytes: bytes)
    case SectionKind.pruned: unsafe pruned.restore(block: block, bytes: bytes)
    default: false
    }
  }

  /// Rebuilds what is not in an image (indices, free lists, the list of closed contracts); false when a record is
  /// impossible, or records do not fit each other. The shard is then of no use.
  public mutating func finishRestore() -> Bool {
    guard hasSharedSide, restoreTenants(), hasPossiblePruned, terms.rebuildIndex(),
      references.rebuildIndex()
    else { return false }
    var runs: [(base: UInt32, capacityLog: UInt8)] = []
    var isSideUsed = [Bool](repeating: false, count: sides.count)
    for slot in 0..<contracts.count {
      if contracts[slot].stateValue == 0 {
        freeContracts.append(UInt32(slot))
        continue
      }
      let c = contracts[slot]
      let hash = mixer.contractHash(tenant: c.tenant, contract: c.id)
      guard c.isPossible, isPlaced(c), locate(tenant: c.tenant, contract: c.id, hash: hash) == nil,
        restoreMilestones(of: c), contractIndex.tryInsert(hash, slot)
      else { return false }
      if c.side != 0 {
        if isSideUsed[Int(c.side)] { return false }
        isSideUsed[Int(c.side)] = true
      }
      contracts[slot].armedBucket = 0
      contracts[slot].derivePlacement()
      if c.isOver { closedSlots.append(UInt32(slot)) }
      if c.flags.contains(.hasMilestoneBlock) { runs.append((c.milestoneBase, c.capacityLog)) }
    }
    for side in 1..<sides.count where !isSideUsed[side] { freeSides.append(UInt32(side)) }
    return milestones.rebuildFree(used: runs)
  }

  /// Slot 0 is what contracts without a side record read: nobody has changed it.
  private var hasSharedSide: Bool {
    sides.count > 0 && hasTruthValues(side: 0) && sides[0].isUsed == 0 && sides[0].isDefault
  }

  /// Whether a side record's truth values are such. Asked of the memory: a copy of the record would already rely on it.
  private func hasTruthValues(side: Int) -> Bool {
    // A record is as long as the words, and any bits are words.
    SideRecord.isPossible(unsafe UnsafeRawPointer(sides.address(side)).load(as: InlineArray<47, UInt64>.self))
  }

  /// What was pruned belongs to tenants, and is not more than operations can have pruned.
  private var hasPossiblePruned: Bool {
    guard pruned.count <= tenants.count else { return false }
    for slot in 0..<pruned.count {
      guard pruned[slot].reserved == 0, pruned[slot].contractCount <= operationCount else { return false }
    }
    return true
  }

  private mutating func restoreTenants() -> Bool {
    for slot in 0..<tenants.count {
      let tenant = tenants[slot]
      guard tenant.isUsed == 1, Self.stamps.contains(tenant.lastStamp), findTenant(tenant.id) == nil,
        tenantIndex.tryInsert(tenantHash(tenant.id), slot)
      else { return false }
    }
    return true
  }

  /// The contract's tenant, terms, side record and block of milestones are there, and such as it can have.
  private func isPlaced(_ c: ContractRecord) -> Bool {
    guard Int(c.tenantSlot) < tenants.count, tenants[Int(c.tenantSlot)].id == c.tenant, Int(c.side) < sides.count,
      Int(c.termsSlot) < terms.slab.count
    else { return false }
    if c.side != 0 {
      guard hasTruthValues(side: Int(c.side)), sides[Int(c.side)].isPossible else { return false }
    }
    guard c.flags.contains(.hasMilestoneBlock) else { return c.milestoneCount == 0 }
    return c.capacityLog <= 16 && Int(c.milestoneCount) <= 1 << Int(c.capacityLog)
      && Int(c.milestoneBase) + 1 << Int(c.capacityLog) <= milestones.slab.count
  }

  /// The contract's milestones are possible and add up to what it says.
  private mutating func restoreMilestones(of c: ContractRecord) -> Bool {
    var sums = ContractSums()
    for index in 0..<Int(c.milestoneCount) {
      let m = Int(c.milestoneBase) + index
      guard milestones.slab[m].isPossible(ordinal: index + 1) else { return false }
      sums.add(milestones.slab[m])
      milestones.slab[m].armedBucket = 0
    }
    return sums.fit(c)
  }
}
