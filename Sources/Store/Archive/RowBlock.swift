/// A block of archived records, one behind the other: u32 CRC-32C of key and record, then the record.
///
/// Nothing says how long a record is: who wrote it knows.
public enum RowBlock {
  /// Visits the records of a block in order, each checked.
  /// - Parameters:
  ///   - place: where an error is.
  ///   - front: the key and the length of the record at the front of what it is given; nil when there is none.
  ///   - visit: gets the key, where the record lies in the block, and the record.
  /// - Throws: `damaged`, naming the byte.
  public static func forEach(
    _ block: RawSpan, at place: String, front: (RawSpan) -> (key: ArchiveKey, byteCount: Int)?,
    _ visit: (ArchiveKey, _ offset: Int, RawSpan) -> Void
  ) throws(StoreError) {
    var offset = 0
    while offset < block.byteCount {
      func damaged(_ what: String) -> StoreError { StoreError(.damaged, at: "\(place) byte \(offset)", what) }
      guard block.byteCount - offset > 4 else { throw damaged("the block ends inside a record") }
      let rest = block.extracting((offset + 4)...)
      guard let (key, byteCount) = front(rest), byteCount > 0, byteCount <= rest.byteCount else {
        throw damaged("there is no record where one should begin")
      }
      let record = rest.extracting(0..<byteCount)
      guard block.integer(UInt32.self, at: offset) == crc32c(record, seed: key.checksum) else {
        throw damaged("the record does not match its checksum")
      }
      visit(key, offset, record)
      offset += 4 + byteCount
    }
  }
}
