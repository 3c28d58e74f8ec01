import Store

extension CommitSource {
  /// Visits the groups of commits `first` to `last`, in bounded reads.
  /// - Throws: `corrupt`, `store`, and what `visit` throws.
  func forEachGroup(
    from first: CommitNumber, through last: CommitNumber, _ visit: (LogGroup, CommitNumber) throws(EngineError) -> Void
  ) throws(EngineError) {
    var next = max(first, range.first)
    while next <= last {
      let start = next
      var failure: EngineError?
      do throws(StoreError) {
        next = try read(from: next, byteCountMax: 8 << 20) { header, body in
          guard header.number <= last else { return .stop }
          unsafe body.withUnsafeBytes { bytes in
            do throws(EngineError) {
              try unsafe LogGroup.forEach(in: bytes, commit: header.number.rawValue) { (group) throws(EngineError) in
                try visit(group, header.number)
              }
            } catch { failure = error }
          }
          return failure == nil && header.number < last ? .next : .stop
        }
      } catch { throw EngineError(reading: error) }
      if let failure { throw failure }
      guard next > start else { return }
    }
  }

  /// The time of a commit.
  func milliseconds(of commit: CommitNumber) throws(EngineError) -> Int64 {
    var found: Int64 = 0
    do throws(StoreError) {
      _ = try read(from: commit, byteCountMax: 1) { header, _ in
        found = header.timeMilliseconds
        return .stop
      }
    } catch { throw EngineError(reading: error) }
    return found
  }

  /// The last commit before the first one that is later than a time; nil when the first is later already.
  func last(until milliseconds: Int64) throws(EngineError) -> CommitNumber? {
    var next = range.first
    var found: CommitNumber?
    var isBehind = false
    while next < range.next, !isBehind {
      do throws(StoreError) {
        next = try read(from: next, byteCountMax: 8 << 20) { header, _ in
          isBehind = header.timeMilliseconds > milliseconds
          if !isBehind { found = header.number }
          return isBehind ? .stop : .next
        }
      } catch { throw EngineError(reading: error) }
    }
    return found
  }
}
