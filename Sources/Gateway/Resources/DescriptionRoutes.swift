import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// What the gateway says about itself.
enum DescriptionRoutes {
  static let all: [Route] = [
    Route(
      method: .get, path: [.literal("openapi.json")], name: "get_openapi", summary: "This description, OpenAPI 3.1",
      section: "Description", answers: [Route.Answer(.ok, "The description", .object([], isClosed: false))],
      needsKey: false
    ) { call in
      fixed(openAPI, MediaType.json, call)
    },
    Route(
      method: .get, path: [.literal("asyncapi.json")], name: "get_asyncapi",
      summary: "Streams of events, pages of events and webhooks, with all types of events, AsyncAPI 3.0",
      section: "Description", answers: [Route.Answer(.ok, "The description", .object([], isClosed: false))],
      needsKey: false
    ) { call in
      fixed(asyncAPI, MediaType.json, call)
    },
    Route(
      method: .get, path: [.literal("reference")], name: "get_reference", summary: "The reference page",
      section: "Description", answers: [Route.Answer(.ok, "The page", type: "text/html", .string())], needsKey: false
    ) { call in
      fixed(reference, MediaType.html, call)
    },
  ]

  // Made once: the table does not change while the program runs.
  private static let openAPI = OpenAPI.document(of: .standard)
  private static let asyncAPI = AsyncAPI.document(of: EventRoutes.all)
  private static let reference = ReferencePage.document(of: .standard)

  private static func fixed(_ document: [UInt8], _ type: String, _ call: RouteCall) -> Response {
    let tag = "\"\(Digest.hexadecimal(of: document))\""
    var headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
    if let known = call.request.headers[.ifNoneMatch], EntityTag.list(known, names: tag) {
      return Response(status: .notModified, headers: headers)
    }
    headers[.contentType] = type
    if type == MediaType.html { headers[.contentSecurityPolicy] = ReferencePage.policy }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: document)))
  }
}

extension RouteTable {
  /// All routes there are.
  static let standard = RouteTable(
    OperationRoutes.all + RecordRoutes.all + TimerRoutes.all + BatchRoutes.all + EventRoutes.all + CursorRoutes.all
      + WebhookRoutes.all
      + TokenRoutes.all + AuthorizeRoutes.all + KeyRoutes.all + ApplicationRoutes.all + TrailRoutes.all
      + TemplateRoutes.all + InstanceRoutes.all + DocumentRoutes.all + MappingRoutes.all + StatusRoutes.all
      + DescriptionRoutes.all + StatementRoutes.all + TenantRoutes.all + QuotaRoutes.all + UsageRoutes.all
      + ConsoleRoutes.all)
}
