import NIOCore
import NIOHTTP1
import Telemetry

/// Answers one admin connection. Confined to its event loop.
final class AdminHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let registry: MetricsRegistry
  private let status: ServerStatus
  private var head: HTTPRequestHead?

  init(registry: MetricsRegistry, status: ServerStatus) {
    self.registry = registry
    self.status = status
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: break
    case .end:
      guard let head else { return }
      self.head = nil
      write(answer(head), to: head, context)
    }
  }

  struct Answer {
    var status = HTTPResponseStatus.ok
    var type = "text/plain; charset=utf-8"
    var text: String
  }

  private func answer(_ head: HTTPRequestHead) -> Answer {
    guard head.method == .GET || head.method == .HEAD else {
      return Answer(status: .methodNotAllowed, text: "only GET and HEAD are served here\n")
    }
    switch head.uri.prefix(while: { $0 != "?" }) {
    case "/metrics": return Answer(type: Exposition.contentType, text: registry.text())
    case "/healthz":
      return Answer(status: status.isHealthy ? .ok : .serviceUnavailable, text: "\(status.stage)\n")
    case "/readyz":
      return Answer(status: status.isReady ? .ok : .serviceUnavailable, text: "\(status.stage)\n")
    default: return Answer(status: .notFound, text: "not here; try /metrics, /healthz or /readyz\n")
    }
  }

  private func write(_ answer: Answer, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var head = HTTPResponseHead(version: request.version, status: answer.status)
    head.headers.add(name: "content-type", value: answer.type)
    head.headers.add(name: "content-length", value: String(answer.text.utf8.count))
    if answer.status == .methodNotAllowed { head.headers.add(name: "allow", value: "GET, HEAD") }
    if !request.isKeepAlive { head.headers.add(name: "connection", value: "close") }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if request.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.text)))), promise: nil)
    }
    let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    guard !request.isKeepAlive else { return }
    let channel = context.channel
    end.whenComplete { _ in channel.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A client that is gone or does not speak HTTP: nothing to tell it.
    context.close(promise: nil)
  }
}
