import Documents
import HTTPTypes
import Marketplace
import Repository
import Store

/// What the description says of the marketplace.
enum MarketForms {
  static let section = "Marketplace"

  /// A listing as one text: `7~template~construction~villa`.
  static let listing = Schema.string(pattern: "^(0|[1-9][0-9]{0,9})(~[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?){2,4}$")

  static func text(_ id: DocumentID) -> String {
    "\(id.tenant.rawValue)~\(id.kind)~\(DocumentForms.text(id.name))"
  }

  static func listing(_ text: String) -> DocumentID? {
    let parts = text.split(separator: "~", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let tenant = Identifier.decimal(parts[0], UInt32.self), let kind = Slug(parts[1]),
      let name = DocumentForms.name(parts[2])
    else { return nil }
    return DocumentID(Tenant(rawValue: tenant), DocumentKind(kind), name)
  }

  static let reason = Schema.string(length: 1...500)
  static let prose = Schema.string(length: 0...500)
  static let objection = Schema.words(Objection.allCases.map { "\($0)" })
  static let limit = Route.QueryParameter(
    name: "limit", schema: .integer(1...1_000), summary: "Most of a page. Default: 100")
  static let listingCursor = Route.QueryParameter(
    name: "cursor", schema: listing, summary: "`next` of the page before")
  static let numberedCursor = Route.QueryParameter(
    name: "cursor", schema: .integer(0...Int64(UInt32.max) - 1), summary: "`next` of the page before")
  private static let instant = Schema.string(format: "date-time")
  private static let facet = Schema.object([
    .init("name", DocumentForms.slug), .init("value", .string(length: 1...Facet.valueByteCountMax)),
  ])
  private static let count = Schema.integer(0...Int64.max)

  /// What a tenant says of a listing.
  static let words: [Schema.Member] = [
    .init("title", .string(length: 1...ListingText.titleByteCountMax)),
    .init("summary", .string(length: 0...ListingText.summaryByteCountMax), isRequired: false),
    .init("facets", .array(facet, count: 0...ListingText.facetCountMax), isRequired: false),
    .init(
      "audience",
      .described(.array(.number32, count: 0...Audience.tenantCountMax), "Tenants that are invited. Default: everyone"),
      isRequired: false),
  ]

  private static let cause = Schema.object([
    .init("objection", objection), .init("reason", .string()), .init("time", instant),
  ])
  private static let deprecation = Schema.object([
    .init("successor", listing, isRequired: false), .init("message", .string()), .init("time", instant),
  ])

  static let components: [(String, Schema)] = [
    (
      "Release",
      .object([
        .init("label", DocumentForms.label), .init("version", DocumentForms.digest),
        .init("content", DocumentForms.digest), .init("publisher", DocumentForms.slug),
        .init("publisher_name", .string()), .init("public_key", DocumentForms.digest), .init("verified", .boolean),
        .init("time", instant), .init("takedown", cause, isRequired: false),
      ])
    ),
    (
      "Listing",
      .object([
        .init("listing", listing), .init("seller", .number32), .init("kind", DocumentForms.slug),
        .init("document", DocumentForms.name), .init("title", .string()), .init("summary", .string()),
        .init("facets", .array(facet)), .init("newest", .named("Release")), .init("releases", count),
        .init("installs", .described(count, "Tenants who have it and made a contract of it")),
        .init("users", .described(count, "Tenants who ever made a contract of it")), .init("contracts", count),
        .init("closed", count), .init("ratings", .described(.array(count, count: 5...5), "How many gave 1 to 5 stars")),
        .init(
          "average", .described(.integer(100...500), "Of the stars, in hundredths"), isRequired: false),
        .init("deprecation", deprecation, isRequired: false), .init("takedown", cause, isRequired: false),
        .init("audience", .array(.number32), isRequired: false),
      ])
    ),
    ("Listings", page("Listing", next: .string())),
    ("Releases", page("Release", next: .integer(0...Int64(UInt32.max)))),
    (
      "Rating",
      .object([
        .init("number", count), .init("stars", .integer(1...5)), .init("text", .string()), .init("time", instant),
      ])
    ),
    ("Ratings", page("Rating", next: .integer(0...Int64(UInt32.max)))),
    (
      "Install",
      .object([
        .init("listing", listing), .init("label", DocumentForms.label), .init("upstream", DocumentForms.digest),
        .init("document", DocumentForms.name), .init("environment", DocumentForms.slug),
        .init("version", DocumentForms.digest), .init("actor", .string()), .init("time", instant),
      ])
    ),
    ("Installs", page("Install", next: listing)),
    (
      "Notices",
      .object([
        .init(
          "items",
          .array(
            .object([
              .init("install", .named("Install")),
              .init("event", .words(["taken_down", "release_taken_down", "deprecated"])),
              .init("takedown", cause, isRequired: false), .init("deprecation", deprecation, isRequired: false),
            ]))), .init("next", listing, isRequired: false),
      ])
    ),
    (
      "ListingNews",
      .object([
        .init("install", .named("Install")), .init("newest", .named("Release")),
        .init("changes", .array(.object([], isClosed: false))),
      ])
    ),
    (
      "Usage",
      .object([
        .init(
          "items",
          .array(
            .object([
              .init("label", DocumentForms.label), .init("day", .string(format: "date")), .init("contracts", count),
              .init("closed", count),
            ]))),
        .init("next", .string(), isRequired: false),
      ])
    ),
    (
      "Reports",
      .object([
        .init(
          "items",
          .array(
            .object([
              .init("listing", listing), .init("tenant", .number32), .init("objection", objection),
              .init("text", .string()), .init("actor", .string()), .init("time", instant),
            ])))
      ])
    ),
    (
      "Takedowns",
      .object([
        .init(
          "items",
          .array(
            .object([
              .init("listing", listing), .init("label", DocumentForms.label, isRequired: false),
              .init("objection", objection), .init("reason", .string()), .init("actor", .string()),
              .init("time", instant),
            ])))
      ])
    ),
    (
      "Verification",
      .object([
        .init("verified", .boolean), .init("reason", .string()), .init("actor", .string()), .init("time", instant),
      ])
    ),
  ]

  private static func page(_ record: String, next: Schema) -> Schema {
    .object([.init("items", .array(.named(record))), .init("next", next, isRequired: false)])
  }
}

extension DocumentReader {
  /// What a tenant says of a listing, and whom it is for.
  mutating func listing() -> (ListingText, Audience)? {
    if !contains("title") { fault("title", "is missing") }
    let title = text("title", bytes: 1...ListingText.titleByteCountMax)
    let summary = text("summary", bytes: 0...ListingText.summaryByteCountMax) ?? ""
    let facets = objects("facets", countMax: ListingText.facetCountMax) { reader -> Facet? in
      let name = reader.required("name", "is no name, as industry") { Slug($0) }
      let value = reader.required("value", "is no text of 1 to 64 bytes") { 1...64 ~= $0.utf8.count ? $0 : nil }
      guard let name, let value else { return nil }
      guard let facet = try? Facet(name, value) else {
        reader.fault("value", "has letters that texts must not have")
        return nil
      }
      return facet
    }
    var audience = Audience.everyone
    if contains("audience") {
      let tenants = texts("audience", count: 0...Audience.tenantCountMax, "is no number of a tenant") {
        Identifier.decimal($0, UInt32.self) != nil
      }
      audience = .invited(
        Set((tenants ?? []).compactMap { Identifier.decimal($0, UInt32.self).map { Tenant(rawValue: $0) } }))
    }
    guard let title else { return nil }
    guard let words = try? ListingText(title: title, summary: summary, facets: facets ?? []) else {
      fault("title", "has letters that texts must not have, or the summary has")
      return nil
    }
    return (words, audience)
  }

