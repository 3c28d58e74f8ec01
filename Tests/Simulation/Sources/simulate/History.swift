import Engine
import Kernel

/// Everything that became durable, as the change feed tells it, held against an independent model and against what the
/// clients were answered.
final class History {
  private struct Key: Hashable {
    var session: UInt64
    var request: UInt64
  }

  private struct Answered {
    var commit: UInt64
    var requests: [Request] = []
    var results: [OperationResult] = []
  }

  private var models: [Model]
  private var sequences: [UInt64]
  private var answers: [Key: Answered] = [:]
  /// Events of one frame in one shard that were not given to the model yet.
  private var open: [FeedEvent] = []
  private(set) var position = FeedPosition.start
  private(set) var operationCount = 0
  private(set) var timerCount = 0
  /// See `isCollision`.
  private(set) var collisionCount = 0

  init(shardCount: Int) {
    models = Array(repeating: Model(), count: shardCount)
    sequences = Array(repeating: 0, count: shardCount)
  }

  /// Goes on where the last feed ended. As long as the feed lives, the log is kept for it.
  func feed(of engine: Engine) throws(EngineError) -> ChangeFeed {
    var filter = FeedFilter()
    filter.acceptedOnly = false
    return try engine.follow(from: position, filter: filter)
  }

  /// Reads on to what is durable now.
  /// - Returns: the first thing that is wrong.
  func follow(_ feed: ChangeFeed) throws(EngineError) -> String? {
    while true {
      let chunk = try feed.next(credit: 1_024)
      for event in chunk.events {
        if let problem = add(event) { return problem }
      }
      position = chunk.next
      if chunk.isAtEnd { break }
    }
    return close()
  }

  private func add(_ event: FeedEvent) -> String? {
    if let last = open.last, !isSameFrame(last, event), let problem = close() { return problem }
    let shard = Int(event.shard)
    guard event.sequence == sequences[shard] else {
      return
        "shard \(shard) has sequence \(event.sequence) in the log where \(sequences[shard]) comes next, at \(event.position)"
    }
    sequences[shard] += 1
    open.append(event)
    return nil
  }

  private func isSameFrame(_ a: FeedEvent, _ b: FeedEvent) -> Bool {
    a.session != 0 && a.session == b.session && a.request == b.request && a.shard == b.shard && a.stamp == b.stamp
  }

  /// Has the model judge the frame that is open.
  private func close() -> String? {
    guard let first = open.first else { return nil }
    let events = open
    open = []
    let shard = Int(first.shard)
    let requests = events.map { Self.request($0) }
    let isTimer = first.session == 0
    let expected =
      isTimer
      ? requests.map { models[shard].applyTimer($0, stamp: first.stamp) }
      : models[shard].apply(requests, stamp: first.stamp)
    if isTimer { timerCount += requests.count } else { operationCount += requests.count }
    for event in events where event.result.code == ResultCode.timestampRegression.rawValue {
      return "at \(event.position) \(Self.request(event)) was stamped earlier than one before it"
    }
    for (event, result) in zip(events, expected) where event.result != result {
      if Self.isCollision(event.result, result) {
        collisionCount += 1
        continue
      }
      return
        "at \(event.position) shard \(shard) answered \(Self.request(event)) with \(event.result.text), the model says \(result.text)"
    }
    if let violation = models[shard].violations.first { return "the model: \(violation)" }
    // The engine fires no deadline that the records do not have, and each changes its record. (A contract it may prune once more after a crash.)
    for event in events
    where event.operation.isTimer && event.operation.code != OperationCode.prune.rawValue
      && event.result.code != ResultCode.ok.rawValue
    {
      return "at \(event.position) \(Self.request(event)) was fired for nothing: \(event.result.text)"
    }
    return isTimer ? nil : note(events, requests)
  }

  /// The kernel remembers 16 bits of a body, so one other body in 65,536 under a known id passes for a repeat. It is refused
  /// all the same: only the code differs. Source: decision 7 of the kernel's page.
  private static func isCollision(_ found: OperationResult, _ expected: OperationResult) -> Bool {
    var other = expected
    other.code = ResultCode.exists.rawValue
    return expected.code == ResultCode.existsWithDifferentFields.rawValue && found == other
  }

  /// Whether a contract was pruned, as far as was followed.
  func hasPruned(tenant: UInt32, contract: UInt128) -> Bool {
    models.contains { $0.pruned[ContractKey(tenant: tenant, contract: contract)] != nil }
  }

  var prunedCount: UInt64 { models.reduce(0) { $0 + UInt64($1.pruned.count) } }

  private func note(_ events: [FeedEvent], _ requests: [Request]) -> String? {
    let key = Key(session: events[0].session, request: events[0].request)
    let commit = events[0].position.commit
    var answered = answers[key] ?? Answered(commit: commit)
    guard answered.commit == commit else {
      return "request \(key.request) of session \(key.session) is in commits \(answered.commit) and \(commit)"
    }
    answered.requests += requests
    answered.results += events.map(\.result)
    answers[key] = answered
    return nil
  }

  private static func request(_ event: FeedEvent) -> Request {
    guard let content = event.content else { return Request(event.operation) }
    return Request(event.operation, slot: withUnsafeBytes(of: content) { Array($0) })
  }

  /// Whether what a client was answered is what is durable, once.
  func problem(of client: SimulatedClient) -> String? {
    guard let session = client.session else { return nil }
    for sent in client.sent {
      guard let answer = sent.answer else { continue }
      guard let durable = answers[Key(session: session, request: sent.number)] else {
        return "request \(sent.number) of client \(client.index) was answered and is not in the log"
      }
      // A frame's operations lie by shard in the log's order, so they are compared as sets of pairs.
      let told = zip(sent.requests, answer).map { "\($0) \($1.text)" }.sorted()
      let kept = zip(durable.requests, durable.results).map { "\($0) \($1.text)" }.sorted()
      guard told == kept else {
        return "request \(sent.number) of client \(client.index) was answered \(told), the log has \(kept)"
      }
    }
    return nil
  }
}
