import Access
import NIOConcurrencyHelpers

/// How tenants stand with their quotas, as the server said it lately: a hint for header fields. The server alone counts and refuses.
///
/// Nobody waits for it: a standing is shown as it is known, and asked for again when it is a second old.
final class QuotaBoard: Sendable {
  private struct Entry {
    var standing: QuotaStanding?
    var asked: ContinuousClock.Instant
  }
  private let entries = NIOLockedValueBox<[UInt32: Entry]>([:])

  private static let life = Duration.seconds(1)
  /// Tenants at once. Past it those that nobody asked for lately are forgotten, and when there are none nothing new is shown.
  static let countMax = 4_096

  /// The tenant's standing; nil when none is known yet, or it has no quota.
  func standing(of tenant: UInt32, asking session: KernelSession) -> QuotaStanding? {
    // A server without keys says nothing of quotas.
    guard session.caller.key != nil else { return nil }
    let now = ContinuousClock.now
    let (known, isDue) = entries.withLockedValue { entries -> (QuotaStanding?, Bool) in
      let entry = entries[tenant]
      if let entry, now - entry.asked < Self.life { return (entry.standing, false) }
      if entry == nil, entries.count >= Self.countMax {
        entries = entries.filter { now - $0.value.asked < Self.life }
        guard entries.count < Self.countMax else { return (nil, false) }
      }
      entries[tenant] = Entry(standing: entry?.standing, asked: now)
      return (entry?.standing, true)
    }
    if isDue { Task { await self.ask(tenant, session) } }
    return known
  }

  private func ask(_ tenant: UInt32, _ session: KernelSession) async {
    // What cannot be known is not shown.
    let answer = try? await session.ask(.quota(tenant: tenant))
    var standing: QuotaStanding?
    if case .quota(let found)? = answer, found.quota != nil { standing = found }
    entries.withLockedValue { $0[tenant]?.standing = standing }
  }
}
