/// Digests of bank references, in order of use, with an index over them.
struct ReferenceGeneration: ~Copyable {
  var slab: Slab<UInt128>
  private var index: HashIndex

  init(capacity: Int, kind: UInt8, pool: BlockPool) {
    index = HashIndex(pool)
    slab = Slab(capacity: capacity, kind: kind, hugePages: false)
  }

  @inline(__always)
  var count: Int { slab.count }
  @inline(__always)
  var isEmpty: Bool { slab.isEmpty }

  /// A digest is uniform, and keyed: half of it is its hash.
  @inline(__always)
  private static func hash(_ digest: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: digest >> 64) }

  /// Asks for the index lines of a digest: of nearly all that are looked for it is to be shown that they are not there.
  @inline(__always)
  func prefetch(_ digest: UInt128) { index.prefetchAbsent(Self.hash(digest)) }

  @inline(__always)
  func contains(_ digest: UInt128) -> Bool { index.find(Self.hash(digest)) { slab[$0] == digest } != nil }

  /// - Precondition: it is not there, and there is room.
  mutating func insert(_ digest: UInt128) {
    let slot = slab.extend(by: 1)
    slab.willWrite(slot)
    slab[slot] = digest
    index.insert(Self.hash(digest), slot)
  }

  /// Forgets what was inserted since there were `newCount`.
  mutating func truncate(to newCount: Int) {
    var slot = slab.count
    while slot > newCount {
      slot -= 1
      index.remove(Self.hash(slab[slot]), slot)
    }
    slab.truncate(to: newCount)
  }

  mutating func removeAll() {
    index.removeAll()
    slab.truncate(to: 0)
  }

  /// False when a digest is there twice, or too many collide.
  mutating func rebuildIndex() -> Bool {
    index.removeAll()
    for slot in 0..<slab.count {
      let digest = slab[slot]
      if contains(digest) || !index.tryInsert(Self.hash(digest), slot) { return false }
    }
    return true
  }
}
