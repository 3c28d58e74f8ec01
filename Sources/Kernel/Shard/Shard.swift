/// A share of the tenants with all their contracts: the state machine itself.
///
/// Takes batches with a time stamp, answers each operation, and is the same on every machine that was given the
/// same batches. Does no input or output and reads no clock. Not thread-safe: its owner's lock guards it.
/// The work is spread over extensions: `Shard+Apply` (batches and look-ahead), `Shard+Perform` (one
/// operation), `Shard+Chains`, `Shard+Timers`, `Shard+Reads`, `Shard+Checkpoint`, `Shard+Archive`, `Shard+References`,
/// `Shard+Prune`, `Shard+Audit`.
public struct Shard: ~Copyable {
  var contracts: Slab<ContractRecord>
  var milestones: MilestoneBlocks
  var sides: Slab<SideRecord>
  var tenants: Slab<TenantRecord>
  /// What was pruned, by the place of the tenant; shorter than `tenants` while the last ones have nothing pruned.
  var pruned: Slab<PrunedRecord>
  var references: ReferenceSet
  var terms: TermsTable
  var contractIndex: HashIndex
  var tenantIndex: HashIndex
  var freeContracts: [UInt32] = []
  /// Where contracts were closed or cancelled; see `takeClosed`.
  var closedSlots: [UInt32] = []
  var freeSides: [UInt32] = []
  var wheel: TimerWheel
  var tracksTimers = false
  var isImaging = false
  var chain = ChainUndo()
  let mixer: Mixer
  /// Where the shard's indices and timers have their memory.
  public let blockPool: BlockPool
  let rules: [FormatRule]
  var lookAhead = LookAheads()
  /// Contracts that the operations last looked at name and that are not in memory; a name may come more than once.
  public internal(set) var missing: [ContractName] = []

  /// The newest stamp applied, whatever the tenant; a batch stamped earlier is refused whole.
  public internal(set) var lastStamp: Instant = .min
  /// The shard's sequence number: operations applied so far, accepted or refused.
  public internal(set) var operationCount: UInt64 = 0

  /// Section kinds of a checkpoint. Part of the disk format: never renumbered.
  enum SectionKind {
    static let contracts: UInt8 = 1
    static let milestones: UInt8 = 2
    static let sides: UInt8 = 3
    static let references: UInt8 = 4
    static let tenants: UInt8 = 5
    static let terms: UInt8 = 6
    /// Only in images of shards that have pruned something.
    static let pruned: UInt8 = 7
  }

  /// Address space that a shard of this configuration reserves, in bytes.
  public static func reservedByteCount(_ configuration: ShardConfiguration) -> Int {
    let bytes =
      configuration.contractCountMax
      * (MemoryLayout<ContractRecord>.stride + MemoryLayout<SideRecord>.stride + MemoryLayout<ContractTerms>.stride)
      + configuration.milestoneCountMax * MemoryLayout<MilestoneRecord>.stride
      + configuration.tenantCountMax
      * (MemoryLayout<TenantRecord>.stride + MemoryLayout<PrunedRecord>.stride)
      + configuration.referenceCountMax * ReferenceSet.reservedByteCountPerReference
    return 2 * bytes
  }

  /// An empty shard. Reserves address space for twice the configured limits: see `limit`.
  /// - Precondition: the address space can be had.
  public init(_ configuration: ShardConfiguration) {
    let pool = configuration.pool ?? BlockPool(hugePages: configuration.usesHugePages)
    blockPool = pool
    mixer = Mixer(k0: configuration.key.0 | 1, k1: configuration.key.1 | 1)
    contracts = Slab(
      capacity: 2 * configuration.contractCountMax, kind: SectionKind.contracts, hugePages: configuration.usesHugePages)
    milestones = MilestoneBlocks(
      capacity: 2 * configuration.milestoneCountMax, kind: SectionKind.milestones,
      hugePages: configuration.usesHugePages)
    sides = Slab(
      capacity: 2 * (configuration.contractCountMax + 1), kind: SectionKind.sides, hugePages: false)
    tenants = Slab(capacity: 2 * configuration.tenantCountMax, kind: SectionKind.tenants, hugePages: false)
    pruned = Slab(capacity: 2 * configuration.tenantCountMax, kind: SectionKind.pruned, hugePages: false)
    references = ReferenceSet(
      capacity: 2 * configuration.referenceCountMax, kind: SectionKind.references, mixer: mixer, pool: pool)
    terms = TermsTable(
      capacity: 2 * configuration.contractCountMax, kind: SectionKind.terms, mixer: mixer, pool: pool)
    contractIndex = HashIndex(pool)
    wheel = TimerWheel(pool)
    tenantIndex = HashIndex(pool)
    rules = Format.makeTable()
    // Slot 0: what contracts without a side record read.
    let shared = sides.extend(by: 1)
    sides[shared] = SideRecord()
  }

