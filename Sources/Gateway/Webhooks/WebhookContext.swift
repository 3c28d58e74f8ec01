import Logging
import NIOCore
import NIOPosix
import Store

/// What everything that works on webhooks shares.
struct WebhookContext: Sendable {
  let configuration: WebhookConfiguration
  let catalog: any Catalog
  /// Which trace an event goes on with.
  let traces: TraceStore
  let budget: DeliveryBudget
  let resolver = NameResolver()
  /// Reads rows for event loops, which do not wait for the disk.
  let reads = NIOThreadPool(numberOfThreads: 1)
  let metrics = WebhookMetrics()
  let group: any EventLoopGroup
  let logger: Logger
  /// Milliseconds since 1970 UTC.
  let now: @Sendable () -> Int64

  init(
    _ configuration: WebhookConfiguration, catalog: any Catalog, traces: TraceStore, group: any EventLoopGroup,
    logger: Logger, now: @escaping @Sendable () -> Int64
  ) {
    self.configuration = configuration
    self.catalog = catalog
    self.traces = traces
    self.group = group
    self.logger = logger
    self.now = configuration.now ?? now
    budget = DeliveryBudget(inFlightMax: configuration.inFlightCountMax)
    reads.start()
  }

  func stop() async {
    await resolver.stop()
    // To shut down twice is the only failure.
    try? await reads.shutdownGracefully()
  }
}
