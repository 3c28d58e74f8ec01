import NIOCore
import NIOHTTP1
import NIOPosix
public import Telemetry

/// `/metrics`, `/healthz` and `/readyz` over HTTP, on a thread of its own: it answers while the main loop is busy,
/// and while the store is still being recovered.
public final class AdminEndpoint: Sendable {
  /// Where it listens.
  public let host: String
  /// Where it listens, with the port that the system chose.
  public let port: Int
  private let group: MultiThreadedEventLoopGroup
  private let listener: any Channel

  private init(host: String, port: Int, group: MultiThreadedEventLoopGroup, listener: any Channel) {
    self.host = host
    self.port = port
    self.group = group
    self.listener = listener
  }

  /// Listens and answers until `stop()`.
  ///
  /// - Throws: `ServerError` when the address is not loopback, unknown or taken.
  public static func start(
    host: String, port: Int, registry: MetricsRegistry, status: ServerStatus
  ) async throws(ServerError) -> AdminEndpoint {
    let address = try ListenAddress.resolve(
      host: host, port: port, loopbackOnly: "metrics are not encrypted")
    registry.onScrape { exposition in
      exposition.addGauge(
        "milepost_healthy", help: "Whether the process is as it should be, as /healthz says it.",
        status.isHealthy ? 1 : 0)
      exposition.addGauge(
        "milepost_ready", help: "Whether clients are served, as /readyz says it.", status.isReady ? 1 : 0)
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let listener = try await ServerBootstrap(group: group)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
            try channel.pipeline.syncOperations.addHandler(AdminHandler(registry: registry, status: status))
          }
        }
        .bind(to: address).get()
      return AdminEndpoint(
        host: listener.localAddress?.ipAddress ?? host, port: listener.localAddress?.port ?? port, group: group,
        listener: listener)
    } catch {
      // To shut down twice is the only failure.
      try? await group.shutdownGracefully()
      throw ServerError("cannot listen on \(host):\(port): \(error)")
    }
  }

  /// Stops listening and closes every connection. Call it once.
  public func stop() async {
    // A listener that is closed already is what we want; to shut down twice is the only other failure.
    try? await listener.close().get()
    try? await group.shutdownGracefully()
  }
}
