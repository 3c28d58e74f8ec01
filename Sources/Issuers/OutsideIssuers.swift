public import Access
import AsyncHTTPClient
public import Logging
import NIOCore

/// Tells which of its issuers' statements are good, and about whom: RFC 7519 as RFC 8725 wants it to be read.
///
/// The algorithm is one that the issuer's key is for, never one that the statement chooses; `iss`, `aud`, `sub` and `exp` must be there. What a
/// good statement gives is the key that has its subject for a credential, until it expires.
public final class OutsideIssuers: AssertionVerifier {
  private let issuers: [String: (issuer: Issuer, keys: IssuerKeys)]
  private let clock: @Sendable () -> Int64
  private let client: HTTPClient?

  /// Clocks of issuers that run ahead. Seconds.
  private static let leeway: Int64 = 30
  /// However late a statement says that it expires, after so long it has to be shown anew. Seconds.
  static let lifeMax: Int64 = 86_400

  /// - Parameters:
  ///   - clock: milliseconds since 1970.
  public convenience init(
    _ issuers: [Issuer], logger: Logger, clock: @escaping @Sendable () -> Int64
  ) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(5)
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.init(issuers, logger: logger, clock: clock, client: client) { issuer -> any KeySource in
      issuer.keys.hasPrefix("http") ? KeyAddress(url: issuer.keys, client: client) : KeyFile(path: issuer.keys)
    }
  }

  init(
    _ issuers: [Issuer], logger: Logger, clock: @escaping @Sendable () -> Int64, client: HTTPClient? = nil,
    source: (Issuer) -> any KeySource
  ) {
    self.clock = clock
    self.client = client
    self.issuers = Dictionary(
      issuers.map { issuer in
        (issuer.url, (issuer, IssuerKeys(source(issuer), issuer: issuer.url, logger: logger, clock: clock)))
      }, uniquingKeysWith: { _, last in last })
  }

  /// Asks every issuer for its keys, so that the first caller need not wait. What fails is in the log, and tried again when somebody comes.
  public func prepare() async {
    for issuer in issuers.values { _ = await issuer.keys.keys(with: nil) }
  }

  public func verify(_ text: String) async -> Proof? {
    // Whose it says that it is decides only by whose keys it is checked.
    guard let statement = SignedStatement(text), let claims = Claims(statement.payload), let name = claims.issuer,
      let (issuer, keys) = issuers[name], statement.isSigned(by: await keys.keys(with: statement.keyID))
    else { return nil }
    let now = clock() / 1_000
    guard let subject = claims.subject, (1...255).contains(subject.utf8.count), !subject.utf8.contains(0),
      claims.audience.contains(issuer.audience), let expires = claims.expires, now < expires,
      claims.notBefore.map({ $0 <= now + Self.leeway }) ?? true
    else { return nil }
    let credential = AccessKey.Credential.subject(subject, of: issuer.url)
    return .assertion(credential.identity, expires: min(expires, now + Self.lifeMax) * 1_000)
  }

  /// Lets go of connections.
  public func stop() async {
    // It is shut down once, with nothing under way that somebody waits for.
    try? await client?.shutdown()
  }
}
