import NIOCore
import NIOSSL

/// TLS 1.3 for clients. Files are PEM.
public struct ServerTLS: Sendable {
  /// The server's certificate, then those between it and the root.
  public var certificateFile: String
  public var privateKeyFile: String
  /// Roots of clients' certificates: with them a client without one is refused (mutual TLS).
  public var clientRootsFile: String?

  public init(certificateFile: String, privateKeyFile: String, clientRootsFile: String? = nil) {
    self.certificateFile = certificateFile
    self.privateKeyFile = privateKeyFile
    self.clientRootsFile = clientRootsFile
  }

  /// Reads the files.
  ///
  /// - Throws: `ServerError` with the file at fault; nothing of a key is in it.
  func context() throws(ServerError) -> NIOSSLContext {
    let chain = try Self.read(certificateFile, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
    let key = try Self.read(privateKeyFile, "private key") { try NIOSSLPrivateKey(file: $0, format: .pem) }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv13
    if let clientRootsFile {
      let roots = try Self.read(clientRootsFile, "roots of clients") { try NIOSSLCertificate.fromPEMFile($0) }
      configuration.trustRoots = .certificates(roots)
      // A client has no host name to verify; that its certificate leads to a root is what counts.
      configuration.certificateVerification = .noHostnameVerification
    }
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw ServerError("TLS: \(certificateFile) and \(privateKeyFile) do not go together: \(error)")
    }
  }

  private static func read<Value>(
    _ file: String, _ what: String, _ body: (String) throws -> Value
  ) throws(ServerError) -> Value {
    do { return try body(file) } catch { throw ServerError("TLS: cannot read the \(what) in \(file): \(error)") }
  }
}
