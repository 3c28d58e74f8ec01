import Access
import ArgumentParser
import CoreMetrics
import Gateway
import Server
import Store
import Telemetry
import Templates

/// `milepost gateway`: HTTP in front of a server that runs elsewhere.
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Serve HTTP in front of a server of the binary protocol.",
    discussion: """
      Prints one line on standard output when it listens: "ready http://HOST:PORT". SIGTERM or SIGINT answers what was asked and
      exits with 0. Callers' keys are those of the server. What the gateway itself must remember, as answers to requests with an
      Idempotency-Key, is in --state; several gateways may stand before one server, each with a state of its own: then send all requests of a key to the same one.
      `milepost serve --http` does the same in the server's own process.

      Events are sent to webhook endpoints that tenants make (see /reference): over HTTPS to public addresses, each event at least once. Before a
      server with keys the gateway needs one of its own for that, which may read all tenants.

      EXAMPLES
        milepost gateway --connect 127.0.0.1:7420 --http 127.0.0.1:8080 --state ./gateway
        milepost gateway --connect ledger.example:7420 --tls --http 0.0.0.0:8443 --state ./gateway \\
          --http-certificate server.pem --http-private-key server.key
        milepost key create --connect ledger.example:7420 --tls --key-file admin.key --name gateway --role reader --all-tenants \\
          --days 365 --output gateway.key
        milepost gateway --connect ledger.example:7420 --tls --http 127.0.0.1:8080 --state ./gateway --http-key-file gateway.key
        milepost gateway --connect 127.0.0.1:7420 --http 127.0.0.1:8080 --state ./gateway --webhook-allow-loopback
        curl http://127.0.0.1:8080/v1/tenants/1/ledger
      """)

  @Option(help: ArgumentHelp("The server.", valueName: "host:port"))
  var connect: Endpoint

  @Option(help: ArgumentHelp("Address for HTTP; port 0 takes a free one.", valueName: "host:port"))
  var http: Endpoint

  @Option(
    help: ArgumentHelp("Directory for what the gateway must remember; made when it is not there.", valueName: "dir"))
  var state: String

  @Option(help: ArgumentHelp("Loopback address for /metrics, /healthz and /readyz.", valueName: "host:port"))
  var metrics: Endpoint?

  @Option(help: ArgumentHelp("Serve HTTPS with this certificate and its chain (PEM).", valueName: "file"))
  var httpCertificate: String?

  @Option(help: ArgumentHelp("Private key of that certificate (PEM).", valueName: "file"))
  var httpPrivateKey: String?

  @OptionGroup(title: "To the server") var encryption: EncryptionOptions
  @OptionGroup(title: "Gateway") var gateway: GatewayOptions

  func validate() throws {
    try encryption.validate()
    try gateway.validate()
    guard (httpCertificate == nil) == (httpPrivateKey == nil) else {
      throw ValidationError("--http-certificate and --http-private-key belong together")
    }
  }

  func run() async throws {
    let signals = StopSignals()
    var configuration = try self.gateway.configuration(http, kernel: connect)
    configuration.templates = try self.gateway.library()
    configuration.kernelTransport = encryption.transport
    if let httpCertificate, let httpPrivateKey {
      configuration.tls = GatewayTLS(certificateFile: httpCertificate, privateKeyFile: httpPrivateKey)
    }
    let registry = MetricsRegistry()
    // Before the gateway asks for its instruments.
    MetricsSystem.bootstrap(PrometheusMetricsFactory(registry: registry))
    registry.addProcessMetrics()
    registry.addAllocatorMetrics(readAllocatorStatistics)
    let status = ServerStatus()
    let gateway: Gateway
    let admin: AdminEndpoint?
    do {
      admin = try await startAdmin(registry, status)
      gateway = try await Gateway.start(configuration, catalog: try Store.openCatalog(state))
    } catch {
      writeStandardError("milepost gateway: \(error)\n")
      throw ExitCode.failure
    }
    status.advance(to: .serving)
    print("ready \(httpCertificate == nil ? "http" : "https")://\(Endpoint(host: gateway.host, port: gateway.port))")
    flushStandardOutput()
    _ = await signals.wait()
    status.advance(to: .draining)
    await gateway.stop()
    await admin?.stop()
  }

  private func startAdmin(_ registry: MetricsRegistry, _ status: ServerStatus) async throws -> AdminEndpoint? {
    guard let metrics else { return nil }
    return try await AdminEndpoint.start(host: metrics.host, port: metrics.port, registry: registry, status: status)
  }
}

