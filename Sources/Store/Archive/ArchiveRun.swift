import LMDB

/// A sorted, immutable run of entries, with its filter in memory.
final class ArchiveRun: Sendable {
  let table: ArchiveTable
  /// Unique in the store, never used again.
  let number: UInt64
  /// The newest run that went into this one: where two runs have a key, the one with the higher age holds.
  let age: UInt64
  /// 0 as appended; a merge of runs of one level gives one of the next.
  let level: UInt8
  let rowCount: UInt64
  let filter: RunFilter

  init(table: ArchiveTable, number: UInt64, age: UInt64, level: UInt8, rowCount: UInt64, filter: RunFilter) {
    self.table = table
    self.number = number
    self.age = age
    self.level = level
    self.rowCount = rowCount
    self.filter = filter
  }

  var place: String { "\(table.place) run \(number)" }

  /// As a value of the `runs` table: u8 version, u8 level, u64 age, u64 rows, u64 rows the filter was made for, u32
  /// CRC-32C of all before and of the key.
  func value(filterKeyCount: UInt64) -> [UInt8] {
    var bytes: [UInt8] = [table.kind.formatVersion, level]
    bytes.appendInteger(age)
    bytes.appendInteger(rowCount)
    bytes.appendInteger(filterKeyCount)
    bytes.appendInteger(Self.checksum(bytes, table, number))
    return bytes
  }

  struct Description {
    var level: UInt8
    var age: UInt64
    var rowCount: UInt64
    var filterKeyCount: UInt64
    var filterBitsPerKey: Int
  }

  static func description(
    _ value: RawSpan, table: ArchiveTable, number: UInt64
  ) throws(StoreError) -> Description {
    let place = "\(table.place) run \(number)"
    var reader = ByteReader(value.array)
    guard let version = reader.integer(UInt8.self), let level = reader.integer(UInt8.self),
      let age = reader.integer(UInt64.self), let rowCount = reader.integer(UInt64.self),
      let filterKeyCount = reader.integer(UInt64.self), let checksum = reader.integer(UInt32.self), reader.isAtEnd,
      checksum == Self.checksum([UInt8](value.array.dropLast(4)), table, number)
    else { throw StoreError(.damaged, at: place, "the run's description does not match its checksum") }
    guard let filterBitsPerKey = table.kind.filterBitsPerKey(ofVersion: version) else {
      let supported = table.kind.formatVersion
      throw StoreError(
        .otherFormatVersion(found: UInt64(version), supported: UInt64(supported)), at: place,
        "the run has format version \(version), this program reads \(supported)")
    }
    return Description(
      level: level, age: age, rowCount: rowCount, filterKeyCount: filterKeyCount, filterBitsPerKey: filterBitsPerKey)
  }

  private static func checksum(_ bytes: [UInt8], _ table: ArchiveTable, _ number: UInt64) -> UInt32 {
    var key = RunKey.run(table, number)
    // Which part it is stands in the keys of its pages alone.
    if table.kind == .references { key.appendKey(table.part) }
    return bytes.withRawSpan { crc32c($0, seed: key.withRawSpan { crc32c($0) }) }
  }
}

/// Keys of the run tables, big-endian.
enum RunKey {
  /// table u8, run u64: a description; also the start of the run's pages and chunks.
  static func run(_ table: ArchiveTable, _ number: UInt64) -> [UInt8] { run(table.kind, number) }

  static func run(_ kind: ArchiveTable.Kind, _ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = [kind.rawValue]
    bytes.appendKey(number)
    return bytes
  }

  /// table u8, run u64, first key of the page.
  static func page(_ table: ArchiveTable, _ number: UInt64, first: ArchiveKey) -> [UInt8] {
    var bytes = run(table, number)
    bytes.appendKey(first.tenant)
    bytes.appendKey(first.id)
    return bytes
  }

  /// table u8, run u64, chunk u32.
  static func chunk(_ table: ArchiveTable, _ number: UInt64, _ chunk: Int) -> [UInt8] {
    var bytes = run(table, number)
    bytes.appendKey(UInt32(chunk))
    return bytes
  }

  /// Whether a key belongs to a run.
  static func belongs(_ key: RawSpan, _ table: ArchiveTable, _ number: UInt64) -> Bool {
    number == self.number(key, table.kind)
  }

  /// The run that a key of a table of `kind` belongs to; nil for another kind's.
  static func number(_ key: RawSpan, _ kind: ArchiveTable.Kind) -> UInt64? {
    guard key.byteCount >= 9, key.integer(UInt8.self, at: 0) == kind.rawValue else { return nil }
    return key.integer(UInt64.self, at: 1).byteSwapped
  }

  /// The first key of a page, from the page's key.
  static func first(_ key: RawSpan) -> ArchiveKey? {
    guard key.byteCount == 29 else { return nil }
    return ArchiveKey(
      tenant: key.integer(UInt32.self, at: 9).byteSwapped,
      id: UInt128(key.integer(UInt64.self, at: 13).byteSwapped) << 64
        | UInt128(key.integer(UInt64.self, at: 21).byteSwapped))
  }
}
