/// A copy-on-write image of a slab at one moment: blocks not yet copied are saved before they change.
///
/// Costs a byte per block, and 64 KiB for each block that is written before the checkpoint came to it.
struct BlockImage: ~Copyable {
  let kind: UInt8
  private var byteCount = 0
  private var next = 0
  private var isCopied: [Bool] = []
  private var saved: [SavedBlock] = []
  /// Where saved blocks lie; there is one while the image is active.
  private var buffers: ImageBuffers?

  var isActive: Bool { @inline(__always) get { buffers != nil } }

  private static var blockByteCount: Int { Shard.checkpointBlockByteCount }

  init(kind: UInt8) { self.kind = kind }

  /// Blocks of an image of that many bytes.
  static func blockCount(of byteCount: Int) -> Int { (byteCount + blockByteCount - 1) / blockByteCount }

  mutating func begin(byteCount: Int, saving buffers: ImageBuffers) -> CheckpointSection {
    precondition(!isActive, "a checkpoint is running")
    let blockCount = Self.blockCount(of: byteCount)
    self.buffers = buffers
    self.byteCount = byteCount
    next = 0
    isCopied = [Bool](repeating: false, count: blockCount)
    return CheckpointSection(kind: kind, byteCount: UInt64(byteCount), blockCount: UInt32(blockCount))
  }

  private func range(_ block: Int) -> Range<Int> {
    let start = block * Self.blockByteCount
    return start..<min(start + Self.blockByteCount, byteCount)
  }

  /// Saves the blocks that [from, to) lies in.
  mutating func save(from: Int, to: Int, base: UnsafeRawPointer) {
    guard from < byteCount, let buffers else { return }
    let first = from / Self.blockByteCount
    let last = (min(to, byteCount) - 1) / Self.blockByteCount
    for block in first...last where !isCopied[block] {
      isCopied[block] = true
      let bytes = range(block)
      let buffer = unsafe buffers.take()
      // Inside the slab: the range is clipped to what was used at the cut; a buffer holds a whole block.
      unsafe buffer.copyMemory(from: base + bytes.lowerBound, byteCount: bytes.count)
      unsafe saved.append(SavedBlock(block: UInt32(block), buffer: buffer))
    }
  }

  /// Hands out up to `limit` blocks, saved ones first; false when none is left.
  mutating func copy(
    limit: inout Int, base: UnsafeRawPointer,
    _ body: (_ kind: UInt8, _ block: UInt32, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    guard let buffers else { return false }
    while limit > 0 {
      if let block = saved.popLast() {
        // As many bytes as were saved.
        unsafe body(
          kind, block.block, UnsafeRawBufferPointer(start: block.buffer, count: range(Int(block.block)).count))
        unsafe buffers.give(block.buffer)
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
    isCopied = []
    for block in saved { unsafe buffers?.give(block.buffer) }
    saved = []
    buffers = nil
  }
}

/// A block as it was at the cut, in memory of the image's buffers.
@safe
private struct SavedBlock {
  let block: UInt32
  let buffer: UnsafeMutableRawPointer
}
