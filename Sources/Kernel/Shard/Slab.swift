internal import CIntrinsics

/// Fixed-size records in one reserved stretch of address space, so that a record never moves.
///
/// The slab owns the memory; callers get records `inout` through the subscript, never a pointer. Before a
/// write the owner calls `willWrite`, which keeps the checkpoint image whole. Not thread-safe: the shard's
/// lock guards it.
@safe
struct Slab<Record: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Record>
  let capacity: Int
  /// Records ever used: indices below are valid.
  private(set) var count = 0
  var image: BlockImage
  /// Bytes that were touched, or handed out to be touched, ahead of use; whole steps.
  private var warmByteCount = 0
  private let warming: ColdMemory.Step

  var isEmpty: Bool { count == 0 }

  private static var stride: Int { MemoryLayout<Record>.stride }

  /// - Precondition: the address space can be had.
  init(capacity: Int, kind: UInt8, hugePages: Bool) {
    self.capacity = capacity
    warming = hugePages ? .hugePages : .smallPages
    // A reservation is only address space; failing to get it means the configuration asks for more than the machine addresses.
    guard let memory = unsafe milepost_reserve(capacity * Self.stride, hugePages) else {
      preconditionFailure("no address space for a slab")
    }
    unsafe base = memory.bindMemory(to: Record.self, capacity: capacity)
    image = BlockImage(kind: kind)
  }

  deinit { unsafe milepost_release(UnsafeMutableRawPointer(base), capacity * Self.stride) }

  subscript(index: Int) -> Record {
    @inline(__always) _read {
      precondition(index < count, "record index past the slab's end")
      // In bounds: checked above, and the memory lives as long as the slab.
      yield unsafe base[index]
    }
    @inline(__always) _modify {
      precondition(index < count, "record index past the slab's end")
      // In bounds, as above.
      yield unsafe &base[index]
    }
  }

  /// Where a record lies: it does not move as long as the slab lives.
  @inline(__always)
  func address(_ index: Int) -> UnsafeMutablePointer<Record> {
    precondition(index < count, "record index past the slab's end")
    // In bounds, as above.
    return unsafe base + index
  }

  /// Takes `length` new records at the end.
  /// - Precondition: there is room.
  mutating func extend(by length: Int) -> Int {
    precondition(count + length <= capacity, "slab is full: the shard's limits are too small")
    let first = count
    count += length
    return first
  }

  /// Drops records at the end.
  mutating func truncate(to newCount: Int) { count = min(count, newCount) }

  /// Asks for a cache line of a record; records start on a line.
  @inline(__always)
  func prefetch(_ index: Int, line: Int) {
    // A hint only: any address is allowed.
    unsafe milepost_prefetch(UnsafeRawPointer(base + index) + line * 64)
  }

  /// The step behind the one that is filled, once this one is nearly full and if nobody has it yet.
  mutating func takeColdMemory() -> ColdMemory? {
    let used = count * Self.stride
    // The first step of a slab that nothing was put in yet may never be needed.
    guard used > 0 else { return nil }
    let start = (used + warming.byteCount - 1) & ~(warming.byteCount - 1)
    guard start - used < warming.leadByteCount, start >= warmByteCount else { return nil }
    let end = min(start + warming.byteCount, capacity * Self.stride)
    guard start < end else { return nil }
    warmByteCount = end
    // Inside the reservation; only touched, never changed.
    return unsafe ColdMemory(base: UnsafeMutableRawPointer(base), from: start, to: end)
  }

  /// To be called before records are changed: saves what a running checkpoint has not copied yet.
  @inline(__always)
  mutating func willWrite(_ index: Int, length: Int = 1) {
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_dirty_block_lost) { return }
    #endif
    if image.isActive { save(index, length: length) }
  }

  @inline(never)
  private mutating func save(_ index: Int, length: Int) {
    // The whole slab is readable memory; the image clips to what was used at the cut.
    unsafe image.save(
      from: index * Self.stride, to: (index + length) * Self.stride, base: UnsafeRawPointer(base))
  }

  /// Starts an image of the records used now.
  mutating func beginImage(saving buffers: ImageBuffers) -> CheckpointSection {
    image.begin(byteCount: count * Self.stride, saving: buffers)
  }

  /// Blocks that such an image has.
  var imageBlockCount: Int { BlockImage.blockCount(of: count * Self.stride) }

  /// Hands out up to `limit` blocks of the image; false when none is left.
  mutating func copyBlocks(
    limit: inout Int, _ body: (_ kind: UInt8, _ block: UInt32, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    unsafe image.copy(limit: &limit, base: UnsafeRawPointer(base), body)
  }

  mutating func endImage() { image.end() }

  /// Prepares an empty slab for the blocks of a section.
  mutating func restore(byteCount: UInt64) -> Bool {
    guard byteCount % UInt64(Self.stride) == 0, byteCount / UInt64(Self.stride) <= UInt64(capacity) else {
      return false
    }
    count = Int(byteCount) / Self.stride
    return true
  }

  /// Puts one block back; false when it does not fit the section.
  mutating func restore(block: UInt32, bytes: UnsafeRawBufferPointer) -> Bool {
    let offset = Int(block) * Shard.checkpointBlockByteCount
    guard offset + bytes.count <= count * Self.stride else { return false }
    // In bounds: checked above.
    unsafe (UnsafeMutableRawPointer(base) + offset).copyMemory(
      from: bytes.baseAddress ?? UnsafeRawPointer(base), byteCount: bytes.count)
    return true
  }
}

/// Memory of a shard that records will soon be made in, and that the system has not backed yet.
///
/// A page that is touched for the first time is cleared first: half a millisecond and more for a huge page, several where a
/// host has to find it, and shards that fill alike need theirs at the same time. A background thread touches it before,
/// without the shard's lock.
@safe
public struct ColdMemory: @unchecked Sendable {
  // Touching is atomic and changes nothing, so records may be made there meanwhile.
  private let base: UnsafeMutableRawPointer
  private let from: Int
  private let to: Int

  /// How much is touched at a time.
  enum Step {
    case hugePages
    case smallPages

    /// A power of two: a huge page, or several small ones.
    var byteCount: Int { self == .hugePages ? 2 << 20 : 32 << 10 }
    /// How much of a step may be left when the next one is asked for: a tenth of a second of growth at full rate.
    var leadByteCount: Int { self == .hugePages ? 256 << 10 : 16 << 10 }
  }

  init(base: UnsafeMutableRawPointer, from: Int, to: Int) {
    unsafe self.base = base
    self.from = from
    self.to = to
  }

  /// Has the memory backed. The shard must live until this returns.
  public func touch() { unsafe milepost_prefault(base, from, to) }
}
