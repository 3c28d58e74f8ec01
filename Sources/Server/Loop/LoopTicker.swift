import Glibc
import NIOCore
import NIOPosix

/// Comes back to the loop through its selector: a byte to itself through a pipe.
///
/// Immediate tasks, and tasks whose time has come, run before the loop looks at its sockets again; a loop that only
/// used those to go on with its work would never read. A tick is seen together with the sockets.
// Confined to its event loop.
final class LoopTicker: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let onTick: () -> Void
  private let byte = ByteBuffer(bytes: [0])
  private var context: ChannelHandlerContext?
  private var isTicking = false

  private init(onTick: @escaping () -> Void) {
    self.onTick = onTick
  }

  /// Makes a ticker on `loop`. It lives until the loop shuts down.
  ///
  /// - Throws: what the system says when there are no descriptors left.
  static func start(on loop: any EventLoop, onTick: @escaping @Sendable () -> Void) async throws -> LoopTicker {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw IOError(errnoCode: errno, reason: "pipe") }
    let ticker = LoopTicker(onTick: onTick)
    _ = try await NIOPipeBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ticker) }
      }
      .takingOwnershipOfDescriptors(input: ends[0], output: ends[1]).get()
    return ticker
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Asks for one `onTick` behind the next look at the sockets.
  func tick() {
    guard !isTicking, let context else { return }
    isTicking = true
    context.writeAndFlush(wrapOutboundOut(byte), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isTicking = false
    onTick()
  }
}
