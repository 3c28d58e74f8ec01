/// A token that somebody has, as a row of the catalog. Its text is not here, only a digest.
struct Token: Codable, Hashable, Sendable {
  var kind: TokenKind
  /// SHA-256 of the text.
  var digest: String
  var key: UInt32
  var scope: Scope
  /// Instants at which it was made, and from which it is not accepted.
  var created: Int64
  var expires: Int64
  /// Instant at which a second factor was shown for it.
  var secondFactor: Int64?
  /// The family whose refresh token it came with.
  var family: String?
  /// The application that has it; nil for the key's holder.
  var application: String?
}

/// All tokens that follow from one consent. Of its refresh tokens the newest alone is good; when another one comes, somebody has stolen
/// one, and all of it ends (RFC 9700, 4.14.2).
struct TokenFamily: Codable, Hashable, Sendable {
  /// SHA-256 of what its refresh tokens have in common.
  var id: String
  /// Of the newest refresh token.
  var digest: String
  var key: UInt32
  var scope: Scope
  var application: String
  var created: Int64
  /// However often it is refreshed.
  var expires: Int64
  var secondFactor: Int64?
}

/// What an application was allowed by somebody who signed in. In memory only: a minute is all it has.
struct AuthorizationCode: Hashable, Sendable {
  var key: UInt32
  var scope: Scope
  var application: String
  var redirectURI: String
  /// Base64url of the SHA-256 of the verifier (RFC 7636, S256).
  var challenge: String
  var expires: Int64
  var secondFactor: Int64?
  /// The family that it was redeemed for: a second try ends it.
  var family: String?
}

/// A program of somebody else that acts for holders of keys, when they let it.
public struct Application: Codable, Hashable, Sendable {
  /// 1...64 letters, digits, `.`, `_` and `-`; OAuth's `client_id`.
  public var id: String
  /// For people: 1...64 printable ASCII characters.
  public var name: String
  /// Where browsers are sent back to, compared byte by byte; with `http` a loopback address, whose port is not compared (RFC 8252, 7.3). 1...8.
  public var redirectURIs: [String]
  /// SHA-256 of its secret in hexadecimal; nil for one that can keep none.
  public var secretDigest: String?

  public init(id: String, name: String, redirectURIs: [String], secretDigest: String? = nil) {
    self.id = id
    self.name = name
    self.redirectURIs = redirectURIs
    self.secretDigest = secretDigest
  }

  static let countMax = 1_000

  /// - Throws: `invalid`, with the field at fault.
  func check() throws(AccessError) {
    guard (1...64).contains(id.utf8.count),
      id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    else { throw AccessError(.invalid, "an application's id has 1 to 64 letters, digits, dots, dashes or underscores") }
    // Numbers of keys are client ids, too.
    guard UInt32(id) == nil else { throw AccessError(.invalid, "an application's id is no number: those are of keys") }
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw AccessError(.invalid, "an application's name has 1 to 64 printable ASCII characters")
    }
    guard (1...8).contains(redirectURIs.count), redirectURIs.allSatisfy({ RedirectURI($0) != nil }) else {
      throw AccessError(
        .invalid,
        "an application has 1 to 8 redirect URIs: https, or http to 127.0.0.1 or [::1], without fragment or user")
    }
    if let secretDigest { try AccessKey.Credential(.secret, digest: secretDigest).check() }
  }

  /// Whether a browser may be sent there.
  public func allows(_ text: String) -> Bool {
    guard let uri = RedirectURI(text) else { return false }
    return redirectURIs.contains { RedirectURI($0)?.matches(uri) ?? false }
  }
}

/// An absolute URI that browsers may be sent to.
struct RedirectURI: Hashable {
  private var origin: String
  /// Of a loopback address: the system chooses it.
  private var isPortFree: Bool
  private var port: String
  private var path: String

  init?(_ text: String) {
    guard text.utf8.count <= 512,
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}#".utf8.contains($0) })
    else { return nil }
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    // The port is behind the last colon, when that is not inside of an address in brackets.
    let tail = authority.lastIndex(of: ":").map { authority[authority.index(after: $0)...] } ?? ""
    let hasPort =
      !tail.contains("]") && authority.contains(":") && (!authority.hasPrefix("[") || authority.contains("]:"))
    let host = hasPort ? authority.dropLast(tail.count + 1) : authority
    guard !host.isEmpty, !hasPort || UInt16(tail) != nil else { return nil }
    isPortFree = !isSecure
    guard isSecure || host == "127.0.0.1" || host == "[::1]" else { return nil }
    origin = (isSecure ? "https://" : "http://") + host
    port = hasPort ? String(tail) : ""
    path = String(rest.dropFirst(authority.count))
  }

  func matches(_ other: RedirectURI) -> Bool {
    origin == other.origin && path == other.path && (isPortFree || port == other.port)
  }
}
