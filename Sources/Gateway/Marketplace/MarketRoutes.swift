import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Marketplace
import NIOCore
import Repository

/// What other tenants offer: to find, to look at, to rate.
enum MarketRoutes {
  static let all =
    [search, get, releases, content, ratings, rate, withdraw, report] + InstallRoutes.all + OfferRoutes.all
    + ModerationRoutes.all

  static let marketplace = PathParts.tenant + [.literal("marketplace")]
  static let listing = marketplace + [.parameter(.seller), .parameter(.kind), .parameter(.document)]

  /// Letters may have four bytes each.
  private static let wordsLengthMax = SearchQuery.textByteCountMax / 4

  private static let search = Route(
    method: .get, path: marketplace, name: "search_listings",
    summary: "Listings that the tenant may see, in a stable order",
    section: MarketForms.section,
    query: [
      .init(
        name: "words", schema: .string(length: 0...wordsLengthMax),
        summary: "Words of title, summary, name or facets, all of them"),
      .init(
        name: "facet", schema: .string(pattern: "^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?:.{1,16}$"),
        summary: "A name and a value, as industry:retail"),
      .init(name: "kind", schema: DocumentForms.slug, summary: "Only of this kind"),
      .init(name: "verified", schema: .words(["true", "false"]), summary: "Only of publishers that are verified"),
      .init(name: "cursor", schema: .string(pattern: "^([0-9a-f]{2}){1,512}$"), summary: "`next` of the page before"),
      MarketForms.limit,
    ],
    answers: [Route.Answer(.ok, "A page of them; there may be more though it is empty", .named("Listings"))]
  ) { call in
    let query = try query(call)
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let cursor = try call.parameter("cursor").map { text throws(Problem) in
      guard 2...1_024 ~= text.utf8.count, let bytes = Hexadecimal.bytes(text) else {
        throw .badParameter("cursor", "is none that was given out")
      }
      return SearchCursor(bytes: bytes)
    }
    let viewer = try await call.shopper()
    let page = try await call.services.documents.trade {
      try $0.search(query, from: cursor, countMax: limit, as: viewer)
    }
    return pageAnswer(page.listings.map(\.json), next: page.next.map { .string(Hexadecimal.text($0.bytes)) })
  }

  private static func query(_ call: RouteCall) throws(Problem) -> SearchQuery {
    let words = call.parameter("words") ?? ""
    guard words.unicodeScalars.count <= wordsLengthMax else {
      throw .badParameter("words", "has more than \(wordsLengthMax) letters")
    }
    var query = SearchQuery(words: words)
    if let text = call.parameter("facet") {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let name = Slug(parts[0]), let facet = try? Facet(name, String(parts[1])) else {
        throw .badParameter("facet", "is no name and value, as industry:retail", .unprocessableContent)
      }
      query.facets = [facet]
    }
    if let text = call.parameter("kind") {
      guard let slug = Slug(text) else { throw .badParameter("kind", "is no kind of documents") }
      query.kind = DocumentKind(slug)
    }
    if let text = call.parameter("verified") {
      guard let flag = Bool(text) else { throw .badParameter("verified", "is neither true nor false") }
      query.verifiedOnly = flag
    }
    return query
  }

  static func pageAnswer(_ items: [Documents.JSONValue], next: Documents.JSONValue?) -> Response {
    var members = JSONObject()
    members["items"] = .array(items)
    members["next"] = next
    return RouteCall.json(.object(members))
  }

  private static let get = Route(
    method: .get, path: listing, name: "get_listing",
    summary: "A listing, and what is known of it from those who ran it",
    section: MarketForms.section, answers: [Route.Answer(.ok, "The listing", .named("Listing"))]
  ) { call in
    let id = try call.listing()
    let viewer = try await call.shopper()
    return RouteCall.json(try await call.services.documents.trade { try $0.listing(id, as: viewer).json })
  }

