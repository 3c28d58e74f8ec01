import LMDB

extension LMDBArchive {
  public var rowBlocks: Range<UInt64> {
    let end = writing.withLock { $0.publishedBlockEnd }
    return current.withLock { $0.firstBlock }..<end
  }

  public func rowBlock(_ number: UInt64) throws(StoreError) -> [UInt8]? {
    try at("archive row block \(number)") {
      let transaction = try environment.beginReading()
      return try transaction.value(for: number, in: rows)?.array
    }
  }

  public func dropRows(before end: UInt64) throws(StoreError) {
    try gate.write(at: "archive") { () throws(StoreError) in
      try at("archive") {
        try writing.withLock { writing in
          let first = current.withLock { $0.firstBlock }
          precondition(end <= writing.publishedBlockEnd, "rows that are not published yet")
          guard end > first else { return }
          var transaction = try environment.beginWriting()
          try write(RowMark(firstBlock: end, publishedEnd: writing.publishedBlockEnd), &transaction)
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
