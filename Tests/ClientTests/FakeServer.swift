import Kernel
import NIOCore
import NIOPosix
import Wire

@testable import Client

/// A server for tests: keeps sessions and the protocol's rules, applies nothing, and misbehaves as told.
///
/// A result's `amount` is the operation's amount plus one, its `version` the request number.
final class FakeServer: Sendable {
  /// What happens to a submit frame that is next in its session.
  enum Reaction: Sendable {
    case answer
    /// Applied; the connection breaks before the reply.
    case applyThenCut
    /// The connection breaks first.
    case cut
    case busy(milliseconds: UInt32)
    case error(ErrorReason)
    /// Applied; answered by `releaseHeld`.
    case hold
    /// Bytes instead of a reply.
    case bytes([UInt8])
  }

  struct SessionState: Sendable {
    var lastRequest: UInt64 = 0
    var replies: [UInt64: [OperationResult]] = [:]
    /// The first operation's amount of each request, in the order of application.
    var applied: [Int64] = []
    var busyUntilRequest: UInt64?
  }

  struct State: Sendable {
    var sessions: [UInt128: SessionState] = [:]
    var nextSession = FakeServer.firstSession
    var hellos: [UInt128] = []
    var received: [FrameHeader] = []
    var unansweredMax = 0
    var connectionCount = 0
    var welcome = WelcomeBody()
    var welcomes = true
    var helloError: ErrorReason?
    var answersPings = true
    /// The log that subscriptions read.
    var events: [EventRecord] = []
    var creditGiven: UInt32 = 0
    var subscribes: [SubscribeBody] = []
    var cutAfterEvents: Int?
  }

  /// Uses both halves of the id.
  static let firstSession: UInt128 = 1 << 100 | 1

  let state = Locked(State())
  /// Chooses the reaction to a session's next request.
  let react: @Sendable (UInt64) -> Reaction
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let channel: any Channel
  private let live: LiveConnections
  let port: Int

  /// The connections, on the server's one event loop.
  final class LiveConnections: @unchecked Sendable {
    // The group's only event loop guards it.
    var all: [ObjectIdentifier: FakeConnection] = [:]
    weak var server: FakeServer?
  }

  init(react: @escaping @Sendable (UInt64) -> Reaction = { _ in .answer }) async throws {
    self.react = react
    let live = LiveConnections()
    self.live = live
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let server = live.server else { return }
          try channel.pipeline.syncOperations.addHandler(FakeConnection(server: server, live: live))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
    live.server = self
  }

  func stop() async throws {
    try? await channel.close().get()
    try await group.shutdownGracefully()
  }

  /// Does something with every connection, on the event loop.
  func withConnections(_ body: @escaping @Sendable (FakeConnection) -> Void) async throws {
    try await group.any().submit { [live] in
      for connection in live.all.values { body(connection) }
    }.get()
  }

  func stopListening() async throws { try await channel.close().get() }
}

final class FakeConnection: ChannelInboundHandler, @unchecked Sendable {
  // Lives on the server's one event loop.
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let server: FakeServer
  private let live: FakeServer.LiveConnections
  private var assembler = FrameAssembler()
  private var context: ChannelHandlerContext?
  private var session: UInt128 = 0
  private var isCut = false
  private var held: [(FrameHeader, [OperationResult])] = []
  private var unanswered = 0
  private var subscription: (number: UInt64, next: Int, credit: UInt32)?

  init(server: FakeServer, live: FakeServer.LiveConnections) {
    self.server = server
    self.live = live
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    live.all[ObjectIdentifier(self)] = self
    server.state.withLock { $0.connectionCount += 1 }
  }

  func channelInactive(context: ChannelHandlerContext) {
    live.all[ObjectIdentifier(self)] = nil
    self.context = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    do throws(FrameError) {
      try assembler.feed(buffer.readableBytesSpan) { header, body in
        if !isCut { received(header, body) }
        return !isCut
      }
    } catch {
      send(FrameHeader(.error), ErrorBody(error).encodedByteCount) { ErrorBody(error).store(into: &$0) }
      cut()
    }
    context.flush()
  }

  func cut() {
    isCut = true
    context?.close(promise: nil)
  }

  func sayGoodbye() {
    send(FrameHeader(.goodbye, session: session))
    context?.flush()
  }

