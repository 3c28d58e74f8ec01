internal import Store

/// Looks at entries in their order.
struct LogChain {
  /// The last one looked at.
  private(set) var sequence: UInt64 = 0
  /// Its digest; nobody confirmed it yet.
  private var digest: ByteDigest?
  private var kept: [UInt64: ByteDigest]

  init(kept: [LogMark]) {
    self.kept = Dictionary(kept.map { ($0.sequence, $0.digest) }, uniquingKeysWith: { _, last in last })
  }

  /// - Parameter row: the entry's line as a `Blob`.
  mutating func add(_ key: [UInt8], _ row: [UInt8]) -> LogVerdict? {
    guard UInt64(catalogKey: key) == sequence + 1 else { return .broken(sequence: sequence + 1, .missing) }
    guard let line = try? Blob(rowBytes: row).bytes, let entry = LogEntry(line: line), entry.sequence == sequence + 1
    else {
      return .broken(sequence: sequence + 1, .unreadable)
    }
    // The first one says of no other that it was before it.
    guard entry.previous == digest else { return .broken(sequence: max(sequence, 1), .changed) }
    sequence += 1
    let own = ByteDigest(of: line)
    digest = own
    if let other = kept.removeValue(forKey: sequence), other != own {
      return .broken(sequence: sequence, .otherThanKept)
    }
    return nil
  }

  mutating func finish(_ end: LogMark?) -> LogVerdict? {
    if digest != end?.digest { return .broken(sequence: sequence, .changed) }
    // Marks of entries that are not there.
    if let missing = kept.keys.filter({ $0 > sequence }).min() { return .broken(sequence: missing, .missing) }
    return nil
  }
}
