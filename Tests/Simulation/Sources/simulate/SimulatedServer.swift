import Access
import Engine
import Kernel
import NIOCore
import NIOEmbedded
import Telemetry

@testable import Server
@testable import Wire

/// One event loop of the server: the product's rounds, on a loop that runs when the simulation says so.
final class SimulatedLoop {
  let loop = EmbeddedEventLoop()
  let worker: LoopWorker
  private var wantsTick = false
  // Nobody is kept out here.
  private let places = ConnectionPlaces(countMax: .max)
  private var newestNumber: UInt64

  // Read by nobody here, so all worlds share them.
  private static let metrics = ServerMetrics(registry: MetricsRegistry())
  private static let pool = DiskPool()

  init(
    index: Int, engine: Engine, configuration: ServerConfiguration, directory: SessionDirectory, access: AccessControl
  ) {
    // The loops' connections have no number in common.
    newestNumber = UInt64(index) << 32
    worker = LoopWorker(
      loop: loop, engine: engine, configuration: configuration, metrics: Self.metrics, directory: directory,
      diskPool: Self.pool, accessPool: Self.pool, access: access, places: places, tls: nil)
    worker.requestTick = { [unowned self] in wantsTick = true }
  }

  /// The server's end of a connection that its lobby has admitted.
  func admit() -> Connection {
    newestNumber += 1
    places.admit(.init(worker: 0, connection: newestNumber, deadline: .distantFuture))
    return Connection(
      Lobby.Admission(
        number: newestNumber, descriptor: -1, address: nil, received: ByteBuffer(), deadline: .distantFuture),
      worker: worker)
  }

  /// What a loop does behind a look at its sockets.
  func turn() {
    if wantsTick {
      wantsTick = false
      worker.ticked()
    }
    loop.run()
  }

  /// Lets go of what its process took with it: it all knows each other.
  func forget() {
    worker.connections = [:]
    worker.unflushed = []
    worker.pausedFlows = []
    loop.run()
  }
}

/// A connection: bytes on their way to the server and back, in pieces of any size. What is on its way when it is cut may
/// still reach the server, and reaches the client no more.
final class SimulatedConnection {
  let client: SimulatedClient
  let loop: SimulatedLoop
  /// The server's end of it.
  private let channel: EmbeddedChannel
  private let end: Connection
  private var toServer: [UInt8] = []
  private var toClient: [UInt8] = []
  private var assembler = FrameAssembler()
  /// The client has gone.
  private(set) var isCut = false
  private var hasEnded = false
  /// The server has taken the client's session up.
  var isOpen = false
  /// The end of the client's session was durable before it was made.
  var mayNotOpen = false
  /// What was not answered over another connection was sent over this one.
  var hasSentAgain = false
  /// Submits sent over it that have neither result nor busy.
  var awaitingCount = 0
  /// The server is busy: nothing is sent until all that was sent has its answer.
  var isHeld = false
  /// What reads asked for, by their numbers, with the version that was known then.
  var reads: [UInt64: (key: Seen, known: UInt32)] = [:]

  init(_ client: SimulatedClient, to loop: SimulatedLoop) {
    self.client = client
    self.loop = loop
    end = loop.admit()
    channel = EmbeddedChannel(handler: end, loop: loop.loop)
    channel.pipeline.connect(to: Self.peer, promise: nil)
  }

  private static let peer: SocketAddress = {
    do { return try SocketAddress(ipAddress: "127.0.0.1", port: 1) } catch { preconditionFailure("\(error)") }
  }()

  /// Both ends are done with it.
  var isOver: Bool { !channel.isActive && (isCut || toClient.isEmpty) }
  /// Whether the server closed it and the client has taken all that came before.
  var isClosedByServer: Bool { !channel.isActive && toClient.isEmpty }
  var hasWordsForServer: Bool { channel.isActive && (isCut && !hasEnded || !toServer.isEmpty) }
  var hasWordsForClient: Bool { !isCut && !toClient.isEmpty }

  // MARK: The client's end

  func send(_ frame: [UInt8]) { toServer += frame }

  /// Takes at most `byteCount` bytes that have come.
  ///
  /// - Throws: when they are no frames.
  func take(byteCount: Int) throws(FrameError) -> [(FrameHeader, [UInt8])] {
    let part = Array(toClient.prefix(byteCount))
    toClient.removeFirst(part.count)
    var frames: [(FrameHeader, [UInt8])] = []
    try assembler.feed(part.span.bytes) { header, body in
      frames.append((header, (0..<body.byteCount).map { body.load(at: $0, as: UInt8.self) }))
      return true
    }
    return frames
  }

  /// The client loses it, with the last `lostByteCount` bytes it sent.
  func cut(lostByteCount: Int) {
    isCut = true
    toClient = []
    toServer.removeLast(min(lostByteCount, toServer.count))
  }

  var sentByteCount: Int { toServer.count }

  // MARK: The server's end

  /// Brings the server at most `byteCount` bytes, or, behind the last of them, the end.
  func receive(byteCount: Int, isReset: Bool) throws {
    guard end.isReading else { return }
    if !toServer.isEmpty {
      let part = toServer.prefix(byteCount)
      try channel.writeInbound(ByteBuffer(bytes: part))
      toServer.removeFirst(part.count)
    } else if isCut, !hasEnded {
      hasEnded = true
      if isReset {
        channel.close(promise: nil)
      } else {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
      }
    }
  }

  /// The socket takes no more, or takes again.
  func setWritable(_ isWritable: Bool) {
    guard channel.isActive, channel.isWritable != isWritable else { return }
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }

  /// Takes what the server has written.
  func collect() throws {
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
      if !isCut { toClient += bytes.readableBytesView }
    }
  }

  /// The server's process ends.
  func drop() {
    isCut = true
    channel.close(promise: nil)
    loop.loop.run()
  }
}

// MARK: - Frames

extension SimulatedConnection {
  static func hello(session: UInt64) -> [UInt8] {
    encodeFrame(FrameHeader(.hello, session: UInt128(session)), bodyByteCount: HelloBody.byteCount) {
      HelloBody().store(into: &$0)
    }
  }

  /// Ends the session, too.
  static func goodbye(session: UInt64) -> [UInt8] {
    encodeFrame(FrameHeader(.goodbye, flags: .endsSession, session: UInt128(session))) { _ in }
  }

  static func submit(_ request: SentRequest, session: UInt64) -> [UInt8] {
    var slots: [UInt8] = []
    for item in request.requests {
      withUnsafeBytes(of: item.operation) { slots += $0 }
      if let slot = item.slot { slots += slot }
    }
    let header = FrameHeader(
      .submit, count: UInt32(request.requests.count), session: UInt128(session), request: request.number)
    return encodeFrame(header, bodyByteCount: slots.count) { body in
      for (offset, byte) in slots.enumerated() { body.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self) }
    }
  }

  static func read(_ key: Seen, session: UInt64, number: UInt64) -> [UInt8] {
    var body = ReadBody(.contract, tenant: key.tenant)
    body.contract = key.contract
    return encodeFrame(
      FrameHeader(.read, session: UInt128(session), request: number), bodyByteCount: ReadBody.byteCount
    ) { body.store(into: &$0) }
  }
}
