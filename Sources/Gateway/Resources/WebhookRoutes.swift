import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Wire

/// Endpoints of webhooks: where a tenant's events are sent.
enum WebhookRoutes {
  static let all: [Route] = [list, create, get, change, delete] + WebhookActionRoutes.all + WebhookLogRoutes.all

  static let section = "Webhooks"
  static let endpoints = PathParts.tenant + [.literal("webhooks")]
  static let endpoint = endpoints + [.parameter(.webhook)]

  private static let list = Route(
    method: .get, path: endpoints, name: "list_webhooks", summary: "A tenant's endpoints, the oldest first",
    section: section,
    query: [
      .init(name: "cursor", schema: .id, summary: "`next` of the page before"),
      .init(name: "limit", schema: .integer(1...1_000), summary: "Most endpoints of a page. Default: 100"),
    ],
    answers: [Route.Answer(.ok, "A page of endpoints", .named("Webhooks"))]
  ) { call in
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let cursor = try call.parameter("cursor").map { text throws(Problem) in
      guard let id = Identifier.id(text) else { throw .badParameter("cursor", "is none that was given out") }
      return id
    }
    let manager = try await call.manager()
    let all = call.services.webhooks.endpoints(of: manager.tenant).filter { $0.id > cursor ?? 0 }
    let next = all.count > limit ? Identifier.text(all[limit - 1].id) : nil
    let now = call.services.now()
    return call.page(all.prefix(limit), next: next) { writer, worker in
      worker.document(newest: manager.newest).write(to: &writer, at: now)
    }
  }

  private static let create = Route(
    method: .post, path: endpoints, name: "create_webhook",
    summary: "Makes an endpoint. Its secret is in this answer and in no other one", section: section,
    body: .document(WebhookForm.schema, isRequired: true),
    answers: [Route.Answer(.created, "Made", .named("WebhookWithSecret"))]
  ) { call in
    try call.refuseKey("an endpoint is made without Idempotency-Key: look for it in the list before it is made again")
    let members = try call.members(of: try await call.body())
    let manager = try await call.manager()
    let webhooks = call.services.webhooks
    let now = webhooks.context.now()
    let (endpoint, after) = try WebhookForm.endpoint(
      members, tenant: manager.tenant, rules: AddressRules(webhooks.context.configuration), now: now)
    try await webhooks.checkAddress(of: endpoint.url)
    if let after { try await webhooks.checkReach(after.next, of: manager.tenant) }
    let worker = try await webhooks.add(
      endpoint, cursor: after?.next ?? EventPosition(commit: manager.newest + 1))
    var response = RouteCall.document(.created) { writer in
      worker.document(newest: manager.newest).write(to: &writer, secret: endpoint.secrets[0], at: now)
    }
    response.headers[.location] = "\(call.request.uri.path)/\(Identifier.text(worker.id))"
    return response
  }

  private static let get = Route(
    method: .get, path: endpoint, name: "get_webhook", summary: "An endpoint, and how it fares", section: section,
    answers: [Route.Answer(.ok, "The endpoint", .named("Webhook")), RecordRoutes.notModified]
  ) { call in
    let manager = try await call.manager()
    return call.record(try manager.endpoint(), manager)
  }

  private static let change = Route(
    method: .patch, path: endpoint, name: "change_webhook",
    summary: "Changes what the document names, and leaves the rest", section: section,
    body: .document(WebhookForm.changeSchema, isRequired: true),
    answers: [Route.Answer(.ok, "Changed", .named("Webhook"))], condition: .version
  ) { call in
    let members = try call.members(of: try await call.body())
    let manager = try await call.manager()
    let webhooks = call.services.webhooks
    let change = try WebhookForm.Change(members, rules: AddressRules(webhooks.context.configuration))
    let worker = try manager.endpoint()
    if let url = change.url { try await webhooks.checkAddress(of: url) }
    try await webhooks.change(worker, version: try call.expectedVersion()) { endpoint throws(Problem) in
      change.apply(to: &endpoint)
    }
    return call.record(worker, manager)
  }

  private static let delete = Route(
    method: .delete, path: endpoint, name: "delete_webhook",
    summary: "Takes an endpoint away, and everything that is kept of it", section: section,
    answers: [Route.Answer(.noContent, "Gone", nil)], condition: .version
  ) { call in
    let manager = try await call.manager()
    let worker = try manager.endpoint()
    if let version = try call.expectedVersion(), version != worker.endpoint.version {
      throw Problem(.preconditionFailed, "version_conflict", "the endpoint was changed since")
    }
    try await call.services.webhooks.remove(worker)
    return Response(status: .noContent)
  }

  static let components: [(String, Schema)] =
    [
      ("Webhook", WebhookDocument.schema), ("WebhookWithSecret", WebhookDocument.createdSchema),
      ("Webhooks", page("Webhook")),
    ] + WebhookActionRoutes.components + WebhookLogRoutes.components

  static func page(_ record: String) -> Schema {
    .object([.init("items", .array(.named(record))), .init("next", .string(), isRequired: false)])
  }
}

/// Who manages a tenant's endpoints in a request.
struct WebhookManager: Sendable {
  let tenant: UInt32
  /// The newest commit.
  let newest: UInt64
  fileprivate let call: RouteCall

  /// The endpoint that the path names.
  func endpoint() throws(Problem) -> EndpointWorker {
    try call.services.webhooks.endpoint(try call.webhook(), of: tenant)
  }
}

extension RouteCall {
  /// - Throws: `Problem` when the caller may not manage the tenant's endpoints, or when there can be none.
  func manager() async throws(Problem) -> WebhookManager {
    let tenant = try tenant()
    try await WebhookAuthority.check(try await session(), tenant)
    try services.webhooks.checkStore()
    return WebhookManager(tenant: tenant, newest: try await services.webhooks.log.newestCommit(), call: self)
  }

  /// An endpoint with its entity tag.
  func record(_ worker: EndpointWorker, _ manager: WebhookManager) -> Response {
    let document = worker.document(newest: manager.newest)
    return record(version: document.endpoint.version) { document.write(to: &$0, at: services.now()) }
  }

  /// One page, with a link to the next.
  func page<Element>(
    _ items: some Sequence<Element>, next: String?, _ write: (inout JSONWriter, Element) -> Void
  ) -> Response {
    var response = Self.document { writer in
      writer.object { writer in
        writer.key("items")
        writer.array(items, write)
        writer.member("next", optional: next)
      }
    }
    response.headers[.cacheControl] = "private, no-store"
    if let next { response.headers[.link] = link(next: next) }
    return response
  }
}
