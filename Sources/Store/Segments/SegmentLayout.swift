/// Bytes of a segment file. All little-endian.
///
/// ```
/// header, 160 bytes:
///   0  "MPSEGMT1"
///   8  u32  format version, 1
///  12  u32  reserved, 0
///  16  u64  first commit          24  u64  last commit
///  32  previous hash              64  hash                  (the seal, see `Seal`)
///  96  u64  directory offset     104  u64  frame count
/// 112  u64  index offset         120  u64  index byte count
/// 128  u32  directory CRC-32C    132  u32  index CRC-32C
/// 136  u64  file byte count      144  reserved, 0
/// 156  u32  CRC-32C of bytes 0 to 155
/// frames, one behind the other: `PackedFrame` of whole commit records (`CommitRecord`) one behind the other
/// directory: for each frame u64 first commit in it, u64 offset of the frame
/// index: the exporter's bytes
/// ```
struct SegmentLayout {
  static let magic = [UInt8]("MPSEGMT1".utf8)
  static let formatVersion: UInt32 = 1
  static let headerByteCount = 160
  /// A frame is closed once it has this many plain bytes.
  static let framePlainByteCount = 1 << 20

  struct Frame: Hashable, Sendable {
    var first: CommitNumber
    var offset: UInt64
  }

  var seal: Seal
  var directoryOffset: UInt64
  var frameCount: UInt64
  var indexOffset: UInt64
  var indexByteCount: UInt64
  var directoryChecksum: UInt32
  var indexChecksum: UInt32
  var fileByteCount: UInt64

  /// The header's bytes.
  var bytes: [UInt8] {
    var bytes = Self.magic
    bytes.appendInteger(Self.formatVersion)
    bytes.appendInteger(UInt32(0))
    bytes.appendInteger(seal.first.rawValue)
    bytes.appendInteger(seal.last.rawValue)
    bytes += seal.previous
    bytes += seal.hash
    for value in [directoryOffset, frameCount, indexOffset, indexByteCount] { bytes.appendInteger(value) }
    bytes.appendInteger(directoryChecksum)
    bytes.appendInteger(indexChecksum)
    bytes.appendInteger(fileByteCount)
    bytes += [UInt8](repeating: 0, count: 12)
    bytes.appendInteger(bytes.withRawSpan { crc32c($0) })
    return bytes
  }

  init(
    seal: Seal, directoryOffset: Int, frames: [Frame], directory: [UInt8], indexOffset: Int, index: [UInt8]
  ) {
    self.seal = seal
    self.directoryOffset = UInt64(directoryOffset)
    frameCount = UInt64(frames.count)
    self.indexOffset = UInt64(indexOffset)
    indexByteCount = UInt64(index.count)
    directoryChecksum = directory.withRawSpan { crc32c($0) }
    indexChecksum = index.withRawSpan { crc32c($0) }
    fileByteCount = UInt64(indexOffset + index.count)
  }

  /// Reads and checks a header; `byteCount` is the file's length.
  init(_ bytes: [UInt8], byteCount: Int, at path: String) throws(StoreError) {
    var reader = ByteReader(bytes)
    guard reader.take(8) == Self.magic, let version = reader.integer(UInt32.self) else {
      throw StoreError(.notAStore, at: path, "this is no segment file")
    }
    guard version == Self.formatVersion else {
      throw StoreError(
        .otherFormatVersion(found: UInt64(version), supported: UInt64(Self.formatVersion)), at: path,
        "the segment has format version \(version), this program reads \(Self.formatVersion)")
    }
    guard bytes.count == Self.headerByteCount,
      bytes.withRawSpan({ $0.integer(UInt32.self, at: 156) == crc32c($0.extracting(0..<156)) }),
      reader.integer(UInt32.self) == 0,
      let first = reader.integer(UInt64.self), let last = reader.integer(UInt64.self), first <= last,
      let previous = reader.take(32), let hash = reader.take(32),
      let directoryOffset = reader.integer(UInt64.self), let frameCount = reader.integer(UInt64.self),
      let indexOffset = reader.integer(UInt64.self), let indexByteCount = reader.integer(UInt64.self),
      let directoryChecksum = reader.integer(UInt32.self), let indexChecksum = reader.integer(UInt32.self),
      let fileByteCount = reader.integer(UInt64.self)
    else { throw StoreError(.damaged, at: "\(path) byte 0", "the segment's header does not match its checksum") }
    guard fileByteCount == UInt64(byteCount) else {
      throw StoreError(
        .damaged, at: "\(path) byte \(byteCount)",
        "the segment has \(byteCount) bytes, its header says \(fileByteCount)")
    }
    // A checksum is no proof of sense: with parts that follow each other to the end of the file, no offset below leaves it,
    // and no commit number has none behind it.
    let (directoryByteCount, isTooLong) = frameCount.multipliedReportingOverflow(by: 16)
    guard !isTooLong, frameCount > 0, directoryOffset >= UInt64(Self.headerByteCount),
      directoryOffset <= fileByteCount, directoryByteCount <= fileByteCount - directoryOffset,
      indexOffset == directoryOffset + directoryByteCount, indexByteCount == fileByteCount - indexOffset,
      first > 0, last < .max
    else {
      throw StoreError(.damaged, at: "\(path) byte 96", "the segment's parts do not fill it one behind the other")
    }
    seal = Seal(first: CommitNumber(first), last: CommitNumber(last), previous: previous, hash: hash)
    self.directoryOffset = directoryOffset
    self.frameCount = frameCount
    self.indexOffset = indexOffset
    self.indexByteCount = indexByteCount
    self.directoryChecksum = directoryChecksum
    self.indexChecksum = indexChecksum
    self.fileByteCount = fileByteCount
  }

  /// Whether frames lie in the part for them and begin with the segment's first commit, each behind the one before.
  func hold(_ frames: [Frame]) -> Bool {
    var offset = UInt64(Self.headerByteCount)
    var number = seal.first
    for (index, frame) in frames.enumerated() {
      guard index == 0 ? frame.first == number : frame.first > number, frame.first <= seal.last,
        frame.offset >= offset, frame.offset <= directoryOffset,
        directoryOffset - frame.offset >= UInt64(PackedFrame.headerByteCount)
      else { return false }
      number = frame.first
      offset = frame.offset + UInt64(PackedFrame.headerByteCount)
    }
    return true
  }
}
