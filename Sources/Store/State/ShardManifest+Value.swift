extension ShardManifest {
  static let valueVersion: UInt16 = 1
  static let extraByteCountMax = 65_536

  /// As a value of the `manifests` table, little-endian: u16 version, u32 generation, u64 cut, u64 operation count, i64
  /// last stamp, u16 parts, for each u8 kind, u64 bytes, u32 blocks; u32 count and the extra bytes; u32 CRC-32C of all
  /// before and of the shard number.
  func value(shard: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendInteger(Self.valueVersion)
    bytes.appendInteger(generation)
    bytes.appendInteger(cut.rawValue)
    bytes.appendInteger(operationCount)
    bytes.appendInteger(lastStamp)
    bytes.appendInteger(UInt16(parts.count))
    for part in parts {
      bytes.append(part.kind)
      bytes.appendInteger(part.byteCount)
      bytes.appendInteger(part.blockCount)
    }
    bytes.appendInteger(UInt32(extra.count))
    bytes += extra
    bytes.appendInteger(Self.checksum(bytes, shard))
    return bytes
  }

  /// Reads and checks a value.
  init(value: [UInt8], shard: UInt16) throws(StoreError) {
    let place = "state shard \(shard) manifest"
    var tail = ByteReader([UInt8](value.suffix(4)))
    guard value.count >= 4, tail.integer(UInt32.self) == Self.checksum([UInt8](value.dropLast(4)), shard) else {
      throw StoreError(.damaged, at: place, "the manifest does not match its checksum")
    }
    var reader = ByteReader([UInt8](value.dropLast(4)))
    guard let version = reader.integer(UInt16.self) else {
      throw StoreError(.damaged, at: place, "the manifest is empty")
    }
    guard version == Self.valueVersion else {
      throw StoreError(
        .otherFormatVersion(found: UInt64(version), supported: UInt64(Self.valueVersion)), at: place,
        "the manifest has format version \(version), this program reads \(Self.valueVersion)")
    }
    guard let generation = reader.integer(UInt32.self), let cut = reader.integer(UInt64.self),
      let operationCount = reader.integer(UInt64.self), let lastStamp = reader.integer(Int64.self),
      let parts = Self.parts(&reader), let extraByteCount = reader.integer(UInt32.self),
      let extra = reader.take(Int(extraByteCount)), reader.isAtEnd
    else { throw StoreError(.damaged, at: place, "the manifest ends early") }
    self.init(
      generation: generation, cut: CommitNumber(cut), operationCount: operationCount, lastStamp: lastStamp,
      parts: parts, extra: extra)
  }

  private static func parts(_ reader: inout ByteReader) -> [CheckpointPart]? {
    guard let count = reader.integer(UInt16.self) else { return nil }
    var parts: [CheckpointPart] = []
    for _ in 0..<count {
      guard let kind = reader.integer(UInt8.self), let byteCount = reader.integer(UInt64.self),
        let blockCount = reader.integer(UInt32.self)
      else { return nil }
      parts.append(CheckpointPart(kind: kind, byteCount: byteCount, blockCount: blockCount))
    }
    return parts
  }

  private static func checksum(_ bytes: [UInt8], _ shard: UInt16) -> UInt32 {
    var key: [UInt8] = []
    key.appendInteger(shard)
    return bytes.withRawSpan { crc32c($0, seed: key.withRawSpan { crc32c($0) }) }
  }
}
