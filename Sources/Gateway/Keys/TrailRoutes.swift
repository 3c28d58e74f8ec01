import Access
import HTTPTypes
import HummingbirdCore
import NIOPosix

/// The trails: the server's, of keys, tokens, sessions and refused operations, and the gateway's, of requests. For administrators.
enum TrailRoutes {
  static let all: [Route] = [server, gateway]

  private static let server = Route(
    method: .get, path: KeyRoutes.access + [.literal("audit")], name: "list_audit",
    summary: "Rows of the server's audit trail, the oldest first",
    section: KeyRoutes.section, query: RouteCall.numberedPaging,
    answers: [Route.Answer(.ok, "A page of rows", .named("Trail"))]
  ) { call in
    let (after, limit) = try call.numberedPage()
    guard case .events(let events) = try await call.ask(.audit(after: after, limit: limit)) else {
      throw Problem.unreadable
    }
    return page(call, events, limit)
  }

  private static let gateway = Route(
    method: .get, path: [.literal("v1"), .literal("audit")], name: "list_requests",
    summary: "Rows of this gateway's trail: requests that changed something, or were refused",
    section: KeyRoutes.section,
    query: RouteCall.numberedPaging, answers: [Route.Answer(.ok, "A page of rows", .named("Trail"))]
  ) { call in
    let (after, limit) = try call.numberedPage()
    // Who may look at keys may look at who used them.
    _ = try await call.ask(.listKeys(after: 0, limit: 1))
    let trail = call.services.audit.trail
    let events = try await NIOThreadPool.singleton.runIfActive {
      try trail.flush()
      return try trail.events(after: after, limit: limit)
    }
    return page(call, events, limit)
  }

  private static func page(_ call: RouteCall, _ events: [AuditEvent], _ limit: Int) -> Response {
    call.page(events, next: events.count == limit ? events.last.map { String($0.number) } : nil) { $0.write($1) }
  }
}
