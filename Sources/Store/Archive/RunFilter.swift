internal import CIntrinsics
import LMDB

/// A Bloom filter in blocks of one cache line: a look-up touches 64 bytes. Seven bits are set for a key: with 24 bits a key
/// one in some thousands is found that is not there, with ten about one in a hundred; none is missed.
///
/// A large one is read where LMDB stores it, in the map of the file: memory that the system can take back, and does not count as the
/// process's own. A small one, and one of an older format, is copied.
@safe
struct RunFilter: @unchecked Sendable {
  // Not changed after `init`.
  private let shape: FilterShape
  /// Where each stretch of 1,023 blocks begins.
  private let stretches: [UnsafePointer<UInt64>]
  /// Keeps the memory of the stretches.
  private let owner: any AnyObject & Sendable
  /// Whether it is read where it is stored.
  let isMapped: Bool

  private static let stretchBlockCount = FilterShape.alignedBlocksPerChunk
  /// Look-ups that are under way at once: a shard's share of a large frame has some 33.
  private static let prefetchCount = 64

  var isOrdered: Bool { shape.format.isOrdered }

  func mayContain(_ key: ArchiveKey) -> Bool {
    let hash = FilterHash(key, isOrdered: isOrdered)
    return unsafe Self.covers(block(hash), hash.bits)
  }

  /// Calls `body` with the place of each hash that may belong to a key of the run.
  ///
  /// Keys met at random lie in lines that no cache has: they are asked for some dozens at a time.
  func forEachCandidate(_ hashes: UnsafeBufferPointer<FilterHash>, _ body: (Int) -> Void) {
    var start = 0
    while start < hashes.count {
      let end = min(hashes.count, start + Self.prefetchCount)
      for place in start..<end { unsafe milepost_prefetch(block(hashes[place])) }
      for place in start..<end where unsafe Self.covers(block(hashes[place]), hashes[place].bits) { body(place) }
      start = end
    }
  }

  /// The words of a key's block.
  @inline(__always)
  private func block(_ hash: FilterHash) -> UnsafePointer<UInt64> {
    let (stretch, place) = shape.block(hash).quotientAndRemainder(dividingBy: Self.stretchBlockCount)
    // The array checks that there is such a stretch; they hold all blocks of the shape.
    return unsafe stretches[stretch] + place * FilterShape.wordsPerBlock
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
  /// - Parameter maps: whether a large one may stay where it is: nobody but this process deletes runs.
  /// - Throws: `damaged`.
  init(
    _ run: RunDescription, maps: Bool, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws {
    shape = run.filterShape
    if maps, shape.hasWholeChunks, let chunks = unsafe try Self.lastingChunks(run, archive, transaction) {
      unsafe stretches = chunks
      owner = archive.environment
      isMapped = true
    } else {
      let copy = CopiedBlocks(count: shape.blockCount)
      for index in 0..<shape.chunkCount {
        let chunk = try Self.chunk(index, run, archive, transaction)
        copy.set(chunk.extracting(shape.chunkHeaderByteCount...), from: shape.blocks(ofChunk: index).lowerBound)
      }
      unsafe stretches = stride(from: 0, to: shape.blockCount, by: Self.stretchBlockCount).map { unsafe copy.block($0) }
      owner = copy
      isMapped = false
    }
  }

  /// Where the blocks of whole chunks lie in the map; nil where the size of pages puts them across cache lines.
  private static func lastingChunks(
    _ run: RunDescription, _ archive: LMDBArchive, _ transaction: borrowing ReadTransaction
  ) throws -> [UnsafePointer<UInt64>]? {
    var chunks: [UnsafePointer<UInt64>] = unsafe []
    for index in 0..<run.filterShape.chunkCount {
      let chunk = try chunk(index, run, archive, transaction)
      let base = unsafe archive.environment.lastingAddress(of: chunk) + run.filterShape.chunkHeaderByteCount
      guard UInt(bitPattern: base) % UInt(FilterShape.blockByteCount) == 0 else {
        return unsafe Optional<[UnsafePointer<UInt64>]>.none
      }
      // All of the chunk behind its header.
      unsafe chunks.append(base.assumingMemoryBound(to: UInt64.self))
    }
    return unsafe chunks
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
}

/// Blocks of a filter in memory of the process's own, on cache lines.
@safe
private final class CopiedBlocks: @unchecked Sendable {
  // Written before anybody else has it.
  private let bytes: UnsafeMutableRawBufferPointer

  init(count: Int) {
    unsafe bytes = .allocate(byteCount: count * FilterShape.blockByteCount, alignment: FilterShape.blockByteCount)
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { unsafe bytes.deallocate() }

  /// Copies the bytes of blocks to their place, from `first` on; the slice checks that there is room.
  func set(_ blocks: RawSpan, from first: Int) {
    let start = first * FilterShape.blockByteCount
    unsafe blocks.withUnsafeBytes { source in
      unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + source.count]).copyMemory(from: source)
    }
  }

  /// The words of a block.
  func block(_ index: Int) -> UnsafePointer<UInt64> {
    let offset = index * FilterShape.blockByteCount
    guard unsafe offset < bytes.count, let base = unsafe bytes.baseAddress else { preconditionFailure("no such block") }
    return unsafe UnsafePointer((base + offset).assumingMemoryBound(to: UInt64.self))
  }
}
