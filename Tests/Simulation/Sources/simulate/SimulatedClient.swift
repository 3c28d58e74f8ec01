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
  var isOpening = false
  private(set) var sent: [SentRequest] = []
  /// Requests answered so far, all of them the first ones.
  private(set) var answeredCount = 0
  var connection: SimulatedConnection?
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

  var isDone: Bool { answeredCount == requestCount }
  var mayStart: Bool { session != nil && sent.count < requestCount && sent.count - answeredCount < window }
  var unanswered: ArraySlice<SentRequest> { sent[answeredCount...] }

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
    guard place == answeredCount else { return "request \(number) was answered before request \(answeredCount + 1)" }
    sent[place].answer = results
    answeredCount += 1
    return nil
  }
}

/// A connection: frames on their way to the server, and answers on their way back. What is on its way when it is cut may
/// still reach the server, and reaches the client no more.
final class SimulatedConnection {
  let client: SimulatedClient
  /// Which of the server's loops has it.
  let loop: Int
  var toServer: [SentRequest] = []
  var toClient: [(number: UInt64, results: [OperationResult])] = []
  /// The server has seen it, and given it the session.
  var isAttached = false
  var isCut = false

  init(client: SimulatedClient, loop: Int) {
    self.client = client
    self.loop = loop
  }
}
