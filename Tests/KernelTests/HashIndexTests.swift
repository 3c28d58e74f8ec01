import Testing

@testable import Kernel

/// The index against a dictionary, through splits, with removals and equal tags on the way.
@Suite struct HashIndexTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>) func agreesWithADictionary(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Mixer.fold(state, 0xD6E8_FEB8_6659_FD93)
    }
    // From an even spread to few hashes, most of them more than once, and to few places in each segment.
    let spread = [UInt64.max, 0xFF00_000F << 32, 0xF800_001F << 32][Int(seed % 3)]
    let removalPercent = [0, 1, 20, 45][Int(seed % 4)]
    var index = HashIndex(BlockPool(hugePages: false))
    var expected: [Int: UInt64] = [:]
    var keys: [Int] = []
    for number in 0..<3_000 {
      if !keys.isEmpty, random() % 100 < UInt64(removalPercent) {
        let place = Int(random() % UInt64(keys.count))
        let key = keys[place]
        keys.swapAt(place, keys.count - 1)
        keys.removeLast()
        index.remove(expected[key]!, key)
        expected[key] = nil
        #expect(index.find(UInt64(truncatingIfNeeded: key)) { _ in false } == nil)
      } else {
        let hash = random() & spread
        index.insert(hash, number)
        expected[number] = hash
        keys.append(number)
      }
      #expect(index.count == expected.count)
      // A few at every step, all now and then.
      let sample =
        number % 500 == 499 ? keys : (0..<min(3, keys.count)).map { _ in keys[Int(random() % UInt64(keys.count))] }
      for key in sample {
        let found = index.find(expected[key]!) { $0 == key }
        #expect(found == key, "seed \(seed), after \(number) steps")
      }
    }
    for number in 0..<3_000 where expected[number] == nil {
      let found = index.find(random() & spread) { $0 == number }
      #expect(found == nil)
    }
    index.removeAll()
    for key in keys {
      let found = index.find(expected[key]!) { $0 == key }
      #expect(found == nil)
    }
  }

  /// Hashes whose places follow each other, as those of ids that follow each other may: no insertion has to probe, and a
  /// segment would be full before anything parted it. A search in a full one had no end.
  @Test(.timeLimit(.minutes(1))) func evenHashesLeaveEmptyPlaces() {
    var index = HashIndex(BlockPool(hugePages: false))
    func hash(_ number: Int) -> UInt64 {
      // All in one half of the directory.
      let first = Mixer.fold(UInt64(number + 1), 0xD6E8_FEB8_6659_FD93) >> 1 & ~(0x1FF << 32)
      return first | UInt64(number & 0x1FF) << 32
    }
    for number in 0..<4_000 {
      index.insert(hash(number), number)
      let missing = index.find(hash(number) & ~0xFFFF_FFFF) { _ in false }
      #expect(missing == nil)
    }
    for number in 0..<4_000 {
      let found = index.find(hash(number)) { $0 == number }
      #expect(found == number)
    }
  }

  /// A segment that cannot be parted any more is filled to its last place but one.
  @Test func equalFirstBitsFillASegment() {
    var index = HashIndex(BlockPool(hugePages: false))
    for number in 0..<500 { index.insert(UInt64(number) << 32, number) }
    for number in 0..<500 {
      let found = index.find(UInt64(number) << 32) { $0 == number }
      #expect(found == number)
    }
    for number in 0..<500 { index.remove(UInt64(number) << 32, number) }
    #expect(index.count == 0)
    for number in 0..<500 {
      let found = index.find(UInt64(number) << 32) { _ in true }
      #expect(found == nil)
    }
  }
}

/// Blocks are zero, apart from each other, and used again.
@Suite struct BlockPoolTests {
  @Test func blocksAreZeroAndApart() {
    let pool = BlockPool(hugePages: false)
    var blocks: [UnsafeMutableRawPointer] = []
    // Over the end of the first page, with the second one warmed.
    for number in 0..<600 {
      if number == 400 { pool.warm() }
      let block = pool.take()
      #expect(UInt(bitPattern: block) % UInt(BlockPool.blockByteCount) == 0)
      let words = UnsafeBufferPointer(
        start: block.assumingMemoryBound(to: UInt64.self), count: BlockPool.blockByteCount / 8)
      #expect(words.allSatisfy { $0 == 0 })
      block.initializeMemory(
        as: UInt8.self, repeating: UInt8(truncatingIfNeeded: number | 1), count: BlockPool.blockByteCount)
      blocks.append(block)
    }
    for (number, block) in blocks.enumerated() {
      let bytes = UnsafeBufferPointer(start: block.assumingMemoryBound(to: UInt8.self), count: BlockPool.blockByteCount)
      #expect(bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: number | 1) })
    }
  }

  @Test func blocksThatCameBackAreZeroedAndUsedFirst() {
    let pool = BlockPool(hugePages: false)
    let blocks = (0..<8).map { _ in pool.take() }
    for block in blocks {
      block.initializeMemory(as: UInt8.self, repeating: 0xFF, count: BlockPool.blockByteCount)
      pool.give(block)
    }
    let again = (0..<8).map { _ in pool.take() }
    #expect(Set(again) == Set(blocks))
    for block in again {
      let words = UnsafeBufferPointer(
        start: block.assumingMemoryBound(to: UInt64.self), count: BlockPool.blockByteCount / 8)
      #expect(words.allSatisfy { $0 == 0 })
    }
  }
}