  func releaseHeld() {
    for (header, results) in held { reply(header, results, replayed: false) }
    held = []
    context?.flush()
  }

  private func send(_ header: FrameHeader, _ count: Int = 0, _ body: (inout MutableRawSpan) -> Void = { _ in }) {
    let frame = ByteBuffer(bytes: encodeFrame(header, bodyByteCount: count, body))
    context?.write(wrapOutboundOut(frame), promise: nil)
  }

  private func received(_ header: FrameHeader, _ body: RawSpan) {
    server.state.withLock { $0.received.append(header) }
    switch header.kind {
    case .hello: hello(header)
    case .submit: submit(header, body)
    case .ping:
      guard server.state.withLock({ $0.answersPings }) else { return }
      let pong = PongBody(now: 5, commit: 6)
      send(FrameHeader(.pong, session: session, request: header.request), 16) { pong.store(into: &$0) }
    case .read: read(header, body)
    case .subscribe: subscribe(header, body)
    case .credit: credit(header)
    case .goodbye:
      send(FrameHeader(.goodbye, session: session))
      context?.flush()
      context?.close(promise: nil)
    default: cut()
    }
  }

  private func hello(_ header: FrameHeader) {
    if let reason = server.state.withLock({ $0.helloError }) { return refuse(reason) }
    guard server.state.withLock({ $0.welcomes }) else { return }
    var welcome = server.state.withLock { state in
      state.hellos.append(header.session)
      return state.welcome
    }
    session = header.session
    if session == 0 {
      session = server.state.withLock { state in
        let new = state.nextSession
        state.nextSession += 1
        state.sessions[new] = FakeServer.SessionState(lastRequest: welcome.lastRequest)
        return new
      }
    }
    guard let known = server.state.withLock({ $0.sessions[session] }) else { return refuse(.sessionEvicted) }
    welcome.lastRequest = known.lastRequest
    welcome.resumed = header.session != 0
    server.state.withLock { $0.sessions[session]?.busyUntilRequest = nil }
    send(FrameHeader(.welcome, session: session), WelcomeBody.byteCount) { welcome.store(into: &$0) }
  }

  private func refuse(_ reason: ErrorReason) {
    let error = ErrorBody(reason, text: "as told")
    send(FrameHeader(.error, session: session), error.encodedByteCount) { error.store(into: &$0) }
    context?.flush()
    cut()
  }

  private func submit(_ header: FrameHeader, _ body: RawSpan) {
    guard var known = server.state.withLock({ $0.sessions[session] }) else { return refuse(.sessionEvicted) }
    if let results = known.replies[header.request] { return reply(header, results, replayed: true) }
    if let busy = known.busyUntilRequest, header.request > busy { return sayBusy(header, known, 1) }
    guard header.request == known.lastRequest + 1 else { return refuse(.requestGap) }
    known.busyUntilRequest = nil
    unanswered += 1
    server.state.withLock { $0.unansweredMax = max($0.unansweredMax, unanswered) }
    let reaction = server.react(header.request)
    switch reaction {
    case .cut: return cut()
    case .busy(let milliseconds):
      unanswered -= 1
      known.busyUntilRequest = header.request
      server.state.withLock { $0.sessions[session] = known }
      return sayBusy(header, known, milliseconds)
    case .error(let reason): return refuse(reason)
    case .bytes(let bytes):
      context?.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      return
    case .answer, .applyThenCut, .hold: break
    }
    var results: [OperationResult] = []
    var offset = 0
    for _ in 0..<header.count {
      let operation = unsafe body.unsafeLoadUnaligned(fromByteOffset: offset, as: Operation.self)
      if offset == 0 { known.applied.append(operation.amount) }
      offset += operation.hasExtension ? 128 : 64
      results.append(
        OperationResult(code: .ok, state: 1, version: UInt32(header.request), amount: operation.amount + 1))
    }
    known.lastRequest = header.request
    known.replies[header.request] = results
    server.state.withLock { $0.sessions[session] = known }
    switch reaction {
    case .applyThenCut: cut()
    case .hold: held.append((header, results))
    default: reply(header, results, replayed: false)
    }
  }

  private func sayBusy(_ header: FrameHeader, _ known: FakeServer.SessionState, _ milliseconds: UInt32) {
    let busy = BusyBody(retryMilliseconds: milliseconds, lastRequest: known.lastRequest)
    send(FrameHeader(.busy, session: session, request: header.request), BusyBody.byteCount) { busy.store(into: &$0) }
  }

