import LMDB

extension LMDBArchive {
  public var rowBlocks: Range<UInt64> {
    current.withLock { $0.firstBlock..<$0.publishedEnd }
  }

  public func rowUsage() throws(StoreError) -> (blockCount: UInt64, byteCount: UInt64) {
    try at("archive rows") {
      let usage = try StoreUsage(of: [rows], in: environment)
      // The mark is no block.
      return (usage.recordCount - min(1, usage.recordCount), usage.liveByteCount)
    }
  }

  public func rowBlock(_ number: UInt64) throws(StoreError) -> [UInt8]? {
    try at("archive row block \(number)") {
      let transaction = try environment.beginReading()
      guard let block = try transaction.value(for: number, in: rows) else { return nil }
      // Blocks are mostly read one after the other.
      if number % 8 == 0 { environment.readAhead(block, byteCount: 1 << 20) }
      return block.array
    }
  }

  public func dropRows(before end: UInt64) throws(StoreError) {
    try gate.write(at: "archive") { () throws(StoreError) in
      try at("archive") {
        try writing.withLock { writing in
          let first = current.withLock { $0.firstBlock }
          let publishedEnd = current.withLock { $0.publishedEnd }
          precondition(end <= publishedEnd, "rows that are not published yet")
          guard end > first else { return }
          var transaction = try environment.beginWriting()
          try write(RowMark(firstBlock: end, publishedEnd: publishedEnd), &transaction)
          try transaction.commit()
          // Whoever reads from now on knows; only then is anything deleted.
          current.withLock {
            $0.firstBlock = end
            $0.version += 1
          }
          writing.garbageBlocks.append(first..<end)
        }
      }
    }
  }
}
