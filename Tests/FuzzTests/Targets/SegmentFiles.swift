@testable import Store

/// An exported segment of the log, opened and read to its end; its frames hold plain or compressed commit records.
///
/// Input: a byte whose bit 0 asks for right checksums; the file. Reading ends, goes forwards, and gives only commits
/// that the segment says it has.
enum SegmentFiles {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let repairs = input.byte() & 1 != 0
    var content = input.rest()
    if repairs { repair(&content) }
    let file = MemoryFile(content)
    guard let segment = try? SegmentFile(path: file.path) else { return }
    _ = try? segment.index()
    let range = segment.range
    var next = range.first
    var steps = 0
    while next < range.next {
      steps += 1
      try must(steps <= 1 << 16, "reading a segment does not end")
      var visited: [CommitNumber] = []
      let start = next
      do throws(StoreError) {
        next = try segment.read(from: start, byteCountMax: 64) { header, body in
          visited.append(header.number)
          return body.byteCount % 7 == 0 ? .stop : .next
        }
      } catch { return }
      try must(next > start, "reading a segment does not move on")
      try must(visited.first == start && visited.count == Int(next.rawValue - start.rawValue), "commits are missing")
      try must(visited.allSatisfy(range.contains), "a commit that the segment does not have")
    }
  }

  /// Gives header, directory, index, frames and plain records the checksums that fit their bytes.
  static func repair(_ file: inout [UInt8]) {
    guard file.count >= SegmentLayout.headerByteCount else { return }
    file.replaceSubrange(0..<8, with: SegmentLayout.magic)
    file.put(SegmentLayout.formatVersion, at: 8)
    file.put(UInt64(file.count), at: 136)
    let directory = range(file, at: 96, countAt: 104, width: 16)
    for entry in stride(from: directory.lowerBound, to: directory.upperBound, by: 16) {
      repairFrame(&file, file.integer(UInt64.self, at: entry + 8))
    }
    file.put(checksum(file, directory), at: 128)
    file.put(checksum(file, range(file, at: 112, countAt: 120, width: 1)), at: 132)
    file.put(checksum(file, 0..<156), at: 156)
  }

  /// What a pair of fields names, or an empty range when it does not lie in the file.
  private static func range(_ file: [UInt8], at offset: Int, countAt: Int, width: Int) -> Range<Int> {
    let start = file.integer(UInt64.self, at: offset)
    let count = file.integer(UInt64.self, at: countAt)
    guard start <= file.count, count <= (file.count - Int(start)) / width else { return 0..<0 }
    return Int(start)..<(Int(start) + Int(count) * width)
  }

  private static func repairFrame(_ file: inout [UInt8], _ offset: UInt64) {
    guard offset <= file.count - PackedFrame.headerByteCount else { return }
    let start = Int(offset) + PackedFrame.headerByteCount
    let stored = file.integer(UInt32.self, at: start - 16)
    guard stored <= file.count - start else { return }
    let frame = start..<(start + Int(stored))
    if file.integer(UInt32.self, at: start - 4) == PackedFrame.storedPlain { repairRecords(&file, frame) }
    file.put(checksum(file, frame), at: start - 8)
  }

  private static func repairRecords(_ file: inout [UInt8], _ frame: Range<Int>) {
    var offset = frame.lowerBound
    while frame.upperBound - offset >= CommitRecord.headerByteCount {
      let bodyByteCount = file.integer(UInt64.self, at: offset + 32)
      guard bodyByteCount <= frame.upperBound - offset - CommitRecord.headerByteCount else { return }
      let end = offset + CommitRecord.headerByteCount + Int(bodyByteCount)
      var record = [UInt8](file[offset..<end])
      LogCommits.repair(&record)
      file.replaceSubrange(offset..<end, with: record)
      offset = end
    }
  }

  private static func checksum(_ file: [UInt8], _ range: Range<Int>) -> UInt32 {
    [UInt8](file[range]).withRawSpan { crc32c($0) }
  }
}
