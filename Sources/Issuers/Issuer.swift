/// An outside issuer of signed statements about subjects (JWTs), whose subjects may be credentials of keys.
public struct Issuer: Sendable, Hashable {
  /// What its statements say in `iss`, byte by byte; an https URL.
  public var url: String
  /// What they must say in `aud`: who they are for.
  public var audience: String
  /// Where its public keys are: an https URL, http on loopback, or a file's path.
  public var keys: String

  /// - Throws: `IssuerError` with the part at fault.
  public init(url: String, audience: String, keys: String) throws(IssuerError) {
    guard url.hasPrefix("https://") || Self.isLoopback(url), url.utf8.count <= 255 else {
      throw IssuerError("an issuer is an https URL")
    }
    guard (1...255).contains(audience.utf8.count) else { throw IssuerError("an audience has 1 to 255 bytes") }
    guard !keys.isEmpty, !keys.hasPrefix("http://") || Self.isLoopback(keys) else {
      throw IssuerError("an issuer's keys come over https, or from a file")
    }
    self.url = url
    self.audience = audience
    self.keys = keys
  }

  private static func isLoopback(_ url: String) -> Bool {
    ["http://127.0.0.1", "http://[::1]"].contains { prefix in
      url.hasPrefix(prefix) && (url.count == prefix.count || [":", "/"].contains(url.dropFirst(prefix.count).first))
    }
  }
}

/// Why an issuer cannot be used.
public struct IssuerError: Error, Sendable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}
