import Kernel
import NIOCore
import NIOPosix
import NIOSSL
import Wire

/// A client that writes what a test tells it, right or wrong, byte for byte, and reads frames.
final class RawClient: Sendable {
  private let channel: any Channel
  private let inbox: Inbox

  /// - Parameter tls: encrypts the connection, with "localhost" at the other end.
  init(port: Int, tls: NIOSSLContext? = nil) async throws {
    let inbox = Inbox()
    self.inbox = inbox
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost")) }
          try pipeline.addHandler(Reader(inbox))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Writes without waiting for the socket to take it.
  func post(_ bytes: [UInt8]) {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  /// The next frame; nil when the server has closed.
  func frame() async throws -> Frame? {
    try await inbox.next()
  }

  /// The next frame of `kind`; others before it are a failure of the test.
  func expect(_ kind: FrameKind) async throws -> Frame {
    guard let frame = try await frame() else { throw Unexpected("closed instead of \(kind)") }
    if frame.header.kind == .error, kind != .error {
      throw Unexpected("\(try ErrorBody(decoding: frame.body.span.bytes)) instead of \(kind)")
    }
    guard frame.header.kind == kind else { throw Unexpected("\(frame.header.kind) instead of \(kind)") }
    return frame
  }

  /// The error the server closes with.
  func expectError() async throws -> ErrorBody {
    // In two statements: with the await inside the span's expression, 6.3 destroys the frame twice when it throws.
    let frame = try await expect(.error)
    return try ErrorBody(decoding: frame.body.span.bytes)
  }

  /// Says hello.
  @discardableResult
  func hello(session: UInt128 = 0, _ hello: HelloBody = HelloBody()) async throws -> Welcome {
    try await send(
      encodeFrame(FrameHeader(.hello, session: session), bodyByteCount: hello.encodedByteCount) {
        hello.store(into: &$0)
      })
    let frame = try await expect(.welcome)
    return Welcome(session: frame.header.session, body: try WelcomeBody(decoding: frame.body.span.bytes))
  }

  /// Takes nothing from the socket any more.
  func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

  /// Closes without a word: the peer's socket fails.
  func reset() async throws {
    guard let socket = channel as? any SocketOptionProvider else { throw Unexpected("a channel without a socket") }
    try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    await close()
  }

  func closeOutput() async throws { try await channel.close(mode: .output).get() }

  /// Closes both directions at once.
  func close() async { try? await channel.close().get() }
}

struct Frame: Sendable {
  var header: FrameHeader
  var body: [UInt8]

  var results: [OperationResult] {
    (0..<Int(header.count)).map { ResultBody.result(body.span.bytes, at: $0) }
  }
}

struct Welcome: Sendable {
  var session: UInt128
  var body: WelcomeBody
}

struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Frames that have come, for one reader.
private final class Inbox: Sendable {
  private let stream: AsyncThrowingStream<Frame, any Error>
  let continuation: AsyncThrowingStream<Frame, any Error>.Continuation
  private let iterator: Iterator

  // One test task reads at a time.
  private final class Iterator: @unchecked Sendable {
    var base: AsyncThrowingStream<Frame, any Error>.AsyncIterator
    init(_ base: AsyncThrowingStream<Frame, any Error>.AsyncIterator) { self.base = base }
  }

  init() {
    (stream, continuation) = AsyncThrowingStream.makeStream()
    iterator = Iterator(stream.makeAsyncIterator())
  }

  func next() async throws -> Frame? { try await iterator.base.next() }
}

private final class Reader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let inbox: Inbox
  private var bytes = ByteBuffer()

  init(_ inbox: Inbox) { self.inbox = inbox }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    bytes.writeBuffer(&part)
    while bytes.readableBytes >= FrameHeader.byteCount {
      do {
        let header = try FrameHeader(decoding: bytes.readableBytesSpan)
        guard bytes.readableBytes >= header.frameByteCount else { break }
        bytes.moveReaderIndex(forwardBy: FrameHeader.byteCount)
        let body = bytes.readBytes(length: Int(header.bodyByteCount))!
        try header.check(body: body.span.bytes)
        inbox.continuation.yield(Frame(header: header, body: body))
      } catch {
        inbox.continuation.finish(throwing: error)
        return
      }
    }
    bytes.discardReadBytes()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .some(.inputClosed) = event as? ChannelEvent {
      inbox.continuation.finish()
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { inbox.continuation.finish() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
