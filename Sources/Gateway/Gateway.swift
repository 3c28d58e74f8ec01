import Access
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Repository
import ServiceLifecycle
public import Store

/// HTTP in front of a kernel: documents in and out, small requests together in frames, events as streams.
///
/// ```swift
/// let gateway = try await Gateway.start(
///   GatewayConfiguration(host: "127.0.0.1", port: 8080, kernelHost: host, kernelPort: port), catalog: engine.catalog)
/// ...
/// await gateway.stop()
/// ```
///
/// Who a caller is, and what it may do, says the kernel's server; what the gateway must remember itself is in a catalog. All methods may be
/// called from any task.
public final class Gateway: Sendable {
  /// Where it listens.
  public let host: String
  /// Where it listens, with the port that the system chose.
  public let port: Int
  private let group: MultiThreadedEventLoopGroup
  let services: GatewayServices
  private let lifecycle: ServiceGroup
  private let running: Task<Void, any Error>
  private let sweeping: Task<Void, Never>
  private let drainSeconds: Int64

  private init(
    address: SocketAddress, group: MultiThreadedEventLoopGroup, services: GatewayServices, lifecycle: ServiceGroup,
    running: Task<Void, any Error>, drainSeconds: Int64
  ) {
    sweeping = Task {
      while !Task.isCancelled {
        while await services.repetitions.sweep() {}
        await services.uses.sweep()
        await services.traces.sweep()
        while await services.usage.sweep(at: services.now()) {}
        // Only cancelled, which ends the loop.
        try? await Task.sleep(for: .seconds(60))
      }
    }
    host = address.ipAddress ?? ""
    port = address.port ?? 0
    self.group = group
    self.services = services
    self.lifecycle = lifecycle
    self.running = running
    self.drainSeconds = drainSeconds
  }

