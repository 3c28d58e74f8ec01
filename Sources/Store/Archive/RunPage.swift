/// A page of a sorted run: u32 CRC-32C (of the rest and of the run's number), u32 count, then entries in key order.
/// As large as what LMDB stores in one page of its own.
enum RunPage {
  static let entryCountMax = 112
  private static let headerByteCount = 8

  /// A page's bytes.
  static func bytes(_ entries: ArraySlice<ArchiveEntry>, run: UInt64) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(4 + entries.count * ArchiveEntry.byteCount)
    body.appendInteger(UInt32(entries.count))
    for entry in entries { entry.append(to: &body) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 + body.count)
    bytes.appendInteger(body.withRawSpan { crc32c($0, seed: UInt32(truncatingIfNeeded: run)) })
    return bytes + body
  }

  /// Checks a page; returns how many entries it has.
  static func check(_ page: RawSpan, run: UInt64, at place: @autoclosure () -> String) throws(StoreError) -> Int {
    guard page.byteCount >= headerByteCount,
      page.integer(UInt32.self, at: 0) == crc32c(page.extracting(4...), seed: UInt32(truncatingIfNeeded: run)),
      page.byteCount == headerByteCount + Int(page.integer(UInt32.self, at: 4)) * ArchiveEntry.byteCount
    else { throw StoreError(.damaged, at: place(), "a page of the run does not match its checksum") }
    return Int(page.integer(UInt32.self, at: 4))
  }

  /// The entry at an index below the page's count.
  static func entry(_ page: RawSpan, _ index: Int) -> ArchiveEntry {
    ArchiveEntry(page, at: headerByteCount + index * ArchiveEntry.byteCount)
  }

  /// The entry of `key` in a page of `count` entries, or nil.
  static func find(_ key: ArchiveKey, in page: RawSpan, count: Int) -> ArchiveEntry? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let found = ArchiveEntry.key(page, at: headerByteCount + middle * ArchiveEntry.byteCount)
      if found == key { return entry(page, middle) }
      if found < key { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
