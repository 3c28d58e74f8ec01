/// The different terms of a shard's contracts, each kept once: a platform's contracts follow few templates.
///
/// Terms are never taken out; a contract refers to them by slot. Without retention cap and arbiter, see `ContractTerms.shared`.
struct TermsTable: ~Copyable {
  var slab: Slab<ContractTerms>
  private var index: HashIndex
  private let mixer: Mixer

  init(capacity: Int, kind: UInt8, mixer: Mixer, pool: BlockPool) {
    slab = Slab(capacity: capacity, kind: kind, hugePages: false)
    index = HashIndex(pool)
    self.mixer = mixer
  }

  @inline(__always)
  subscript(slot: UInt32) -> ContractTerms { slab[Int(slot)] }

  /// Where terms lie: they do not move or change.
  @inline(__always)
  func address(_ slot: UInt32) -> UnsafePointer<ContractTerms> { unsafe UnsafePointer(slab.address(Int(slot))) }

  private func hash(_ terms: ContractTerms) -> UInt64 {
    // Terms have no implicit padding, so their bytes are their content.
    unsafe withUnsafeBytes(of: terms) { bytes in
      var hash = mixer.k0
      for word in 0..<8 {
        let value = unsafe bytes.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self)
        hash = Mixer.fold(hash ^ value, mixer.k1) &+ hash
      }
      return hash
    }
  }

  /// The slot of terms that are already `shared`.
  mutating func intern(_ terms: ContractTerms) -> UInt32 {
    let hash = self.hash(terms)
    if let slot = index.find(hash, { slab[$0] == terms }) { return UInt32(slot) }
    let slot = slab.extend(by: 1)
    slab.willWrite(slot)
    slab[slot] = terms
    index.insert(hash, slot)
    return UInt32(slot)
  }

  /// False when terms are none that a contract can have, or too many collide.
  mutating func rebuildIndex() -> Bool {
    index.removeAll()
    for slot in 0..<slab.count {
      if !slab[slot].isPossible || !index.tryInsert(self.hash(slab[slot]), slot) { return false }
    }
    return true
  }
}
