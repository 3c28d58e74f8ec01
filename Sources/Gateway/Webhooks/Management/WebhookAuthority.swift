import Access
import HTTPTypes
import Kernel

/// Who may manage the endpoints of a tenant: a key that is for the tenant, in one of the roles that act for the platform. Without keys everybody.
enum WebhookAuthority {
  private static let roles: [Role] = [.platform, .operator, .admin]

  static func allows(_ key: AccessKey.Content?, _ tenant: UInt32) -> Bool {
    guard let key else { return true }
    return key.tenants?.contains(tenant) ?? true && key.roles.contains { roles.contains($0) }
  }

  /// - Throws: `Problem` when the caller may not, or cannot be asked for.
  static func check(_ session: KernelSession, _ tenant: UInt32) async throws(Problem) {
    let key = try await session.ownKey()
    if let tenants = key?.tenants, !tenants.contains(tenant) { throw .otherTenant }
    if key?.stepUp?.commands == true { throw .secondFactor }
    guard allows(key, tenant) else {
      throw Problem(.forbidden, "not_authorised", "the key has none of the roles that manage webhooks")
    }
  }
}
