import ArgumentParser
import Access
import Client
import FoundationEssentials

/// Options of every command that connects to a server: who it is, and how bytes travel.
struct ConnectOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File with the secret of a key, or with a token, for a server that has keys.", valueName: "file"))
  var keyFile: String?

  @Flag(help: "Be known by the TLS certificate instead of a secret.")
  var certificateKey = false

  @OptionGroup var encryption: EncryptionOptions

  func validate() throws {
    if certificateKey {
      guard encryption.tlsCertificate != nil else { throw ValidationError("--certificate-key needs --tls-certificate") }
      guard keyFile == nil else { throw ValidationError("give --key-file or --certificate-key, not both") }
    }
  }

  /// The client's configuration.
  ///
  /// - Throws: `ValidationError` when the key file holds no secret; nothing of it is in the text.
  func configuration() throws -> ClientConfiguration {
    var configuration = ClientConfiguration()
    if certificateKey { configuration.authentication = .certificate }
    if let keyFile { configuration.authentication = .key(try readSecret(keyFile)) }
    configuration.transport = encryption.transport
    return configuration
  }
}

/// Options of how bytes travel to a server.
struct EncryptionOptions: ParsableArguments {
  @Flag(help: "Encrypt with TLS 1.3, trusting the system's roots.")
  var tls = false

  @Option(help: ArgumentHelp("Encrypt, trusting these roots (PEM).", valueName: "file"))
  var tlsRoots: String?

  @Option(help: ArgumentHelp("The client's own certificate (PEM), where the server asks for one.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("Private key of that certificate (PEM).", valueName: "file"))
  var tlsPrivateKey: String?

  @Option(help: ArgumentHelp("Name to look for in the server's certificate instead of the host's.", valueName: "name"))
  var tlsName: String?

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsPrivateKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-private-key belong together")
    }
  }

  var transport: ClientConfiguration.Transport {
    guard tls || tlsRoots != nil || tlsCertificate != nil || tlsName != nil else { return .plaintext }
    return .tls(
      ClientTLS(
        rootsFile: tlsRoots, certificateFile: tlsCertificate, privateKeyFile: tlsPrivateKey, serverName: tlsName))
  }
}

/// The secret or token in a file: the file's first line.
func readSecret(_ path: String) throws -> String {
  let data: Data
  do { data = try Data(contentsOf: URL(filePath: path)) } catch {
    throw ValidationError("\(path): cannot be read")
  }
  let line = String(decoding: data.prefix(8_192), as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
  let text = String(line)
  guard KeySecret(text: text) != nil || TokenText(text: text) != nil || isAssertion(Array(text.utf8)) else {
    throw ValidationError("\(path): holds no secret of a key (mpk_ and 64 hexadecimal digits), and no token")
  }
  return text
}
