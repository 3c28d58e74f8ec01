import ArgumentParser
import CoreMetrics
import Engine
import Gateway
import Glibc
import Issuers
import Server
import Store
import Telemetry

/// `milepost serve`: opens a store, serves it over TCP until SIGTERM or SIGINT, drains, exits 0.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a store over TCP.",
    discussion: """
      Opens the store (and makes it when it is not there), recovers, listens, and prints one line on standard output:
      "ready HOST:PORT". Everything else goes to standard error. SIGTERM or SIGINT drains: what was accepted is made
      durable and answered, then the process exits with 0. A second signal exits at once; nothing acknowledged is lost.
      When the disk fails, nothing more is answered, and the process says why and exits with 74; 1 is for what kept it
      from starting, 64 for wrong options.

      A store without keys is served on loopback addresses only, and every client may do everything. With keys (see
      `milepost key`) each client must prove one; other addresses need TLS as well.

      EXAMPLES
        milepost serve --store ./data --listen 127.0.0.1:7420
        milepost serve --store ./data --listen 127.0.0.1:0 --metrics 127.0.0.1:7421
        milepost serve --store ./data --listen 127.0.0.1:7420 --http 127.0.0.1:8080
        milepost serve --store ./data --listen 127.0.0.1:7420 --http 127.0.0.1:8080 --http-key-file gateway.key
        milepost serve --store ./data --listen [::1]:7420 --ring-mebibytes 512 --checkpoint-seconds 30
        milepost serve --store ./data --listen 0.0.0.0:7420 --tls-certificate server.pem --tls-private-key server.key
        milepost serve --store ./data --listen 127.0.0.1:7420 --retain-mebibytes 4096 --retain-hours 72
        milepost serve --store ./data --listen 127.0.0.1:7420 --issuer https://login.example.in,milepost,https://login.example.in/keys
      """)

  @Option(help: ArgumentHelp("Directory of the store; made when it does not exist.", valueName: "dir"))
  var store: String

  @Option(help: ArgumentHelp("Address for clients; port 0 takes a free one.", valueName: "host:port"))
  var listen: Endpoint

  @Option(help: ArgumentHelp("Loopback address for /metrics, /healthz and /readyz.", valueName: "host:port"))
  var metrics: Endpoint?

  @Option(
    help: ArgumentHelp("Loopback address for HTTP; see `milepost gateway`. Not with TLS.", valueName: "host:port"))
  var http: Endpoint?

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  @OptionGroup(title: "Server")
  var server: ServerOptions

  @OptionGroup(title: "Gateway")
  var gateway: GatewayOptions

  func validate() throws {
    try engine.validate()
    try server.validate()
    try gateway.validate()
    guard http == nil || server.tlsCertificate == nil else {
      throw ValidationError("--http goes with a server on loopback; with TLS run `milepost gateway` beside it")
    }
  }

  func run() async throws {
    let signals = StopSignals()
    let registry = MetricsRegistry()
    // What libraries report through swift-metrics shows up on the same page.
    MetricsSystem.bootstrap(PrometheusMetricsFactory(registry: registry))
    registry.addProcessMetrics()
    registry.addAllocatorMetrics(readAllocatorStatistics)
    let status = ServerStatus()
    do {
      // Before the store is made or recovered: that may take long, and the address is wrong already.
      try Server.check(server.configuration(listen))
      var configuration = try http.map { try gateway.configuration($0, kernel: listen) }
      if let configuration { try Gateway.check(configuration) }
      configuration?.templates = try gateway.library()
      let admin = try await startAdmin(registry, status)
      try await serve(registry, status, signals, gateway: configuration)
      await admin?.stop()
    } catch let error as ServerError {
      try fail("\(error)")
    } catch let error as EngineError {
      try fail("\(error)")
    } catch let error as GatewayError {
      try fail("\(error)")
    }
  }

  private func startAdmin(_ registry: MetricsRegistry, _ status: ServerStatus) async throws -> AdminEndpoint? {
    guard let metrics else { return nil }
    let admin = try await AdminEndpoint.start(
      host: metrics.host, port: metrics.port, registry: registry, status: status)
    say("metrics on http://\(Endpoint(host: admin.host, port: admin.port))/metrics")
    return admin
  }

  private func serve(
    _ registry: MetricsRegistry, _ status: ServerStatus, _ signals: StopSignals,
    gateway gatewayConfiguration: GatewayConfiguration?
  ) async throws {
    var configuration = server.configuration(listen)
    let issuers =
      self.server.issuers.isEmpty
      ? nil : OutsideIssuers(self.server.issuers, logger: standardErrorLogger("issuers")) { SystemClock().now() }
    configuration.assertions = issuers
    let engineConfiguration = self.engine.configuration(path: store, limits: &configuration.limits)
    var replayed: UInt64 = 0
    let engine = try Engine.open(engineConfiguration, storeOptions: self.engine.storeOptions) {
      replayed = $0.operationsReplayed
    }
    say("store \(store) is open, \(replayed) operations replayed")
    await issuers?.prepare()
    let server = try await Server.start(configuration, engine: engine, registry: registry, status: status) { _ in
      signals.stop(.failure)
    }
    let gateway: Gateway?
    do {
      gateway = try await startGateway(
        gatewayConfiguration, before: Endpoint(host: server.host, port: server.port), engine.catalog)
    } catch {
      await server.drain()
      try engine.close()
      throw error
    }
    print("ready \(Endpoint(host: server.host, port: server.port))")
    flushStandardOutput()
    let reason = await signals.wait()
    if reason == .signal { say("draining") }
    // First those behind it: what they were asked they still get answered.
    await gateway?.stop()
    await server.drain()
    await issuers?.stop()
    let failure = engine.failure
    try close(engine, after: failure)
    if let failure {
      say("\(failure)")
      throw ExitCode(EX_IOERR)
    }
    say("stopped")
  }

  private func startGateway(
    _ configuration: GatewayConfiguration?, before kernel: Endpoint, _ catalog: any Catalog
  ) async throws -> Gateway? {
    guard var configuration else { return nil }
    // The port that it was to take may have been any.
    (configuration.kernelHost, configuration.kernelPort) = (kernel.host, kernel.port)
    let gateway = try await Gateway.start(configuration, catalog: catalog)
    say("HTTP on http://\(Endpoint(host: gateway.host, port: gateway.port))")
    return gateway
  }

  private func close(_ engine: Engine, after failure: EngineError?) throws {
    do {
      try engine.close()
    } catch {
      // Behind a failure, closing reports that failure again.
      if failure == nil { throw error }
    }
  }

  private func fail(_ message: String) throws -> Never {
    say(message)
    throw ExitCode.failure
  }

  private func say(_ message: String) {
    writeStandardError("milepost serve: \(message)\n")
  }
}
