/// Which row blocks count: a value under block number 0.
///
/// ```
/// u64 first block behind those of published runs | u64 first block that was not dropped, absent for 1
/// u32 CRC-32C
/// ```
struct RowMark: Hashable, Sendable {
  /// Records before it were dropped.
  var firstBlock: UInt64
  /// Blocks from here on belong to no published run.
  var publishedEnd: UInt64

  init(firstBlock: UInt64, publishedEnd: UInt64) {
    self.firstBlock = firstBlock
    self.publishedEnd = publishedEnd
  }

  var value: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendInteger(publishedEnd)
    // A store that never dropped anything is one that programs of before can read.
    if firstBlock > 1 { bytes.appendInteger(firstBlock) }
    bytes.appendInteger(bytes.withRawSpan { crc32c($0) })
    return bytes
  }

  init(_ value: RawSpan) throws(StoreError) {
    let end = value.byteCount - 4
    guard end == 8 || end == 16, value.integer(UInt32.self, at: end) == crc32c(value.extracting(..<end)) else {
      throw StoreError(.damaged, at: "archive rows", "the mark of published blocks does not match its checksum")
    }
    publishedEnd = value.integer(UInt64.self, at: 0)
    firstBlock = end == 16 ? value.integer(UInt64.self, at: 8) : 1
    guard firstBlock >= 1, firstBlock <= publishedEnd else {
      throw StoreError(.damaged, at: "archive rows", "the mark of published blocks makes no sense")
    }
  }
}
