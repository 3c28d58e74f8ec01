/// What may be asked about keys, quotas and the audit trail. As JSON it is the body of a `manage` frame:
/// `{"revoke":{"key":7}}`, and `{"whoAmI":{}}`.
public enum AccessCommand: Codable, Hashable, Sendable {
  /// Any key: who am I?
  case whoAmI
  /// Any key, with its current secret: a new one for the caller's own key. The old one is accepted for `overlapSeconds` more.
  case rotate(credential: AccessKey.Credential, overlapSeconds: Int64)

  // Administrators, alone. What takes rights away takes effect at once.
  case revoke(key: UInt32)
  case reject(proposal: UInt32)
  case listKeys(after: UInt32, limit: Int)
  case listProposals(after: UInt32, limit: Int)
  case listQuotas
  case audit(after: UInt64, limit: Int)
  /// Operations a second that a tenant may submit, or each tenant without a quota of its own (`tenant` nil).
  case setQuota(tenant: UInt32?, quota: Quota)
  case clearQuota(tenant: UInt32?)

  // Administrators, two of them: the second one with `approve`.
  case create(content: AccessKey.Content, credential: AccessKey.Credential)
  /// Other content for a key: roles, tenants, expiry.
  case change(key: UInt32, content: AccessKey.Content)
  /// A new credential for somebody else's key: whoever has it has the key.
  case replace(key: UInt32, credential: AccessKey.Credential, overlapSeconds: Int64)
  case approve(proposal: UInt32)
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
  case events(events: [AuditEvent])
  /// Nothing was changed.
  case refused(kind: AccessError.Kind, text: String)
}

/// A change that one administrator asked for and another has to approve.
public struct Proposal: Codable, Hashable, Sendable {
  public var id: UInt32
  /// `create`, `change` or `replace`.
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
  /// A key as it is now, and what proved it.
  case key(AccessKey, provedBy: AccessKey.Credential.Identity)

  var keyID: UInt32? {
    switch self {
    case .local: nil
    case .key(let key, _): key.id
    }
  }
}
