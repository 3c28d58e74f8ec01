import Testing

@testable import Kernel

@Suite struct BlockImageTests {
  /// What changes under an image is copied as it was at the cut, and the memory it was saved in serves the next image.
  @Test func savedBlocksAreAsTheyWereAndTheirMemoryIsUsedAgain() {
    let count = 40_000
    let perBlock = Shard.checkpointBlockByteCount / 8
    let buffers = ImageBuffers(hugePages: false)
    var slab = Slab<UInt64>(capacity: count, kind: 1, hugePages: false)
    _ = slab.extend(by: count)
    for place in 0..<count { slab[place] = UInt64(place) }
    // The last one is shorter.
    #expect(slab.imageBlockCount == 5)
    while buffers.areTooFew(for: slab.imageBlockCount) { buffers.addPage() }
    let free = buffers.freeCount
    #expect(free >= 5)
    for round in 1...3 as ClosedRange<UInt64> {
      let atCut = (0..<count).map { slab[$0] }
      #expect(slab.beginImage(saving: buffers).blockCount == 5)
      // In the first block, across the border of the second and third, in the last.
      for (place, length) in [(0, 1), (2 * perBlock - 1, 2), (count - 1, 1)] {
        slab.willWrite(place, length: length)
        for changed in place..<place + length { slab[changed] = round << 32 }
      }
      #expect(buffers.freeCount == free - 4)
      var copied = [UInt64](repeating: .max, count: count)
      var blocks: [UInt32] = []
      var hasMore = true
      while hasMore {
        var limit = 2
        hasMore = slab.copyBlocks(limit: &limit) { _, block, bytes in
          blocks.append(block)
          for (offset, value) in bytes.bindMemory(to: UInt64.self).enumerated() {
            copied[Int(block) * perBlock + offset] = value
          }
        }
      }
      #expect(blocks.sorted() == [0, 1, 2, 3, 4] && copied == atCut)
      slab.endImage()
      #expect(buffers.freeCount == free)
    }
    // One that is given up gives its memory back, too.
    _ = slab.beginImage(saving: buffers)
    slab.willWrite(0)
    #expect(buffers.freeCount == free - 1)
    slab.endImage()
    #expect(buffers.freeCount == free)
  }

  /// However large an image is, no more than the bound is backed ahead or kept; what it needs beyond is there while it runs.
  @Test func buffersStayWithinTheirBound() {
    let buffers = ImageBuffers(hugePages: false)
    let kept = ImageBuffers.pageCountMax * 32
    #expect(!buffers.areTooFew(for: 0) && buffers.areTooFew(for: 1))
    buffers.addPage()
    #expect(buffers.freeCount == 32 && !buffers.areTooFew(for: 32) && buffers.areTooFew(for: 33))
    // The rest is only taken, so that no test needs that much memory.
    var taken: [UnsafeMutableRawPointer] = []
    for _ in 0..<kept + 33 { taken.append(buffers.take()) }
    #expect(buffers.freeCount == 31 && !buffers.areTooFew(for: .max))
    // Not while some are in use.
    for buffer in taken.dropFirst() { buffers.give(buffer) }
    buffers.trim()
    #expect(buffers.freeCount == kept + 63)
    buffers.give(taken[0])
    buffers.trim()
    #expect(buffers.freeCount == kept)
    // All that is left is there, once each.
    var again = Set<UInt>()
    for _ in 0..<kept {
      let buffer = buffers.take()
      buffer.storeBytes(of: 7, as: UInt8.self)
      again.insert(UInt(bitPattern: buffer))
    }
    #expect(again.count == kept && buffers.freeCount == 0)
  }

  /// More than was reserved is found when it is needed.
  @Test func buffersGrowWhenNobodyReserved() {
    let buffers = ImageBuffers(hugePages: false)
    #expect(buffers.freeCount == 0)
    var taken = Set<UInt>()
    for _ in 0..<70 {
      let buffer = buffers.take()
      buffer.initializeMemory(as: UInt8.self, repeating: 7, count: ImageBuffers.byteCount)
      taken.insert(UInt(bitPattern: buffer))
    }
    #expect(taken.count == 70)
  }

  /// Memory is handed out to be touched once, shortly before it is needed, for small pages as for huge ones.
  @Test(arguments: [(true, 2 << 20, 256 << 10), (false, 32 << 10, 16 << 10)])
  func coldMemoryIsHandedOutOnceBeforeItIsNeeded(hugePages: Bool, step: Int, lead: Int) {
    var slab = Slab<UInt64>(capacity: 4 * step / 8, kind: 1, hugePages: hugePages)
    #expect(slab.takeColdMemory() == nil)
    _ = slab.extend(by: (step - lead) / 8)
    #expect(slab.takeColdMemory() == nil)
    _ = slab.extend(by: 1)
    let cold = slab.takeColdMemory()
    #expect(cold != nil)
    cold?.touch()
    #expect(slab.takeColdMemory() == nil)
    // The next step, when this one is nearly full.
    _ = slab.extend(by: step / 8)
    #expect(slab.takeColdMemory() != nil)
    #expect(slab.takeColdMemory() == nil)
  }
}
