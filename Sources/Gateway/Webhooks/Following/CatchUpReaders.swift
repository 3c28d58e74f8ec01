import Client
import Logging
import Wire

/// Reads the log for endpoints that are behind: after a start, a replay, or when they had no room. A few readers take turns, so that one that is
/// far behind costs the others nothing.
final class CatchUpReaders: Sendable {
  private let log: KernelLog
  private let head: HeadFollower
  private let queue: CatchUpQueue
  private let logger: Logger

  /// Readers at once.
  private static let count = 4
  /// After so many events, or so long, it is somebody else's turn.
  private static let turnEventCount = 8_192
  private static let turn = Duration.seconds(1)
  /// Events that are handed out at a time.
  private static let countMax = 512
  /// Milliseconds before the head is asked again whether it has come here.
  private static let joinPause: Int64 = 20
  /// Milliseconds in which a server that is well says something.
  private static let patience: Int64 = 30_000

  init(_ log: KernelLog, head: HeadFollower, queue: CatchUpQueue, logger: Logger) {
    self.log = log
    self.head = head
    self.queue = queue
    self.logger = logger
  }

  /// Reads until the queue is closed.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<Self.count {
        group.addTask { while let worker = await self.queue.next() { await self.serve(worker) } }
      }
    }
  }

  private enum End {
    /// The head has it now, or nobody: there is nothing more to do.
    case over
    /// It has enough to do.
    case full
    /// It comes again.
    case again
  }

  private func serve(_ worker: EndpointWorker) async {
    guard let (turn, from, takesRefused) = worker.beginReading() else { return }
    let end: End
    do throws(Problem) {
      end = try await read(worker, turn, from: from, acceptedOnly: !takesRefused)
    } catch {
      logger.error("webhooks cannot read the log", metadata: ["error": "\(error.code): \(error.detail)"])
      // Only cancelled, which ends everything.
      try? await Task.sleep(for: .milliseconds(500))
      end = .again
    }
    switch end {
    case .over: return
    case .full, .again:
      if worker.endReading(turn, isFull: end == .full) { queue.append(worker) }
    }
  }

  private func read(
    _ worker: EndpointWorker, _ turn: EndpointWorker.Reading, from: EventPosition, acceptedOnly: Bool
  ) async throws(Problem) -> End {
    let client = try await log.client()
    do throws(ClientError) {
      let subscription = try await client.subscribe(
        from: from, scope: .one(worker.tenant), acceptedOnly: acceptedOnly, reportsProgress: true)
      defer { subscription.cancel() }
      return try await read(worker, turn, subscription)
    } catch {
      guard case .subscriptionEnded(let end) = error else {
        await log.lost(client)
        throw Problem(error)
      }
      switch end.reason {
      case .positionTooOld: worker.lose(turn) { .gap(from: $0, until: EventPosition(commit: end.value)) }
      case .positionAhead: worker.lose(turn) { .ahead($0) }
      default: throw Problem(error)
      }
      return .over
    }
  }

  private func read(
    _ worker: EndpointWorker, _ turn: EndpointWorker.Reading, _ subscription: EventSubscription
  ) async throws(ClientError) -> End {
    let deadline = ContinuousClock.now + Self.turn
    var count = 0
    while true {
      let isAtEnd = subscription.progress != nil
      guard
        let arrival = try await subscription.next(
          countMax: Self.countMax, within: isAtEnd ? Self.joinPause : Self.patience)
      else { return .again }
      if case .timedOut = arrival, !isAtEnd { throw .closed }
      let events = arrival.events
      for event in events {
        var document: WebhookEvent?
        let offer = worker.offer(event, by: turn, &document)
        guard offer != .taken else { continue }
        // What it took before is sent, whoever reads on.
        worker.pump()
        return offer == .full ? .full : .again
      }
      if !events.isEmpty { worker.pump() }
      count += events.count
      if let progress = subscription.progress {
        switch worker.advance(to: progress, by: turn) {
        case .taken: if head.join(worker, turn, at: progress) { return .over }
        case .full: return .over
        case .moved: return .again
        }
      }
      if count >= Self.turnEventCount || ContinuousClock.now > deadline { return .again }
    }
  }
}
