/// A copy-on-write image of a slab at one moment: blocks not yet copied are saved before they change.
///
/// Costs a bit per block, and 64 KiB for each block that is written before the checkpoint came to it.
struct BlockImage: ~Copyable {
  let kind: UInt8
  private(set) var isActive = false
  private var byteCount = 0
  private var next = 0
  private var isCopied: [Bool] = []
  private var saved: [(block: UInt32, bytes: [UInt8])] = []

  private static var blockByteCount: Int { Shard.checkpointBlockByteCount }

  init(kind: UInt8) { self.kind = kind }

  mutating func begin(byteCount: Int) -> CheckpointSection {
    precondition(!isActive, "a checkpoint is running")
    let blockCount = (byteCount + Self.blockByteCount - 1) / Self.blockByteCount
    self.byteCount = byteCount
    next = 0
    isCopied = [Bool](repeating: false, count: blockCount)
    isActive = true
    return CheckpointSection(kind: kind, byteCount: UInt64(byteCount), blockCount: UInt32(blockCount))
  }

  private func range(_ block: Int) -> Range<Int> {
    let start = block * Self.blockByteCount
    return start..<min(start + Self.blockByteCount, byteCount)
  }

  /// Saves the blocks that [from, to) lies in.
  mutating func save(from: Int, to: Int, base: UnsafeRawPointer) {
    if from >= byteCount { return }
    let first = from / Self.blockByteCount
    let last = (min(to, byteCount) - 1) / Self.blockByteCount
    for block in first...last where !isCopied[block] {
      isCopied[block] = true
      let bytes = range(block)
      // Inside the slab: the range is clipped to what was used at the cut.
      unsafe saved.append(
        (UInt32(block), [UInt8](UnsafeRawBufferPointer(start: base + bytes.lowerBound, count: bytes.count))))
    }
  }

  /// Hands out up to `limit` blocks, saved ones first; false when none is left.
  mutating func copy(
    limit: inout Int, base: UnsafeRawPointer,
    _ body: (_ kind: UInt8, _ block: UInt32, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    guard isActive else { return false }
    while limit > 0 {
      if let (block, bytes) = saved.popLast() {
        unsafe bytes.withUnsafeBytes { unsafe body(kind, block, $0) }
      } else {
        while next < isCopied.count && isCopied[next] { next += 1 }
        if next == isCopied.count { return false }
        isCopied[next] = true
        let bytes = range(next)
        // Inside the slab, as above.
        unsafe body(
          kind, UInt32(next), UnsafeRawBufferPointer(start: base + bytes.lowerBound, count: bytes.count))
      }
      limit -= 1
    }
    return true
  }

  mutating func end() {
    isActive = false
    isCopied = []
    saved = []
  }
}