  private func reply(_ header: FrameHeader, _ results: [OperationResult], replayed: Bool) {
    if !replayed { unanswered -= 1 }
    let answer = FrameHeader(
      .result, flags: replayed ? [.replayed] : [], count: UInt32(results.count), session: session,
      trace: header.trace, request: header.request)
    send(answer, results.count * OperationResult.byteCount) { span in
      for (index, result) in results.enumerated() {
        span.storeBytes(of: result, toByteOffset: index * OperationResult.byteCount, as: OperationResult.self)
      }
    }
  }

  // MARK: Reads: contract n exists for n below 100; scans give ten contracts in pages of `limit`.

  private func read(_ header: FrameHeader, _ body: RawSpan) {
    guard let query = try? ReadBody(decoding: body) else { return refuse(.badQuery) }
    var head = ReadReplyHead(query.query, tenant: query.tenant)
    head.commit = 77
    var count = 0
    if query.tenant == 9 {
      head.status = .tenantScope
    } else if query.query.isScan {
      count = min(Int(query.limit), 10 - Int(query.cursor))
      let next = Int(query.cursor) + count
      head.cursor = next < 10 ? UInt64(next) : 0
    } else if query.contract >= 100 {
      head.status = .notFound
    } else {
      count = 1
    }
    let answer = FrameHeader(.readReply, count: UInt32(count), session: session, request: header.request)
    let size = query.query.itemByteCount
    send(answer, ReadReplyHead.byteCount + count * size) { span in
      head.store(into: &span)
      for index in 0..<count {
        let contract = query.contract != 0 ? query.contract : UInt128(Int(query.cursor) + index + 1)
        let start = ReadReplyHead.byteCount + index * size
        for offset in start..<start + size { span.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
        if query.query == .totals {
          span.storeBytes(of: Int64(query.tenant) * 1_000, toByteOffset: start + 16, as: Int64.self)
        } else {
          span.storeBytes(of: contract, toByteOffset: start, as: UInt128.self)
        }
      }
    }
  }

  // MARK: Events

  private func subscribe(_ header: FrameHeader, _ body: RawSpan) {
    guard let wanted = try? SubscribeBody(decoding: body) else { return refuse(.badQuery) }
    let events = server.state.withLock { state in
      state.subscribes.append(wanted)
      return state.events
    }
    if let first = events.first, wanted.from.commit != 0, wanted.from < first.position {
      let end = EventsEnd(.positionTooOld, value: first.commit)
      send(FrameHeader(.events, flags: [.ended], session: session, request: header.request), 16) {
        end.store(into: &$0)
      }
      return
    }
    subscription = (header.request, events.firstIndex { $0.position >= wanted.from } ?? events.count, wanted.credit)
    sendEvents()
  }

  private func credit(_ header: FrameHeader) {
    if header.flags.contains(.cancels) {
      subscription = nil
      let end = EventsEnd(.cancelled)
      send(FrameHeader(.events, flags: [.ended], session: session, request: header.request), 16) {
        end.store(into: &$0)
      }
      return
    }
    server.state.withLock { $0.creditGiven += header.count }
    subscription?.credit += header.count
    sendEvents()
  }

  private func sendEvents() {
    guard let (number, _, _) = subscription, var (_, next, credit) = subscription else { return }
    let events = server.state.withLock { $0.events }
    while credit > 0, next < events.count {
      let batch = events[next..<min(events.count, next + min(3, Int(credit)))]
      let size = batch.reduce(0) { $0 + $1.encodedByteCount }
      let header = FrameHeader(.events, count: UInt32(batch.count), session: session, request: number)
      send(header, size) { span in
        for offset in 0..<size { span.storeBytes(of: 0xEE, toByteOffset: offset, as: UInt8.self) }
        var offset = 0
        for event in batch {
          event.store(into: &span, at: offset)
          offset += event.encodedByteCount
        }
      }
      next += batch.count
      credit -= UInt32(batch.count)
      if let limit = server.state.withLock({ $0.cutAfterEvents }), next >= limit {
        server.state.withLock { $0.cutAfterEvents = nil }
        context?.flush()
        return cut()
      }
    }
    subscription = (number, next, credit)
  }
}
