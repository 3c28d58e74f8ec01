/// How a commit lies in the log, and in the frames of a segment file: a 48-byte header, then the caller's bytes.
///
/// ```
///  0  u16  record format version, 1
///  2  u16  reserved, 0
///  4  u32  CRC-32C of the body
///  8  u64  epoch
/// 16  u64  commit number
/// 24  i64  time, milliseconds since 1970
/// 32  u64  byte count of the body
/// 40  u32  reserved, 0
/// 44  u32  CRC-32C of bytes 0 to 43
/// 48       body
/// ```
/// All little-endian.
enum CommitRecord {
  static let formatVersion: UInt16 = 1
  static let headerByteCount = 48
  /// The largest body: far above what a commit group may be, below what an LMDB value can hold.
  static let bodyByteCountMax = 1 << 30

  /// Lays out a record in `memory`, which has exactly its size; `fill` writes the body.
  static func write(
    _ header: CommitHeader, into memory: UnsafeMutableRawBufferPointer, fill: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    precondition(memory.count == headerByteCount + header.bodyByteCount, "a record of another size")
    // The parts of the caller's memory, as laid out above.
    let body = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[headerByteCount...])
    unsafe fill(body)
    let bodyChecksum = unsafe crc32c(UnsafeRawBufferPointer(body))
    unsafe memory.store(formatVersion, at: 0)
    unsafe memory.store(UInt16(0), at: 2)
    unsafe memory.store(bodyChecksum, at: 4)
    unsafe memory.store(header.epoch, at: 8)
    unsafe memory.store(header.number.rawValue, at: 16)
    unsafe memory.store(header.timeMilliseconds, at: 24)
    unsafe memory.store(UInt64(header.bodyByteCount), at: 32)
    unsafe memory.store(UInt32(0), at: 40)
    let headerChecksum = unsafe crc32c(UnsafeRawBufferPointer(rebasing: memory[..<44]))
    unsafe memory.store(headerChecksum, at: 44)
  }

  /// Reads and checks the header of the record of commit `number`; `place` names where it lies.
  static func header(
    of record: RawSpan, number: CommitNumber, at place: @autoclosure () -> String
  ) throws(StoreError) -> CommitHeader {
    guard record.byteCount >= headerByteCount else {
      throw damaged(place(), byte: record.byteCount, "the record ends inside its header")
    }
    guard record.integer(UInt32.self, at: 44) == crc32c(record.extracting(0..<44)) else {
      throw damaged(place(), byte: 0, "the record's header does not match its checksum")
    }
    let version = record.integer(UInt16.self, at: 0)
    guard version == formatVersion else {
      throw StoreError(
        .otherFormatVersion(found: UInt64(version), supported: UInt64(formatVersion)), at: place(),
        "the record has format version \(version), this program reads \(formatVersion)")
    }
    guard record.integer(UInt16.self, at: 2) == 0, record.integer(UInt32.self, at: 40) == 0 else {
      throw damaged(place(), byte: 2, "the record has reserved bits set")
    }
    let found = CommitNumber(record.integer(UInt64.self, at: 16))
    guard found == number else {
      throw damaged(place(), byte: 16, "the record says that it is commit \(found)")
    }
    guard let byteCount = Int(exactly: record.integer(UInt64.self, at: 32)) else {
      throw damaged(place(), byte: 32, "the record's length makes no sense")
    }
    return CommitHeader(
      number: found, epoch: record.integer(UInt64.self, at: 8),
      timeMilliseconds: record.integer(Int64.self, at: 24), bodyByteCount: byteCount)
  }

  /// Checks the body of a record whose header was read, and returns it.
  @_lifetime(copy record)
  static func body(
    of record: RawSpan, _ header: CommitHeader, at place: @autoclosure () -> String
  ) throws(StoreError) -> RawSpan {
    guard record.byteCount - headerByteCount == header.bodyByteCount else {
      throw damaged(
        place(), byte: record.byteCount,
        "the body has \(record.byteCount - headerByteCount) bytes, its header says \(header.bodyByteCount)")
    }
    let body = record.extracting(headerByteCount...)
    guard record.integer(UInt32.self, at: 4) == crc32c(body) else {
      throw damaged(place(), byte: headerByteCount, "the body does not match its checksum")
    }
    return body
  }

  private static func damaged(_ place: String, byte: Int, _ message: String) -> StoreError {
    StoreError(.damaged, at: "\(place) byte \(byte)", message)
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Stores an integer, little-endian, at a byte offset.
  fileprivate func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    // `storeBytes` checks the bounds in debug builds; the record's size was checked by the caller.
    unsafe storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
  }
}
