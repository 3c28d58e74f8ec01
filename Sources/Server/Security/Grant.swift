import Access
import Engine
import Wire

/// What a connection is granted, and by what it proved it.
struct Grant {
  /// Nil without keys.
  var key: AccessKey?
  var identity: AccessKey.Credential.Identity?
  var authority: Authority
  var sessionClass: SessionClass
  var scope: Wire.TenantScope

  /// No hello has come.
  static let none = Grant(authority: .none, sessionClass: .client, scope: .all)

  /// What somebody without a key is granted by a server without keys: everything.
  init(keyless scope: Wire.TenantScope) {
    self.init(authority: .full, sessionClass: .operator, scope: scope)
    if case .one(let tenant) = scope { authority.scope = .one(tenant) }
  }

  /// What a key is granted that asks for `scope`.
  /// - Returns: nil when the key has not that tenant.
  init?(_ key: AccessKey, _ identity: AccessKey.Credential.Identity, _ scope: Wire.TenantScope) {
    var authority = key.isAdministrator ? Authority.none : key.authority
    if case .one(let tenant) = scope {
      guard authority.scope.contains(tenant) else { return nil }
      authority.scope = .one(tenant)
    }
    let mayBeOperator = authority.asOperator != []
    self.init(
      key: key, identity: identity, authority: authority, sessionClass: mayBeOperator ? .operator : .client,
      scope: scope)
  }

  private init(
    key: AccessKey? = nil, identity: AccessKey.Credential.Identity? = nil, authority: Authority,
    sessionClass: SessionClass, scope: Wire.TenantScope
  ) {
    self.key = key
    self.identity = identity
    self.authority = authority
    self.sessionClass = sessionClass
    self.scope = scope
  }
}
