/// What a caller has proved. Who it is gets asked again by it, since keys change and tokens end.
public enum Proof: Hashable, Sendable {
  /// A credential of a key.
  case credential(AccessKey.Credential.Identity)
  /// What an outside issuer says about a subject, until an instant.
  case assertion(AccessKey.Credential.Identity, expires: Int64)
  /// A token of ours, by the digest of its text.
  case token(TokenKind, digest: String)
  /// A refresh token: its family, and its digest.
  case refresh(family: String, digest: String)

  /// What a text proves that came as a bearer's: a token by its prefix, else the secret of a key.
  public init(presented text: some Collection<UInt8>) {
    let text = Array(text)
    if let refresh = RefreshText(bytes: text) {
      self = .refresh(family: refresh.family, digest: hexDigest(text))
    } else if let kind = TokenKind.allCases.first(where: { text.starts(with: $0.prefix.utf8) }) {
      self = .token(kind, digest: hexDigest(text))
    } else {
      self = .credential(.init(.secret, digest: hexDigest(text)))
    }
  }
}

/// Who stands behind a proof, and what it may do now.
public struct Holder: Hashable, Sendable {
  /// The key; its content narrowed to what the proof was given for.
  public var key: AccessKey
  public var proof: Proof
  /// Instant until which a second factor counts that was shown; nil when none was.
  public var secondFactorUntil: Int64?

  /// - Parameter key: as it is now.
  public init(_ key: AccessKey, _ proof: Proof, secondFactorUntil: Int64? = nil) {
    self.key = key
    self.proof = proof
    self.secondFactorUntil = secondFactorUntil
  }

  /// A second factor was shown besides, until an instant.
  public mutating func shown(until instant: Int64?) {
    guard let instant else { return }
    secondFactorUntil = max(instant, secondFactorUntil ?? instant)
  }

  /// Whether the proof is there to be exchanged for tokens, and for nothing else.
  public var isOnlyRedeemable: Bool {
    switch proof {
    case .credential, .assertion, .token(.access, _): false
    case .token(.code, _), .refresh: true
    }
  }
}

/// Tells whether an outside issuer's signed statement (a JWT) is good, and for whom it is.
///
/// It may ask the issuer for its keys, so it takes time; many are asked at once.
public protocol AssertionVerifier: Sendable {
  /// What the text proves; nil for all reasons alike: no such issuer, a bad signature, another audience, too old.
  func verify(_ text: String) async -> Proof?
}

/// Whether a text is a signed statement of somebody else, and no secret or token of ours: three parts of base64url, the first an object.
public func isAssertion(_ text: some Collection<UInt8>) -> Bool {
  text.starts(with: "eyJ".utf8) && text.count { $0 == 0x2E } == 2
}
