internal import CIntrinsics

/// Extendible hashing from a 64-bit hash to a slab index: a directory by the first bits of the hash, segments of 512
/// entries with linear probing behind it.
///
/// An entry is the upper 32 hash bits and the index plus one: it says its own place, so a segment is split without looking
/// at the records; callers confirm a candidate by the record's own key. A segment is split when an insertion has to probe
/// far, or would leave no empty place near behind it, so the index grows 4 KiB at a time: shards fill alike, and would
/// else all rehash within the same few frames.
///
/// Hashes must be keyed: somebody who can aim them could fill one segment.
/// Source: Fagin and others, "Extendible hashing", ACM TODS 4 (1979).
@safe
struct HashIndex: ~Copyable {
  private typealias Segment = UnsafeMutablePointer<UInt64>

  /// `1 << depth` segments; those that share more first bits than others are there more than once.
  private var directory: UnsafeMutablePointer<Segment>
  private var depth = 1
  private(set) var count = 0
  private let pool: BlockPool

  private static let mask = BlockPool.blockByteCount / 8 - 1
  /// Places an insertion may be away from its own, and from the next empty one behind it, before the segment is split:
  /// met at about three quarters full. The second bound is what ends every search: hashes of ids that follow each other
  /// may lie so evenly that the first one alone is never met, and a segment would fill to its last place.
  private static let distanceMax = 24
  /// Beyond this many first bits a segment is filled rather than split: no keyed hash comes here.
  private static let depthMax = 20

  init(_ pool: BlockPool) {
    self.pool = pool
    unsafe directory = .allocate(capacity: 2)
    unsafe directory.initialize(repeating: Self.makeSegment(pool), count: 2)
  }

  deinit {
    unsafe Self.release(directory, depth, to: pool)
  }

  private static func makeSegment(_ pool: BlockPool) -> Segment {
    unsafe pool.take().bindMemory(to: UInt64.self, capacity: mask + 1)
  }

  /// Gives back every segment once: its first place in the directory is followed by all its others.
  private static func release(_ directory: UnsafeMutablePointer<Segment>, _ depth: Int, to pool: BlockPool) {
    var last: Segment?
    for place in 0..<1 << depth where unsafe directory[place] != last {
      unsafe last = directory[place]
      unsafe pool.give(UnsafeMutableRawPointer(directory[place]))
    }
    unsafe directory.deallocate()
  }

  @inline(__always)
  private func segment(_ hash: UInt64) -> Segment {
    // In bounds: `depth` bits, and depth is at least 1.
    unsafe directory[Int(truncatingIfNeeded: hash &>> (64 &- UInt64(depth)))]
  }

