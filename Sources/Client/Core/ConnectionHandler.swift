import NIOCore
import NIOSSL
import Wire

/// The one handler of a connection's pipeline: cuts the stream into frames and hands them to the core.
///
/// Lives on the client's event loop.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let core: ClientCore
  private var assembler = FrameAssembler()
  private var context: ChannelHandlerContext?
  private(set) var isReading = false
  /// Bytes came since this was last cleared.
  var heard = false

  init(core: ClientCore) { self.core = core }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
  func channelActive(context: ChannelHandlerContext) { core.connected(self) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Given up: over TLS the end of a connection may take a while, and what still comes is nobody's.
    guard core.connection === self else { return }
    let buffer = unwrapInboundIn(data)
    isReading = true
    heard = true
    do throws(FrameError) {
      try assembler.feed(buffer.readableBytesSpan) { header, body in core.received(header, body, from: self) }
    } catch {
      core.fail(.badReply(error))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    core.flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { core.flush() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    core.disconnected(self, "the connection was closed by the server")
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    // A server that is full, or stops, says nothing before it is trusted.
    case NIOSSLError.uncleanShutdown, NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])):
      core.disconnected(self, "the connection was closed by the server")
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: core.untrusted(self, "\(error)")
    default: core.disconnected(self, "\(error)")
    }
    context.close(promise: nil)
  }

  // MARK: For the core

  var isWritable: Bool { context?.channel.isWritable ?? false }

  func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
  func flush() { context?.flush() }
  func close() { context?.close(promise: nil) }
}
