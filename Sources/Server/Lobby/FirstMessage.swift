import NIOCore
import Wire

/// What a client must have sent before a loop with work looks at it.
enum FirstMessage {
  /// A whole hello.
  case hello(Limits)
  /// A whole TLS record, which holds the client's part of the handshake; the hello follows inside of it.
  case encrypted

  // RFC 8446, 5.1 and 4: a record of a handshake has type 22, a major version of 3 and up to 2^14 bytes behind its five; a client's
  // hello begins with a 1 and has four bytes at least.
  private static let handshakeRecord: UInt8 = 22
  private static let majorVersion: UInt8 = 3
  private static let contentByteCounts = 4...(1 << 14)
  private static let recordHeaderByteCount = 5
  private static let clientHello: UInt8 = 1

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
      let start = received.readerIndex
      for (place, expected) in [(0, Self.handshakeRecord), (1, Self.majorVersion), (5, Self.clientHello)] {
        guard let found: UInt8 = received.getInteger(at: start + place) else { return false }
        guard found == expected else { throw FrameError(.badMagic, place: place, value: UInt64(found)) }
      }
      guard let length: UInt16 = received.getInteger(at: start + 3) else { return false }
      guard Self.contentByteCounts.contains(Int(length)) else {
        throw FrameError(.badLength, place: 3, value: UInt64(length))
      }
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