  /// An entry's own place in its segment.
  @inline(__always)
  private static func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 32) & mask }

  @inline(__always)
  func prefetch(_ hash: UInt64) {
    // A hint, and in bounds by the mask.
    unsafe milepost_prefetch(UnsafeRawPointer(segment(hash) + Self.place(hash)))
  }

  /// Asks for the line of a hash that is most likely not there, and for the next one where the search is likely to go on: it ends at an empty
  /// place, some four behind its own.
  @inline(__always)
  func prefetchAbsent(_ hash: UInt64) {
    let segment = unsafe segment(hash)
    let place = Self.place(hash)
    // Hints, and in bounds by the mask.
    unsafe milepost_prefetch(UnsafeRawPointer(segment + place))
    if place & 7 >= 4 { unsafe milepost_prefetch(UnsafeRawPointer(segment + (place + 4) & Self.mask)) }
  }

  /// The index whose record `matches`, or nil.
  @inline(__always)
  func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
    let segment = unsafe segment(hash)
    let tag = hash >> 32
    var position = Self.place(hash)
    while true {
      // In bounds by the mask; there is always an empty place, so the loop ends.
      let entry = unsafe segment[position]
      if entry == 0 { return nil }
      if entry >> 32 == tag {
        let index = Int(entry & 0xFFFF_FFFF) - 1
        if matches(index) { return index }
      }
      position = (position + 1) & Self.mask
    }
  }

  /// - Precondition: hardly any other entry has the same hash.
  mutating func insert(_ hash: UInt64, _ index: Int) {
    let isIn = tryInsert(hash, index)
    precondition(isIn, "an index whose hashes collide")
  }

  /// Inserts, or returns false when too many hashes collide: for keys that come from elsewhere.
  mutating func tryInsert(_ hash: UInt64, _ index: Int) -> Bool {
    let entry = (hash & ~0xFFFF_FFFF) | UInt64(index + 1)
    while true {
      let position = unsafe Self.freePlace(for: entry, in: segment(hash))
      let distance = (position - Self.place(hash)) & Self.mask
      let run = unsafe Self.runLength(behind: position, in: segment(hash))
      if max(distance, run) <= Self.distanceMax || !split(hash) {
        if run >= Self.mask { return false }
        unsafe segment(hash)[position] = entry
        count += 1
        return true
      }
    }
  }

  private static func freePlace(for entry: UInt64, in segment: Segment) -> Int {
    var position = place(entry)
    // In bounds by the mask; one place at least is always empty.
    while unsafe segment[position] != 0 { position = (position + 1) & mask }
    return position
  }

  /// How many places behind an empty one are taken: `mask` when no other is empty.
  private static func runLength(behind position: Int, in segment: Segment) -> Int {
    var length = 0
    // In bounds by the mask.
    while length < mask, unsafe segment[(position + 1 + length) & mask] != 0 { length += 1 }
    return length
  }

  /// Parts the hash's segment by one more bit.
  /// - Returns: false when it has as many as it may.
  @inline(never)
  private mutating func split(_ hash: UInt64) -> Bool {
    let full = unsafe segment(hash)
    var place = Int(truncatingIfNeeded: hash &>> (64 &- UInt64(depth)))
    // The places that share the segment are a power of two in number, aligned to it.
    var width = 1
    while width < 1 << depth, unsafe directory[place ^ width] == full { width *= 2 }
    if width == 1 {
      if depth == Self.depthMax { return false }
      doubleDirectory()
      place *= 2
      width = 2
    }
    let half = width / 2
    let start = place & ~(width - 1)
    let bit = UInt64(1) << UInt64(64 - depth + half.trailingZeroBitCount)
    let upper = unsafe Self.makeSegment(pool)
    for place in start + half..<start + width { unsafe directory[place] = upper }
    unsafe Self.part(full, bit, upper, pool)
    return true
  }

  /// Moves the entries with `bit` set to `upper`, and closes the gaps they leave.
  private static func part(_ segment: Segment, _ bit: UInt64, _ upper: Segment, _ pool: BlockPool) {
    let lower = unsafe makeSegment(pool)
    for position in 0...mask {
      // In bounds: a segment has `mask + 1` places.
      let entry = unsafe segment[position]
      if entry == 0 { continue }
      let target = unsafe entry & bit != 0 ? upper : lower
      unsafe target[freePlace(for: entry, in: target)] = entry
    }
    unsafe segment.update(from: lower, count: mask + 1)
    unsafe pool.give(UnsafeMutableRawPointer(lower))
  }

  private mutating func doubleDirectory() {
    let wider = UnsafeMutablePointer<Segment>.allocate(capacity: 2 << depth)
    for place in 0..<1 << depth {
      unsafe (wider + 2 * place).initialize(repeating: directory[place], count: 2)
    }
    unsafe directory.deallocate()
    unsafe directory = wider
    depth += 1
  }

  /// Takes an entry out, and closes the gap so that probes stay short.
  mutating func remove(_ hash: UInt64, _ index: Int) {
    let segment = unsafe segment(hash)
    let wanted = (hash & ~0xFFFF_FFFF) | UInt64(index + 1)
    var position = Self.place(hash)
    while unsafe segment[position] != wanted {
      precondition(unsafe segment[position] != 0, "removing what is not in the index")
      position = (position + 1) & Self.mask
    }
    var gap = position
    var probe = position
    while true {
      probe = (probe + 1) & Self.mask
      let entry = unsafe segment[probe]
      if entry == 0 { break }
      // An entry may fill the gap unless its own place lies cyclically in (gap, probe].
      let home = Self.place(entry)
      if (probe - home) & Self.mask >= (probe - gap) & Self.mask {
        unsafe segment[gap] = entry
        gap = probe
      }
    }
    unsafe segment[gap] = 0
    count -= 1
  }

  mutating func removeAll() {
    unsafe Self.release(directory, depth, to: pool)
    depth = 1
    count = 0
    unsafe directory = .allocate(capacity: 2)
    unsafe directory.initialize(repeating: Self.makeSegment(pool), count: 2)
  }
}
