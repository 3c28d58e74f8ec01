import Engine
import Kernel
import NIOCore
import NIOPosix
import Wire

/// A client's cursor over the log. Sends as many events as the client gave credit for.
// Confined to its connection's event loop; `feed` is used by one job of the pool at a time.
final class Subscription: @unchecked Sendable {
  /// Events of one frame at most: keeps frames small beside the socket's buffers.
  private static let eventCountMax = 1_024

  /// The request number of the subscribe frame, which names it in the connection.
  let number: UInt64
  private let trace: UInt128
  private let feed: ChangeFeed
  // Over before the connection goes: `leave` sees to it.
  private unowned let connection: Connection
  private var credit: UInt32
  private let reportsProgress: Bool
  private var reported: FeedPosition?
  private var isRunning = false
  /// Nothing more is sent.
  var isOver = false

  init(number: UInt64, trace: UInt128, feed: ChangeFeed, connection: Connection, _ body: SubscribeBody) {
    self.number = number
    self.trace = trace
    self.feed = feed
    self.connection = connection
    credit = body.credit
    reportsProgress = body.reportsProgress
  }

  /// More events may be sent.
  ///
  /// - Returns: false when that would be more than the limit.
  func add(credit more: UInt32, max: UInt32) -> Bool {
    guard more <= max - min(credit, max) else { return false }
    credit += more
    advance()
    return true
  }

  /// Reads on if there is credit, nothing is being read, and the client takes what it gets.
  func advance() {
    guard !isRunning, !isOver, credit > 0, connection.canTakeMore else { return }
    isRunning = true
    let wanted = min(Int(credit), Self.eventCountMax)
    let connection = self.connection
    let worker = connection.worker
    worker.diskPool.threads.submit { _ in
      // Taken before the look, so that a commit between the two is not waited for.
      let durable = worker.engine.durableCommit
      let chunk = Self.read(self.feed, wanted)
      worker.door.execute { self.deliver(chunk, durable: durable, on: connection) }
    }
  }

  private static func read(_ feed: ChangeFeed, _ count: Int) -> Result<FeedChunk, EngineError> {
    do throws(EngineError) {
      return .success(try feed.next(credit: count))
    } catch {
      return .failure(error)
    }
  }

  private func deliver(_ result: Result<FeedChunk, EngineError>, durable: UInt64, on connection: Connection) {
    isRunning = false
    guard !isOver else { return }
    switch result {
    case .failure(let error):
      if case .tooOld(let first) = error.kind {
        connection.end(self, EventsEnd(.positionTooOld, value: first))
      } else {
        connection.fail(.serverFailure, request: number, text: error.message)
      }
    case .success(let chunk):
      if !chunk.events.isEmpty { send(chunk.events, on: connection) }
      guard chunk.isAtEnd else { return advance() }
      if reportsProgress { report(chunk.next, on: connection) }
      waitForMore(after: durable, on: connection)
    }
  }

  private func waitForMore(after durable: UInt64, on connection: Connection) {
    isRunning = true
    let worker = connection.worker
    worker.engine.whenDurable(after: durable) { _ in
      // On failure the next read says what is wrong.
      worker.door.execute {
        self.isRunning = false
        if !self.isOver { self.advance() }
      }
    }
  }

  /// Says that the end of the log is reached, once for each end.
  private func report(_ next: FeedPosition, on connection: Connection) {
    guard next != reported else { return }
    reported = next
    let body = EventsProgress(next: EventPosition(commit: next.commit, index: next.index))
    let header = FrameHeader(
      .events, flags: .progress, session: connection.sessionID, trace: trace, request: number)
    connection.send(header, bodyByteCount: EventsProgress.byteCount) { body.store(into: &$0) }
  }

  private func send(_ events: [FeedEvent], on connection: Connection) {
    credit -= min(credit, UInt32(events.count))
    var byteCount = 0
    for event in events {
      byteCount += EventRecord.byteCount + (event.content == nil ? 0 : Operation.byteCount)
    }
    let header = FrameHeader(
      .events, count: UInt32(events.count), session: connection.sessionID, trace: trace, request: number)
    connection.send(header, bodyByteCount: byteCount) { body in
      var offset = 0
      for event in events {
        EventRecord(event).store(into: &body, at: offset)
        offset += EventRecord.byteCount
        guard let content = event.content else { continue }
        body.storeBytes(of: content, toByteOffset: offset, as: Operation.self)
        offset += Operation.byteCount
      }
    }
  }
}

extension EventRecord {
  fileprivate init(_ event: FeedEvent) {
    self.init(
      position: EventPosition(commit: event.position.commit, index: event.position.index), stamp: event.stamp,
      sequence: event.sequence, shard: event.shard, result: event.result, operation: event.operation)
  }
}
