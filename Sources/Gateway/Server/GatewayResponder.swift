import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Answers requests: finds the route, and makes a problem document of everything that goes wrong.
struct GatewayResponder: HTTPResponder {
  typealias Context = GatewayContext

  let table: RouteTable
  let services: GatewayServices
  let logger: Logger

  func respond(to request: Request, context: GatewayContext) async throws -> Response {
    let trace = TraceContext(request.headers[.traceparent])
    var response: Response
    do {
      response = try await answer(request)
    } catch let problem as Problem {
      response = document(of: problem, request)
    } catch {
      // The caller learns that it was our fault, not what it was.
      logger.error(
        "a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)", "trace": "\(trace.id)"])
      response = document(
        of: Problem(.internalServerError, "internal_error", "the gateway failed; see its log at trace \(trace.id)"),
        request)
    }
    response.headers[.traceparent] = trace.header
    response.headers[.xContentTypeOptions] = "nosniff"
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(_ request: Request) async throws -> Response {
    switch table.match(request.method, request.uri.path[...]) {
    case .found(let route, let parameters):
      let call = try RouteCall(route, request, services: services, parameters: parameters)
      return try await route.handle(call)
    case .wrongMethod(let methods):
      var problem = Problem(
        .methodNotAllowed, "method_not_allowed", "here is only \(methods.joined(separator: ", "))")
      problem.headers[.allow] = methods.joined(separator: ", ")
      throw problem
    case .none: throw Problem(.notFound, "no_such_path", "there is nothing at this path; see /reference")
    }
  }

  private func document(of problem: Problem, _ request: Request) -> Response {
    var response = RouteCall.document(problem.status, type: MediaType.problem) {
      problem.write(instance: request.uri.path, to: &$0)
    }
    for field in problem.headers { response.headers[field.name] = field.value }
    return response
  }
}

/// What Hummingbird keeps for a request. The rest is in `RouteCall`.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage

  init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

/// W3C trace context, level 1: the trace that a request belongs to, its own or a new one.
struct TraceContext: Sendable {
  /// 32 hexadecimal digits.
  let id: String
  private let flags: String
  private let parent: String

  /// - Parameter header: the request's `traceparent`; what is none starts a new trace.
  init(_ header: String?) {
    var generator = SystemRandomNumberGenerator()
    parent = Self.hexadecimal(generator.next())
    let parts = header?.split(separator: "-", omittingEmptySubsequences: false) ?? []
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
      parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
      parts[..<4].allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }),
      parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
    else {
      id = Self.hexadecimal(generator.next()) + Self.hexadecimal(generator.next() | 1)
      flags = "00"
      return
    }
    id = String(parts[1])
    flags = String(parts[3])
  }

  /// What goes out: the same trace, and this hop's own id.
  var header: String { "00-\(id)-\(parent)-\(flags)" }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

extension HTTPField.Name {
  static let xContentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
}
