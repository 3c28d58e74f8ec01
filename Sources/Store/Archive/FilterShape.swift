/// How a run's filter is made and stored: part of the disk format, by the version of the run.
struct FilterFormat: Sendable, Hashable {
  let bitsPerKey: Int
  /// A key's block comes from the key's own high bits, so that sorted keys fill block after block; else from a hash.
  let isOrdered: Bool
  /// Chunks are whole pages of the file with blocks on cache lines, so that they can be read where they lie.
  let isAligned: Bool
}

/// The size of a filter, and where in it a key belongs.
struct FilterShape: Sendable, Hashable {
  let format: FilterFormat
  /// Blocks of one cache line; at least 1.
  let blockCount: Int

  static let wordsPerBlock = 8
  static let blockByteCount = 64
  /// Of an aligned chunk: 16 pages with the 16 bytes that LMDB keeps at their front.
  static let alignedBlocksPerChunk = 1_023
  /// u32 CRC-32C of all behind it and of the run and chunk, then zeros: blocks begin 64 bytes into the page.
  static let alignedHeaderByteCount = 48
  /// u32 CRC-32C of the rest.
  static let packedHeaderByteCount = 4

  /// The filter for so many keys. One of more than an aligned chunk has whole chunks only.
  init(_ format: FilterFormat, keyCount: UInt64) {
    self.format = format
    let least = max(1, (Int(keyCount) * format.bitsPerKey + 511) / 512)
    let whole = Self.alignedBlocksPerChunk
    blockCount = format.isAligned && least > whole ? (least + whole - 1) / whole * whole : least
  }

  var byteCount: Int { blockCount * Self.blockByteCount }

  // MARK: Chunks

  /// Blocks in every chunk but the last.
  var blocksPerChunk: Int { format.isAligned ? Self.alignedBlocksPerChunk : 65_536 / Self.blockByteCount }

  var chunkCount: Int { (blockCount + blocksPerChunk - 1) / blocksPerChunk }

  /// Whether its chunks lie on pages of their own.
  var hasWholeChunks: Bool { format.isAligned && blockCount % Self.alignedBlocksPerChunk == 0 }

  /// The blocks of a chunk.
  func blocks(ofChunk index: Int) -> Range<Int> {
    index * blocksPerChunk..<min(blockCount, (index + 1) * blocksPerChunk)
  }

  var chunkHeaderByteCount: Int { format.isAligned ? Self.alignedHeaderByteCount : Self.packedHeaderByteCount }

  func chunkByteCount(_ index: Int) -> Int {
    chunkHeaderByteCount + blocks(ofChunk: index).count * Self.blockByteCount
  }

  // MARK: Keys

  /// The block of a key.
  @inline(__always)
  func block(_ hash: FilterHash) -> Int {
    // The high half of a product with the count lies below the count.
    Int(hash.block.multipliedFullWidth(by: UInt64(blockCount)).high)
  }
}

/// What a filter of any size needs to know of a key.
///
/// The hash is fixed and public, and references are keyed digests already. Keys chosen to collide cost look-ups on disk, never a wrong answer.
struct FilterHash: BitwiseCopyable {
  /// Chooses the block.
  let block: UInt64
  /// 63 bits that choose inside the block.
  let bits: UInt64

  @inline(__always)
  init(_ key: ArchiveKey, isOrdered: Bool) {
    if isOrdered {
      self.init(digest: key.id)
    } else {
      let first = Self.mix(UInt64(truncatingIfNeeded: key.id) ^ UInt64(key.tenant) << 32)
      let block = Self.mix(UInt64(truncatingIfNeeded: key.id >> 64) ^ first)
      self.init(block: block, bits: Self.mix(block ^ first))
    }
  }

  private init(block: UInt64, bits: UInt64) {
    self.block = block
    self.bits = bits
  }

  /// Of a key whose bits are random.
  @inline(__always)
  init(digest: UInt128) {
    self.init(block: UInt64(truncatingIfNeeded: digest >> 64), bits: UInt64(truncatingIfNeeded: digest))
  }

  /// The finishing step of SplitMix64 (Steele, Lea, Flood 2014); wrapping is part of it.
  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
