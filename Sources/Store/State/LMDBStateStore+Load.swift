import LMDB

extension LMDBStateStore {
  public func load(
    shard: UInt16, _ visit: (_ kind: UInt8, _ block: UInt32, _ bytes: RawSpan) -> Bool
  ) throws(StoreError) {
    guard let manifest = try manifest(shard: shard) else { return }
    for part in manifest.parts {
      var byteCount: UInt64 = 0
      var block: UInt32 = 0
      while block < part.blockCount {
        let start = BlockKey(shard: shard, generation: manifest.generation, kind: part.kind, block: block)
        let (next, count) = try loadChunk(from: start, blockCount: part.blockCount, visit)
        block = next
        byteCount += count
      }
      guard byteCount == part.byteCount else {
        throw StoreError(
          .damaged, at: "state shard \(shard) generation \(manifest.generation) kind \(part.kind)",
          "the blocks have \(byteCount) bytes together, the manifest says \(part.byteCount)")
      }
    }
  }

  /// Visits up to 4 MiB of blocks of one kind in one read transaction; returns the next block and the bytes visited.
  private func loadChunk(
    from start: BlockKey, blockCount: UInt32, _ visit: (UInt8, UInt32, RawSpan) -> Bool
  ) throws(StoreError) -> (UInt32, UInt64) {
    try at(start.place) {
      let transaction = try environment.beginReading()
      var cursor = try transaction.cursor(in: blocks)
      let bytes = start.bytes
      var isThere = unsafe try cursor.move(atOrAfter: bytes.span.bytes)
      var key = start
      var byteCount: UInt64 = 0
      while key.block < blockCount, byteCount < 4 << 20 {
        guard isThere, BlockKey(cursor.key) == key else {
          throw StoreError(.damaged, at: key.place, "the block is missing")
        }
        if key.block % 8 == 0 { environment.readAhead(cursor.value, byteCount: 1 << 20) }
        byteCount += try visitBlock(key, cursor.value, visit)
        key.block += 1
        isThere = try cursor.moveToNext()
      }
      return (key.block, byteCount)
    }
  }

  /// Checks one block and has it visited; returns its byte count.
  private func visitBlock(
    _ key: BlockKey, _ value: RawSpan, _ visit: (UInt8, UInt32, RawSpan) -> Bool
  ) throws(StoreError) -> UInt64 {
    guard Self.isSound(value, key) else {
      throw StoreError(.damaged, at: key.place, "the block does not match its checksum")
    }
    guard visit(key.kind, key.block, value.extracting(8...)) else {
      throw StoreError(.damaged, at: key.place, "the block's content was refused by its reader")
    }
    return UInt64(value.byteCount - 8)
  }

  /// Whether a value is the block that was written under a key.
  static func isSound(_ value: RawSpan, _ key: BlockKey) -> Bool {
    value.byteCount >= 8 && value.byteCount - 8 == Int(value.integer(UInt32.self, at: 4))
      && value.integer(UInt32.self, at: 0) == crc32c(value.extracting(8...), seed: key.checksum)
  }
}