  /// Whether `operationCount` more operations can be applied within the configured limits, whatever they are.
  ///
  /// While timers are not tracked, that is in replay, there is twice as much room: see `limit`.
  /// - Parameter milestoneNeed: what the ADD_MILESTONE among them may take.
  public mutating func hasRoom(for operationCount: Int, milestoneNeed: MilestoneNeed) -> Bool {
    operationCount <= contractRoom && milestones.heldCount + Int(milestoneNeed.total) <= limit(milestones.slab.capacity)
      && milestones.hasRoom(milestoneNeed)
      && references.count + operationCount <= limit(references.capacity)
      && terms.slab.count + operationCount <= limit(terms.slab.capacity)
      && tenants.count + operationCount <= limit(tenants.capacity) && operationCount <= sideRoom
  }

  /// Memory to be touched ahead of use, of what grows with every contract; to be asked for a few times a second.
  public mutating func takeColdMemory() -> [ColdMemory] {
    var cold: [ColdMemory] = []
    if let part = contracts.takeColdMemory() { cold.append(part) }
    if let part = milestones.slab.takeColdMemory() { cold.append(part) }
    if let part = sides.takeColdMemory() { cold.append(part) }
    if let part = references.takeColdMemory() { cold.append(part) }
    return cold
  }

  // MARK: - Finding records
  //
  // `mutating`, although they only read: a read-only method would be handed a copy of the whole shard's value.

  mutating func locate(tenant: UInt32, contract: UInt128, hash: UInt64) -> Int? {
    contractIndex.find(hash) { contracts[$0].id == contract && contracts[$0].tenant == tenant }
  }

  func findContract(tenant: UInt32, contract: UInt128) -> Int? {
    let hash = mixer.contractHash(tenant: tenant, contract: contract)
    return contractIndex.find(hash) { contracts[$0].id == contract && contracts[$0].tenant == tenant }
  }

  /// What a tenant's share of the digest begins with. Part of the format: a digest is the same for ever.
  static func tenantSeed(_ tenant: UInt32) -> UInt64 {
    Mixer.fold(UInt64(tenant) ^ 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB)
  }

  func tenantHash(_ tenant: UInt32) -> UInt64 {
    mixer.mix(UInt64(tenant), 0xE703_7ED1_A0B4_28DB)
  }

  func findTenant(_ tenant: UInt32) -> Int? {
    tenantIndex.find(tenantHash(tenant)) { tenants[$0].id == tenant }
  }

  /// Slab index of a milestone.
  @inline(__always)
  func milestoneIndex(_ slot: Int, _ ordinal: UInt16) -> Int {
    Int(contracts[slot].milestoneBase) + Int(ordinal) - 1
  }

  /// The contract's own side record, made when it has none.
  mutating func ensureSide(_ slot: Int) -> Int {
    let existing = Int(contracts[slot].side)
    if existing != 0 { return existing }
    let side = freeSides.popLast().map(Int.init) ?? sides.extend(by: 1)
    sides.willWrite(side)
    var record = SideRecord()
    record.isUsed = 1
    sides[side] = record
    contracts[slot].side = UInt32(side)
    return side
  }
}

/// How a tenant's shard is found, and what a frame's slots hold.
public enum BatchLayout {
  /// The shard of a tenant; the same for ever for a given count.
  /// - Precondition: `shardCount` is a power of two.
  @inlinable
  public static func shardIndex(tenant: UInt32, shardCount: Int) -> Int {
    let product = (UInt64(tenant) &+ 1).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return Int(truncatingIfNeeded: (product.high ^ product.low) >> 16) & (shardCount - 1)
  }

  /// How many operations the 64-byte slots hold, or nil when the last one announces an extension that is
  /// not there, or the bytes are no whole number of slots.
  public static func operationCount(slots: UnsafeRawBufferPointer) -> Int? {
    guard slots.count % Operation.byteCount == 0 else { return nil }
    var count = 0
    var offset = 0
    while offset < slots.count {
      // In bounds: offset is a multiple of 64 below the count; flags are byte 59 of an operation.
      let flags = unsafe slots[offset + 59]
      offset += flags & 2 != 0 ? 128 : 64
      count += 1
    }
    return offset == slots.count ? count : nil
  }
}
