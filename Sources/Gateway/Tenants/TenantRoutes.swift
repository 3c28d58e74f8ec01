import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Wire

/// A tenant, and the parties of its contracts.
enum TenantRoutes {
  static let all: [Route] = [tenant, parties, party]
  private static let section = "Tenants"

  private static let tenant = Route(
    method: .get, path: PathParts.tenant, name: "get_tenant",
    summary:
      "A tenant's contracts by state, the sums of its ledger, its quota and its requests of a day. One without contracts has none of the first two",
    section: section, answers: [Route.Answer(.ok, "The tenant", .named("Tenant"))]
  ) { call in
    let tenant = try call.tenant()
    let session = try await call.session()
    // First the sums, for the server says whether the caller may read the tenant.
    let totals = try await session.reading { try await $0.totals(tenant: tenant) } ?? Totals()
    // A server without keys has no quotas either.
    let quota = try await session.ownKey() == nil ? nil : try await call.quotaStanding(of: tenant)
    let usage = try await call.usageOfDay(tenant)
    let (census, _) = try await call.census(tenant, session)
    return call.document { writer in
      writer.object { writer in
        writer.member("tenant", string: String(tenant))
        writer.key("contracts")
        writer.object { writer in
          writer.member("count", census.contractCount)
          writer.member("value", census.value)
          writer.key("by_state")
          writer.object { writer in
            for state in ContractState.allCases {
              writer.member(state.name.description, census.states[state] ?? 0)
            }
          }
        }
        writer.member("party_count", Int64(census.parties.count))
        writer.key("buckets")
        writer.write(totals)
        if let quota { writer.writeMember(of: quota) }
        guard let usage else { return }
        writer.key("usage")
        writer.object { writer in
          writer.member("from", string: usage.from)
          writer.writeMembers(of: usage.counts)
        }
      }
    }
  }

  private static let parties = Route(
    method: .get, path: PathParts.parties, name: "list_parties",
    summary: "Who is payer, payee or arbiter in a tenant's contracts, by number, with sums by role",
    section: section,
    query: [
      .init(
        name: "cursor", schema: .string(pattern: "^[1-9][0-9]{0,18}-[0-9]{1,10}$"), summary: "`next` of the page before"
      ),
      .init(name: "limit", schema: .integer(1...1_000), summary: "Most parties of a page. Default: 100"),
    ], answers: [Route.Answer(.ok, "A page of parties", .named("Parties"))]
  ) { call in
    let (tenant, limit) = (try call.tenant(), try call.integer("limit", in: 1...1_000) ?? 100)
    let cursor = try call.censusCursor()
    let session = try await call.session()
    try await session.checkReader(of: tenant)
    let (census, number) = try await call.census(tenant, session, number: cursor?.census)
    var found = census.parties.keys.sorted()
    if let cursor { found.removeAll { $0 <= cursor.party } }
    let page = found.prefix(limit)
    let next = page.count < found.count ? page.last.map { "\(number)-\($0)" } : nil
    return call.page(page, next: next) { $0.write(census.parties[$1] ?? .init(), of: $1) }
  }

  private static let party = Route(
    method: .get, path: PathParts.party, name: "get_party",
    summary: "A party's contracts and sums by role; the contracts themselves lists `list_contracts` with `party`",
    section: section, answers: [Route.Answer(.ok, "The party", .named("Party"))]
  ) { call in
    let (tenant, number) = (try call.tenant(), try call.number(.party, "party"))
    let session = try await call.session()
    try await session.checkReader(of: tenant)
    let (census, _) = try await call.census(tenant, session)
    guard let party = census.parties[number] else { throw Problem.notFound("party") }
    return call.document { $0.write(party, of: number) }
  }

  // MARK: Description

  private static let count = Schema.integer(0...Int64.max)
  private static let share = Schema.object([
    .init("contract_count", count), .init("value", .described(.sum, "The contracts' values together")),
    .init("buckets", .described(.named("Buckets"), "The contracts' sums together")),
  ])

  static let components: [(String, Schema)] = [
    (
      "Tenant",
      .object([
        .init("tenant", .number32),
        .init(
          "contracts",
          .described(
            .object([
              .init("count", count), .init("value", .sum),
              .init("by_state", .object(ContractState.allCases.map { .init($0.name.description, count) })),
            ]), "Those that were not pruned, each as it was when it was counted")),
        .init("party_count", .described(count, "Payers, payees and arbiters")),
        .init("buckets", .described(.named("Buckets"), "The ledger, with the sums of what was pruned")),
        QuotaRoutes.standingMember,
        .init(
          "usage",
          .described(
            .object([.init("from", .described(.instant, "Beginning of the first hour"))] + UsageRoutes.counts),
            "Requests of this hour and the 23 before it; left out where there are too many rows to add up"),
          isRequired: false),
      ])
    ),
    (
      "Party",
      .object([
        .init("party", .number32), .init("as_payer", share), .init("as_payee", share),
        .init("as_arbiter", .object([.init("contract_count", count)])),
      ])
    ),
    ("Parties", .object([.init("items", .array(.named("Party"))), .init("next", .string(), isRequired: false)])),
  ]
}

extension RouteCall {
  /// A count of a tenant's contracts that the caller may read, and its number; the one of a cursor, or a new one.
  fileprivate func census(
    _ tenant: UInt32, _ session: KernelSession, number: UInt64? = nil
  ) async throws(Problem) -> (TenantCensus, number: UInt64) {
    let place = try services.searches.place()
    defer { withExtendedLifetime(place) {} }
    let taker: CensusTaker
    if let number {
      taker = try services.censuses.taker(number, tenant: tenant)
    } else {
      taker = await services.censuses.begin(tenant: tenant)
    }
    return (try await taker.result(asking: session), taker.number)
  }

  fileprivate func censusCursor() throws(Problem) -> (census: UInt64, party: UInt32)? {
    guard let text = parameter("cursor") else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let census = Identifier.decimal(parts[0], UInt64.self),
      let party = Identifier.decimal(parts[1], UInt32.self)
    else { throw .badParameter("cursor", "is none that was given out") }
    return (census, party)
  }

  /// A document for its caller alone.
  fileprivate func document(_ body: (inout JSONWriter) -> Void) -> Response {
    var response = Self.document { body(&$0) }
    response.headers[.cacheControl] = "private, no-store"
    return response
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ party: TenantCensus.Party, of number: UInt32) {
    object { writer in
      writer.member("party", string: String(number))
      for (name, share) in [("as_payer", party.asPayer), ("as_payee", party.asPayee)] {
        writer.key(name)
        writer.object { writer in
          writer.member("contract_count", share.contractCount)
          writer.member("value", share.value)
          writer.key("buckets")
          writer.write(share.buckets)
        }
      }
      writer.key("as_arbiter")
      writer.object { $0.member("contract_count", party.arbitratedCount) }
    }
  }
}
