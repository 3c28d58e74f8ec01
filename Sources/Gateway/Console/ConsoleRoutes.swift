import HTTPTypes
import Hummingbird
import HummingbirdCore

/// The console: a page and its modules, which ask the routes that everybody asks.
enum ConsoleRoutes {
  static let all = [
    Route(
      method: .get, path: [.literal("console")], name: "get_console", summary: "The console, a page for people",
      section: "Console",
      answers: [Route.Answer(.ok, "The page", type: "text/html", .string()), RecordRoutes.notModified], needsKey: false
    ) { call in call.asset(.page) },
    Route(
      method: .get, path: [.literal("console"), .parameter(.asset)], name: "get_console_asset",
      summary: "A file of the console", section: "Console",
      answers: [MediaType.script, MediaType.css, MediaType.svg].map {
        Route.Answer(.ok, "The file", type: $0, .string())
      } + [RecordRoutes.notModified], needsKey: false
    ) { call in
      let name = call.text(.asset)
      guard let asset = ConsoleAsset.all.first(where: { $0.name == name }) else { throw Problem.notFound("file") }
      return call.asset(asset)
    },
  ]

  /// Only what this gateway serves, nothing written in the page itself, and no text of a record becomes a part of the page. A drawing that
  /// was asked for with a form is shown as a picture (`blob:`), in which nothing runs.
  static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' blob:",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")
}

extension RouteCall {
  fileprivate func asset(_ asset: ConsoleAsset) -> Response {
    var headers: HTTPFields = [
      .eTag: asset.tag, .cacheControl: "no-cache", .contentSecurityPolicy: ConsoleRoutes.policy,
      .referrerPolicy: "no-referrer",
    ]
    if let known = request.headers[.ifNoneMatch], EntityTag.list(known, names: asset.tag) {
      return Response(status: .notModified, headers: headers)
    }
    headers[.contentType] = asset.type
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.bytes))
  }
}
