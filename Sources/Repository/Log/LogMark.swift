internal import Store

/// A place in the log with the digest of its entry. Whoever keeps one elsewhere can tell later that nothing up to there
/// was written anew.
public struct LogMark: Hashable, Sendable {
  public let sequence: UInt64
  /// Of the entry's line.
  public let digest: ByteDigest

  public init(sequence: UInt64, digest: ByteDigest) {
    self.sequence = sequence
    self.digest = digest
  }
}

extension LogMark: Row {
  package static let format: UInt8 = 1

  /// Where the last one is kept: in front of the entries.
  static let key = (0 as UInt64).catalogKey

  package func write(to row: inout RowWriter) {
    row.integer(sequence)
    row.bytes += digest.bytes
  }

  package init(from row: inout RowReader) throws(RowFault) {
    sequence = try row.integer(UInt64.self)
    // There is room for one more behind it, whatever was written.
    guard 1..<UInt64(Int64.max) ~= sequence else { throw RowFault() }
    digest = try row.digest()
  }
}
