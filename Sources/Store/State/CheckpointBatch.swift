/// A reusable buffer of checkpoint blocks: filled under a shard's lock (a copy, no I/O), written outside it.
///
/// Holds up to `byteCapacity` bytes, allocated once. Belongs to one thread at a time.
@safe public final class CheckpointBatch {
  struct Entry {
    var kind: UInt8
    var block: UInt32
    var offset: Int
    var byteCount: Int
  }

  /// Room for block bytes.
  public let byteCapacity: Int
  /// Bytes used.
  public private(set) var byteCount = 0
  private(set) var entries: [Entry] = []
  // Owned; freed in deinit; handed out only as spans and inside `add`.
  private let memory: UnsafeMutableRawBufferPointer

  /// An empty batch; by default 4 MiB, that is 64 blocks of 64 KiB.
  public init(byteCapacity: Int = 4 << 20) {
    precondition(byteCapacity > 0, "a checkpoint batch needs room")
    self.byteCapacity = byteCapacity
    unsafe memory = .allocate(byteCount: byteCapacity, alignment: 4096)
    entries.reserveCapacity(byteCapacity / 65_536 + 1)
  }

  deinit { unsafe memory.deallocate() }

  /// Whether it holds no block.
  public var isEmpty: Bool { entries.isEmpty }

  /// How many blocks it holds.
  public var blockCount: Int { entries.count }

  /// Copies a block in. Returns false, and changes nothing, when there is no room.
  public func add(kind: UInt8, block: UInt32, bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= byteCapacity - byteCount else { return false }
    // The room was checked above, and the caller's bytes cannot lie in our private memory.
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[byteCount...]).copyMemory(from: bytes)
    entries.append(Entry(kind: kind, block: block, offset: byteCount, byteCount: bytes.count))
    byteCount += bytes.count
    return true
  }

  /// Forgets all blocks, keeps the memory.
  public func removeAll() {
    entries.removeAll(keepingCapacity: true)
    byteCount = 0
  }

  /// Visits each block in the order it was added; for a `StateStore`.
  public func forEach<E: Error>(
    _ body: (_ kind: UInt8, _ block: UInt32, _ bytes: UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    for entry in entries {
      // Entries lie inside the memory: `add` made them.
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[entry.offset..<entry.offset + entry.byteCount])
      try unsafe body(entry.kind, entry.block, bytes)
    }
  }
}
