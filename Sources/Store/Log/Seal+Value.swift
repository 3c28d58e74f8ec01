extension Seal {
  /// As a value of the `seals` table, keyed by `last`: u64 first, previous hash, hash, u32 CRC-32C of all before it and
  /// of `last`. Little-endian.
  var value: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendInteger(first.rawValue)
    bytes += previous
    bytes += hash
    bytes.appendInteger(Self.checksum(bytes, last))
    return bytes
  }

  /// Reads and checks a value.
  init(value: RawSpan, last: CommitNumber) throws(StoreError) {
    var reader = ByteReader(value.array)
    guard let first = reader.integer(UInt64.self), let previous = reader.take(32), let hash = reader.take(32),
      let checksum = reader.integer(UInt32.self), reader.isAtEnd,
      checksum == Self.checksum([UInt8](value.array.dropLast(4)), last), first <= last.rawValue
    else {
      throw StoreError(.damaged, at: "log seal of commit \(last)", "the seal does not match its checksum")
    }
    self.init(first: CommitNumber(first), last: last, previous: previous, hash: hash)
  }

  private static func checksum(_ bytes: [UInt8], _ last: CommitNumber) -> UInt32 {
    var key: [UInt8] = []
    key.appendInteger(last.rawValue)
    return bytes.withRawSpan { crc32c($0, seed: key.withRawSpan { crc32c($0) }) }
  }
}
