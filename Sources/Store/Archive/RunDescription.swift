/// What a run is, as noted in the `runs` table. A run counts once this is written.
struct RunDescription: Sendable, Hashable {
  let table: ArchiveTable
  /// Unique in the store, never used again.
  let number: UInt64
  /// The newest run that went into this one: where two runs have a key, the one with the higher age holds.
  let age: UInt64
  /// 0 as appended; a merge of runs of one level gives one of the next.
  let level: UInt8
  let rowCount: UInt64
  /// Rows that the filter was made for.
  let filterKeyCount: UInt64
  let filterShape: FilterShape

  init(table: ArchiveTable, number: UInt64, age: UInt64, level: UInt8, rowCount: UInt64, filterKeyCount: UInt64) {
    self.table = table
    self.number = number
    self.age = age
    self.level = level
    self.rowCount = rowCount
    self.filterKeyCount = filterKeyCount
    filterShape = FilterShape(table.kind.filterFormat, keyCount: filterKeyCount)
  }

  /// As a value: u8 version, u8 level, u64 age, u64 rows, u64 rows the filter was made for, u32 CRC-32C of all before and
  /// of the key.
  var value: [UInt8] {
    var bytes: [UInt8] = [table.kind.formatVersion, level]
    bytes.appendInteger(age)
    bytes.appendInteger(rowCount)
    bytes.appendInteger(filterKeyCount)
    bytes.appendInteger(Self.checksum(bytes, table, number))
    return bytes
  }

  /// Reads a value.
  /// - Throws: `damaged`, `otherFormatVersion`.
  init(_ value: RawSpan, table: ArchiveTable, number: UInt64) throws(StoreError) {
    let place = table.place(ofRun: number)
    var reader = ByteReader(value.array)
    guard let version = reader.integer(UInt8.self), let level = reader.integer(UInt8.self),
      let age = reader.integer(UInt64.self), let rowCount = reader.integer(UInt64.self),
      let filterKeyCount = reader.integer(UInt64.self), let checksum = reader.integer(UInt32.self), reader.isAtEnd,
      checksum == Self.checksum([UInt8](value.array.dropLast(4)), table, number)
    else { throw StoreError(.damaged, at: place, "the run's description does not match its checksum") }
    guard let format = table.kind.filterFormat(ofVersion: version) else {
      let supported = table.kind.formatVersion
      throw StoreError(
        .otherFormatVersion(found: UInt64(version), supported: UInt64(supported)), at: place,
        "the run has format version \(version), this program reads \(supported)")
    }
    self.table = table
    self.number = number
    self.age = age
    self.level = level
    self.rowCount = rowCount
    self.filterKeyCount = filterKeyCount
    filterShape = FilterShape(format, keyCount: filterKeyCount)
  }

  private static func checksum(_ bytes: [UInt8], _ table: ArchiveTable, _ number: UInt64) -> UInt32 {
    var key = RunKey.run(table, number)
    // Which part it is stands in the keys of its pages alone.
    if table.kind == .references { key.appendKey(table.part) }
    return bytes.withRawSpan { crc32c($0, seed: key.withRawSpan { crc32c($0) }) }
  }
}
