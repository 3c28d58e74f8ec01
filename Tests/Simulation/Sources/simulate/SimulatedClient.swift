import Engine
import Kernel

/// One numbered request of a client, and what it was answered.
struct SentRequest {
  let number: UInt64
  let requests: [Request]
  /// The first answer that came; every later one must be the same.
  var answer: [OperationResult]?
}

/// A client with a session: sends requests in order, sends again what is not answered when its connection is gone, and
/// remembers everything.
final class SimulatedClient: @unchecked Sendable {
  let index: Int
  private var run: RunGenerator
  var session: UInt64?
  private(set) var sent: [SentRequest] = []
  private var readCount: UInt64 = 0
  /// Requests behind which none is unanswered.
  private(set) var answeredCount = 0
  var connection: SimulatedConnection?
  /// Its session was evicted: what was not answered until then stays unknown, and nothing new is sent.
  var isForgotten = false
  let requestCount: Int
  let window: Int

  /// Tenants of one client: no other names them, so that the run's own picture of them is nearly right.
  private static let tenantsPerClient: UInt32 = 2

  init(index: Int, seed: UInt64, requestCount: Int, window: Int) {
    self.index = index
    self.requestCount = requestCount
    self.window = window
    run = RunGenerator(seed: seed)
  }

  var isDone: Bool { isForgotten || answeredCount == requestCount }
  func mayStart(besides readCount: Int) -> Bool { !isDone && sent.count < requestCount && mayAsk(besides: readCount) }
  /// Whether one more may be under way.
  func mayAsk(besides readCount: Int) -> Bool { sent.count - answeredCount + readCount < window }
  var unanswered: [SentRequest] { sent[answeredCount...].filter { $0.answer == nil } }

  /// What one sends again that does not know any more what it was answered.
  var newest: ArraySlice<SentRequest> { sent.suffix(window) }

  /// The time that the client's run has come to.
  var now: Instant { run.now }

  /// Makes the next request.
  func start() -> SentRequest {
    var requests = run.nextBatch().requests
    for place in requests.indices { requests[place].operation.tenant += UInt32(index) * Self.tenantsPerClient }
    let request = SentRequest(number: UInt64(sent.count + 1), requests: requests)
    sent.append(request)
    return request
  }

  /// The number of the next read.
  func nextRead() -> UInt64 {
    readCount += 1
    return readCount
  }

  /// Notes an answer.
  /// - Returns: what is wrong with it.
  func take(_ results: [OperationResult], for number: UInt64) -> String? {
    guard number >= 1, number <= UInt64(sent.count) else {
      return "an answer to request \(number), which was never sent"
    }
    let place = Int(number) - 1
    guard results.count == sent[place].requests.count else {
      return "\(results.count) results for request \(number) of \(sent[place].requests.count) operations"
    }
    if let before = sent[place].answer {
      return before == results
        ? nil : "request \(number) was answered \(before.map(\.text)), then \(results.map(\.text))"
    }
    sent[place].answer = results
    while answeredCount < sent.count, sent[answeredCount].answer != nil { answeredCount += 1 }
    return nil
  }
}
