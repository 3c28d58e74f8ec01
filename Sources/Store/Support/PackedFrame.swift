/// Bytes in an exported file, compressed where that makes them smaller, under a checksum.
///
/// ```
///   0  u32  stored byte count      4  u32  plain byte count
///   8  u32  CRC-32C of the stored bytes
///  12  u32  0 stored plain, 1 LZ4 block
///  16       stored bytes
/// ```
enum PackedFrame {
  static let headerByteCount = 16
  static let storedPlain: UInt32 = 0
  private static let storedLZ4: UInt32 = 1

  /// The frame of some bytes.
  static func bytes(_ plain: [UInt8]) -> [UInt8] {
    let packed = plain.withRawSpan { LZ4Block.compress($0) }
    return packed.count < plain.count
      ? bytes(stored: packed, plainByteCount: plain.count, storedLZ4)
      : bytes(stored: plain, plainByteCount: plain.count, storedPlain)
  }

  static func bytes(stored: [UInt8], plainByteCount: Int, _ codec: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerByteCount + stored.count)
    bytes.appendInteger(UInt32(stored.count))
    bytes.appendInteger(UInt32(plainByteCount))
    bytes.appendInteger(stored.withRawSpan { crc32c($0) })
    bytes.appendInteger(codec)
    return bytes + stored
  }

  /// Reads the frame at `offset` of a file of `fileByteCount`.
  /// - Parameter plainByteCountMax: what an honest writer never exceeds.
  static func read(
    _ file: borrowing File, at offset: Int, fileByteCount: Int, plainByteCountMax: Int
  ) throws(StoreError) -> [UInt8] {
    let place = "\(file.path) byte \(offset)"
    var head = ByteReader(try file.read(headerByteCount, at: offset))
    guard let storedByteCount = head.integer(UInt32.self), let plainByteCount = head.integer(UInt32.self),
      let checksum = head.integer(UInt32.self), let codec = head.integer(UInt32.self)
    else { throw StoreError(.damaged, at: place, "the file ends inside a frame's header") }
    // The length is not checked yet; the file bounds what a wrong one can ask for.
    let room = max(0, fileByteCount - offset - headerByteCount)
    let stored = try file.read(min(Int(storedByteCount), room), at: offset + headerByteCount)
    guard stored.count == Int(storedByteCount), stored.withRawSpan({ crc32c($0) }) == checksum else {
      throw StoreError(.damaged, at: place, "a frame does not match its checksum")
    }
    switch codec {
    case storedPlain: return stored
    case storedLZ4:
      guard Int(plainByteCount) <= plainByteCountMax,
        let plain = stored.withRawSpan({ LZ4Block.expand($0, byteCount: Int(plainByteCount)) })
      else { throw StoreError(.damaged, at: place, "a frame cannot be expanded") }
      return plain
    default: throw StoreError(.damaged, at: place, "a frame names the unknown codec \(codec)")
    }
  }
}
