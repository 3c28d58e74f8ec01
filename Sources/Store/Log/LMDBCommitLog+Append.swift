import LMDB

extension LMDBCommitLog {
  public func append(
    _ header: CommitHeader, fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(StoreError) {
    precondition(header.bodyByteCount >= 0, "a negative body")
    try check(header)
    try gate.write(at: "log commit \(header.number)") { () throws(StoreError) in
      try at("log commit \(header.number)") {
        let waiting = shared.withLock { $0.waitingSeals }
        var transaction = try environment.beginWriting()
        try write(waiting, &transaction)
        // Before the append, so that a log kept short never needs more pages than its history and one group.
        let first = try trim(&transaction, sealed: waiting.last, now: header.timeMilliseconds, keepsLast: false).first
        unsafe try transaction.reserve(
          byteCount: CommitRecord.headerByteCount + header.bodyByteCount, for: header.number.rawValue, in: commits,
          .append
        ) { memory in
          // The room has exactly the record's size, and the caller writes the body only.
          unsafe CommitRecord.write(header, into: memory, fill: fill)
        }
        try transaction.commit()
        finish(
          range: CommitRange(first: first ?? header.number, next: header.number.next), epoch: header.epoch,
          time: header.timeMilliseconds, sealCount: waiting.count)
      }
    }
  }

  public func flush() throws(StoreError) -> Bool {
    try gate.write(at: "log") { () throws(StoreError) in
      try at("log") {
        let (range, epoch, time, waiting) = shared.withLock {
          ($0.range, $0.epoch, $0.timeMilliseconds, $0.waitingSeals)
        }
        var transaction = try environment.beginWriting()
        try write(waiting, &transaction)
        let trimmed = try trim(&transaction, sealed: waiting.last, now: time, keepsLast: true)
        // With nothing to write, LMDB's commit touches no disk.
        try transaction.commit()
        finish(
          range: CommitRange(first: trimmed.first ?? range.first, next: range.next), epoch: epoch, time: time,
          sealCount: waiting.count)
        return trimmed.hasMore
      }
    }
  }

  /// Refuses what does not fit, before anything is written.
  private func check(_ header: CommitHeader) throws(StoreError) {
    let (range, epoch) = shared.withLock { ($0.range, $0.epoch) }
    let place = "log commit \(header.number)"
    guard header.number == range.next else {
      throw StoreError(
        .positionMismatch(expected: range.next, found: header.number), at: place,
        "the log expects commit \(range.next) next")
    }
    guard header.epoch >= epoch else {
      throw StoreError(
        .fenced(newest: epoch), at: place, "the log was written in epoch \(epoch), this writer has \(header.epoch)")
    }
    guard header.bodyByteCount <= CommitRecord.bodyByteCountMax else {
      throw StoreError(
        .outOfRange, at: place,
        "a commit of \(header.bodyByteCount) bytes; the most is \(CommitRecord.bodyByteCountMax)")
    }
  }

  private func write(_ waiting: [Seal], _ transaction: inout WriteTransaction) throws(LMDBError) {
    for seal in waiting {
      try seal.value.withRawSpan { (value) throws(LMDBError) in
        try transaction.put(value, for: seal.last.rawValue, in: seals)
      }
    }
  }

  /// Notes what a transaction made durable.
  private func finish(range: CommitRange, epoch: UInt64, time: Int64, sealCount: Int) {
    shared.withLock {
      $0.range = range
      $0.epoch = epoch
      $0.timeMilliseconds = time
      if sealCount > 0 {
        $0.writtenSeal = $0.waitingSeals[sealCount - 1]
        $0.waitingSeals.removeFirst(sealCount)
      }
    }
  }
}
