import Glibc

/// Archived records in a file of their own: written before they are dropped from the store, for the years that law asks for.
///
/// A range of row blocks, compressed, with an index by key; header, blocks and index are checksummed. Of several records
/// of a key the one that lies last in the file is the newest. Reading needs no store and no lock.
///
/// ```
/// header, 96 bytes, little-endian:
///   0  "MPARCHV1"
///   8  u32  format version, 1          12  u32  reserved, 0
///  16  u64  first row block            24  u64  behind the last
///  32  u64  records                    40  u64  index offset
///  48  u64  index byte count           56  u64  file byte count
///  64  u32  index CRC-32C              68  reserved, 0
///  92  u32  CRC-32C of bytes 0 to 91
/// blocks, one behind the other: `PackedFrame` of a `RowBlock`
/// index: for each record, sorted by key, then by place: u32 tenant, u128 id, u64 offset of the block in the file, u32 offset
///   in the block, u32 byte count
/// ```
public final class ArchiveFile: Sendable {
  /// Where a record lies.
  struct Entry: Hashable, Sendable {
    var key: ArchiveKey
    var frame: UInt64
    var offset: UInt32
    var byteCount: UInt32

    static let byteCount = 36

    /// In the order of the index.
    static func precedes(_ a: Entry, _ b: Entry) -> Bool {
      a.key != b.key ? a.key < b.key : (a.frame, a.offset) < (b.frame, b.offset)
    }
  }

  static let magic = [UInt8]("MPARCHV1".utf8)
  static let formatVersion: UInt32 = 1
  static let headerByteCount = 96
  /// A block is at most this long, unless it holds a single longer record.
  static let blockByteCountMax = LMDBArchive.rowBlockByteCount + LMDBArchive.recordByteCountMax + 4

  private let file: File
  private let fileByteCount: Int
  private let entries: [Entry]
  /// The store's row blocks that it holds.
  public let blocks: Range<UInt64>

  /// Where it lies.
  public var path: String { file.path }
  /// Records in it, replaced ones included.
  public var recordCount: Int { entries.count }

  /// The usual file name for a range of row blocks: sorts by age.
  public static func fileName(for blocks: Range<UInt64>) -> String {
    "contracts-\(padded(blocks.lowerBound, digits: 12))-\(padded(blocks.upperBound - 1, digits: 12)).archive"
  }

  /// Makes a directory for such files, durably, and tries whether files can be made in it.
  public static func prepareDirectory(_ path: String) throws(StoreError) {
    switch try kind(of: path) {
    case .nothing:
      try makeDirectory(path)
    case .directory: break
    case .other: throw StoreError(.notAStore, at: path, "this is no directory")
    }
    try writeFile([], to: path + "/.writable")
    try removeFile(path + "/.writable")
  }

  /// The archive files that `path` names: itself, or those in it by age, when it is a directory.
  public static func paths(at path: String) throws(StoreError) -> [String] {
    try files(at: path, endingIn: ".archive")
  }

  /// Opens a file and checks its header and index.
  /// - Throws: `notAStore` when it is something else, `otherFormatVersion`, `damaged` with the byte position.
  public init(path: String) throws(StoreError) {
    guard let file = try File.open(path, O_RDONLY) else { throw StoreError(errno: ENOENT, call: "open", at: path) }
    let byteCount = try file.byteCount()
    let header = try Self.header(try file.read(Self.headerByteCount, at: 0), byteCount, at: path)
    blocks = header.blocks
    entries = try Self.index(header, file)
    fileByteCount = byteCount
    self.file = file
  }

  /// The newest record of a key, or nil.
  /// - Throws: `damaged`.
  public func record(of key: ArchiveKey) throws(StoreError) -> [UInt8]? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key <= key { low = middle + 1 } else { high = middle }
    }
    guard low > 0, entries[low - 1].key == key else { return nil }
    let entry = entries[low - 1]
    return try record(entry, in: try block(at: entry.frame))
  }

  /// Visits all records in the order of age, each checked; older records of a key come before newer ones.
  /// - Throws: `damaged`.
  public func forEach(_ visit: (ArchiveKey, [UInt8]) -> Void) throws(StoreError) {
    let ordered = entries.sorted { ($0.frame, $0.offset) < ($1.frame, $1.offset) }
    var current: (frame: UInt64, bytes: [UInt8])?
    for entry in ordered {
      if current?.frame != entry.frame { current = (entry.frame, try block(at: entry.frame)) }
      guard let current else { return }
      visit(entry.key, try record(entry, in: current.bytes))
    }
  }

  private func block(at offset: UInt64) throws(StoreError) -> [UInt8] {
    try PackedFrame.read(
      file, at: Int(offset), fileByteCount: fileByteCount, plainByteCountMax: Self.blockByteCountMax)
  }

  private func record(_ entry: Entry, in block: [UInt8]) throws(StoreError) -> [UInt8] {
    let (start, end) = (Int(entry.offset), Int(entry.offset) + 4 + Int(entry.byteCount))
    let record = end <= block.count ? Array(block[start + 4..<end]) : []
    guard end <= block.count,
      block.withRawSpan({ $0.integer(UInt32.self, at: start) })
        == record.withRawSpan({
          crc32c($0, seed: entry.key.checksum)
        })
    else {
      throw StoreError(
        .damaged, at: "\(path) byte \(entry.frame)",
        "the record at byte \(start) of the block does not match its checksum")
    }
    return record
  }
}

