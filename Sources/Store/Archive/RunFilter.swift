/// A Bloom filter in blocks of one cache line: a look-up touches 64 bytes. Seven bits are set for a key: with ten bits a key
/// about one in a hundred is found that is not there, with 16 one in a thousand; none is missed.
///
/// The hash is fixed and public. Keys chosen to collide cost look-ups on disk, never a wrong answer.
struct RunFilter: Sendable, Hashable {
  private static let wordsPerBlock = 8
  /// Bytes of filter stored under one key.
  static let chunkByteCount = 65_536

  private(set) var words: [UInt64]

  /// An empty filter for so many keys.
  init(keyCount: UInt64, bitsPerKey: Int) {
    let blockCount = max(1, (Int(keyCount) * bitsPerKey + 511) / 512)
    words = [UInt64](repeating: 0, count: blockCount * Self.wordsPerBlock)
  }

  mutating func insert(_ key: ArchiveKey) {
    let (block, bits) = place(key)
    for index in 0..<7 {
      let bit = bits >> (9 * index) & 511
      words[block + Int(bit >> 6)] |= 1 << (bit & 63)
    }
  }

  func mayContain(_ key: ArchiveKey) -> Bool {
    let (block, bits) = place(key)
    for index in 0..<7 {
      let bit = bits >> (9 * index) & 511
      if words[block + Int(bit >> 6)] & 1 << (bit & 63) == 0 { return false }
    }
    return true
  }

  /// The first word of the key's block, and 63 bits that choose inside it.
  private func place(_ key: ArchiveKey) -> (block: Int, bits: UInt64) {
    let first = Self.mix(UInt64(truncatingIfNeeded: key.id) ^ UInt64(key.tenant) << 32)
    let second = Self.mix(UInt64(truncatingIfNeeded: key.id >> 64) ^ first)
    let blockCount = UInt64(words.count / Self.wordsPerBlock)
    // The high half of a product with the count lies below the count.
    return (Int(second.multipliedFullWidth(by: blockCount).high) * Self.wordsPerBlock, Self.mix(second ^ first))
  }

  /// The finishing step of SplitMix64 (Steele, Lea, Flood 2014); wrapping is part of it.
  private static func mix(_ value: UInt64) -> UInt64 {
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
