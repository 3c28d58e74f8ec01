/// Where the record of a key lies: one entry of a sorted run, 36 bytes, little-endian.
///
/// ```
///  0  u32   tenant          20  u64  row block
///  4  u128  id              28  u32  offset in the block
///                           32  u32  byte count; 0xFFFFFFFF is a tombstone
/// ```
struct ArchiveEntry: Hashable, Sendable {
  static let byteCount = 36
  static let tombstone = UInt32.max

  var key: ArchiveKey
  var block: UInt64
  var offset: UInt32
  var recordByteCount: UInt32

  var isTombstone: Bool { recordByteCount == Self.tombstone }

  func append(to bytes: inout [UInt8]) {
    bytes.appendInteger(key.tenant)
    bytes.appendInteger(key.id)
    bytes.appendInteger(block)
    bytes.appendInteger(offset)
    bytes.appendInteger(recordByteCount)
  }

  init(key: ArchiveKey, block: UInt64, offset: UInt32, recordByteCount: UInt32) {
    self.key = key
    self.block = block
    self.offset = offset
    self.recordByteCount = recordByteCount
  }

  init(_ bytes: RawSpan, at start: Int) {
    key = Self.key(bytes, at: start)
    block = bytes.integer(UInt64.self, at: start + 20)
    offset = bytes.integer(UInt32.self, at: start + 28)
    recordByteCount = bytes.integer(UInt32.self, at: start + 32)
  }

  static func key(_ bytes: RawSpan, at start: Int) -> ArchiveKey {
    ArchiveKey(
      tenant: bytes.integer(UInt32.self, at: start),
      id: UInt128(bytes.integer(UInt64.self, at: start + 12)) << 64
        | UInt128(bytes.integer(UInt64.self, at: start + 4)))
  }
}

extension ArchiveKey {
  /// The seed of a record's checksum: a record found under another's key does not pass.
  var checksum: UInt32 {
    var bytes: [UInt8] = []
    bytes.appendInteger(tenant)
    bytes.appendInteger(id)
    return bytes.withRawSpan { crc32c($0) }
  }
}
