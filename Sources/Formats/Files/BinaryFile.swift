internal import Kernel

/// The first 64 bytes of a binary file of operations; little-endian, unlisted bytes zero.
///
/// ```
///  0 magic "MPOPFILE" 8 | 8 version 4 (1) | 12 header bytes 4 (64)
/// 16 slots that follow 8 | 24 operations among them 8 | 32 reserved 32
/// ```
/// Counts of all ones: not known, the file was written to a pipe. Behind it, 64-byte slots: an operation as on the
/// wire, its extension when announced, or a stamp record: code 255, the instant (ms since 1970 UTC) in place of the
/// amount, all else zero. A stamp holds until the next one.
struct BinaryHeader {
  static let magic: UInt64 = 0x454C_4946_504F_504D
  static let version: UInt32 = 1
  static let byteCount = 64
  static let stampCode: UInt8 = 255
  static let unknown = UInt64.max

  var slotCount = unknown
  var operationCount = unknown

  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
      for index in 0..<(T.bitWidth / 8) { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> T(index * 8)) }
    }
    put(Self.magic, at: 0)
    put(Self.version, at: 8)
    put(UInt32(Self.byteCount), at: 12)
    put(slotCount, at: 16)
    put(operationCount, at: 24)
    return bytes
  }

  init(slotCount: UInt64 = unknown, operationCount: UInt64 = unknown) {
    self.slotCount = slotCount
    self.operationCount = operationCount
  }

  /// - Throws: a reason, when these bytes head no file that this version reads.
  init(_ bytes: ArraySlice<UInt8>, path: String) throws(InputError) {
    func get<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T {
      var value: T = 0
      for index in 0..<(T.bitWidth / 8) {
        value |= T(truncatingIfNeeded: bytes[bytes.startIndex + offset + index]) << T(index * 8)
      }
      return value
    }
    guard bytes.count >= Self.byteCount, get(0, UInt64.self) == Self.magic else {
      throw InputError(path: path, reason: "is no binary file of operations (wrong magic)")
    }
    let version = get(8, UInt32.self)
    guard version == Self.version else {
      throw InputError(path: path, reason: "has format version \(version), this program reads version \(Self.version)")
    }
    guard get(12, UInt32.self) == UInt32(Self.byteCount) else {
      throw InputError(path: path, reason: "has a header of another size")
    }
    slotCount = get(16, UInt64.self)
    operationCount = get(24, UInt64.self)
    guard bytes.dropFirst(32).prefix(32).allSatisfy({ $0 == 0 }) else {
      throw InputError(path: path, reason: "has reserved bits set in its header")
    }
  }
}

/// Batches from a binary file. Records are numbered from 1; an operation with its extension is one, a stamp is one.
final class BinarySource: BatchSource {
  private static let chunkByteCount = 256 * 1024

  private let file: InputFile
  private let header: BinaryHeader
  private let splitAtStamps: Bool
  private var chunk: [UInt8]
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  private var record: UInt64 = 0
  private var slotCount: UInt64 = 0
  private var stamp: Instant?
  private(set) var byteOffset: UInt64 = 0

  var byteCount: UInt64? { file.byteCount }

  init(file: InputFile, splitAtStamps: Bool) throws(InputError) {
    self.file = file
    self.splitAtStamps = splitAtStamps
    chunk = [UInt8](repeating: 0, count: Self.chunkByteCount)
    while end < BinaryHeader.byteCount {
      let count = try file.read(into: &chunk, from: end)
      guard count > 0 else { break }
      end += count
    }
    header = try BinaryHeader(chunk[..<end], path: file.path)
    start = BinaryHeader.byteCount
    byteOffset = UInt64(start)
  }

  func fill(_ batch: SlotBatch) throws(InputError) {
    while true {
      if batch.readCount >= batch.countMax {
        let whole = batch.openChainStart()
        return batch.handOut(whole > 0 ? whole : batch.readCount, stamp: splitAtStamps ? stamp : nil)
      }
      guard try ensure(Operation.byteCount) else { break }
      if chunk[start + 58] == BinaryHeader.stampCode {
        if readStamp(batch) { return }
        continue
      }
      let isExtended = chunk[start + 59] & 2 != 0
      let byteCount = isExtended ? 2 * Operation.byteCount : Operation.byteCount
      guard try ensure(byteCount) else { break }
      record += 1
      batch.append(slots: chunk.span.extracting(start..<(start + byteCount)), line: record)
      consume(byteCount)
    }
    finish(batch)
    batch.handOut(batch.readCount, stamp: splitAtStamps ? stamp : nil)
  }

  /// True when the stamp ends the batch.
  private func readStamp(_ batch: SlotBatch) -> Bool {
    var instant: UInt64 = 0
    for index in 0..<8 { instant |= UInt64(chunk[start + 32 + index]) << UInt64(index * 8) }
    let next = Instant(bitPattern: instant)
    record += 1
    consume(Operation.byteCount)
    guard Shard.stamps.contains(next) else {
      batch.reject(InputReject(line: record, field: "stamp", reason: OperationDraft.outOfTime))
      return false
    }
    guard splitAtStamps, next != stamp, !batch.endsInChain else { return false }
    let before = stamp
    stamp = next
    guard batch.readCount > 0 else { return false }
    batch.handOut(batch.readCount, stamp: before)
    return true
  }

  /// What is left at the end is cut off, and a count that differs means that slots are missing: say both once.
  private func finish(_ batch: SlotBatch) {
    guard !isAtEnd || start < end else { return }
    if start < end {
      batch.reject(
        InputReject(line: record + 1, reason: "the file ends inside this record, after \(end - start) bytes"))
      byteOffset += UInt64(end - start)
      start = end
    } else if header.slotCount != BinaryHeader.unknown && header.slotCount != slotCount {
      batch.reject(
        InputReject(
          line: record + 1, reason: "the header announces \(header.slotCount) slots, the file has \(slotCount)"))
    }
    isAtEnd = true
  }

  private func consume(_ byteCount: Int) {
    start += byteCount
    byteOffset += UInt64(byteCount)
    slotCount += UInt64(byteCount / Operation.byteCount)
  }

  /// Whether `byteCount` bytes are at `start`, after reading more where needed.
  private func ensure(_ byteCount: Int) throws(InputError) -> Bool {
    while end - start < byteCount {
      if start > 0 {
        for index in 0..<(end - start) { chunk[index] = chunk[start + index] }
        end -= start
        start = 0
      }
      let count = try file.read(into: &chunk, from: end)
      guard count > 0 else { return false }
      end += count
    }
    return true
  }
}
