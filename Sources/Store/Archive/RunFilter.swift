internal import CIntrinsics

/// A Bloom filter in blocks of one cache line: a look-up touches 64 bytes. Seven bits are set for a key: with 24 bits a key
/// one in some thousands is found that is not there, with ten about one in a hundred; none is missed.
///
/// The hash is fixed and public. Keys chosen to collide cost look-ups on disk, never a wrong answer.
struct RunFilter: Sendable, Hashable {
  private static let wordsPerBlock = 8
  /// Look-ups that are under way at once.
  private static let prefetchCount = 32
  /// Bytes of filter stored under one key.
  static let chunkByteCount = 65_536

  private(set) var words: [UInt64]

  /// An empty filter for so many keys.
  init(keyCount: UInt64, bitsPerKey: Int) {
    let blockCount = max(1, (Int(keyCount) * bitsPerKey + 511) / 512)
    words = [UInt64](repeating: 0, count: blockCount * Self.wordsPerBlock)
  }

  mutating func insert(_ key: ArchiveKey) {
    let hash = Hash(key)
    let block = block(hash)
    for index in 0..<7 {
      let bit = hash.bits >> (9 * index) & 511
      words[block + Int(bit >> 6)] |= 1 << (bit & 63)
    }
  }

  func mayContain(_ key: ArchiveKey) -> Bool {
    let hash = Hash(key)
    return unsafe words.withUnsafeBufferPointer { words in unsafe Self.covers(words, block(hash), hash.bits) }
  }

  /// Calls `body` with the place of each hash that may belong to a key of the run.
  ///
  /// Keys met at random lie in lines that no cache has: they are asked for some dozens at a time.
  func forEachCandidate(_ hashes: UnsafeBufferPointer<Hash>, _ body: (Int) -> Void) {
    unsafe words.withUnsafeBufferPointer { words in
      guard let base = words.baseAddress else { return }
      var start = 0
      while start < hashes.count {
        let end = min(hashes.count, start + Self.prefetchCount)
        // In bounds: a block lies inside the words.
        for place in start..<end { unsafe milepost_prefetch(base + block(hashes[place])) }
        for place in start..<end where unsafe Self.covers(words, block(hashes[place]), hashes[place].bits) {
          body(place)
        }
        start = end
      }
    }
  }

  /// Whether all bits of a key are set. Without a branch on the way: the first bits are set or not like a coin that is
  /// thrown, and a processor that guesses wrong throws away the look-ups it had begun.
  @inline(__always)
  private static func covers(_ words: UnsafeBufferPointer<UInt64>, _ block: Int, _ bits: UInt64) -> Bool {
    var all: UInt64 = 1
    for index in 0..<7 {
      let bit = bits >> (9 * index) & 511
      unsafe all &= words[block + Int(bit >> 6)] >> (bit & 63)
    }
    return all != 0
  }

  /// What a filter of any size needs to know of a key.
  struct Hash: BitwiseCopyable {
    fileprivate let block: UInt64
    /// 63 bits that choose inside the block.
    fileprivate let bits: UInt64

    init(_ key: ArchiveKey) {
      let first = RunFilter.mix(UInt64(truncatingIfNeeded: key.id) ^ UInt64(key.tenant) << 32)
      block = RunFilter.mix(UInt64(truncatingIfNeeded: key.id >> 64) ^ first)
      bits = RunFilter.mix(block ^ first)
    }
  }

  /// The first word of a key's block.
  @inline(__always)
  private func block(_ hash: Hash) -> Int {
    let blockCount = UInt64(words.count / Self.wordsPerBlock)
    // The high half of a product with the count lies below the count.
    return Int(hash.block.multipliedFullWidth(by: blockCount).high) * Self.wordsPerBlock
  }

  /// The finishing step of SplitMix64 (Steele, Lea, Flood 2014); wrapping is part of it.
  @inline(__always)
  fileprivate static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  // MARK: Storing

  /// How many chunks it is stored in.
  var chunkCount: Int { (words.count * 8 + Self.chunkByteCount - 1) / Self.chunkByteCount }

  /// A chunk as stored: u32 CRC-32C of the rest, then words, little-endian.
  func chunk(_ index: Int) -> [UInt8] {
    let wordsPerChunk = Self.chunkByteCount / 8
    var body: [UInt8] = []
    body.reserveCapacity(Self.chunkByteCount)
    for word in words[(index * wordsPerChunk)..<min(words.count, (index + 1) * wordsPerChunk)] {
      body.appendInteger(word)
    }
    var bytes: [UInt8] = []
    bytes.appendInteger(body.withRawSpan { crc32c($0) })
    return bytes + body
  }

  /// Takes a stored chunk; false when it is damaged or of a wrong size.
  mutating func setChunk(_ index: Int, _ chunk: RawSpan) -> Bool {
    let wordsPerChunk = Self.chunkByteCount / 8
    let range = (index * wordsPerChunk)..<min(words.count, (index + 1) * wordsPerChunk)
    guard chunk.byteCount == 4 + range.count * 8, chunk.integer(UInt32.self, at: 0) == crc32c(chunk.extracting(4...))
    else { return false }
    for (place, word) in zip(stride(from: 4, to: chunk.byteCount, by: 8), range) {
      words[word] = chunk.integer(UInt64.self, at: place)
    }
    return true
  }
}
