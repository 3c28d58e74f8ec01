/// The key of a checkpoint block: shard u16, generation u32, kind u8, block u32, big-endian, so that a shard's blocks
/// lie together in the order in which they are loaded.
struct BlockKey: Hashable {
  var shard: UInt16
  var generation: UInt32
  var kind: UInt8
  var block: UInt32

  init(shard: UInt16, generation: UInt32, kind: UInt8, block: UInt32) {
    self.shard = shard
    self.generation = generation
    self.kind = kind
    self.block = block
  }

  /// Reads a key's bytes; nil when they are none.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == 11 else { return nil }
    shard = bytes.integer(UInt16.self, at: 0).byteSwapped
    generation = bytes.integer(UInt32.self, at: 2).byteSwapped
    kind = bytes.integer(UInt8.self, at: 6)
    block = bytes.integer(UInt32.self, at: 7).byteSwapped
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(11)
    bytes.appendKey(shard)
    bytes.appendKey(generation)
    bytes.appendKey(kind)
    bytes.appendKey(block)
    return bytes
  }

  /// The seed of the block's checksum: a block under another's key does not pass.
  var checksum: UInt32 { bytes.withRawSpan { crc32c($0) } }

  var place: String { "state shard \(shard) generation \(generation) kind \(kind) block \(block)" }
}
