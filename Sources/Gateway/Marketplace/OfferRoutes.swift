import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Marketplace
import NIOCore
import Repository
import Store

/// What a tenant offers to others.
enum OfferRoutes {
  static let all = [offer, list, edit, deprecate, usage]

  private static let offer = Route(
    method: .post,
    path: DocumentRoutes.document + [.literal("versions"), .parameter(.revision), .literal("offers")],
    name: "offer_version",
    summary: "Offers an approved and signed version to others. Its label must rise by what the change asks for",
    section: MarketForms.section, query: [DocumentForms.environment],
    body: .document(
      .object([.init("publisher", .described(DocumentForms.slug, "Who has signed it"))] + MarketForms.words),
      isRequired: true),
    answers: [Route.Answer(.created, "The release", .named("Release"))]
  ) { call in
    try call.refuseKey("an offer takes no Idempotency-Key: the second one is refused")
    let (reference, id) = (try call.reference(), try call.revision())
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let publisher = reader.required("publisher", "is no name, as the-press") { Slug($0) }
    let words = reader.listing()
    try reader.finish()
    guard let publisher, let (text, audience) = words else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let step = try await call.services.documents.smallestStep(to: id, of: reference, as: editor.viewer)
    let release = try await call.services.documents.trade {
      try $0.offer(id, of: reference, signedBy: publisher, text, to: audience, step: step, by: editor)
    }
    return RouteCall.json(release.json, .created)
  }

  private static let list = Route(
    method: .get, path: MarketRoutes.marketplace + [.literal("listings")], name: "list_own_listings",
    summary: "What the tenant itself offers", section: MarketForms.section,
    query: [MarketForms.listingCursor, MarketForms.limit],
    answers: [Route.Answer(.ok, "A page of listings", .named("Listings"))]
  ) { call in
    let tenant = Tenant(rawValue: try call.tenant())
    let (after, limit) = (try call.listingCursor(), try call.integer("limit", in: 1...1_000) ?? 100)
    let viewer = try await call.shopper()
    let page = try await call.services.documents.trade {
      try $0.listings(of: tenant, after: after, countMax: limit, as: viewer)
    }
    return MarketRoutes.pageAnswer(page.listings.map(\.json), next: page.next.map { .string(MarketForms.text($0)) })
  }

  private static let edit = Route(
    method: .put, path: MarketRoutes.listing, name: "edit_listing",
    summary: "Says something else of one's own listing, or to others", section: MarketForms.section,
    body: .document(.object(MarketForms.words), isRequired: true),
    answers: [Route.Answer(.ok, "The listing", .named("Listing"))]
  ) { call in
    try call.refuseKey("an edit takes no Idempotency-Key: the second one changes nothing")
    let id = try call.listing()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let words = reader.listing()
    try reader.finish()
    guard let (text, audience) = words else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let document = try await call.services.documents.trade { market in
      try market.edit(id, text, to: audience, by: editor)
      return try market.listing(id, as: editor.viewer).json
    }
    return RouteCall.json(document)
  }

  private static let deprecate = Route(
    method: .put, path: MarketRoutes.listing + [.literal("deprecation")], name: "deprecate_listing",
    summary: "Says that one's own listing is no longer looked after, or that it is again", section: MarketForms.section,
    body: .document(
      .object([
        .init("deprecated", .boolean), .init("message", MarketForms.prose, isRequired: false),
        .init("successor", .described(MarketForms.listing, "The listing to take instead"), isRequired: false),
      ]), isRequired: true),
    answers: [Route.Answer(.ok, "The listing", .named("Listing"))]
  ) { call in
    try call.refuseKey("a mark takes no Idempotency-Key: the second one changes nothing")
    let id = try call.listing()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let isDeprecated = reader.boolean("deprecated")
    if !reader.contains("deprecated") { reader.fault("deprecated", "is missing") }
    let message = reader.text("message", bytes: 0...500) ?? ""
    let successor = reader.text("successor", "is no listing, as 7~template~villa") { MarketForms.listing($0) }
    try reader.finish()
    guard let isDeprecated else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let document = try await call.services.documents.trade { market in
      if isDeprecated {
        try market.deprecate(id, successor: successor, message: message, by: editor)
      } else {
        try market.endDeprecation(of: id, by: editor)
      }
      return try market.listing(id, as: editor.viewer).json
    }
    return RouteCall.json(document)
  }

  private static let usage = Route(
    method: .get, path: MarketRoutes.listing + [.literal("usage")], name: "get_listing_usage",
    summary: "Contracts that were made of one's own listing and closed, by version and day of India",
    section: MarketForms.section,
    query: [
      .init(
        name: "cursor", schema: .string(pattern: "^[0-9]{1,10}~.{5,64}$"), summary: "`next` of the page before"),
      MarketForms.limit,
    ],
    answers: [Route.Answer(.ok, "A page of days", .named("Usage"))]
  ) { call in
    let id = try call.listing()
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let after = try call.parameter("cursor").map { text throws(Problem) in
      let parts = text.split(separator: "~", maxSplits: 1)
      guard parts.count == 2, let day = Identifier.decimal(parts[0], UInt32.self), let label = Label(String(parts[1]))
      else { throw .badParameter("cursor", "is none that was given out", .unprocessableContent) }
      return DayUse(label: label, day: day)
    }
    let viewer = try await call.shopper()
    let page = try await call.services.documents.trade {
      try $0.usage(of: id, after: after, countMax: limit, as: viewer)
    }
    let items = page.days.map { day -> Documents.JSONValue in
      [
        "label": .string(day.label.text), "day": .string(String(RFC3339.text(Int64(day.day) * 86_400_000).prefix(10))),
        "contracts": .integer(Int64(clamping: day.contractCount)), "closed": .integer(Int64(clamping: day.closedCount)),
      ]
    }
    return MarketRoutes.pageAnswer(items, next: page.next.map { .string("\($0.day)~\($0.label)") })
  }
}
