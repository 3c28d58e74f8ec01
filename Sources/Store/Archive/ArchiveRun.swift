/// A sorted, immutable run of entries, with its filter.
///
/// Who looks at a run keeps it: what it is made of is deleted only when nobody does any more.
final class ArchiveRun: Sendable {
  let description: RunDescription
  let filter: RunFilter

  init(_ description: RunDescription, _ filter: RunFilter) {
    self.description = description
    self.filter = filter
  }

  var table: ArchiveTable { description.table }
  var number: UInt64 { description.number }
  var age: UInt64 { description.age }
  var level: UInt8 { description.level }
  var rowCount: UInt64 { description.rowCount }
  var place: String { table.place(ofRun: number) }
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

  /// The seed of the checksum of the chunk under a key: a chunk found under another's key does not pass.
  static func checksum(ofChunk key: [UInt8]) -> UInt32 { key.withRawSpan { crc32c($0) } }

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
