import LMDB

extension LMDBCommitLog {
  public func read(
    from first: CommitNumber, byteCountMax: Int, _ visit: (CommitHeader, RawSpan) -> ReadStep
  ) throws(StoreError) -> CommitNumber {
    try at("log commit \(first)") {
      // One snapshot for one bounded chunk: a longer one would keep trimmed pages from being used again.
      let transaction = try environment.beginReading()
      var cursor = try transaction.cursor(in: commits)
      guard try cursor.move(atOrAfter: first.rawValue) else {
        try checkEnd(first, hasRecords: try cursor.moveToLast(), last: cursor)
        return first
      }
      let found = CommitNumber(cursor.integerKey)
      guard found == first else {
        throw try cursor.moveToPrevious()
          ? StoreError(.damaged, at: "log commit \(first)", "the commit is missing between others")
          : StoreError(
            .tooOld(firstKept: found), at: "log commit \(first)", "trimmed; the first commit kept is \(found)")
      }
      var number = first
      var byteCount = 0
      repeat {
        let place = "log commit \(number)"
        guard cursor.integerKey == number.rawValue else {
          throw StoreError(.damaged, at: place, "the commit is missing between others")
        }
        let header = try CommitRecord.header(of: cursor.value, number: number, at: place)
        let body = try CommitRecord.body(of: cursor.value, header, at: place)
        let step = visit(header, body)
        number = number.next
        byteCount += header.bodyByteCount
        if step == .stop || byteCount >= byteCountMax { break }
      } while try cursor.moveToNext()
      return number
    }
  }

  /// Reading at the very end is an empty chunk; reading past it is a mistake.
  private func checkEnd(_ first: CommitNumber, hasRecords: Bool, last: borrowing Cursor) throws(StoreError) {
    let next = hasRecords ? CommitNumber(last.integerKey).next : .first
    if first != next {
      throw StoreError(
        .positionMismatch(expected: next, found: first), at: "log commit \(first)", "the log ends before \(next)")
    }
  }

  public func readSeals(from number: CommitNumber, _ visit: (Seal) -> ReadStep) throws(StoreError) {
    // Copied in bounded chunks first: the closure may take its time.
    let chunkCount = 1024
    var start = number
    while true {
      let chunk: [Seal] = try at("log seals") {
        var chunk: [Seal] = []
        let transaction = try environment.beginReading()
        var cursor = try transaction.cursor(in: seals)
        var isThere = try cursor.move(atOrAfter: start.rawValue)
        while isThere, chunk.count < chunkCount {
          chunk.append(try Seal(value: cursor.value, last: CommitNumber(cursor.integerKey)))
          isThere = try cursor.moveToNext()
        }
        return chunk
      }
      for seal in chunk where visit(seal) == .stop { return }
      guard chunk.count == chunkCount, let last = chunk.last else { return }
      start = last.last.next
    }
  }

  /// Has the page cache drop pages of the file that were written since the last call and that nobody is likely to read.
  ///
  /// A growing file takes a fresh page of memory for each page written, and a page that the machine has never touched is
  /// many times dearer than one it has. Dropping what is written keeps the same few pages going round. Pages near the
  /// end stay for readers that follow closely. For a background thread.
  func dropWrittenPages(keeping byteCountKept: Int = 16 << 20, step: Int = 16 << 20) throws(StoreError) {
    try at("log") {
      let information = try environment.information()
      let end = information.usedPageCount * information.pageByteCount - byteCountKept
      let start = shared.withLock { $0.droppedByteCount }
      guard end - start >= step else { return }
      try environment.dropCachedPages(from: start, byteCount: end - start)
      shared.withLock { $0.droppedByteCount = end }
    }
  }
}
