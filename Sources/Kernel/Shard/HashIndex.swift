internal import CIntrinsics

/// Open addressing from a 64-bit hash to a slab index; linear probing, at most three quarters full.
///
/// An entry is 32 hash bits and the index plus one. The bits choose the place too, so the table grows without
/// looking at the records; callers confirm a candidate by the record's own key. Growing moves a few entries with each
/// insertion: shards fill alike, and would else all rehash within the same few frames.
@safe
struct HashIndex: ~Copyable {
  private var entries: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private(set) var count = 0
  /// While growing: the table before, whole, and the first of its places that was not moved. All it holds that was moved
  /// is in `entries` as well.
  private var old: UnsafeMutablePointer<UInt64>?
  private var oldMask = 0
  private var moved = 0

  /// Places of the old table that one insertion moves. Two would be enough to be done before the next growth.
  private static let step = 4

  init(capacityLog: Int = 8) {
    mask = (1 << capacityLog) - 1
    unsafe entries = Self.makeTable(mask)
  }

  deinit {
    unsafe Self.release(entries, mask)
    if let old = unsafe old { unsafe Self.release(old, oldMask) }
  }

  /// A table of zeros, backed by memory page by page as it is touched.
  private static func makeTable(_ mask: Int) -> UnsafeMutablePointer<UInt64> {
    guard let memory = unsafe milepost_reserve((mask + 1) * 8, false) else {
      preconditionFailure("no address space for an index")
    }
    return unsafe memory.bindMemory(to: UInt64.self, capacity: mask + 1)
  }

  private static func release(_ table: UnsafeMutablePointer<UInt64>, _ mask: Int) {
    unsafe milepost_release(UnsafeMutableRawPointer(table), (mask + 1) * 8)
  }

  @inline(__always)
  private static func place(_ hash: UInt64, _ mask: Int) -> Int { Int(truncatingIfNeeded: hash >> 32) & mask }

  @inline(__always)
  func prefetch(_ hash: UInt64) {
    // A hint, and in bounds by the mask.
    unsafe milepost_prefetch(UnsafeRawPointer(entries + Self.place(hash, mask)))
  }

  /// The index whose record `matches`, or nil.
  @inline(__always)
  func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
    if let index = unsafe Self.find(hash, entries, mask, matches) { return index }
    guard let old = unsafe old else { return nil }
    return unsafe Self.find(hash, old, oldMask, matches)
  }

  @inline(__always)
  private static func find(
    _ hash: UInt64, _ table: UnsafeMutablePointer<UInt64>, _ mask: Int, _ matches: (Int) -> Bool
  ) -> Int? {
    let tag = hash >> 32
    var position = place(hash, mask)
    while true {
      // In bounds by the mask; there is always an empty place, so the loop ends.
      let entry = unsafe table[position]
      if entry == 0 { return nil }
      if entry >> 32 == tag {
        let index = Int(entry & 0xFFFF_FFFF) - 1
        if matches(index) { return index }
      }
      position = (position + 1) & mask
    }
  }

  mutating func insert(_ hash: UInt64, _ index: Int) {
    if unsafe old != nil {
      move(Self.step)
    } else if (count + 1) * 4 > mask * 3 {
      grow()
    }
    put((hash & ~0xFFFF_FFFF) | UInt64(index + 1))
    count += 1
  }

  private mutating func put(_ entry: UInt64) {
    var position = Self.place(entry, mask)
    // In bounds by the mask.
    while unsafe entries[position] != 0 { position = (position + 1) & mask }
    unsafe entries[position] = entry
  }

  private mutating func grow() {
    unsafe old = entries
    oldMask = mask
    moved = 0
    mask = mask * 2 + 1
    unsafe entries = Self.makeTable(mask)
  }

  /// Moves up to `placeCount` places of the old table, and lets go of it at its end.
  private mutating func move(_ placeCount: Int) {
    guard let table = unsafe old else { return }
    let end = min(moved + placeCount, oldMask + 1)
    while moved < end {
      let entry = unsafe table[moved]
      if entry != 0 { put(entry) }
      moved += 1
    }
    guard moved > oldMask else { return }
    unsafe Self.release(table, oldMask)
    unsafe old = nil
  }

  /// Takes an entry out, and closes the gap so that probes stay short.
  mutating func remove(_ hash: UInt64, _ index: Int) {
    // The old table has no gaps to close while it is read from front to back.
    move(oldMask + 1)
    let wanted = (hash & ~0xFFFF_FFFF) | UInt64(index + 1)
    var position = Self.place(hash, mask)
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
      let home = Self.place(entry, mask)
      if (probe - home) & mask >= (probe - gap) & mask {
        unsafe entries[gap] = entry
        gap = probe
      }
    }
    unsafe entries[gap] = 0
    count -= 1
  }

  mutating func removeAll() {
    if let table = unsafe old {
      unsafe Self.release(table, oldMask)
      unsafe old = nil
    }
    unsafe entries.update(repeating: 0, count: mask + 1)
    count = 0
  }
}
