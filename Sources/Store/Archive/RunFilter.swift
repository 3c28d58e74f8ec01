internal import CIntrinsics
import LMDB

/// A Bloom filter in blocks of one cache line: a look-up touches 64 bytes. Seven bits are set for a key: with 24 bits a key
/// one in some thousands is found that is not there, with ten about one in a hundred; none is missed.
///
/// A large one is read where LMDB stores it, in the map of the file: memory that the system can take back, and does not count as the
/// process's own. A small one, and one of an older format, is copied.
struct RunFilter: @unchecked Sendable {
  // Not changed after `init`.
  private let shape: FilterShape
  private let storage: Storage

  private enum Storage {
    /// Words, little-endian.
    case copied([UInt64])
    case mapped(MappedChunks)
  }

  /// Look-ups that are under way at once.
  private static let prefetchCount = 32

  var isOrdered: Bool { shape.format.isOrdered }
  /// Whether it is read where it is stored.
  var isMapped: Bool {
    if case .mapped = storage { true } else { false }
  }

  func mayContain(_ key: ArchiveKey) -> Bool {
    let hash = FilterHash(key, isOrdered: isOrdered)
    switch storage {
    case .mapped(let chunks): return unsafe Self.covers(chunks.block(shape.block(hash)), hash.bits)
    case .copied(let words):
      // In bounds: there are as many words as blocks need.
      return unsafe words.withUnsafeBufferPointer { words in
        guard let base = words.baseAddress else { return false }
        return unsafe Self.covers(base + shape.block(hash) * FilterShape.wordsPerBlock, hash.bits)
      }
    }
  }

  /// Calls `body` with the place of each hash that may belong to a key of the run.
  func forEachCandidate(_ hashes: UnsafeBufferPointer<FilterHash>, _ body: (Int) -> Void) {
    switch storage {
    case .mapped(let chunks): unsafe forEachCandidate(hashes, block: { unsafe chunks.block($0) }, body)
    case .copied(let words):
      unsafe words.withUnsafeBufferPointer { words in
        guard let base = words.baseAddress else { return }
        // In bounds, as above.
        unsafe forEachCandidate(hashes, block: { unsafe base + $0 * FilterShape.wordsPerBlock }, body)
      }
    }
  }

  /// Keys met at random lie in lines that no cache has: they are asked for some dozens at a time.
  @inline(__always)
  private func forEachCandidate(
    _ hashes: UnsafeBufferPointer<FilterHash>, block: (Int) -> UnsafePointer<UInt64>, _ body: (Int) -> Void
  ) {
    var start = 0
    while start < hashes.count {
      let end = min(hashes.count, start + Self.prefetchCount)
      for place in start..<end { unsafe milepost_prefetch(block(shape.block(hashes[place]))) }
      for place in start..<end where unsafe Self.covers(block(shape.block(hashes[place])), hashes[place].bits) {
        body(place)
      }
      start = end
    }
  }

  /// Whether all bits of a key are set in a block. Without a branch on the way: the first bits are set or not like a coin that is
  /// thrown, and a processor that guesses wrong throws away the look-ups it had begun.
  @inline(__always)
  private static func covers(_ block: UnsafePointer<UInt64>, _ bits: UInt64) -> Bool {
    var all: UInt64 = 1
    for index in 0..<7 {
      let bit = bits >> (9 * index) & 511
      // Nine bits choose one of the block's eight words, and a bit of it.
      unsafe all &= UInt64(littleEndian: block[Int(bit >> 6)]) >> (bit & 63)
    }
    return all != 0
  }
}

extension RunFilter {
  /// Reads a stored filter, each chunk checked.
  /// - Parameters:
  ///   - maps: whether a large one may stay where it is: nobody but this process deletes runs.
  ///   - chunk: gives the chunk of an index; nil when there is none.
  /// - Throws: `damaged`.
  init(
    _ run: RunDescription, maps: Bool, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws {
    shape = run.filterShape
    var words: [UInt64] = []
    var mapped = MappedChunks(archive.environment)
    var isMapped = maps && shape.hasWholeChunks
    for index in 0..<shape.chunkCount {
      let chunk = try Self.chunk(index, run, archive, transaction)
      if isMapped, mapped.append(chunk, headerByteCount: shape.chunkHeaderByteCount) { continue }
      if isMapped {
        // A page size that puts blocks across cache lines: all are copied.
        isMapped = false
        for before in 0..<index { try Self.copy(Self.chunk(before, run, archive, transaction), shape, to: &words) }
      }
      Self.copy(chunk, shape, to: &words)
    }
    storage = isMapped ? .mapped(mapped) : .copied(words)
  }

  /// The chunk of an index, checked.
  @_lifetime(borrow transaction)
  private static func chunk(
    _ index: Int, _ run: RunDescription, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws -> RawSpan {
    let key = RunKey.chunk(run.table, run.number, index)
    let shape = run.filterShape
    let found = unsafe try transaction.value(for: key.span.bytes, in: archive.filters)
    if let found, index % 16 == 0 { archive.environment.readAhead(found, byteCount: 16 * shape.chunkByteCount(index)) }
    guard let found, found.byteCount == shape.chunkByteCount(index),
      found.integer(UInt32.self, at: 0)
        == crc32c(found.extracting(4...), seed: shape.format.isAligned ? RunKey.checksum(ofChunk: key) : 0)
    else {
      throw StoreError(
        .damaged, at: "\(run.table.place(ofRun: run.number)) filter chunk \(index)",
        "the chunk is missing or does not match its checksum")
    }
    return found
  }

  private static func copy(_ chunk: RawSpan, _ shape: FilterShape, to words: inout [UInt64]) {
    words.reserveCapacity(shape.blockCount * FilterShape.wordsPerBlock)
    for place in stride(from: shape.chunkHeaderByteCount, to: chunk.byteCount, by: 8) {
      words.append(unsafe chunk.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
  }
}

/// Where the chunks of a filter lie in the map of their environment, which it keeps open.
@safe
struct MappedChunks {
  private let environment: Environment
  /// The first block of each chunk.
  private var bases: [UnsafePointer<UInt64>] = unsafe []

  init(_ environment: Environment) { self.environment = environment }

  /// Adds the next chunk, unless its blocks do not begin on a cache line.
  /// - Precondition: it is not deleted as long as this is used.
  mutating func append(_ chunk: RawSpan, headerByteCount: Int) -> Bool {
    let base = unsafe environment.lastingAddress(of: chunk) + headerByteCount
    guard UInt(bitPattern: base) % UInt(FilterShape.blockByteCount) == 0 else { return false }
    unsafe bases.append(base.assumingMemoryBound(to: UInt64.self))
    return true
  }

  /// The words of a block.
  @inline(__always)
  func block(_ index: Int) -> UnsafePointer<UInt64> {
    let (chunk, place) = index.quotientAndRemainder(dividingBy: FilterShape.alignedBlocksPerChunk)
    // The array checks that there is such a chunk, and each has as many blocks.
    return unsafe bases[chunk] + place * FilterShape.wordsPerBlock
  }
}
