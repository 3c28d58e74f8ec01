import Access
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOPosix
import Store

/// How much this gateway was asked: for a tenant its own, for the platform all.
enum UsageRoutes {
  static let all: [Route] = [ofTenant, ofAll]
  private static let section = "Usage"

  private static let ofTenant = Route(
    method: .get, path: PathParts.tenant + [.literal("usage")], name: "get_tenant_usage",
    summary: "Requests of a tenant, of 92 days at most: those whose path names it, by who may name it",
    section: section, query: query(by: [.hour, .day, .key, .route]), answers: answers
  ) { call in
    let (tenant, request) = (try call.tenant(), try call.usageRequest(by: [.hour, .day, .key, .route]))
    let session = try await call.session()
    try await session.checkReader(of: tenant)
    return try await call.usage(request, of: tenant)
  }

  private static let ofAll = Route(
    method: .get, path: [.literal("v1"), .literal("usage")], name: "get_usage",
    summary: "Requests of all tenants, and of none, of 92 days at most; for the platform, operators and administrators",
    section: section, query: query(by: UsageReport.Part.allCases), answers: answers
  ) { call in
    let request = try call.usageRequest(by: UsageReport.Part.allCases)
    if let own = try await call.session().ownKey() {
      guard own.tenants == nil, own.roles.contains(where: { [Role.platform, .operator, .admin].contains($0) }) else {
        throw Problem(
          .forbidden, "not_authorised", "the key is not the platform's, an operator's or an administrator's")
      }
    }
    return try await call.usage(request, of: nil)
  }

  // MARK: Description

  private static func query(by parts: [UsageReport.Part]) -> [Route.QueryParameter] {
    [
      .init(
        name: "from", schema: .instant, summary: "The first hour is the one of this instant. Default: a day before `to`"
      ),
      .init(name: "to", schema: .instant, summary: "The last hour is the one before this instant. Default: now"),
      .init(
        name: "by", schema: .array(.words(parts.map(\.rawValue)), count: 1...parts.count),
        summary: "What requests are gathered by, with commas between; all together unless given. Days are those of UTC"),
      .init(
        name: "cursor", schema: .string(pattern: UsageReport.Group.pattern), summary: "`next` of the page before"),
      .init(name: "limit", schema: .integer(1...1_000), summary: "Most groups of a page. Default: 100"),
    ]
  }

  private static let answers = [Route.Answer(.ok, "A page of groups", .named("RequestUsage"))]
  private static let count = Schema.integer(0...Int64.max)
  static let counts: [Schema.Member] = [
    .init("requests", count), .init("refused", .described(count, "Answered 4xx")),
    .init("failed", .described(count, "Answered 5xx")),
    .init("microseconds", .described(count, "Until the answers began, together")),
  ]

  static let components: [(String, Schema)] = [
    (
      "RequestUsage",
      .object([
        .init("from", .described(.instant, "Beginning of the first hour")),
        .init("to", .described(.instant, "End of the last hour")),
        .init(
          "items",
          .array(
            .object(
              [
                .init("start", .described(.instant, "Of the hour or day"), isRequired: false),
                .init("tenant", .described(.number32, "Left out for requests without one"), isRequired: false),
                .init("key", .described(.number32, "Left out for requests without one"), isRequired: false),
                .init(
                  "route", .described(.string(), "An `operationId`; `none` for a path that leads nowhere"),
                  isRequired: false),
              ] + counts))),
        .init("next", .string(), isRequired: false),
      ])
    )
  ]
}

/// Usage of a day, by hours.
struct UsageDay: Sendable {
  /// Beginning of the first hour.
  var from: String
  var counts: UsageCounts
}

/// What usage somebody asks for.
private struct UsageRequest: Sendable {
  var hours: Range<UInt32>
  var parts: Set<UsageReport.Part>
  var after: UsageReport.Group?
  var limit: Int
}

