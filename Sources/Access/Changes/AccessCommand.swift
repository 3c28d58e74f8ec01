/// What may be asked about keys, quotas and the audit trail. As JSON it is the body of a `manage` frame:
/// `{"revoke":{"key":7}}`, and `{"whoAmI":{}}`.
public enum AccessCommand: Codable, Hashable, Sendable {
  /// Any key: who am I?
  case whoAmI
  /// Any key, with its current secret: a new one for the caller's own key. The old one is accepted for `overlapSeconds` more.
  case rotate(credential: AccessKey.Credential, overlapSeconds: Int64)
  /// Any key: an access token with this digest, for part of what the key allows. `seconds` 60...3,600, 900 unless given; with a code of the
  /// second factor it counts as shown.
  case issueToken(digest: String, scope: String?, seconds: Int64?, oneTimeCode: String?)
  /// Any key: lets an application act for the key's holder; it gets the code with this digest.
  case authorize(digest: String, request: AuthorizationRequest, oneTimeCode: String?)
  /// Who shows a code: tokens for it.
  case redeem(
    application: ApplicationProof, redirectURI: String, verifier: String, token: String, refresh: RefreshGrant)
  /// Who shows a refresh token: the next one, and an access token.
  case refresh(application: ApplicationProof, scope: String?, token: String, refresh: RefreshGrant)
  /// The token with this digest, of one's own key, and all that came with it; the one that was shown, when none is named.
  case endToken(digest: String?)
  /// What a token is worth; one of another key only for `platform` and `admin`.
  case introspect(digest: String)
  /// Any key that may name the tenant: its quota, and what is left of it.
  case quota(tenant: UInt32)
  /// Any key: what an application is.
  case application(id: String)
  /// Any key: a second factor, proved by a code of it; `current` is a code of the one that it replaces.
  case enrolFactor(secret: String, oneTimeCode: String, current: String?)
  /// Any key: shows the second factor, for this connection and ten minutes.
  case stepUp(oneTimeCode: String)

  // Administrators, alone. What takes rights away takes effect at once.
  case revoke(key: UInt32)
  case reject(proposal: UInt32)
  case listKeys(after: UInt32, limit: Int)
  case listProposals(after: UInt32, limit: Int)
  case listQuotas
  case audit(after: UInt64, limit: Int)
  case listApplications(limit: Int)
  /// What it was allowed ends.
  case removeApplication(id: String)

  // Administrators, two of them: the second one with `approve`.
  case create(content: AccessKey.Content, credential: AccessKey.Credential)
  /// Other content for a key: roles, tenants, expiry.
  case change(key: UInt32, content: AccessKey.Content)
  /// A new credential for somebody else's key: whoever has it has the key.
  case replace(key: UInt32, credential: AccessKey.Credential, overlapSeconds: Int64)
  case approve(proposal: UInt32)
  case registerApplication(application: Application)
  /// The holder has lost it, and may enrol another.
  case removeFactor(key: UInt32)
  /// Operations a second that a tenant may submit, or each tenant without a quota of its own (`tenant` nil). At once and alone where
  /// nobody may do more than before.
  case setQuota(tenant: UInt32?, quota: Quota)
  /// As above: at once where the quota for others is no wider.
  case clearQuota(tenant: UInt32?)
}

/// What an application asks somebody who has signed in for.
public struct AuthorizationRequest: Codable, Hashable, Sendable {
  public var application: String
  public var redirectURI: String
  public var scope: String?
  /// Of the verifier that it will show; RFC 7636, S256.
  public var challenge: String

  public init(application: String, redirectURI: String, scope: String?, challenge: String) {
    self.application = application
    self.redirectURI = redirectURI
    self.scope = scope
    self.challenge = challenge
  }
}

/// Which application asks, and the secret of one that has one.
public struct ApplicationProof: Codable, Hashable, Sendable {
  public var id: String
  public var secret: String?

  public init(id: String, secret: String?) {
    self.id = id
    self.secret = secret
  }
}

/// What `AccessCommand` is answered with. As JSON it is the body of a `managed` frame.
public enum AccessAnswer: Codable, Hashable, Sendable {
  case done
  /// It waits for a second administrator.
  case proposed(proposal: UInt32)
  case key(key: AccessKey)
  case keys(keys: [AccessKey])
  case proposals(proposals: [Proposal])
  case quotas(quotas: [TenantQuota])
  case quota(standing: QuotaStanding)
  case events(events: [AuditEvent])
  /// What was issued, or asked about.
  case token(token: TokenRecord)
  /// What was asked about is no token, or not any more.
  case noToken
  case applications(applications: [Application])
  /// Instant until which the second factor counts.
  case steppedUp(until: Int64)
  /// Nothing was changed.
  case refused(kind: AccessError.Kind, text: String)
}

/// What may be told of a token.
public struct TokenRecord: Codable, Hashable, Sendable {
  public var key: UInt32
  public var person: UInt32
  public var scope: String
  public var created: Int64
  public var expires: Int64
  /// Of the refresh token that came with it.
  public var refreshExpires: Int64?
  public var application: String?
  /// Instant at which a second factor was shown for it.
  public var secondFactor: Int64?
}

/// A change that one administrator asked for and another has to approve.
public struct Proposal: Codable, Hashable, Sendable {
  public var id: UInt32
  /// `create`, `change`, `replace`, `registerApplication`, `removeFactor`, `setQuota` or `clearQuota`.
  public var command: AccessCommand
  /// Key and person of who asked.
  public var key: UInt32
  public var person: UInt32
  /// Instant at which it was made, and from which it is void.
  public var made: Int64
  public var expires: Int64

  /// A day: long enough for another shift, short enough that nothing forgotten comes true.
  static let lifeMilliseconds: Int64 = 86_400_000
  static let countMax = 256
}

/// Who asks.
public enum Principal: Hashable, Sendable {
  /// Whoever may write the store's files, with no server running: may do everything alone, and is written down as local.
  case local
  /// Who has proved a key, as it is now.
  case holder(Holder)

  var keyID: UInt32? {
    switch self {
    case .local: nil
    case .holder(let holder): holder.key.id
    }
  }
}
