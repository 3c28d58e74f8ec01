/// Bank references that were used and are not in an archive: deposits and UTRs unique in a tenant, challans in a contract.
///
/// A reference is kept as a 128-bit digest of (space, tenant, contract for challans, reference), in order of use, so that
/// a rollback cuts the end off. An owner with an archive has those of before a checkpoint set aside: they go to the archive
/// and leave memory all at once, while new ones go into a generation of their own.
/// ```
///            setAside            removeAside
/// growing ------------> aside ---------------> (archive) ----> recalled, for one group
/// ```
struct ReferenceSet: ~Copyable {
  private var growing: ReferenceGeneration
  /// Of before the last cut; empty once they left. They never change.
  private var aside: ReferenceGeneration
  /// In the archive, and named by the group that is applied.
  private var recalled: Set<UInt128> = []
  let namer: ReferenceNamer

  /// - Parameter capacity: most references in memory.
  init(capacity: Int, kind: UInt8, mixer: Mixer, pool: BlockPool) {
    growing = ReferenceGeneration(capacity: capacity, kind: kind, pool: pool)
    aside = ReferenceGeneration(capacity: capacity, kind: kind, pool: pool)
    namer = ReferenceNamer(mixer)
  }

  /// Address space for each reference of the capacity, in bytes: either generation may hold them all.
  static var reservedByteCountPerReference: Int { 2 * MemoryLayout<UInt128>.stride }

  /// References in memory.
  var count: Int { growing.count + aside.count }
  var capacity: Int { growing.slab.capacity }

  /// The digest of the reference in an operation's argument.
  @inline(__always)
  func key(_ space: ReferenceSpace, _ operation: OperationView) -> UInt128 { namer.key(space, operation) }

  /// Asks for the index lines of a reference.
  @inline(__always)
  func prefetch(_ key: UInt128) {
    growing.prefetch(key)
    if !aside.isEmpty { aside.prefetch(key) }
  }

  func contains(_ key: UInt128) -> Bool {
    holds(key) || !recalled.isEmpty && recalled.contains(key)
  }

  /// Whether a reference is in memory.
  func holds(_ key: UInt128) -> Bool {
    growing.contains(key) || !aside.isEmpty && aside.contains(key)
  }

  /// - Precondition: it is not in the set.
  mutating func insert(_ key: UInt128) { growing.insert(key) }

  /// How many references were used since some were set aside: what `truncate` goes back to.
  var growingCount: Int { growing.count }

  /// Forgets what was inserted since there were `newCount` that grow.
  mutating func truncate(to newCount: Int) { growing.truncate(to: newCount) }

  /// Sum over all references in memory, whatever their order.
  func digest() -> UInt64 {
    var sum: UInt64 = 0
    for slot in 0..<growing.count { sum &+= Self.digest(of: growing.slab[slot]) }
    for slot in 0..<aside.count { sum &+= Self.digest(of: aside.slab[slot]) }
    return sum
  }

  /// What a reference adds to the digest of its shard.
  static func digest(of key: UInt128) -> UInt64 {
    Mixer.fold(UInt64(truncatingIfNeeded: key >> 64) ^ 0x9E37_79B9_7F4A_7C15, UInt64(truncatingIfNeeded: key) | 1)
  }
}

// MARK: - Archive

extension ReferenceSet {
  /// Sets all references aside if there are `countMin`; those that wait to leave already count, too.
  /// - Returns: how many are aside now; 0 when there are too few.
  mutating func setAside(atLeast countMin: Int) -> Int {
    takeBack()
    guard growing.count >= max(1, countMin) else { return 0 }
    swap(&growing, &aside)
    return aside.count
  }

  /// What is aside grows again, since it did not leave before the next cut.
  private mutating func takeBack() {
    if aside.isEmpty { return }
    if growing.isEmpty { return swap(&growing, &aside) }
    for slot in 0..<aside.count { growing.insert(aside.slab[slot]) }
    aside.removeAll()
  }

  /// Some of those that are aside, by place.
  func copyAside(_ places: Range<Int>) -> [UInt128] { places.map { aside.slab[$0] } }

  /// Forgets what is aside: the archive has it.
  mutating func removeAside(_ count: Int) {
    precondition(aside.count == count, "references that are aside and that nobody archived")
    aside.removeAll()
  }

  /// The archive has a reference: it counts as used until `forgetRecalled`.
  mutating func recall(_ key: UInt128) { recalled.insert(key) }

  mutating func forgetRecalled() { if !recalled.isEmpty { recalled.removeAll() } }
}

// MARK: - Checkpoints

extension ReferenceSet {
  /// Starts an image of all references in memory: they lie in one generation.
  mutating func beginImage(saving buffers: ImageBuffers) -> CheckpointSection {
    if aside.isEmpty || !growing.isEmpty {
      takeBack()
      return growing.slab.beginImage(saving: buffers)
    }
    return aside.slab.beginImage(saving: buffers)
  }

  /// Blocks that such an image has, or one less.
  var imageBlockCount: Int { growing.slab.imageBlockCount + aside.slab.imageBlockCount }

  /// What new references will soon be put in.
  mutating func takeColdMemory() -> ColdMemory? { growing.slab.takeColdMemory() }

  mutating func copyBlocks(
    limit: inout Int, _ body: (_ kind: UInt8, _ block: UInt32, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    let hasMore = unsafe growing.slab.copyBlocks(limit: &limit, body)
    return unsafe aside.slab.copyBlocks(limit: &limit, body) || hasMore
  }

  mutating func endImage() {
    growing.slab.endImage()
    aside.slab.endImage()
  }

  mutating func restore(byteCount: UInt64) -> Bool { growing.slab.restore(byteCount: byteCount) }

  mutating func restore(block: UInt32, bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe growing.slab.restore(block: block, bytes: bytes)
  }

  /// False when a reference is there twice, or too many collide.
  mutating func rebuildIndex() -> Bool { growing.rebuildIndex() }
}