extension ArchiveFile {
  private struct Header {
    var blocks: Range<UInt64>
    var recordCount: Int
    var indexOffset: Int
    var indexChecksum: UInt32
  }

  /// A header's bytes.
  static func headerBytes(_ blocks: Range<UInt64>, recordCount: Int, indexOffset: Int, index: [UInt8]) -> [UInt8] {
    var bytes = magic
    bytes.appendInteger(formatVersion)
    bytes.appendInteger(UInt32(0))
    let numbers = [
      blocks.lowerBound, blocks.upperBound, UInt64(recordCount), UInt64(indexOffset), UInt64(index.count),
      UInt64(indexOffset + index.count),
    ]
    for number in numbers { bytes.appendInteger(number) }
    bytes.appendInteger(index.withRawSpan { crc32c($0) })
    bytes += [UInt8](repeating: 0, count: headerByteCount - 4 - bytes.count)
    bytes.appendInteger(bytes.withRawSpan { crc32c($0) })
    return bytes
  }

  /// Reads and checks a header; `byteCount` is the file's length.
  private static func header(_ bytes: [UInt8], _ byteCount: Int, at path: String) throws(StoreError) -> Header {
    var reader = ByteReader(bytes)
    guard reader.take(8) == magic, let version = reader.integer(UInt32.self) else {
      throw StoreError(.notAStore, at: path, "this is no file of archived contracts")
    }
    guard version == formatVersion else {
      throw StoreError(
        .otherFormatVersion(found: UInt64(version), supported: UInt64(formatVersion)), at: path,
        "the file has format version \(version), this program reads \(formatVersion)")
    }
    guard bytes.count == headerByteCount,
      bytes.withRawSpan({
        $0.integer(UInt32.self, at: headerByteCount - 4) == crc32c($0.extracting(..<(headerByteCount - 4)))
      }),
      reader.integer(UInt32.self) == 0, let first = reader.integer(UInt64.self), let end = reader.integer(UInt64.self),
      let recordCount = reader.integer(UInt64.self), let indexOffset = reader.integer(UInt64.self),
      let indexByteCount = reader.integer(UInt64.self), let fileByteCount = reader.integer(UInt64.self),
      let indexChecksum = reader.integer(UInt32.self)
    else { throw StoreError(.damaged, at: "\(path) byte 0", "the file's header does not match its checksum") }
    guard fileByteCount == UInt64(byteCount) else {
      throw StoreError(
        .damaged, at: "\(path) byte \(byteCount)", "the file has \(byteCount) bytes, its header says \(fileByteCount)")
    }
    // A checksum is no proof of sense: with parts that follow each other to the file's end nothing below leaves it.
    let (expected, isTooLong) = recordCount.multipliedReportingOverflow(by: UInt64(Entry.byteCount))
    guard !isTooLong, first < end, indexByteCount == expected, indexOffset >= UInt64(headerByteCount),
      indexOffset <= fileByteCount, fileByteCount - indexOffset == indexByteCount
    else { throw StoreError(.damaged, at: "\(path) byte 16", "the file's parts do not fill it one behind the other") }
    return Header(
      blocks: first..<end, recordCount: Int(recordCount), indexOffset: Int(indexOffset), indexChecksum: indexChecksum)
  }

