/// A page of a sorted run: u32 CRC-32C (of the rest and of the run's number), u32 count, then entries in key order: 112 of
/// contracts, 252 of references.
/// As large as what LMDB stores in one page of its own.
enum RunPage {
  private static let headerByteCount = 8
  private static let byteCountMax = 4_040

  static func entryCountMax(_ table: ArchiveTable) -> Int {
    (byteCountMax - headerByteCount) / table.kind.entryByteCount
  }

  /// A page's bytes.
  static func bytes(_ entries: ArraySlice<ArchiveEntry>, _ table: ArchiveTable, run: UInt64) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(4 + entries.count * table.kind.entryByteCount)
    body.appendInteger(UInt32(entries.count))
    for entry in entries { entry.append(to: &body, table) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 + body.count)
    bytes.appendInteger(body.withRawSpan { crc32c($0, seed: UInt32(truncatingIfNeeded: run)) })
    return bytes + body
  }

  /// The bytes of a page of references.
  static func bytes(references ids: ArraySlice<UInt128>, run: UInt64) -> [UInt8] {
    let byteCount = headerByteCount + ids.count * MemoryLayout<UInt128>.size
    return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      let page = UnsafeMutableRawBufferPointer(buffer)
      // Inside the buffer: it was asked for this many.
      unsafe page.storeBytes(of: UInt32(ids.count).littleEndian, toByteOffset: 4, as: UInt32.self)
      var offset = headerByteCount
      for id in ids {
        unsafe page.storeBytes(of: id.littleEndian, toByteOffset: offset, as: UInt128.self)
        offset += MemoryLayout<UInt128>.size
      }
      let body = unsafe UnsafeRawBufferPointer(rebasing: page[4..<byteCount])
      let checksum = unsafe crc32c(body, seed: UInt32(truncatingIfNeeded: run))
      unsafe page.storeBytes(of: checksum.littleEndian, toByteOffset: 0, as: UInt32.self)
      count = byteCount
    }
  }

  /// Checks a page, and that it lies under its first entry's key; returns how many entries it has.
  static func check(_ page: RawSpan, under key: RawSpan, _ run: ArchiveRun) throws(StoreError) -> Int {
    guard page.byteCount >= headerByteCount,
      page.integer(UInt32.self, at: 0) == crc32c(page.extracting(4...), seed: UInt32(truncatingIfNeeded: run.number)),
      page.byteCount == headerByteCount + Int(page.integer(UInt32.self, at: 4)) * run.table.kind.entryByteCount
    else { throw StoreError(.damaged, at: run.place, "a page of the run does not match its checksum") }
    let count = Int(page.integer(UInt32.self, at: 4))
    guard count > 0, count <= entryCountMax(run.table), RunKey.first(key) == entry(page, 0, run.table).key else {
      throw StoreError(.damaged, at: run.place, "a page of the run lies under another key")
    }
    return count
  }

  /// The entry at an index below the page's count.
  static func entry(_ page: RawSpan, _ index: Int, _ table: ArchiveTable) -> ArchiveEntry {
    ArchiveEntry(page, at: headerByteCount + index * table.kind.entryByteCount, table)
  }

  /// The references of a page of `count`.
  static func references(_ page: RawSpan, count: Int) -> [UInt128] {
    unsafe [UInt128](unsafeUninitializedCapacity: count) { ids, initialized in
      for index in 0..<count {
        let id = page.integer(UInt128.self, at: headerByteCount + index * MemoryLayout<UInt128>.size)
        unsafe ids.initializeElement(at: index, to: id)
      }
      initialized = count
    }
  }

  /// The entry of `key` in a page of `count` entries, or nil.
  static func find(_ key: ArchiveKey, in page: RawSpan, count: Int, _ table: ArchiveTable) -> ArchiveEntry? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let found = ArchiveEntry.key(page, at: headerByteCount + middle * table.kind.entryByteCount, table)
      if found == key { return entry(page, middle, table) }
      if found < key { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
