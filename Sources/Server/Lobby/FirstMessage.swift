import NIOCore
import Wire

/// What a client must have sent before a loop with work looks at it.
enum FirstMessage {
  /// A whole hello.
  case hello(Limits)
  /// A whole TLS record, which holds the client's part of the handshake; the hello follows inside of it.
  case encrypted

  /// The byte that begins a TLS record of a handshake, and the bytes of a record in front of its content (RFC 8446, 5.1).
  private static let handshakeRecord: UInt8 = 22
  private static let recordHeaderByteCount = 5

  /// Whether `received` has all of it; more may follow.
  ///
  /// - Throws: what is wrong with it, as soon as that can be told.
  func isComplete(_ received: ByteBuffer) throws(FrameError) -> Bool {
    switch self {
    case .hello(let limits):
      guard let header = try FrameHeader(decodingFrontOf: received.readableBytesSpan, limits: limits) else {
        return false
      }
      guard header.kind == .hello else { throw .kind(.notHelloFirst, header) }
      return received.readableBytes >= header.frameByteCount
    case .encrypted:
      guard let first: UInt8 = received.getInteger(at: received.readerIndex) else { return false }
      guard first == Self.handshakeRecord else { throw FrameError(.badMagic, place: 0, value: UInt64(first)) }
      guard let length: UInt16 = received.getInteger(at: received.readerIndex + 3) else { return false }
      return received.readableBytes >= Self.recordHeaderByteCount + Int(length)
    }
  }
}

/// Gives a channel the bytes that were read before it was made, then is gone.
///
/// Confined to the event loop of its channel.
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let bytes: ByteBuffer

  init(_ bytes: ByteBuffer) { self.bytes = bytes }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    context.fireChannelRead(wrapInboundOut(bytes))
    context.fireChannelReadComplete()
    // It is there, so that it can be removed.
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }
}