  /// Listens and answers until `stop`.
  ///
  /// The kernel need not be there yet: until it is, requests wait for it, half a minute at most, and are then answered 503.
  /// - Parameters:
  ///   - catalog: the store's, or one of its own: `Store.openCatalog`. One gateway uses it at a time.
  ///   - logger: for what only the operator should see. No secret, body or header is ever logged.
  /// - Throws: `GatewayError` when the address is unknown, taken, or neither loopback nor encrypted; when the gateway's own key is not good
  ///   enough; when what it remembers of webhooks cannot be read.
  public static func start(
    _ configuration: GatewayConfiguration, catalog: any Catalog, logger: Logger = quietLogger
  ) async throws(GatewayError) -> Gateway {
    try check(configuration)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.loopCount)
    let sessions = SessionPool(
      host: configuration.kernelHost, port: configuration.kernelPort, transport: configuration.kernelTransport,
      group: group)
    let audit: AuditTrail
    let traces: TraceStore
    let webhooks: WebhookService
    do throws(StoreError) { traces = try TraceStore(catalog, logger: logger) { wallClock() } } catch {
      // To shut down twice is the only failure.
      try? await group.shutdownGracefully()
      throw GatewayError("the traces of operations cannot be read: \(error)")
    }
    do {
      audit = try AuditTrail(catalog: catalog, tables: .gateway)
      webhooks = try await WebhookService(
        configuration, catalog: catalog, traces: traces, group: group, logger: logger, now: { wallClock() })
    } catch {
      await traces.stop()
      // To shut down twice is the only failure.
      try? await group.shutdownGracefully()
      throw error as? GatewayError ?? GatewayError("the audit trail cannot be read: \(error)")
    }
    let documents = DocumentService(
      catalog, checkers: checkers(configuration), logger: logger, now: { wallClock() })
    let shelf = configuration.templates.map { TemplateShelf($0, documents, catalog) }
    let services = GatewayServices(
      sessions: sessions, streams: StreamRegistry(),
      limiter: RateLimiter(configuration.limits) { monotonic() },
      repetitions: Repetitions(catalog) { wallClock() }, webhooks: webhooks,
      cursors: CursorStore(catalog) { wallClock() }, traces: traces, audit: RequestAudit(audit, logger: logger),
      documents: documents, templates: shelf, mappings: MappingShelf(documents),
      uses: UseCounter(documents, catalog, webhooks.log, logger: logger, now: { wallClock() }),
      deadlines: Deadlines(
        body: .seconds(configuration.bodySeconds), answer: .seconds(configuration.answerSeconds), on: group),
      usage: UsageMeter(catalog, logger: logger),
      publicURL: configuration.publicURL,
      isEncrypted: configuration.tls != nil, now: { wallClock() })
    do throws(Problem) { try await shelf?.publish(at: wallClock()) } catch {
      await webhooks.stop(drainSeconds: 0)
      await services.stop()
      // To shut down twice is the only failure.
      try? await group.shutdownGracefully()
      throw GatewayError("the library's templates cannot be kept: \(error.detail)")
    }
    let executors = LoopExecutors(group)
    let listening = NIOLockedValueBox<CheckedContinuation<SocketAddress?, Never>?>(nil)
    let application = Application(
      responder: GatewayResponder(
        table: .standard, services: services, metrics: GatewayMetrics(.standard), executors: executors,
        logger: logger),
      server: try http(configuration, on: executors),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), backlog: 1_024,
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.connectionCountMax)),
      onServerRunning: { channel in
        listening.withLockedValue { $0.take() }?.resume(returning: channel.localAddress)
      },
      eventLoopGroupProvider: .shared(group), logger: logger)
    var groupConfiguration = ServiceGroupConfiguration(services: [application], logger: logger)
    // Who does not read, or does not end its request, cannot keep the process.
    groupConfiguration.maximumGracefulShutdownDuration = .seconds(configuration.drainSeconds)
    let lifecycle = ServiceGroup(configuration: groupConfiguration)
    let failure = NIOLockedValueBox<String?>(nil)
    var running: Task<Void, any Error>?
    let address = await withCheckedContinuation { (continuation: CheckedContinuation<SocketAddress?, Never>) in
      listening.withLockedValue { $0 = continuation }
      running = Task {
        do {
          try await lifecycle.run()
        } catch {
          failure.withLockedValue { $0 = "\(error)" }
          listening.withLockedValue { $0.take() }?.resume(returning: nil)
          throw error
        }
      }
    }
    guard let address, let running else {
      await webhooks.stop(drainSeconds: 0)
      await services.stop()
      // To shut down twice is the only failure.
      try? await group.shutdownGracefully()
      throw GatewayError(
        "cannot listen on \(configuration.host):\(configuration.port): \(failure.withLockedValue { $0 } ?? "no address")"
      )
    }
    return Gateway(
      address: address, group: group, services: services, lifecycle: lifecycle, running: running,
      drainSeconds: configuration.drainSeconds)
  }

  /// Who can tell of which kinds of documents whether they may be used.
  private static func checkers(_ configuration: GatewayConfiguration) -> [DocumentKind: any DocumentChecker] {
    var checkers: [DocumentKind: any DocumentChecker] = [.mapping: MappingChecker()]
    if let library = configuration.templates { checkers[.template] = TemplateChecker(library: library) }
    return checkers
  }

  /// What can be told of a configuration before anything is started.
  ///
  /// - Throws: `GatewayError`.
  public static func check(_ configuration: GatewayConfiguration) throws(GatewayError) {
    let address: SocketAddress
    do {
      address = try SocketAddress.makeAddressResolvingHost(configuration.host, port: configuration.port)
    } catch {
      throw GatewayError("cannot resolve \(configuration.host): \(error)")
    }
    let text = address.ipAddress ?? ""
    guard configuration.tls != nil || text == "::1" || text.hasPrefix("127.") else {
      throw GatewayError(
        "refusing to listen on \(configuration.host): there is no TLS certificate, so only loopback addresses are served"
      )
    }
    _ = try configuration.tls?.configuration()
    let limits = [configuration.headSeconds, configuration.bodySeconds, configuration.answerSeconds]
    guard limits.allSatisfy({ (1...3_600).contains($0) }) else {
      throw GatewayError("a head, a body and an answer have from 1 to 3600 seconds each")
    }
    if let url = configuration.publicURL {
      guard url.hasPrefix("https://") || url.hasPrefix("http://127.0.0.1") || url.hasPrefix("http://[::1]"),
        url.split(separator: "/").count == 2, !url.hasSuffix("/"), !url.contains(where: { "?#@ ".contains($0) })
      else { throw GatewayError("the public URL is to be https://HOST or https://HOST:PORT, with nothing behind it") }
    }
    for case .route(let name) in configuration.limits.map(\.scope)
    where !RouteTable.standard.routes.contains(where: { $0.name == name }) {
      throw GatewayError("a limit is for the route \(name), which there is not; see /reference")
    }
  }

  private static func http(
    _ configuration: GatewayConfiguration, on executors: LoopExecutors
  ) throws(GatewayError) -> HTTPServerBuilder {
    let tls = try configuration.tls?.configuration()
    return HTTPServerBuilder { responder in
      let http = HTTP1Channel(
        responder: responder,
        configuration: .init(
          idleTimeout: .seconds(configuration.idleSeconds),
          // Past these a request is refused before any route sees it. A message of 2,000 characters takes 24,000 bytes of a path.
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100)))
      let channel = LoopBoundChannel(
        HeadLimitedChannel(http, limit: .seconds(configuration.headSeconds)), on: executors)
      guard let tls else { return channel }
      return try TLSChannel(channel, tlsConfiguration: tls)
    }
  }

  /// Stops listening, ends streams, answers what was asked, lets deliveries end, and closes. Idempotent.
  public func stop() async {
    services.streams.close()
    await lifecycle.triggerGracefulShutdown()
    // How it went is of no interest any more: it is over either way.
    _ = await running.result
    await services.webhooks.stop(drainSeconds: drainSeconds)
    await services.sessions.close()
    await services.deadlines.finish()
    sweeping.cancel()
    await sweeping.value
    await services.stop()
    // To shut down twice is the only failure.
    try? await group.shutdownGracefully()
  }

  /// Says nothing below an error.
  public static var quietLogger: Logger {
    var logger = Logger(label: "gateway")
    logger.logLevel = .error
    return logger
  }

  private static func monotonic() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static func wallClock() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
