import Kernel

@testable import Store

/// A file of archived contracts, opened, searched and read to its end.
///
/// Input: a byte whose bit 0 asks for right checksums; the file. Reading ends, gives as many records as the index has, and
/// each key gives the last of its records.
enum ArchiveFiles {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let repairs = input.byte() & 1 != 0
    var content = input.rest()
    if repairs { repair(&content) }
    let file = MemoryFile(content)
    guard let archive = try? ArchiveFile(path: file.path) else { return }
    var newest: [ArchiveKey: [UInt8]] = [:]
    var count = 0
    do throws(StoreError) {
      try archive.forEach { key, record in
        newest[key] = record
        count += 1
      }
    } catch { return }
    try must(count == archive.recordCount, "records are missing")
    for (key, record) in newest {
      let found = try? archive.record(of: key)
      try must(found == record, "a key does not give its newest record")
    }
  }

  /// Gives header, index, frames, and the records of those that are stored plain, the checksums that fit their bytes.
  static func repair(_ file: inout [UInt8]) {
    guard file.count >= ArchiveFile.headerByteCount else { return }
    file.replaceSubrange(0..<8, with: ArchiveFile.magic)
    file.put(ArchiveFile.formatVersion, at: 8)
    file.put(UInt64(file.count), at: 56)
    let start = file.integer(UInt64.self, at: 40)
    let count = file.integer(UInt64.self, at: 48)
    if start <= file.count, count <= file.count - Int(start) {
      let index = Int(start)..<Int(start) + Int(count)
      for entry in stride(from: index.lowerBound, to: index.upperBound - 35, by: 36) { repairRecord(&file, entry) }
      for entry in stride(from: index.lowerBound, to: index.upperBound - 35, by: 36) {
        let frame = file.integer(UInt64.self, at: entry + 20)
        guard let stored = stored(file, frame) else { continue }
        file.put([UInt8](file[stored]).withRawSpan { crc32c($0) }, at: stored.lowerBound - 8)
      }
      file.put([UInt8](file[index]).withRawSpan { crc32c($0) }, at: 64)
    }
    file.put([UInt8](file[0..<92]).withRawSpan { crc32c($0) }, at: 92)
  }

  /// Where the stored bytes of a frame lie.
  private static func stored(_ file: [UInt8], _ frame: UInt64) -> Range<Int>? {
    guard frame <= file.count - PackedFrame.headerByteCount else { return nil }
    let start = Int(frame) + PackedFrame.headerByteCount
    let count = file.integer(UInt32.self, at: Int(frame))
    return count <= file.count - start ? start..<start + Int(count) : nil
  }

  private static func repairRecord(_ file: inout [UInt8], _ entry: Int) {
    let frame = file.integer(UInt64.self, at: entry + 20)
    guard let stored = stored(file, frame), file.integer(UInt32.self, at: Int(frame) + 12) == PackedFrame.storedPlain
    else { return }
    let (offset, count) = (file.integer(UInt32.self, at: entry + 28), file.integer(UInt32.self, at: entry + 32))
    guard Int(offset) + 4 + Int(count) <= stored.count else { return }
    let key = ArchiveKey(
      tenant: file.integer(UInt32.self, at: entry),
      id: UInt128(file.integer(UInt64.self, at: entry + 12)) << 64 | UInt128(file.integer(UInt64.self, at: entry + 4)))
    let place = stored.lowerBound + Int(offset)
    file.put(
      [UInt8](file[place + 4..<place + 4 + Int(count)]).withRawSpan { crc32c($0, seed: key.checksum) }, at: place)
  }
}
