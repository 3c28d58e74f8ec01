/// Bank references that were ever used: deposits and UTRs unique in a tenant, challans in a contract.
///
/// A reference is kept as a 128-bit digest of (space, tenant, contract for challans, reference), in order of
/// use, so that a checkpoint writes only what is new and a rollback cuts the end off.
struct ReferenceSet: ~Copyable {
  enum Space: UInt64 { case deposit = 1, utr, challan }

  var slab: Slab<UInt128>
  private var index: HashIndex
  private let mixer: Mixer

  init(capacity: Int, kind: UInt8, mixer: Mixer, pool: BlockPool) {
    index = HashIndex(pool)
    slab = Slab(capacity: capacity, kind: kind, hugePages: false)
    self.mixer = mixer
  }

  var count: Int { slab.count }

  /// Names a reference in the set.
  struct Key: BitwiseCopyable {
    fileprivate let value: UInt128
    @inline(__always)
    fileprivate var hash: UInt64 { UInt64(truncatingIfNeeded: value >> 64) }
  }

  /// The key of the reference in an operation's argument.
  @inline(__always)
  func key(_ space: Space, _ operation: OperationView) -> Key {
    let contract = space == .challan ? operation.contract : 0
    let place = UInt64(operation.tenant) << 8 | space.rawValue
    let low = UInt64(truncatingIfNeeded: contract)
    let high = UInt64(truncatingIfNeeded: contract >> 64)
    let a = mixer.mix(operation.argument, place) ^ mixer.mix(low, high &+ 0x2D35_8DCC_AA6C_78A5)
    let b =
      mixer.mix(operation.argument ^ 0x8BB8_4B93_962E_ACC9, place &* 0x9E37_79B9_7F4A_7C15)
      ^ mixer.mix(high ^ 0x4B33_A62E_D433_D4A3, low)
    return Key(
      value: UInt128(Mixer.fold(a ^ 0xD6E8_FEB8_6659_FD93, b | 1)) << 64 | UInt128(b ^ a &* 0xA076_1D64_78BD_642F))
  }

  private static func hash(_ key: UInt128) -> UInt64 { Key(value: key).hash }

  /// Asks for the index line of a reference.
  @inline(__always)
  func prefetch(_ key: Key) { index.prefetch(key.hash) }

  func contains(_ key: Key) -> Bool { index.find(key.hash) { slab[$0] == key.value } != nil }

  /// - Precondition: it is not in the set.
  mutating func insert(_ key: Key) {
    let slot = slab.extend(by: 1)
    slab.willWrite(slot)
    slab[slot] = key.value
    index.insert(key.hash, slot)
  }

  /// Forgets what was inserted since the set had `newCount` references.
  mutating func truncate(to newCount: Int) {
    var slot = slab.count
    while slot > newCount {
      slot -= 1
      index.remove(Self.hash(slab[slot]), slot)
    }
    slab.truncate(to: newCount)
  }

  /// False when a reference is there twice, or too many collide.
  mutating func rebuildIndex() -> Bool {
    index.removeAll()
    for slot in 0..<slab.count {
      let key = Key(value: slab[slot])
      if contains(key) || !index.tryInsert(key.hash, slot) { return false }
    }
    return true
  }

  /// Sum over all references, whatever their order.
  func digest() -> UInt64 {
    var sum: UInt64 = 0
    for slot in 0..<slab.count {
      sum &+= Mixer.fold(Self.hash(slab[slot]) ^ 0x9E37_79B9_7F4A_7C15, UInt64(truncatingIfNeeded: slab[slot]) | 1)
    }
    return sum
  }
}