extension RouteCall {
  fileprivate func usageRequest(by allowed: [UsageReport.Part]) throws(Problem) -> UsageRequest {
    let now = services.now()
    let to = try instant("to") ?? now
    let from = try instant("from") ?? max(0, to - 86_400_000)
    guard from <= to else { throw .badParameter("to", "lies before from", .unprocessableContent) }
    let first = UsageKey.hour(from)
    // The hour that an instant lies in, unless it begins there.
    let end = max(first, UsageKey.hour(to.addingReportingOverflow(UsageKey.hourMilliseconds - 1).partialValue))
    guard end - first <= UsageMeter.hourCountMax else {
      throw .badParameter("from", "lies more than 92 days before to", .unprocessableContent)
    }
    var parts: Set<UsageReport.Part> = []
    for name in (parameter("by") ?? "").split(separator: ",", omittingEmptySubsequences: parameter("by") == nil) {
      guard let part = UsageReport.Part(rawValue: String(name)), allowed.contains(part) else {
        throw .badParameter("by", "names what requests are not gathered by here")
      }
      parts.insert(part)
    }
    guard !parts.isSuperset(of: [.hour, .day]) else {
      throw .badParameter("by", "has hour and day: one of them", .unprocessableContent)
    }
    var after: UsageReport.Group?
    if let text = parameter("cursor") {
      guard let group = UsageReport.Group(text) else { throw .badParameter("cursor", "is none that was given out") }
      after = group
    }
    let limit = try integer("limit", in: 1...1_000) ?? 100
    return UsageRequest(hours: first..<end, parts: parts, after: after, limit: limit)
  }

  /// Usage of hours, by what is asked for.
  /// - Parameter tenant: nil for all, and for requests without one.
  fileprivate func report(
    _ hours: Range<UInt32>, by parts: Set<UsageReport.Part>, of tenant: UInt32?
  ) async throws -> UsageReport {
    let meter = services.usage
    let place = try services.searches.place()
    defer { withExtendedLifetime(place) {} }
    try await meter.flush()
    return try await NIOThreadPool.singleton.runIfActive {
      var report = UsageReport(by: parts)
      try meter.rows(of: hours, tenant: tenant) { report.add($0, $1) }
      return report
    }
  }

  /// A tenant's requests of this hour and the 23 before it; nil when there are more rows than one request may look at.
  func usageOfDay(_ tenant: UInt32) async throws -> UsageDay? {
    let end = UsageKey.hour(services.now()) + 1
    let hours = end - min(24, end)..<end
    let report = try await report(hours, by: [], of: tenant)
    guard !report.isCut else { return nil }
    return UsageDay(from: Self.text(hours.lowerBound), counts: report.groups.values.first ?? UsageCounts())
  }

  fileprivate func usage(_ request: UsageRequest, of tenant: UInt32?) async throws -> Response {
    let report = try await report(request.hours, by: request.parts, of: tenant)
    guard !report.isCut else {
      throw Problem(
        .unprocessableContent, "span_too_long",
        "there are more than \(UsageReport.rowCountMax) rows in these hours: ask for fewer")
    }
    var groups = report.groups.keys.sorted()
    if let after = request.after { groups.removeAll { $0 <= after } }
    let page = groups.prefix(request.limit)
    let next = page.count < groups.count ? page.last?.text : nil
    var response = Self.document { writer in
      writer.object { writer in
        writer.member("from", string: Self.text(request.hours.lowerBound))
        writer.member("to", string: Self.text(request.hours.upperBound))
        writer.key("items")
        writer.array(page) { $0.write($1, report.groups[$1] ?? UsageCounts()) }
        writer.member("next", optional: next)
      }
    }
    response.headers[.cacheControl] = "private, no-store"
    if let next { response.headers[.link] = link(next: next) }
    return response
  }

  private static func text(_ hour: UInt32) -> String { RFC3339.text(Int64(hour) * UsageKey.hourMilliseconds) }
}
