import NIOCore
import NIOSSL

extension String {
  /// Whether it is an address, not a name that has to be looked up.
  var isIPAddress: Bool {
    // An address is what can be read as one: the error says no more than that.
    (try? SocketAddress(ipAddress: self, port: 0)) != nil
  }
}

/// TLS 1.3 to the server. Files are PEM.
public struct ClientTLS: Sendable {
  /// Roots of the server's certificate; nil for those of the system.
  public var rootsFile: String?
  /// The client's own certificate and private key, where the server asks for one.
  public var certificateFile: String?
  public var privateKeyFile: String?
  /// The name that the server's certificate must have, if it has not the address; nil for the host that is connected to.
  public var serverName: String?

  public init(
    rootsFile: String? = nil, certificateFile: String? = nil, privateKeyFile: String? = nil, serverName: String? = nil
  ) {
    self.rootsFile = rootsFile
    self.certificateFile = certificateFile
    self.privateKeyFile = privateKeyFile
    self.serverName = serverName
  }

  /// Reads the files.
  ///
  /// - Throws: `badConfiguration` with the file at fault.
  func context() throws(ClientError) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    if let rootsFile {
      configuration.trustRoots = .certificates(try Self.read(rootsFile) { try NIOSSLCertificate.fromPEMFile($0) })
    }
    if let certificateFile, let privateKeyFile {
      configuration.certificateChain = try Self.read(certificateFile) { try NIOSSLCertificate.fromPEMFile($0) }
        .map { .certificate($0) }
      configuration.privateKey = .privateKey(
        try Self.read(privateKeyFile) { try NIOSSLPrivateKey(file: $0, format: .pem) })
    }
    do { return try NIOSSLContext(configuration: configuration) } catch {
      throw .badConfiguration("TLS: \(error)")
    }
  }

  private static func read<Value>(_ file: String, _ body: (String) throws -> Value) throws(ClientError) -> Value {
    do { return try body(file) } catch { throw .badConfiguration("TLS: cannot read \(file): \(error)") }
  }

  /// A handler for one connection. An address is no name: the certificate must then have the address.
  static func handler(_ context: NIOSSLContext, host: String, serverName: String?) throws -> NIOSSLClientHandler {
    try NIOSSLClientHandler(context: context, serverHostname: serverName ?? (host.isIPAddress ? nil : host))
  }
}
