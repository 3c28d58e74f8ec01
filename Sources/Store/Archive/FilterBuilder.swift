/// A filter in the making: keys go in, chunks come out.
///
/// Where keys come in the order of their blocks, a chunk is done as soon as a key of the next one comes, and no more than one is held in
/// memory.
struct FilterBuilder: Sendable {
  let shape: FilterShape
  /// The chunk that comes out next; `shape.chunkCount` when all have.
  private(set) var nextChunk = 0
  /// Words of the blocks from `firstBlock` on, little-endian.
  private var words: [UInt64]
  private var firstBlock = 0

  init(_ shape: FilterShape) {
    self.shape = shape
    let blockCount = shape.format.isOrdered ? min(shape.blockCount, shape.blocksPerChunk) : shape.blockCount
    words = [UInt64](repeating: 0, count: blockCount * FilterShape.wordsPerBlock)
  }

  /// Whether chunks are left.
  var hasChunk: Bool { nextChunk < shape.chunkCount }

  /// Puts keys in, which come in any order.
  /// - Precondition: the format is not ordered, and no chunk was taken.
  mutating func insert(_ keys: some Sequence<ArchiveKey>) {
    precondition(!shape.format.isOrdered && nextChunk == 0, "a key for a chunk that was written")
    let shape = shape
    unsafe words.withUnsafeMutableBufferPointer { words in
      for key in keys {
        let hash = FilterHash(key, isOrdered: false)
        unsafe Self.set(hash.bits, shape.block(hash), words)
      }
    }
  }

  /// Puts digests in, which come in ascending order, up to the first of another chunk: `nextChunk` is done then.
  /// - Returns: how many.
  mutating func insert(ascending ids: ArraySlice<UInt128>) -> Int {
    let (shape, first) = (shape, firstBlock)
    return unsafe words.withUnsafeMutableBufferPointer { words in
      let end = first + words.count / FilterShape.wordsPerBlock
      var count = 0
      for id in ids {
        let hash = FilterHash(digest: id)
        let block = shape.block(hash)
        if block >= end { break }
        precondition(block >= first, "references out of order")
        unsafe Self.set(hash.bits, block - first, words)
        count += 1
      }
      return count
    }
  }

  /// Sets seven bits of a block; the buffer checks that it is one.
  @inline(__always)
  private static func set(_ bits: UInt64, _ block: Int, _ words: UnsafeMutableBufferPointer<UInt64>) {
    for index in 0..<7 {
      let bit = bits >> (9 * index) & 511
      let word = block * FilterShape.wordsPerBlock + Int(bit >> 6)
      let mask: UInt64 = 1 << (bit & 63)
      unsafe words[word] |= mask.littleEndian
    }
  }

  /// Writes the next chunk as it is stored, into exactly its bytes.
  /// - Parameter seed: see `RunKey.chunk`.
  mutating func takeChunk(seed: UInt32, into bytes: UnsafeMutableRawBufferPointer) {
    let blocks = shape.blocks(ofChunk: nextChunk)
    let header = shape.chunkHeaderByteCount
    precondition(bytes.count == header + blocks.count * FilterShape.blockByteCount, "a chunk of another size")
    let start = (blocks.lowerBound - firstBlock) * FilterShape.blockByteCount
    unsafe words.withUnsafeBytes { words in
      // All of it lies in the words, and fills the bytes behind the header.
      unsafe bytes[..<header].initializeMemory(as: UInt8.self, repeating: 0)
      unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[header...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: words[start..<start + bytes.count - header]))
    }
    let checksum = unsafe crc32c(UnsafeRawBufferPointer(rebasing: bytes[4...]), seed: seed)
    unsafe bytes.storeBytes(of: checksum.littleEndian, as: UInt32.self)
    nextChunk += 1
    guard shape.format.isOrdered else { return }
    firstBlock = blocks.upperBound
    for index in words.indices { words[index] = 0 }
  }
}