  private static let releases = Route(
    method: .get, path: listing + [.literal("releases")], name: "list_releases",
    summary: "Versions of a listing, the oldest first", section: MarketForms.section,
    query: [MarketForms.numberedCursor, MarketForms.limit],
    answers: [Route.Answer(.ok, "A page of them", .named("Releases"))]
  ) { call in
    let (id, after) = (try call.listing(), try call.numberedCursor())
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let viewer = try await call.shopper()
    let page = try await call.services.documents.trade {
      try $0.releases(of: id, after: after, countMax: limit, as: viewer)
    }
    return pageAnswer(page.releases.map(\.json), next: page.next.map { .integer(Int64($0)) })
  }

  private static let content = Route(
    method: .get, path: listing + [.literal("content")], name: "get_listing_content",
    summary: "What a version of a listing says; signature and digest are looked at again", section: MarketForms.section,
    query: [.init(name: "label", schema: DocumentForms.label, summary: "Default: the newest")],
    answers: [Route.Answer(.ok, "The document in canonical form", .any)]
  ) { call in
    let (id, label) = (try call.listing(), try call.label(call.parameter("label")))
    let viewer = try await call.shopper()
    let bytes = try await call.services.documents.trade { try $0.content(of: id, label, as: viewer) }
    return Response(
      status: .ok, headers: [.contentType: MediaType.json], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  private static let ratings = Route(
    method: .get, path: listing + [.literal("ratings")], name: "list_ratings",
    summary: "What tenants say who ran it", section: MarketForms.section,
    query: [MarketForms.numberedCursor, MarketForms.limit],
    answers: [Route.Answer(.ok, "A page of them", .named("Ratings"))]
  ) { call in
    let (id, after) = (try call.listing(), try call.numberedCursor())
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let viewer = try await call.shopper()
    let page = try await call.services.documents.trade {
      try $0.ratings(of: id, after: after, countMax: limit, as: viewer)
    }
    return pageAnswer(page.ratings.map(\.json), next: page.next.map { .integer(Int64($0)) })
  }

  private static let rate = Route(
    method: .put, path: listing + [.literal("rating")], name: "rate_listing",
    summary: "Says what the tenant thinks of a listing that it made contracts of", section: MarketForms.section,
    body: .document(
      .object([.init("stars", .integer(1...5)), .init("text", MarketForms.prose, isRequired: false)]), isRequired: true),
    answers: [Route.Answer(.ok, "The tenant's rating", .named("Rating"))]
  ) { call in
    try call.refuseKey("a rating takes no Idempotency-Key: it is put in the place of the one before")
    let id = try call.listing()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let stars = reader.integer("stars", in: 1...5)
    if !reader.contains("stars") { reader.fault("stars", "is missing") }
    let text = reader.text("text", bytes: 0...500) ?? ""
    try reader.finish()
    guard let stars else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let rating = try await call.services.documents.trade { try $0.rate(id, stars: Int(stars), text, by: editor) }
    return RouteCall.json(rating.json)
  }

  private static let withdraw = Route(
    method: .delete, path: listing + [.literal("rating")], name: "withdraw_rating", summary: "Takes the rating back",
    section: MarketForms.section, answers: [Route.Answer(.noContent, "Gone", nil)]
  ) { call in
    let id = try call.listing()
    let editor = try await call.editor()
    try await call.services.documents.trade { try $0.withdrawRating(of: id, by: editor) }
    return Response(status: .noContent)
  }

  private static let report = Route(
    method: .post, path: listing + [.literal("reports")], name: "report_listing",
    summary: "Tells the platform what is wrong with a listing", section: MarketForms.section,
    body: .document(
      .object([.init("objection", MarketForms.objection), .init("text", MarketForms.prose, isRequired: false)]),
      isRequired: true),
    answers: [Route.Answer(.noContent, "It is on the platform's list", nil)]
  ) { call in
    try call.refuseKey("a report takes no Idempotency-Key: it is put in the place of the one before")
    let id = try call.listing()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let objection = reader.objection()
    let text = reader.text("text", bytes: 0...500) ?? ""
    try reader.finish()
    guard let objection else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    try await call.services.documents.trade { try $0.report(id, objection, text, by: editor) }
    return Response(status: .noContent)
  }
}
