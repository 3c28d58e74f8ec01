import Store

/// How many operations a tenant may submit.
public struct Quota: Codable, Hashable, Sendable {
  /// Over a longer time, 1...10^9.
  public var operationsPerSecond: Int
  /// At once, after a pause; 1...10^9. A submit is taken as long as anything is left, and the rest is owed.
  public var burst: Int

  public init(operationsPerSecond: Int, burst: Int? = nil) {
    self.operationsPerSecond = operationsPerSecond
    self.burst = burst ?? operationsPerSecond
  }

  func check() throws(AccessError) {
    guard (1...1_000_000_000).contains(operationsPerSecond), (1...1_000_000_000).contains(burst) else {
      throw AccessError(.invalid, "a quota is 1 to 1000000000 operations a second, and as much at once")
    }
  }
}

/// A quota and whose it is.
public struct TenantQuota: Codable, Hashable, Sendable {
  /// Nil: each tenant that has none of its own.
  public var tenant: UInt32?
  public var quota: Quota

  var catalogKey: [UInt8] { Self.catalogKey(tenant) }

  static func name(_ tenant: UInt32?) -> String { tenant.map { "tenant \($0)" } ?? "every other tenant" }

  static func catalogKey(_ tenant: UInt32?) -> [UInt8] { tenant.map { [1] + $0.catalogKey } ?? [0] }
}

/// How a tenant stands with its quota.
public struct QuotaStanding: Codable, Hashable, Sendable {
  public var tenant: UInt32
  /// Nil when it may submit what it likes.
  public var quota: Quota?
  /// Whether the quota is the tenant's own, and not that of each tenant without one.
  public var isOwn: Bool
  /// Operations that would be taken now, 0...burst; 0 without a quota.
  public var left: Int
}
