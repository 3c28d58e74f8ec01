import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Marketplace
import NIOCore
import Repository

/// What a tenant has of others.
enum InstallRoutes {
  static let all = [list, notices, install, uninstall, news, update]

  private static let list = Route(
    method: .get, path: MarketRoutes.marketplace + [.literal("installs")], name: "list_installs",
    summary: "What the tenant has installed", section: MarketForms.section,
    query: [MarketForms.listingCursor, MarketForms.limit],
    answers: [Route.Answer(.ok, "A page of installs", .named("Installs"))]
  ) { call in
    let tenant = Tenant(rawValue: try call.tenant())
    let (after, limit) = (try call.listingCursor(), try call.integer("limit", in: 1...1_000) ?? 100)
    let viewer = try await call.shopper()
    let page = try await call.services.documents.trade {
      try $0.installs(of: tenant, after: after, countMax: limit, as: viewer)
    }
    return MarketRoutes.pageAnswer(page.installs.map(\.json), next: page.next.map { .string(MarketForms.text($0)) })
  }

  private static let notices = Route(
    method: .get, path: MarketRoutes.marketplace + [.literal("notices")], name: "list_notices",
    summary: "What the tenant should know of what it has installed: takedowns, and listings that nobody looks after",
    section: MarketForms.section, query: [MarketForms.listingCursor, MarketForms.limit],
    answers: [Route.Answer(.ok, "A page of notices; there may be more though it is empty", .named("Notices"))]
  ) { call in
    let tenant = Tenant(rawValue: try call.tenant())
    let (after, limit) = (try call.listingCursor(), try call.integer("limit", in: 1...1_000) ?? 100)
    let viewer = try await call.shopper()
    let page = try await call.services.documents.trade {
      try $0.notices(of: tenant, after: after, countMax: limit, as: viewer)
    }
    return MarketRoutes.pageAnswer(page.notices.map(\.json), next: page.next.map { .string(MarketForms.text($0)) })
  }

  private static let install = Route(
    method: .post, path: MarketRoutes.listing + [.literal("install")], name: "install_listing",
    summary: "Makes a document of the tenant's own of a listing; it is a draft, and remembers where it is from",
    section: MarketForms.section,
    body: .document(
      .object([
        .init("document", .described(DocumentForms.name, "What the tenant calls it")),
        .init("environment", .described(DocumentForms.slug, "Default: live"), isRequired: false),
        .init("label", .described(DocumentForms.label, "Default: the newest"), isRequired: false),
      ]), isRequired: true),
    answers: [Route.Answer(.created, "Installed", .named("Install"))]
  ) { call in
    try call.refuseKey("an install takes no Idempotency-Key: the second one is refused")
    let id = try call.listing()
    let tenant = Tenant(rawValue: try call.tenant())
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let name = reader.required("document", "is no name of a document") { DocumentForms.name($0) }
    let environment = reader.text("environment", "is no name, as live") { Slug($0) } ?? DocumentService.live
    let label = reader.text("label", "is no semantic version") { Label($0) }
    try reader.finish()
    guard let name else { throw Problem(reader.faults) }
    let target = Reference(DocumentID(tenant, id.kind, name), in: environment)
    let editor = try await call.editor()
    let install = try await call.services.documents.trade { try $0.install(id, label, to: target, by: editor) }
    return RouteCall.json(install.json, .created)
  }

  private static let uninstall = Route(
    method: .delete, path: MarketRoutes.listing + [.literal("install")], name: "uninstall_listing",
    summary: "Says that the tenant no longer has it; its document stays", section: MarketForms.section,
    answers: [Route.Answer(.noContent, "Gone", nil)]
  ) { call in
    let id = try call.listing()
    let editor = try await call.editor()
    try await call.services.documents.trade { try $0.uninstall(id, by: editor) }
    return Response(status: .noContent)
  }

  private static let news = Route(
    method: .get, path: MarketRoutes.listing + [.literal("news")], name: "get_listing_news",
    summary: "What is new in a listing since the tenant took it", section: MarketForms.section,
    answers: [Route.Answer(.ok, "The newest version, and what is different", .named("ListingNews"))]
  ) { call in
    let id = try call.listing()
    let viewer = try await call.shopper()
    let news = try await call.services.documents.trade { try $0.news(of: id, as: viewer) }
    return RouteCall.json([
      "install": news.install.json, "newest": news.newest.json, "changes": .array(news.changes.map(\.json)),
    ])
  }

  /// Of a text inside a document of 64 KiB.
  private static let resolvedByteCountMax = 60_000

  private static let update = Route(
    method: .post, path: MarketRoutes.listing + [.literal("updates")], name: "update_install",
    summary: "Merges a newer version into the tenant's own document, as a draft", section: MarketForms.section,
    body: .document(
      .object([
        .init("label", .described(DocumentForms.label, "Default: the newest"), isRequired: false),
        .init("message", DocumentForms.message, isRequired: false),
        .init(
          "resolved",
          .described(
            .string(length: 1...resolvedByteCountMax),
            "What the document is to say where the merge has conflicts: all of it, as a text in JSON"),
          isRequired: false),
      ]), isRequired: true),
    answers: [
      Route.Answer(.ok, "Merged", .named("Version")),
      Route.Answer(.conflict, "Both sides changed the same: nothing was kept", .named("Conflicts")),
    ], condition: .head(isRequired: true)
  ) { call in
    try call.refuseKey("an update takes no Idempotency-Key: If-Match keeps it from being made twice")
    let (id, head) = (try call.listing(), try call.requiredHead())
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let label = reader.text("label", "is no semantic version") { Label($0) }
    let message = reader.text("message", bytes: 0...Draft.messageByteCountMax) ?? ""
    let text = reader.text("resolved", bytes: 1...resolvedByteCountMax)
    try reader.finish()
    let resolved = try text.map { text throws(Problem) in
      do throws(DocumentFault) { return try Document(json: Array(text.utf8)).value } catch { throw Problem(error) }
    }
    let editor = try await call.editor()
    let outcome = try await call.services.documents.trade {
      try $0.update(id, to: label, expecting: head, resolved: resolved, message: message, by: editor)
    }
    return MergeRoutes.response(outcome)
  }
}
