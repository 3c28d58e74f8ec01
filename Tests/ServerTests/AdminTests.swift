import NIOCore
import NIOPosix
import Telemetry
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct AdminTests {
  /// Sends one request and returns status line and body.
  private static func get(_ path: String, method: String = "GET", port: Int) async throws -> (status: Int, text: String)
  {
    let collected = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(collected)) }
      }
      .connect(host: "127.0.0.1", port: port).get()
    let request = "\(method) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    try await channel.writeAndFlush(ByteBuffer(string: request)).get()
    let answer = try await collected.futureResult.get()
    let status = try #require(answer.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    return (status, parts.count == 2 ? String(parts[1]) : "")
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let done: EventLoopPromise<String>
    private var text = ""
    init(_ done: EventLoopPromise<String>) { self.done = done }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      text += bytes.readString(length: bytes.readableBytes) ?? ""
    }
    func channelInactive(context: ChannelHandlerContext) { done.succeed(text) }
  }

  @Test func readinessFollowsTheLifeCycle() async throws {
    let status = ServerStatus()
    let admin = try await AdminEndpoint.start(
      host: "127.0.0.1", port: 0, registry: MetricsRegistry(), status: status)
    let stages: [(ServerStatus.Stage, ready: Int, health: Int)] = [
      (.recovering, 503, 200), (.serving, 200, 200), (.draining, 503, 200), (.failed("disk gone"), 503, 503),
    ]
    for (stage, ready, health) in stages {
      status.advance(to: stage)
      #expect(try await Self.get("/readyz", port: admin.port) == (ready, "\(stage)\n"))
      #expect(try await Self.get("/healthz", port: admin.port) == (health, "\(stage)\n"))
    }
    await admin.stop()
  }

  @Test func metricsAreServedAsText() async throws {
    let registry = MetricsRegistry()
    registry.counter("milepost_things_total", help: "Things.").add(3)
    let admin = try await AdminEndpoint.start(
      host: "127.0.0.1", port: 0, registry: registry, status: ServerStatus())
    let answer = try await Self.get("/metrics?x=1", port: admin.port)
    #expect(answer.status == 200)
    #expect(answer.text == registry.text())
    #expect(try await Self.get("/metrics", method: "HEAD", port: admin.port) == (200, ""))
    #expect(try await Self.get("/metrics", method: "POST", port: admin.port).status == 405)
    #expect(try await Self.get("/else", port: admin.port).status == 404)
    await admin.stop()
  }
}
