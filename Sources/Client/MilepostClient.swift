public import Kernel
public import NIOCore
public import Wire

/// A session with a Milepost server: pipelines submits, survives broken connections, applies each request exactly once.
///
/// Requests of one client are applied in the order in which they were submitted. All methods may be called from any thread unless they
/// say otherwise. When the connection breaks, the client reconnects, resumes its session and resends what is unanswered; the server
/// answers what it had applied already with the kept reply. Use several clients for several connections.
///
/// There is no cancellation of a request that was sent: whoever stops waiting does not undo it.
public final class MilepostClient: Sendable {
  let core: ClientCore

  init(core: ClientCore) { self.core = core }

  /// Connects and opens (or resumes) a session.
  ///
  /// - Parameters:
  ///   - group: where the client's one event loop comes from; the caller shuts it down after `close`.
  /// - Throws: `badConfiguration`, `unreachable`, `refused`, `badReply`.
  public static func connect(
    host: String, port: Int, configuration: ClientConfiguration = ClientConfiguration(), group: any EventLoopGroup
  ) async throws(ClientError) -> MilepostClient {
    let core = try ClientCore(host: host, port: port, configuration: configuration, eventLoop: group.next())
    try await core.open()
    return MilepostClient(core: core)
  }

  /// The event loop that guards the client; handlers are called on it.
  public var eventLoop: any EventLoop { core.eventLoop }
  /// The session's id; keep it to resume after a restart of this process.
  public var session: UInt128 { core.published.withLock { $0.session } }
  /// What the server said at the latest handshake: limits, class, newest commit.
  public var welcome: WelcomeBody { core.published.withLock { $0.welcome } }

  // MARK: Submitting

  /// Submits a batch and returns its results, one for each operation in order, durable.
  ///
  /// Waits while the window of unanswered requests is full. Several calls at once are pipelined.
  /// - Throws: `badBatch`, `refused`, `badReply`, `outcomeUnknown`, `closed`.
  public func submit(_ batch: SubmitBatch) async throws(ClientError) -> [OperationResult] {
    try await core.submit(batch)
  }

  /// Whether the window has room for a request. Must be called on `eventLoop`.
  public var canSubmit: Bool { core.isClosed || core.hasRoom }

  /// Submits a batch without allocating: `handler` is called on the event loop when it is answered.
  ///
  /// Must be called on `eventLoop`. Sending happens at the end of the loop's round, or with `flush`. Hand the batch over with `consume`: of one
  /// that somebody else still holds, the bytes are copied.
  /// - Returns: the request's number; 0 when the client is closed, and `submitFailed` follows.
  /// - Precondition: `canSubmit`; the batch has 1...operationCountMax operations and fits the frame limit.
  @discardableResult
  public func submit(_ batch: consuming SubmitBatch, token: UInt64, handler: any SubmitHandler) -> UInt64 {
    core.submit(consume batch, handler: handler, token: token)
  }

  /// Sends what is queued at once. Must be called on `eventLoop`.
  public func flush() { core.flush() }

  /// Requests that were submitted and are not answered. Must be called on `eventLoop`.
  public var unansweredCount: Int { core.unansweredCount }

  /// Counts of what happened on this client. Must be called on `eventLoop`.
  public var statistics: ClientStatistics { core.statistics }

  // MARK: Following the log

  /// Follows the log from a position on: see `EventSubscription`.
  ///
  /// - Parameters:
  ///   - from: the first event wanted; commit 0 is the oldest there is, `welcome.commit + 1` what comes from now on.
  ///   - acceptedOnly: leaves out refused operations.
  ///   - reportsProgress: tells where the log ends: see `EventSubscription.progress`.
  /// - Throws: `closed`, or what ended the client. A position that is too old ends the sequence with `subscriptionEnded`.
  public func subscribe(
    from: EventPosition, scope: TenantScope = .all, acceptedOnly: Bool = false, reportsProgress: Bool = false
  ) async throws(ClientError) -> EventSubscription {
    try await core.subscribe(
      from: from, scope: scope, acceptedOnly: acceptedOnly, reportsProgress: reportsProgress)
  }

  // MARK: Managing

  /// Sends a command about keys, quotas or the audit trail, and returns the answer: both JSON, as the protocol page says.
  ///
  /// - Throws: `outcomeUnknown` also when the connection breaks meanwhile: a command is never sent twice.
  /// - Precondition: at most 65,536 bytes.
  public func manage(_ command: [UInt8]) async throws(ClientError) -> [UInt8] { try await core.manage(command) }

  // MARK: Life

  /// Asks the server whether it is there, behind everything sent so far.
  /// - Throws: `closed`, `refused`, `badReply`, `outcomeUnknown`.
  public func ping() async throws(ClientError) -> PongBody { try await core.ping() }

  /// Waits for every unanswered request, says goodbye and closes. Later calls throw `closed`. Idempotent.
  ///
  /// - Parameter endsSession: the server may forget the session; it cannot be resumed.
  public func close(endsSession: Bool = true) async { await core.close(endsSession: endsSession) }

  /// Closes at once. What is unanswered fails with `outcomeUnknown`.
  public func abort() { core.eventLoop.execute { [core] in core.fail(.outcomeUnknown("aborted by the caller")) } }
}

/// Takes the answers to `MilepostClient.submit(_:token:handler:)`, on the client's event loop.
public protocol SubmitHandler: AnyObject, Sendable {
  /// The request is durable. `results` holds one 16-byte `OperationResult` for each operation, in order (`ResultBody.result`), valid inside the
  /// call. `batch` comes back for reuse. New submits may be made inside the call.
  func submitCompleted(token: UInt64, batch: consuming SubmitBatch, results: RawSpan, replayed: Bool)
  /// The request failed for good; see `ClientError` for what is known about its effect.
  func submitFailed(token: UInt64, batch: consuming SubmitBatch, error: ClientError)
}

/// What happened on a client so far.
public struct ClientStatistics: Sendable, Hashable {
  /// Connections made, the first included.
  public var connectionCount = 0
  /// Submit frames sent again after a lost connection or `busy`.
  public var resentCount = 0
  /// Replies that the server had kept.
  public var replayedCount = 0
  /// `busy` answers.
  public var busyCount = 0
  public init() {}
}