  /// An index's bytes.
  static func index(of entries: [Entry]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * Entry.byteCount)
    for entry in entries.sorted(by: Entry.precedes) {
      bytes.appendInteger(entry.key.tenant)
      bytes.appendInteger(entry.key.id)
      bytes.appendInteger(entry.frame)
      bytes.appendInteger(entry.offset)
      bytes.appendInteger(entry.byteCount)
    }
    return bytes
  }

  private static func index(_ header: Header, _ file: borrowing File) throws(StoreError) -> [Entry] {
    func damaged(_ what: String) -> StoreError {
      StoreError(.damaged, at: "\(file.path) byte \(header.indexOffset)", what)
    }
    let bytes = try file.read(header.recordCount * Entry.byteCount, at: header.indexOffset)
    guard bytes.withRawSpan({ crc32c($0) }) == header.indexChecksum else {
      throw damaged("the file's index does not match its checksum")
    }
    var entries: [Entry] = []
    entries.reserveCapacity(header.recordCount)
    var reader = ByteReader(bytes)
    while let tenant = reader.integer(UInt32.self), let id = reader.integer(UInt128.self),
      let frame = reader.integer(UInt64.self), let offset = reader.integer(UInt32.self),
      let byteCount = reader.integer(UInt32.self)
    {
      let entry = Entry(
        key: ArchiveKey(tenant: tenant, id: id), frame: frame, offset: offset, byteCount: byteCount)
      guard frame >= UInt64(headerByteCount), frame < UInt64(header.indexOffset),
        entries.last.map({ Entry.precedes($0, entry) }) ?? true
      else { throw damaged("the file's index is out of order, or names what is not there") }
      entries.append(entry)
    }
    return entries
  }
}

/// Writes an `ArchiveFile` block by block: a temporary file beside it, synced, renamed at the end. No file is ever replaced but
/// by an equal one: one that is there and has other content (a store that was restored counts its blocks anew) stays, and the new one gets
/// a number.
public struct ArchiveFileWriter: ~Copyable {
  private let file: File
  private let path: String
  private let blocks: Range<UInt64>
  private var entries: [ArchiveFile.Entry] = []
  private var offset = ArchiveFile.headerByteCount

  /// Starts a file for `blocks` that will lie at `path`.
  public init(_ blocks: Range<UInt64>, path: String) throws(StoreError) {
    guard let file = try File.open(path + ".new", O_RDWR | O_CREAT | O_TRUNC) else {
      throw StoreError(errno: ENOENT, call: "open", at: path)
    }
    self.file = file
    self.path = path
    self.blocks = blocks
  }

  /// Appends a block.
  /// - Parameters:
  ///   - block: what `ContractArchive.rowBlock` gave for `number`.
  ///   - front: as for `RowBlock.forEach`.
  /// - Returns: the keys of the records in it, where they begin and how long they are, in order.
  /// - Throws: `damaged`, or what writing said.
  public mutating func add(
    _ block: [UInt8], number: UInt64, front: (RawSpan) -> (key: ArchiveKey, byteCount: Int)?
  ) throws(StoreError) -> [(key: ArchiveKey, offset: Int, byteCount: Int)] {
    var records: [(key: ArchiveKey, offset: Int, byteCount: Int)] = []
    var found: [ArchiveFile.Entry] = []
    let frame = UInt64(offset)
    try block.withRawSpan { (bytes) throws(StoreError) in
      try RowBlock.forEach(bytes, at: "archive row block \(number)", front: front) { key, offset, record in
        records.append((key, offset, record.byteCount))
        found.append(
          ArchiveFile.Entry(key: key, frame: frame, offset: UInt32(offset), byteCount: UInt32(record.byteCount)))
      }
    }
    let bytes = PackedFrame.bytes(block)
    try file.write(bytes, at: offset)
    offset += bytes.count
    entries += found
    return records
  }

  /// Writes index and header, and gives the file its name; durable on return.
  public mutating func finish() throws(StoreError) {
    let index = ArchiveFile.index(of: entries)
    try file.write(index, at: offset)
    try file.write(
      ArchiveFile.headerBytes(blocks, recordCount: entries.count, indexOffset: offset, index: index), at: 0)
    try file.sync()
    try renameFile(path + ".new", to: try freePath())
    try syncDirectory(parentDirectory(of: path))
    // The memory is better used for what the archive has to look up.
    file.dropCachedPages()
  }

  /// The path, or another one if something else is there.
  private func freePath() throws(StoreError) -> String {
    var candidate = path
    var number = 1
    while try kind(of: candidate) != .nothing, try !isEqual(to: candidate) {
      number += 1
      candidate = path.hasSuffix(".archive") ? "\(path.dropLast(8)).\(number).archive" : "\(path).\(number)"
    }
    return candidate
  }

  private func isEqual(to other: String) throws(StoreError) -> Bool {
    guard let existing = try File.open(other, O_RDONLY) else { return false }
    let byteCount = try file.byteCount()
    guard try existing.byteCount() == byteCount else { return false }
    var offset = 0
    while offset < byteCount {
      let count = min(1 << 20, byteCount - offset)
      if try existing.read(count, at: offset) != file.read(count, at: offset) { return false }
      offset += count
    }
    return true
  }
}
