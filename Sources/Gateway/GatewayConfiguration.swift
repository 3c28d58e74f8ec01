public import Client
package import Templates
import NIOSSL

/// Where the gateway listens, and which kernel stands behind it.
public struct GatewayConfiguration: Sendable {
  /// Address for HTTP.
  public var host: String
  /// Port for HTTP; 0 takes a free one.
  public var port: Int
  /// Address of the server of the binary protocol.
  public var kernelHost: String
  public var kernelPort: Int
  /// How bytes travel between the two. Callers' keys are sent over it.
  public var kernelTransport: ClientConfiguration.Transport = .plaintext
  /// TLS for HTTP. Without it only loopback addresses are listened on.
  public var tls: GatewayTLS?
  /// The address that people and programs know it by, `https://api.example.in`; OAuth's issuer. Nil: the one that a request names.
  public var publicURL: String?
  /// Event loops, each a thread, 1...64.
  public var loopCount = 2
  /// Most connections.
  public var connectionCountMax = 4_096
  /// A connection that is silent for so long is closed. Seconds.
  public var idleSeconds: Int64 = 75
  /// A request's head has come so long after its first byte; else the connection is closed. Seconds, 1...3,600.
  public var headSeconds: Int64 = 15
  /// A request's body has come so long after its head, but for streams of lines; else it is refused. Seconds, 1...3,600.
  public var bodySeconds: Int64 = 30
  /// Then its answer begins so soon; else the request is told that it takes too long. Seconds, 1...3,600; one may ask to wait for events for 30.
  public var answerSeconds: Int64 = 60
  /// Longest time to wait for requests that are being answered when the gateway stops. Seconds.
  public var drainSeconds: Int64 = 10
  /// All that apply to a request must admit it. None unless given.
  public var limits: [RateLimit] = []
  /// Secret of the gateway's own key, which follows the log of all tenants for webhooks; in no log. nil before a server without keys, and where
  /// there are no webhooks.
  public var ownKey: String?
  /// Events that are sent to receivers of tenants.
  public var webhooks = WebhookConfiguration()

  /// What contracts may be made of; nil for none.
  package var templates: TemplateLibrary?

  public init(host: String, port: Int, kernelHost: String, kernelPort: Int) {
    self.host = host
    self.port = port
    self.kernelHost = kernelHost
    self.kernelPort = kernelPort
  }
}

/// TLS for HTTP, 1.2 or 1.3. Files are PEM.
public struct GatewayTLS: Sendable {
  /// The certificate, then those between it and the root.
  public var certificateFile: String
  public var privateKeyFile: String

  public init(certificateFile: String, privateKeyFile: String) {
    self.certificateFile = certificateFile
    self.privateKeyFile = privateKeyFile
  }

  /// Reads the files.
  ///
  /// - Throws: `GatewayError` with the file at fault; nothing of a key is in it.
  func configuration() throws(GatewayError) -> TLSConfiguration {
    let chain = try Self.read(certificateFile) { try NIOSSLCertificate.fromPEMFile($0) }
    let key = try Self.read(privateKeyFile) { try NIOSSLPrivateKey(file: $0, format: .pem) }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    return configuration
  }

  private static func read<Value>(_ file: String, _ body: (String) throws -> Value) throws(GatewayError) -> Value {
    do { return try body(file) } catch { throw GatewayError("TLS: cannot read \(file): \(error)") }
  }
}

/// Why a gateway cannot start.
public struct GatewayError: Error, Sendable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}
