import Access
import Engine
import Wire

/// What a connection is granted, and by what it proved it.
struct Grant {
  /// Nil without keys.
  var holder: Holder?
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

  /// What a holder is granted that asks for `scope`.
  /// - Parameter now: instant at which a second factor is looked at.
  /// - Returns: nil when the key has not that tenant.
  init?(_ holder: Holder, _ scope: Wire.TenantScope, at now: Int64) {
    var authority = holder.key.isAdministrator || holder.isOnlyRedeemable ? Authority.none : holder.key.authority
    if let until = holder.secondFactorUntil, now < until { authority.stepUp = [] }
    if case .one(let tenant) = scope {
      guard authority.scope.contains(tenant) else { return nil }
      authority.scope = .one(tenant)
    }
    let mayBeOperator = authority.asOperator != []
    self.init(
      holder: holder, authority: authority, sessionClass: mayBeOperator ? .operator : .client,
      scope: scope)
  }

  private init(
    holder: Holder? = nil, authority: Authority, sessionClass: SessionClass, scope: Wire.TenantScope
  ) {
    self.holder = holder
    self.authority = authority
    self.sessionClass = sessionClass
    self.scope = scope
  }
}
