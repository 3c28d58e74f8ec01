import Glibc
import Store

/// Quotas: who may know them, and what a change of one takes.
extension AccessControl {
  /// How a tenant stands; for who may name it. Everybody else learns the same, whether there is such a tenant or not.
  func standing(of tenant: UInt32, _ caller: Caller) throws(AccessError) -> QuotaStanding {
    if case .holder(let holder) = caller.principal, let tenants = holder.key.content.tenants, !tenants.contains(tenant)
    {
      throw AccessError(.notAllowed, "the key is not for this tenant")
    }
    return quotas.standing(of: tenant, now: Self.uptimeNanoseconds())
  }

  /// Whether a change may let somebody submit more than now. What takes away takes effect at once.
  func widens(_ command: AccessCommand) -> Bool {
    switch command {
    case .setQuota(let tenant, let quota):
      // Nothing is narrower than no quota.
      return quotas.inForce(tenant).map { !quota.isWithin($0) } ?? false
    case .clearQuota(let tenant):
      guard tenant != nil, let own = quotas.inForce(tenant), let common = quotas.inForce(nil) else { return true }
      return !common.isWithin(own)
    default: return true
    }
  }

  /// - Throws: `invalid`, `notFound`.
  func checkQuota(_ command: AccessCommand) throws(AccessError) {
    switch command {
    case .setQuota(_, let quota): try quota.check()
    case .clearQuota(let tenant):
      guard quotas.all.contains(where: { $0.tenant == tenant }) else {
        throw AccessError(.notFound, "\(TenantQuota.name(tenant)) has no quota")
      }
    default: preconditionFailure("only changes of quotas are checked here")
    }
  }

  func changeQuota(
    _ command: AccessCommand, _ caller: Caller, _ proposal: UInt32? = nil
  ) throws(AccessError) -> AccessAnswer {
    try checkQuota(command)
    let decided = proposal.map { [CatalogChange.delete(.proposals, key: $0.catalogKey)] } ?? []
    let approved = proposal.map { ", proposal \($0)" } ?? ""
    switch command {
    case .setQuota(let tenant, let quota):
      let row = TenantQuota(tenant: tenant, quota: quota)
      let text = "\(TenantQuota.name(tenant)): \(quota.operationsPerSecond) a second, \(quota.burst) at once"
      try save(
        decided + [.put(.quotas, key: row.catalogKey, value: encodeRow(row))],
        caller.event(.quotaSet, text + approved))
      quotas.set(quota, tenant: tenant)
    case .clearQuota(let tenant):
      try save(
        decided + [.delete(.quotas, key: TenantQuota.catalogKey(tenant))],
        caller.event(.quotaCleared, TenantQuota.name(tenant) + approved))
      quotas.set(nil, tenant: tenant)
    default: preconditionFailure("only quotas are changed here")
    }
    if let proposal { state.withLock { $0.proposals[proposal] = nil } }
    return .done
  }

  /// The clock by which buckets fill.
  private static func uptimeNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

extension Quota {
  /// Whether it allows nothing that another one does not.
  fileprivate func isWithin(_ other: Quota) -> Bool {
    operationsPerSecond <= other.operationsPerSecond && burst <= other.burst
  }
}
