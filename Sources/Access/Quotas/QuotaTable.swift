import Store
import Synchronization

/// The quotas in force, and what is left of each: a bucket of operations for each tenant, filled at its rate.
///
/// A frame is taken when every tenant in it has something left, whole, and may leave a debt that later frames wait
/// for: no frame is too large for ever, and the rate holds over time.
public final class QuotaTable: Sendable {
  private struct Bucket {
    var left: Double
    var filled: UInt64

    /// Loops take their time at the beginning of a round, so `now` may lie before what another one wrote.
    mutating func fill(_ quota: Quota, now: UInt64) {
      guard now > filled else { return }
      left = min(Double(quota.burst), left + Double(now - filled) / 1e9 * Double(quota.operationsPerSecond))
      filled = now
    }
  }
  private struct State {
    var quotas: [UInt32: Quota] = [:]
    var common: Quota?
    var buckets: [UInt32: Bucket] = [:]
  }
  private let state = Locked(State())
  private let active = Atomic<Bool>(false)
  /// Full buckets are forgotten past this many: a full one and none are the same.
  static let bucketCountMax = 65_536

  init() {}

  /// Whether there is anything to ask; one relaxed load.
  public var isActive: Bool { active.load(ordering: .relaxed) }

  func set(_ quota: Quota?, tenant: UInt32?) {
    state.withLock { state in
      if let tenant { state.quotas[tenant] = quota } else { state.common = quota }
      // What is owed under the old rate is forgiven.
      if let tenant {
        state.buckets[tenant] = nil
      } else {
        state.buckets = state.buckets.filter { state.quotas[$0.key] != nil }
      }
      active.store(state.common != nil || !state.quotas.isEmpty, ordering: .relaxed)
    }
  }

  var bucketCount: Int { state.withLock { $0.buckets.count } }

  var all: [TenantQuota] {
    state.withLock { state in
      (state.common.map { [TenantQuota(tenant: nil, quota: $0)] } ?? [])
        + state.quotas.sorted { $0.key < $1.key }.map { TenantQuota(tenant: $0.key, quota: $0.value) }
    }
  }

  /// The quota that holds for a tenant, or for each one without its own (nil); nil when there is none.
  func inForce(_ tenant: UInt32?) -> Quota? {
    state.withLock { state in tenant.flatMap { state.quotas[$0] } ?? state.common }
  }

  /// - Parameter now: monotonic nanoseconds, as for `take`.
  func standing(of tenant: UInt32, now: UInt64) -> QuotaStanding {
    state.withLock { state in
      guard let quota = state.quotas[tenant] ?? state.common else {
        return QuotaStanding(tenant: tenant, quota: nil, isOwn: false, left: 0)
      }
      var bucket = state.buckets[tenant] ?? Bucket(left: Double(quota.burst), filled: now)
      bucket.fill(quota, now: now)
      return QuotaStanding(
        tenant: tenant, quota: quota, isOwn: state.quotas[tenant] != nil, left: max(0, Int(bucket.left)))
    }
  }

  /// Takes operations from the buckets of their tenants, or nothing from any.
  ///
  /// - Parameters:
  ///   - counts: operations by tenant, each tenant once.
  ///   - now: monotonic nanoseconds.
  /// - Returns: nil when they were taken; else a tenant that has nothing left, and after how many milliseconds it will.
  public func take(_ counts: [UInt32: Int], now: UInt64) -> (tenant: UInt32, retryMilliseconds: UInt32)? {
    state.withLock { state in
      var filled: [(UInt32, Bucket, Int)] = []
      for (tenant, count) in counts {
        guard let quota = state.quotas[tenant] ?? state.common else { continue }
        var bucket = state.buckets[tenant] ?? Bucket(left: Double(quota.burst), filled: now)
        bucket.fill(quota, now: now)
        guard bucket.left > 0 else {
          let wait = (1 - bucket.left) / Double(quota.operationsPerSecond) * 1_000
          return (tenant, UInt32(max(1, min(wait.rounded(.up), 60_000))))
        }
        filled.append((tenant, bucket, count))
      }
      for (tenant, bucket, count) in filled {
        state.buckets[tenant] = Bucket(left: bucket.left - Double(count), filled: bucket.filled)
      }
      if state.buckets.count > Self.bucketCountMax { Self.forgetFull(&state, now) }
      return nil
    }
  }

  private static func forgetFull(_ state: inout State, _ now: UInt64) {
    state.buckets = state.buckets.filter { tenant, bucket in
      guard let quota = state.quotas[tenant] ?? state.common else { return false }
      var bucket = bucket
      bucket.fill(quota, now: now)
      return bucket.left < Double(quota.burst)
    }
  }
}
