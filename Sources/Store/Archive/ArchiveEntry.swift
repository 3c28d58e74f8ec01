/// Where the record of a key lies: one entry of a sorted run, 36 bytes, little-endian.
///
/// ```
///  0  u32   tenant          20  u64  row block; 0 for none: a tombstone or an empty record
///  4  u128  id              28  u32  offset in the block
///                           32  u32  byte count; 0xFFFFFFFF is a tombstone
/// ```
/// Of a table that has nothing but keys, in one part each, only the id is stored: 16 bytes.
struct ArchiveEntry: Hashable, Sendable {
  static let byteCount = 36
  static let tombstone = UInt32.max

  var key: ArchiveKey
  var block: UInt64
  var offset: UInt32
  var recordByteCount: UInt32

  var isTombstone: Bool { recordByteCount == Self.tombstone }

  /// An entry that is nothing but its key.
  init(_ key: ArchiveKey) { self.init(key: key, block: 0, offset: 0, recordByteCount: 0) }

  /// Whether there is nothing but the key.
  var isKeyAlone: Bool { block == 0 && recordByteCount == 0 }

  func append(to bytes: inout [UInt8], _ table: ArchiveTable) {
    if table.isKeysOnly { return bytes.appendInteger(key.id) }
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

  init(_ bytes: RawSpan, at start: Int, _ table: ArchiveTable) {
    self.init(Self.key(bytes, at: start, table))
    if table.isKeysOnly { return }
    block = bytes.integer(UInt64.self, at: start + 20)
    offset = bytes.integer(UInt32.self, at: start + 28)
    recordByteCount = bytes.integer(UInt32.self, at: start + 32)
  }

  static func key(_ bytes: RawSpan, at start: Int, _ table: ArchiveTable) -> ArchiveKey {
    if table.isKeysOnly { return table.key(ofReference: id(bytes, at: start)) }
    return ArchiveKey(tenant: bytes.integer(UInt32.self, at: start), id: id(bytes, at: start + 4))
  }

  private static func id(_ bytes: RawSpan, at start: Int) -> UInt128 {
    UInt128(bytes.integer(UInt64.self, at: start + 8)) << 64 | UInt128(bytes.integer(UInt64.self, at: start))
  }
}

extension ArchiveKey {
  /// The seed of a record's checksum: a record found under another's key does not pass.
  var checksum: UInt32 {
    let tenant = unsafe withUnsafeBytes(of: tenant.littleEndian) { unsafe crc32c($0) }
    return unsafe withUnsafeBytes(of: id.littleEndian) { unsafe crc32c($0, seed: tenant) }
  }
}
