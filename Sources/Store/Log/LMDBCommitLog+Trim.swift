import LMDB

extension LMDBCommitLog {
  /// Deletes commits that nobody needs any more, the oldest first, at most `retention.trimCountMax`.
  ///
  /// What recovery and the chain still need stays whatever the size. What subscribers want, and the wish to
  /// keep some history, yield once the log is larger than the cap.
  /// - Returns: the first commit that is left, nil when none is; and whether the bound of one step ended the work.
  func trim(
    _ transaction: inout WriteTransaction, sealed: Seal?, now: Int64, keepsLast: Bool
  ) throws -> (first: CommitNumber?, hasMore: Bool) {
    let (range, floors, writtenSeal) = shared.withLock { ($0.range, $0.floors, $0.writtenSeal) }
    guard !range.isEmpty else { return (nil, false) }
    var needed = min(floors.recovery, (sealed ?? writtenSeal)?.last.next ?? .first, range.next)
    if keepsLast { needed = min(needed, range.next.previous) }

    var first = range.first
    var count = 0
    while first < needed {
      guard try mayGo(first, floors, transaction, now: now) else { break }
      if count == retention.trimCountMax { return (first, true) }
      guard try transaction.delete(first.rawValue, in: commits) else {
        throw StoreError(.damaged, at: "log commit \(first)", "the commit is missing between others")
      }
      first = first.next
      count += 1
    }
    return (first < range.next ? first : nil, false)
  }

  /// Whether the oldest commit may go by the settings; what must be kept was looked at before.
  private func mayGo(
    _ number: CommitNumber, _ floors: LogFloors, _ transaction: borrowing WriteTransaction, now: Int64
  ) throws -> Bool {
    let byteCount = UInt64(try transaction.statistics(of: commits).byteCount)
    if byteCount > retention.capByteCount { return true }
    if byteCount <= retention.keepByteCount { return false }
    if let subscribers = floors.subscribers, number >= subscribers { return false }
    if retention.keepMilliseconds > 0, let record = try transaction.value(for: number.rawValue, in: commits) {
      let time = try CommitRecord.header(of: record, number: number, at: "log commit \(number)").timeMilliseconds
      if time > now - retention.keepMilliseconds { return false }
    }
    return true
  }
}