/// Options of a gateway, apart or in the server's process.
struct GatewayOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Event loops for HTTP, each a thread.", valueName: "count"))
  var httpLoops = 2

  @Option(help: ArgumentHelp("Most HTTP connections.", valueName: "count"))
  var httpConnections = 4_096

  @Option(help: ArgumentHelp("An HTTP connection that is silent for so long is closed.", valueName: "seconds"))
  var httpIdleSeconds = 75

  @Option(help: ArgumentHelp("Time for the head of a request to come, from its first byte.", valueName: "seconds"))
  var httpHeadSeconds: Int64 = 15

  @Option(help: ArgumentHelp("Time for the body of a request to come.", valueName: "seconds"))
  var httpBodySeconds: Int64 = 30

  @Option(help: ArgumentHelp("Time for the answer to a request to begin, once it has come.", valueName: "seconds"))
  var httpAnswerSeconds: Int64 = 60

  @Option(
    help: ArgumentHelp(
      "Most requests a second, and at once: key=100:200, tenant=1000, address=50, or a route's operationId. May be repeated.",
      valueName: "limit"))
  var httpLimit: [RateLimit] = []

  @Option(
    help: ArgumentHelp(
      "The address that people and programs know the gateway by, as https://api.example.in. Default: the one that a request names.",
      valueName: "url"))
  var httpPublicURL: String?

  @Option(
    help: ArgumentHelp(
      "File with the secret of the gateway's own key, a reader's for all tenants: webhooks need it where the server has keys.",
      valueName: "file"))
  var httpKeyFile: String?

  @Option(help: ArgumentHelp("Port that endpoints of webhooks may have. May be repeated.", valueName: "port"))
  var webhookPort: [Int] = [443]

  @Flag(help: "Take webhook endpoints on loopback as well, on any port, also without TLS: for development only.")
  var webhookAllowLoopback = false

  @Option(
    help: ArgumentHelp(
      "Folder with templates to offer, laid out as Datasets/templates. Each is checked before the gateway starts.",
      valueName: "folder"))
  var templates: String?

  func validate() throws {
    guard webhookPort.allSatisfy({ (1...65_535).contains($0) }) else {
      throw ValidationError("--webhook-port must be from 1 to 65535")
    }
    guard (1...64).contains(httpLoops) else { throw ValidationError("--http-loops must be from 1 to 64") }
    guard (1...65_536).contains(httpConnections) else {
      throw ValidationError("--http-connections must be from 1 to 65536")
    }
    guard (1...86_400).contains(httpIdleSeconds) else {
      throw ValidationError("--http-idle-seconds must be at most a day")
    }
    guard [httpHeadSeconds, httpBodySeconds, httpAnswerSeconds].allSatisfy({ (1...3_600).contains($0) }) else {
      throw ValidationError(
        "--http-head-seconds, --http-body-seconds and --http-answer-seconds must be from 1 to 3600")
    }
  }

  /// The templates to offer, which takes a while; nil without any.
  /// - Throws: as `LibraryFolder.library`.
  func library() throws -> TemplateLibrary? { try templates.map { try LibraryFolder($0).library() } }

  /// All but the templates.
  /// - Throws: `ValidationError` when the key file holds no secret; nothing of it is in the text.
  func configuration(_ http: Endpoint, kernel: Endpoint) throws -> GatewayConfiguration {
    var configuration = GatewayConfiguration(
      host: http.host, port: http.port, kernelHost: kernel.host, kernelPort: kernel.port)
    configuration.loopCount = httpLoops
    configuration.connectionCountMax = httpConnections
    configuration.idleSeconds = Int64(httpIdleSeconds)
    configuration.headSeconds = httpHeadSeconds
    configuration.bodySeconds = httpBodySeconds
    configuration.answerSeconds = httpAnswerSeconds
    configuration.limits = httpLimit
    configuration.publicURL = httpPublicURL
    if let httpKeyFile { configuration.ownKey = try readSecret(httpKeyFile) }
    configuration.webhooks.ports = Set(webhookPort)
    configuration.webhooks.allowsLoopback = webhookAllowLoopback
    return configuration
  }
}
