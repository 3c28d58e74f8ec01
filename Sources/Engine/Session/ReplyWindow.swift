/// Where the reply to a request is kept: in the log, at a place inside a commit.
struct ReplyEntry: Equatable {
  var request: UInt64 = 0
  /// 0 while the request is applied and not yet durable.
  var commit: UInt64 = 0
  /// Ring position behind the request's group, while it is not durable.
  var ringEnd: UInt64 = 0
  /// Byte offset of the request's group in the commit's body.
  var offset: UInt32 = 0
  /// Index of its frame in the group.
  var frame: UInt32 = 0

  var isDurable: Bool { commit != 0 }
}

/// The last requests of a session and where their replies are.
///
/// Replies themselves stay in the log; what is about to be trimmed is copied to the catalog first, under the same
/// key. Memory is 32 bytes a request, grown only as far as a session uses it.
struct ReplyWindow {
  /// Most requests kept, a power of two.
  let capacity: Int
  private(set) var lastRequest: UInt64
  /// Entry of request n at n modulo the count, which is a power of two.
  private var entries: [ReplyEntry]

  init(capacity: Int, lastRequest: UInt64 = 0) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a session window is a power of two")
    self.capacity = capacity
    self.lastRequest = lastRequest
    entries = [ReplyEntry(), ReplyEntry()]
  }

  /// The entry of a request, or nil when it is no longer, or not yet, kept.
  func entry(_ request: UInt64) -> ReplyEntry? {
    let entry = entries[place(request)]
    return request > 0 && entry.request == request ? entry : nil
  }

  /// Whether the next request would push one out that is not durable yet.
  func isFull(planned: UInt64) -> Bool {
    guard planned - lastRequest < UInt64(capacity) else { return true }
    guard let oldest = entry(planned &+ 1 &- UInt64(capacity)) else { return false }
    return !oldest.isDurable
  }

  /// Notes an applied request.
  /// - Precondition: the number after `lastRequest`.
  mutating func append(_ request: UInt64, ringEnd: UInt64) {
    precondition(request == lastRequest + 1, "requests apply in number order")
    grow(for: request)
    entries[place(request)] = ReplyEntry(request: request, ringEnd: ringEnd)
    lastRequest = request
  }

  /// Notes where a durable request's reply is; also at recovery, in log order.
  mutating func settle(_ request: UInt64, commit: UInt64, offset: UInt32, frame: UInt32) {
    grow(for: request)
    let kept = entries[place(request)].request
    // A later request has the place already.
    guard kept <= request else { return }
    entries[place(request)] = ReplyEntry(request: request, commit: commit, offset: offset, frame: frame)
    lastRequest = max(lastRequest, request)
  }

  /// Notes the newest request of a session whose replies are no longer kept: none up to it is applied again.
  mutating func restore(lastRequest request: UInt64) { lastRequest = max(lastRequest, request) }

  mutating func remove(_ request: UInt64) {
    if entry(request) != nil { entries[place(request)] = ReplyEntry() }
  }

  /// What is durable, oldest request first.
  var durableEntries: [ReplyEntry] { entries.filter(\.isDurable).sorted { $0.request < $1.request } }

  private func place(_ request: UInt64) -> Int { Int(truncatingIfNeeded: request) & (entries.count - 1) }

  /// Doubles the room as long as a request that must be kept would be pushed out.
  private mutating func grow(for request: UInt64) {
    while entries.count < capacity {
      let displaced = entries[place(request)]
      guard displaced.request != 0, displaced.request != request else { return }
      let old = entries
      entries = Array(repeating: ReplyEntry(), count: old.count * 2)
      for entry in old where entry.request != 0 { entries[place(entry.request)] = entry }
    }
  }
}
