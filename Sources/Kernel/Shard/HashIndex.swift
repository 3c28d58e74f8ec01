internal import CIntrinsics

/// Open addressing from a 64-bit hash to a slab index; linear probing, at most three quarters full.
///
/// An entry is 32 hash bits and the index plus one. The bits choose the place too, so the table grows without
/// looking at the records; callers confirm a candidate by the record's own key.
@safe
struct HashIndex: ~Copyable {
  private var entries: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private(set) var count = 0

  init(capacityLog: Int = 8) {
    mask = (1 << capacityLog) - 1
    unsafe entries = .allocate(capacity: mask + 1)
    unsafe entries.initialize(repeating: 0, count: mask + 1)
  }

  deinit { unsafe entries.deallocate() }

  @inline(__always)
  private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & mask }

  @inline(__always)
  func prefetch(_ hash: UInt64) {
    // A hint, and in bounds by the mask.
    unsafe milepost_prefetch(UnsafeRawPointer(entries + place(hash)))
  }

  /// The index whose record `matches`, or nil.
  @inline(__always)
  func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
    let tag = hash >> 32
    var position = place(hash)
    while true {
      // In bounds by the mask; there is always an empty place, so the loop ends.
      let entry = unsafe entries[position]
      if entry == 0 { return nil }
      if entry >> 32 == tag {
        let index = Int(entry & 0xFFFF_FFFF) - 1
        if matches(index) { return index }
      }
      position = (position + 1) & mask
    }
  }

  mutating func insert(_ hash: UInt64, _ index: Int) {
    if (count + 1) * 4 > mask * 3 { grow() }
    put((hash & ~0xFFFF_FFFF) | UInt64(index + 1))
    count += 1
  }

  private mutating func put(_ entry: UInt64) {
    var position = place(entry)
    // In bounds by the mask.
    while unsafe entries[position] != 0 { position = (position + 1) & mask }
    unsafe entries[position] = entry
  }

  private mutating func grow() {
    let old = unsafe entries
    let oldMask = mask
    mask = mask * 2 + 1
    unsafe entries = .allocate(capacity: mask + 1)
    unsafe entries.initialize(repeating: 0, count: mask + 1)
    for position in 0...oldMask {
      let entry = unsafe old[position]
      if entry != 0 { put(entry) }
    }
    unsafe old.deallocate()
  }

  /// Takes an entry out, and closes the gap so that probes stay short.
  mutating func remove(_ hash: UInt64, _ index: Int) {
    let wanted = (hash & ~0xFFFF_FFFF) | UInt64(index + 1)
    var position = place(hash)
    while unsafe entries[position] != wanted {
      precondition(unsafe entries[position] != 0, "removing what is not in the index")
      position = (position + 1) & mask
    }
    var gap = position
    var probe = position
    while true {
      probe = (probe + 1) & mask
      let entry = unsafe entries[probe]
      if entry == 0 { break }
      // An entry may fill the gap unless its own place lies cyclically in (gap, probe].
      let home = place(entry)
      if (probe - home) & mask >= (probe - gap) & mask {
        unsafe entries[gap] = entry
        gap = probe
      }
    }
    unsafe entries[gap] = 0
    count -= 1
  }

  mutating func removeAll() {
    unsafe entries.update(repeating: 0, count: mask + 1)
    count = 0
  }
}
