import NIOCore
import Wire

/// What is told when a submit is answered.
enum SubmitCompletion {
  case handler(any SubmitHandler, token: UInt64)
  case waiter(CheckedContinuation<Result<SubmitAnswer, ClientError>, Never>)
}

/// The unanswered requests of a session, by number. Memory is bounded by the window, and reused.
struct RequestWindow {
  struct Entry {
    /// The whole frame, checksums and request number included: a resend sends the same bytes.
    var batch: SubmitBatch
    var completion: SubmitCompletion
  }

  /// The oldest unanswered request; `next` when there is none.
  private(set) var oldest: UInt64
  /// The number of the next request.
  private(set) var next: UInt64
  private(set) var unansweredCount = 0
  // A ring: a power of two of places, the request number's low bits choose one.
  private var entries: [Entry?]
  private let mask: UInt64

  /// - Parameter last: the session's last applied request, below `UInt64.max`.
  init(capacity: Int, after last: UInt64) {
    var size = 1
    while size < capacity { size *= 2 }
    entries = Array(repeating: nil, count: size)
    mask = UInt64(size - 1)
    oldest = last + 1
    next = last + 1
  }

  /// Requests from the oldest unanswered one to the newest, answered ones between them included.
  var span: Int { Int(next - oldest) }

  /// - Precondition: `span` is below the capacity.
  mutating func add(_ entry: Entry) {
    precondition(span < entries.count, "the window has room")
    entries[place(next)] = entry
    next += 1
    unansweredCount += 1
  }

  /// Takes out an answered request; nil when it is not unanswered here.
  ///
  /// In two parts, so that the caller can pass the batch on as its only owner: a second one would cost a copy at reuse.
  mutating func take(_ request: UInt64) -> (batch: SubmitBatch, completion: SubmitCompletion)? {
    guard request >= oldest, request < next, let entry = entries[place(request)].take() else { return nil }
    unansweredCount -= 1
    while oldest < next, entries[place(oldest)] == nil { oldest += 1 }
    return (entry.batch, entry.completion)
  }

  /// Takes out the oldest unanswered request, as if it were answered.
  mutating func takeOldest() -> (batch: SubmitBatch, completion: SubmitCompletion)? { take(oldest) }

  /// The frame of an unanswered request.
  func frame(_ request: UInt64) -> ByteBuffer? {
    guard request >= oldest, request < next else { return nil }
    return entries[place(request)]?.batch.frame
  }

  /// How many operations an unanswered request has.
  func operationCount(_ request: UInt64) -> Int? {
    guard request >= oldest, request < next else { return nil }
    return entries[place(request)]?.batch.count
  }

  private func place(_ request: UInt64) -> Int { Int(request & mask) }
}