  mutating func objection() -> Objection? {
    required("objection", "is none of the words that are known") { word in
      Objection.allCases.first { "\($0)" == word }
    }
  }
}

// MARK: Documents out

extension Release {
  var json: Documents.JSONValue {
    var members = JSONObject()
    members["label"] = .string(label.text)
    members["version"] = .string("\(version)")
    members["content"] = .string(content.hex)
    members["publisher"] = .string(publisher.id.text)
    members["publisher_name"] = .string(publisher.name)
    members["public_key"] = .string(publisher.keyText)
    members["verified"] = .bool(isVerified)
    members["time"] = .string(RFC3339.text(time))
    members["takedown"] = takedown?.json
    return .object(members)
  }
}

extension Listing {
  var json: Documents.JSONValue {
    var members = JSONObject()
    members["listing"] = .string(MarketForms.text(id))
    members["seller"] = .string(String(id.tenant.rawValue))
    members["kind"] = .string("\(id.kind)")
    members["document"] = .string(DocumentForms.text(id.name))
    members["title"] = .string(text.title)
    members["summary"] = .string(text.summary)
    members["facets"] = .array(text.facets.map { ["name": .string($0.name.text), "value": .string($0.value)] })
    members["newest"] = newest.json
    members["releases"] = .integer(Int64(releaseCount))
    members["installs"] = .integer(Int64(totals.installCount))
    members["users"] = .integer(Int64(totals.userCount))
    members["contracts"] = .integer(Int64(clamping: totals.contractCount))
    members["closed"] = .integer(Int64(clamping: totals.closedCount))
    members["ratings"] = .array(totals.ratingCounts.map { .integer(Int64($0)) })
    members["average"] = totals.averageHundredths.map { .integer(Int64($0)) }
    members["deprecation"] = deprecation?.json
    members["takedown"] = takedown?.json
    if case .invited(let tenants) = audience {
      members["audience"] = .array(tenants.map(\.rawValue).sorted().map { .string(String($0)) })
    }
    return .object(members)
  }
}

extension TakedownCause {
  var json: Documents.JSONValue {
    ["objection": .string("\(objection)"), "reason": .string(text), "time": .string(RFC3339.text(time))]
  }
}

extension Deprecation {
  var json: Documents.JSONValue {
    var members = JSONObject()
    members["successor"] = successor.map { .string(MarketForms.text($0)) }
    members["message"] = .string(message)
    members["time"] = .string(RFC3339.text(time))
    return .object(members)
  }
}

extension Rating {
  var json: Documents.JSONValue {
    [
      "number": .integer(Int64(number)), "stars": .integer(Int64(stars)), "text": .string(text),
      "time": .string(RFC3339.text(time)),
    ]
  }
}

extension Install {
  var json: Documents.JSONValue {
    [
      "listing": .string(MarketForms.text(listing)), "label": .string(label.text), "upstream": .string("\(upstream)"),
      "document": .string(DocumentForms.text(target.document.name)), "environment": .string(target.environment.text),
      "version": .string("\(version)"), "actor": .string("\(actor)"), "time": .string(RFC3339.text(time)),
    ]
  }
}

extension Notice {
  var json: Documents.JSONValue {
    var members = JSONObject()
    members["install"] = install.json
    switch event {
    case .takenDown(let cause): (members["event"], members["takedown"]) = ("taken_down", cause.json)
    case .releaseTakenDown(let cause): (members["event"], members["takedown"]) = ("release_taken_down", cause.json)
    case .deprecated(let mark): (members["event"], members["deprecation"]) = ("deprecated", mark.json)
    }
    return .object(members)
  }
}
