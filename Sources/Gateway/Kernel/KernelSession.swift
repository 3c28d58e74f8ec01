import Client
import Kernel
import NIOConcurrencyHelpers
import NIOCore
import Wire

/// A session with the kernel that all requests of one caller share.
///
/// What arrives while the event loop is busy goes out in one frame: many small requests cost the kernel little more than one.
/// Requests stay whole, and apply in the order in which they came.
final class KernelSession: Sendable {
  let client: MilepostClient
  let caller: SessionCaller
  private let state = NIOLockedValueBox(State())
  /// For commands about keys.
  private let turns = Turns()

  /// Operations that may wait for their turn in one session. A request that finds more is told to come back.
  static let waitingCountMax = 1 << 18

  struct Waiting: Sendable {
    var operations: [SlottedOperation]
    var completion: Completion
  }

  typealias Completion = @Sendable (Result<[OperationResult], ClientError>) -> Void

  private struct State {
    /// In order of arrival.
    var queue: [Waiting] = []
    /// Operations in `queue`.
    var queuedCount = 0
    var isScheduled = false
    /// Sent, by token.
    var sent: [UInt64: [Waiting]] = [:]
    var lastToken: UInt64 = 0
    /// Tokens that the client did not take.
    var unsent: Set<UInt64> = []
    /// The newest commit that is known, and when it was asked for.
    var newest: (commit: UInt64, asked: ContinuousClock.Instant)?
    /// It will answer nothing any more.
    var isDead = false
  }

  init(client: MilepostClient, caller: SessionCaller) {
    self.client = client
    self.caller = caller
  }

  /// Most operations of one call.
  var operationCountMax: Int { Int(client.welcome.limits.operationCountMax) }

  var isDead: Bool { state.withLockedValue { $0.isDead } }
  var isIdle: Bool { state.withLockedValue { $0.queue.isEmpty && $0.sent.isEmpty } }

  /// Runs `body` when those that came before are through.
  func inTurn<Answer: Sendable>(_ body: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
    try await turns.take { () -> Result<Answer, any Error> in
      do { return .success(try await body()) } catch { return .failure(error) }
    }.get()
  }

  /// Applies operations as one piece of a frame and returns their results, in order, durable.
  ///
  /// - Throws: `Problem` when there are too many waiting, or when the kernel cannot be asked.
  /// - Precondition: 1...operationCountMax operations.
  func submit(_ operations: [SlottedOperation]) async throws(Problem) -> [OperationResult] {
    let result = await withCheckedContinuation { continuation in
      submit(operations) { continuation.resume(returning: $0) }
    }
    switch result {
    case .success(let results): return results
    case .failure(let error): throw failed(error)
    }
  }

  /// As above, with the place in order taken when the call returns. `completion` is called once, on any thread, and must not block.
  func submit(_ operations: [SlottedOperation], _ completion: @escaping Completion) {
    precondition(!(operations.last?.operation.isLinked ?? true), "a chain ends in its own request")
    let (isTaken, isFirst) = state.withLockedValue { state in
      guard !state.isDead, state.queuedCount < Self.waitingCountMax else { return (false, false) }
      state.queue.append(Waiting(operations: operations, completion: completion))
      state.queuedCount += operations.count
      defer { state.isScheduled = true }
      return (true, !state.isScheduled)
    }
    guard isTaken else { return completion(.failure(.closed)) }
    if isFirst { client.eventLoop.execute { self.sendWaiting() } }
  }

  /// A commit that is durable, and not long ago was the newest: what is submitted from now on lies behind it.
  func newestCommit() async throws(Problem) -> UInt64 {
    let now = ContinuousClock.now
    if let newest = state.withLockedValue({ $0.newest }), now - newest.asked < .seconds(1) { return newest.commit }
    do throws(ClientError) {
      let commit = try await client.ping().commit
      state.withLockedValue { $0.newest = (commit, now) }
      return commit
    } catch { throw failed(error) }
  }

  /// What a failure of the client means to a request; a session that is over is marked so.
  func failed(_ error: ClientError) -> Problem {
    switch error {
    case .closed where !isDead: return .busy
    case .badBatch, .readStatus, .subscriptionEnded: break
    default: state.withLockedValue { $0.isDead = true }
    }
    return Problem(error)
  }

  // MARK: On the event loop

  private func sendWaiting() {
    while client.canSubmit {
      let (token, frame) = state.withLockedValue { state -> (UInt64, [Waiting]) in
        state.isScheduled = false
        var count = 0
        var take = 0
        while take < state.queue.count, count + state.queue[take].operations.count <= operationCountMax {
          count += state.queue[take].operations.count
          take += 1
        }
        guard take > 0 else { return (0, []) }
        let frame = Array(state.queue[..<take])
        state.queue.removeFirst(take)
        state.queuedCount -= count
        state.lastToken += 1
        state.sent[state.lastToken] = frame
        return (state.lastToken, frame)
      }
      guard !frame.isEmpty else { return }
      if client.submit(Self.batch(frame), token: token, handler: self) == 0 {
        // The client is closed: it never left.
        state.withLockedValue { _ = $0.unsent.insert(token) }
      }
    }
    // The next answer to a submit makes room and calls again. But reads may have filled the window, and theirs do not.
    let isStuck = state.withLockedValue { state in
      state.isScheduled = !state.queue.isEmpty && state.sent.isEmpty
      return state.isScheduled
    }
    if isStuck { client.eventLoop.scheduleTask(in: .milliseconds(1)) { self.sendWaiting() } }
  }

  private static func batch(_ frame: [Waiting]) -> SubmitBatch {
    let count = frame.reduce(0) { $0 + $1.operations.count }
    var batch = SubmitBatch(slotCapacity: 2 * count)
    // The memory is the batch's own, used inside the call only.
    unsafe batch.appendSlots(slotCountMax: 2 * count) { bytes in
      var slot = 0
      for waiting in frame {
        for operation in waiting.operations {
          unsafe bytes.storeBytes(
            of: operation.operation, toByteOffset: slot * Operation.byteCount, as: Operation.self)
          slot += 1
          guard let words = operation.slot else { continue }
          unsafe bytes.storeBytes(
            of: words, toByteOffset: slot * Operation.byteCount, as: InlineArray<8, UInt64>.self)
          slot += 1
        }
      }
      return (slot, count)
    }
    return batch
  }
}

extension KernelSession: SubmitHandler {
  func submitCompleted(token: UInt64, batch: consuming SubmitBatch, results: RawSpan, replayed: Bool) {
    var index = 0
    for waiting in state.withLockedValue({ $0.sent.removeValue(forKey: token) }) ?? [] {
      var own: [OperationResult] = []
      own.reserveCapacity(waiting.operations.count)
      for _ in waiting.operations {
        own.append(ResultBody.result(results, at: index))
        index += 1
      }
      waiting.completion(.success(own))
    }
    sendWaiting()
  }

  func submitFailed(token: UInt64, batch: consuming SubmitBatch, error: ClientError) {
    let (failed, wasSent, queued) = state.withLockedValue { state in
      defer {
        state.queue = []
        state.queuedCount = 0
      }
      state.isDead = true
      return (state.sent.removeValue(forKey: token) ?? [], state.unsent.remove(token) == nil, state.queue)
    }
    // What was sent may have been taken before the connection was refused: only the log can tell.
    let reason = wasSent ? ClientError.outcomeUnknown("\(error)") : error
    for waiting in failed { waiting.completion(.failure(reason)) }
    // What was not sent was not applied.
    for waiting in queued { waiting.completion(.failure(.closed)) }
  }
}
