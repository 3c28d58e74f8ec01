import LMDB

extension LMDBCommitLog {
  private static let chunkByteCount = 4 << 20
  private static let deleteCount = 256

  /// Makes `last` the newest commit: whatever lies behind it goes, and so do seals that cover any of it. For a store that
  /// is being restored: nothing that was acknowledged may ever be cut from a log that is served.
  func cut(behind last: CommitNumber) throws(StoreError) {
    try gate.write(at: "log") { () throws(StoreError) in
      try at("log") {
        for table in [commits, seals] {
          while try deleteSome(of: table, behind: last) {}
        }
      }
    }
    try refresh()
  }

  private func deleteSome(of table: Database, behind last: CommitNumber) throws -> Bool {
    var keys: [UInt64] = []
    do {
      let reading = try environment.beginReading()
      var cursor = try reading.cursor(in: table)
      var isThere = try cursor.move(atOrAfter: last.next.rawValue)
      while isThere, keys.count < Self.deleteCount {
        keys.append(cursor.integerKey)
        isThere = try cursor.moveToNext()
      }
    }
    guard !keys.isEmpty else { return false }
    var transaction = try environment.beginWriting()
    for key in keys { _ = try transaction.delete(key, in: table) }
    try transaction.commit()
    return true
  }

  /// Puts commits of another source in front of those that are held, from the source's first up to `last`; what is held
  /// stays. For a store that is being restored.
  func insert(from source: any CommitSource, through last: CommitNumber) throws(StoreError) {
    let held = range
    var next = source.range.first
    while next <= last, next < held.first {
      let (first, records) = try Self.records(of: source, from: next, through: min(last, held.first.previous))
      guard !records.isEmpty else { throw StoreError(.damaged, at: "commit \(next)", "the commit is not at hand") }
      try gate.write(at: "log commit \(first)") { () throws(StoreError) in
        try at("log commit \(first)") {
          var transaction = try environment.beginWriting()
          for (index, record) in records.enumerated() {
            try record.withRawSpan { (bytes) throws(LMDBError) in
              try transaction.put(bytes, for: first.rawValue + UInt64(index), in: commits, .insert)
            }
          }
          try transaction.commit()
        }
      }
      next = CommitNumber(first.rawValue + UInt64(records.count))
    }
    try refresh()
  }

  /// A few MB of commits as records.
  private static func records(
    of source: any CommitSource, from first: CommitNumber, through last: CommitNumber
  ) throws(StoreError) -> (CommitNumber, [[UInt8]]) {
    var records: [[UInt8]] = []
    _ = try source.read(from: first, byteCountMax: chunkByteCount) { header, body in
      guard header.number <= last else { return .stop }
      var record = [UInt8](repeating: 0, count: CommitRecord.headerByteCount + header.bodyByteCount)
      unsafe record.withUnsafeMutableBytes { room in
        // The room has exactly the record's size, and the body is copied into its part of it.
        unsafe CommitRecord.write(header, into: room) { into in
          unsafe body.withUnsafeBytes { unsafe into.copyMemory(from: $0) }
        }
      }
      records.append(record)
      return header.number == last ? .stop : .next
    }
    return (first, records)
  }
}
