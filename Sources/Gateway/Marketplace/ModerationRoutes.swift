import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Marketplace
import NIOCore
import Repository
import Store

/// What the platform, tenant 0, does in the marketplace: it verifies publishers, and takes down by four eyes.
enum ModerationRoutes {
  static let all = [reports, settle, takedowns, takedown, verify]

  private static let reports = Route(
    method: .get, path: MarketRoutes.marketplace + [.literal("reports")], name: "list_reports",
    summary: "For the platform: what tenants reported and nobody settled, at most 1,000", section: MarketForms.section,
    answers: [Route.Answer(.ok, "By listing", .named("Reports"))]
  ) { call in
    let viewer = try await call.shopper()
    let reports = try await call.services.documents.trade { try $0.reports(countMax: 1_000, as: viewer) }
    let items = reports.map { report -> Documents.JSONValue in
      [
        "listing": .string(MarketForms.text(report.listing)), "tenant": .string(String(report.tenant.rawValue)),
        "objection": .string("\(report.objection)"), "text": .string(report.text), "actor": .string("\(report.actor)"),
        "time": .string(RFC3339.text(report.time)),
      ]
    }
    return MarketRoutes.pageAnswer(items, next: nil)
  }

  private static let settle = Route(
    method: .post, path: MarketRoutes.listing + [.literal("settlements")], name: "settle_report",
    summary: "For the platform: takes a report off the list", section: MarketForms.section,
    body: .document(
      .object([.init("tenant", .described(.number32, "Who reported it")), .init("reason", MarketForms.reason)]),
      isRequired: true),
    answers: [Route.Answer(.noContent, "Settled", nil)]
  ) { call in
    try call.refuseKey("a settlement takes no Idempotency-Key: it is made once")
    let id = try call.listing()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let tenant = reader.required("tenant", "is no number of a tenant") { Identifier.decimal($0, UInt32.self) }
    let reason = reader.reason()
    try reader.finish()
    guard let tenant, let reason else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    try await call.services.documents.trade {
      try $0.settleReport(of: Tenant(rawValue: tenant), on: id, reason: reason, by: editor)
    }
    return Response(status: .noContent)
  }

  private static let takedowns = Route(
    method: .get, path: MarketRoutes.marketplace + [.literal("takedowns")], name: "list_takedowns",
    summary: "For the platform: takedowns that wait for a second person, at most 1,000", section: MarketForms.section,
    answers: [Route.Answer(.ok, "By listing", .named("Takedowns"))]
  ) { call in
    let viewer = try await call.shopper()
    let proposed = try await call.services.documents.trade { try $0.proposedTakedowns(countMax: 1_000, as: viewer) }
    let items = proposed.map { takedown -> Documents.JSONValue in
      var members = JSONObject()
      members["listing"] = .string(MarketForms.text(takedown.listing))
      members["label"] = takedown.release.map { .string($0.text) }
      members["objection"] = .string("\(takedown.objection)")
      members["reason"] = .string(takedown.text)
      members["actor"] = .string("\(takedown.actor)")
      members["time"] = .string(RFC3339.text(takedown.time))
      return .object(members)
    }
    return MarketRoutes.pageAnswer(items, next: nil)
  }

  private static let steps = ["proposed", "confirmed", "put_back"]

  private static let takedown = Route(
    method: .post, path: MarketRoutes.listing + [.literal("takedowns")], name: "take_down_listing",
    summary: "For the platform: proposes a takedown, confirms what another person proposed, or puts back",
    section: MarketForms.section,
    body: .document(
      .object([
        .init("step", .words(steps)),
        .init(
          "label", .described(DocumentForms.label, "Of one version. Default: the whole listing"), isRequired: false),
        .init("objection", .described(MarketForms.objection, "For proposed"), isRequired: false),
        .init("reason", .described(MarketForms.reason, "For proposed and put_back"), isRequired: false),
      ]), isRequired: true),
    answers: [Route.Answer(.ok, "The listing", .named("Listing"))]
  ) { call in
    try call.refuseKey("a takedown takes no Idempotency-Key: each step is taken once")
    let id = try call.listing()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let step = reader.required("step", "is none of the steps") { steps.contains($0) ? $0 : nil }
    let label = reader.text("label", "is no semantic version") { Label($0) }
    let objection = step == "proposed" ? reader.objection() : nil
    let reason = step == "confirmed" ? "" : reader.reason()
    try reader.finish()
    guard let step, let reason else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let document = try await call.services.documents.trade { market in
      if let objection {
        try market.proposeTakedown(of: id, label, for: objection, reason: reason, by: editor)
      } else if step == "confirmed" {
        try market.confirmTakedown(of: id, label, by: editor)
      } else {
        try market.putBack(id, label, reason: reason, by: editor)
      }
      return try market.listing(id, as: editor.viewer).json
    }
    return RouteCall.json(document)
  }

  private static let verify = Route(
    method: .post, path: MarketRoutes.marketplace + [.literal("publishers")], name: "verify_publisher",
    summary: "For the platform: says that a publisher is who they say, or takes that back",
    section: MarketForms.section,
    body: .document(
      .object([
        .init("tenant", .number32), .init("publisher", DocumentForms.slug), .init("verified", .boolean),
        .init("reason", .described(MarketForms.reason, "What was looked at")),
      ]), isRequired: true),
    answers: [Route.Answer(.ok, "What is said of them now", .named("Verification"))]
  ) { call in
    try call.refuseKey("it takes no Idempotency-Key: the second one is refused")
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let tenant = reader.required("tenant", "is no number of a tenant") { Identifier.decimal($0, UInt32.self) }
    let slug = reader.required("publisher", "is no name, as the-press") { Slug($0) }
    let isVerified = reader.boolean("verified")
    if !reader.contains("verified") { reader.fault("verified", "is missing") }
    let reason = reader.reason()
    try reader.finish()
    guard let tenant, let slug, let isVerified, let reason else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    guard editor.viewer == .tenant(.platform) else { throw Problem(MarketplaceError.notYours) }
    let verification = try await call.services.documents.trade {
      let publisher = PublisherID(Tenant(rawValue: tenant), slug)
      return isVerified
        ? try $0.verify(publisher, reason: reason, by: editor) : try $0.unverify(publisher, reason: reason, by: editor)
    }
    return RouteCall.json([
      "verified": .bool(verification.isVerified), "reason": .string(verification.reason),
      "actor": .string("\(verification.actor)"), "time": .string(RFC3339.text(verification.time)),
    ])
  }
}

extension DocumentReader {
  fileprivate mutating func reason() -> String? {
    if !contains("reason") { fault("reason", "is missing") }
    return text("reason", bytes: 1...500)
  }
}
