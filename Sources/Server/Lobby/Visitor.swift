import NIOCore
import Telemetry
import Wire

/// A connection that has not said hello yet.
///
/// ```
/// waiting --first message is whole--> admitted: the socket goes to a worker
///    \-----wrong, late or too many--> lingering --peer closed, deadline, or others linger--> gone
/// ```
///
/// Lingering gives the peer time to read the error, as `Connection` does.
// Confined to the lobby's event loop.
final class Visitor: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    /// The lobby does not know it yet.
    case new
    case waiting, lingering, gone
  }

  private let lobby: Lobby
  private var context: ChannelHandlerContext?
  private var received = ByteBuffer()
  private(set) var phase = Phase.new
  /// Ends the current phase.
  private(set) var deadline = NIODeadline.distantFuture

  init(lobby: Lobby) { self.lobby = lobby }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    deadline = .now() + lobby.patience
    phase = .waiting
    lobby.enter(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard phase == .waiting else { return }
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    do throws(FrameError) {
      guard try lobby.firstMessage.isComplete(received) else { return }
    } catch {
      return fail(ErrorBody(error))
    }
    admit(context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let event = event as? ChannelEvent, event == .inputClosed else {
      return context.fireUserInboundEventTriggered(event)
    }
    close(reason: "peer")
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave(reason: "peer")
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    close(reason: "socket")
  }

  /// Gives the socket away: a copy of its descriptor outlives this channel.
  private func admit(_ context: ChannelHandlerContext) {
    let descriptor: CInt?
    do {
      descriptor = try context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
        try Lobby.duplicate($0)
      }
    } catch {
      return close(reason: "socket")
    }
    guard let descriptor else { preconditionFailure("the lobby's channels are sockets") }
    phase = .gone
    lobby.admit(descriptor, address: context.remoteAddress?.ipAddress, received: received, deadline: deadline)
    received = ByteBuffer()
    context.close(promise: nil)
  }

  /// Says why, then closes. Without TLS only: before its handshake there is nothing that the peer could read.
  func fail(_ body: ErrorBody) {
    guard phase == .waiting, let context else { return }
    guard case .hello = lobby.firstMessage else { return close(reason: "\(body.reason)") }
    lobby.metrics.countError(body.reason)
    count(end: "\(body.reason)")
    var frame = ByteBuffer()
    frame.writeFrame(FrameHeader(.error), bodyByteCount: body.encodedByteCount) { body.store(into: &$0) }
    lobby.metrics.bytesSent.add(frame.readableBytes)
    phase = .lingering
    deadline = .now() + Connection.lingering
    lobby.linger(self)
    context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in self.context?.close(mode: .output, promise: nil) }
  }

  /// Closes at once.
  func close(reason: String) {
    leave(reason: reason)
    context?.close(promise: nil)
  }

  private func leave(reason: String) {
    guard phase == .waiting || phase == .lingering else { return }
    if phase == .waiting { count(end: reason) }
    lobby.leave(phase)
    phase = .gone
  }

  /// Nothing of it is taken any more.
  private func count(end reason: String) {
    lobby.metrics.countClosed(reason)
    if received.readableBytes > 0 { lobby.metrics.framesCut.add() }
    received = ByteBuffer()
  }
}
