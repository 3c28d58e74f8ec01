import Access
import Formats
import HTTPTypes
import HummingbirdCore

/// How many operations tenants may submit. The server counts and decides; what widens a quota waits for another administrator.
enum QuotaRoutes {
  static let all: [Route] = [standing, list, set, setCommon, clear, clearCommon]

  private static let quotas = KeyRoutes.access + [.literal("quotas")]
  private static let quota = quotas + [.parameter(.tenant)]
  /// Each tenant without a quota of its own.
  private static let common = quotas + [.literal("others")]

  private static let standing = Route(
    method: .get, path: PathParts.tenant + [.literal("quota")], name: "get_quota",
    summary: "How many operations a tenant may submit, and what is left of them now", section: "Tenants",
    answers: [Route.Answer(.ok, "The quota; without one nothing is limited", .named("QuotaStanding"))]
  ) { call in
    let standing = try await call.quotaStanding(of: try call.tenant())
    var response = RouteCall.document { $0.write(standing) }
    response.headers[.cacheControl] = "private, no-store"
    return response
  }

  private static let list = Route(
    method: .get, path: quotas, name: "list_quotas", summary: "All quotas; for administrators",
    section: KeyRoutes.section, answers: [Route.Answer(.ok, "The quotas", .named("Quotas"))]
  ) { call in
    guard case .quotas(let quotas) = try await call.ask(.listQuotas) else { throw Problem.unreadable }
    return call.page(quotas, next: nil) { writer, row in
      writer.object { writer in
        writer.member("tenant", optional: row.tenant.map { String($0) })
        writer.writeMembers(of: row.quota)
      }
    }
  }

  private static let set = setting(quota, "set_quota", "Sets a tenant's quota") { call throws(Problem) in
    try call.number(.tenant, "tenant")
  }
  private static let setCommon = setting(
    common, "set_common_quota", "Sets the quota of each tenant that has none of its own"
  ) { _ in nil }
  private static let clear = clearing(quota, "clear_quota", "Takes a tenant's quota away") { call throws(Problem) in
    try call.number(.tenant, "tenant")
  }
  private static let clearCommon = clearing(
    common, "clear_common_quota", "Takes the quota of tenants without their own away"
  ) { _ in nil }

  private typealias Tenant = @Sendable (RouteCall) throws(Problem) -> UInt32?

  private static func setting(
    _ path: [Route.PathPart], _ name: String, _ summary: String, _ subject: @escaping Tenant
  ) -> Route {
    Route(
      method: .put, path: path, name: name, summary: summary + about, section: KeyRoutes.section,
      body: .document(
        .object([
          .init("operations_per_second", .described(count, "Over a longer time")),
          .init(
            "burst", .described(count, "At once, after a pause. Default: the operations of a second"),
            isRequired: false),
        ]), isRequired: true), answers: answers
    ) { call in
      let tenant = try subject(call)
      var reader = try await call.keyDocument()
      if !reader.contains("operations_per_second") { reader.fault("operations_per_second", "is missing") }
      let rate = reader.integer("operations_per_second", in: 1...1_000_000_000) ?? 1
      let burst = reader.integer("burst", in: 1...1_000_000_000)
      try reader.finish()
      let quota = Quota(operationsPerSecond: Int(rate), burst: burst.map { Int($0) })
      return try await KeyRoutes.answer(call, .setQuota(tenant: tenant, quota: quota))
    }
  }

  private static func clearing(
    _ path: [Route.PathPart], _ name: String, _ summary: String, _ subject: @escaping Tenant
  ) -> Route {
    Route(
      method: .delete, path: path, name: name, summary: summary + about, section: KeyRoutes.section,
      answers: answers
    ) { call in try await KeyRoutes.answer(call, .clearQuota(tenant: try subject(call))) }
  }

  private static let about = "; what lets somebody submit more than now waits for another administrator"
  private static let answers = [
    Route.Answer(.noContent, "It holds", nil),
    Route.Answer(.accepted, "It waits for another administrator", .named("Waiting")),
  ]

  // MARK: Description

  private static let count = Schema.integer(1...1_000_000_000)
  static let members: [Schema.Member] = [
    .init("operations_per_second", count), .init("burst", count),
  ]

  /// A tenant's quota where it has one.
  static let standingMember = Schema.Member(
    "quota",
    .object(
      members + [
        .init("is_own", .described(.boolean, "Whether it is the tenant's, and not that of all others")),
        .init("left", .described(.integer(0...1_000_000_000), "Operations that would be taken now")),
      ]), isRequired: false)

  static let components: [(String, Schema)] = [
    (
      "Quotas",
      .object([
        .init(
          "items",
          .array(
            .object(
              [
                .init(
                  "tenant", .described(.number32, "Without it: each tenant that has none of its own"), isRequired: false
                )
              ] + members))),
        .init("next", .string(), isRequired: false),
      ])
    ),
    (
      "QuotaStanding",
      .object([
        .init("tenant", .number32), standingMember,
      ])
    ),
  ]
}

extension RouteCall {
  /// - Throws: `Problem` when the caller may not know it.
  func quotaStanding(of tenant: UInt32) async throws(Problem) -> QuotaStanding {
    guard case .quota(let standing) = try await ask(.quota(tenant: tenant)) else { throw .unreadable }
    return standing
  }
}

extension JSONWriter {
  mutating func writeMembers(of quota: Quota) {
    member("operations_per_second", Int64(quota.operationsPerSecond))
    member("burst", Int64(quota.burst))
  }

  fileprivate mutating func write(_ standing: QuotaStanding) {
    object { writer in
      writer.member("tenant", string: String(standing.tenant))
      writer.writeMember(of: standing)
    }
  }

  /// `quota`, where there is one.
  mutating func writeMember(of standing: QuotaStanding) {
    guard let quota = standing.quota else { return }
    key("quota")
    object { writer in
      writer.writeMembers(of: quota)
      writer.member("is_own", isTrue: standing.isOwn)
      writer.member("left", Int64(standing.left))
    }
  }
}
