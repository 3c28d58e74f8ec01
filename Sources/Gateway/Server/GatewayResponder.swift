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
  let metrics: GatewayMetrics
  let logger: Logger

  func respond(to request: Request, context: GatewayContext) async throws -> Response {
    let trace = request.headers[.traceparent].flatMap { TraceContext($0) }
    let began = ContinuousClock.now
    let match = table.match(request.method, request.uri.path[...])
    var response: Response
    let record = CallRecord()
    do {
      response = try await answer(request, match, from: context.address, record)
    } catch let problem as Problem {
      record.code = problem.code
      response = RouteCall.response(problem, at: request.uri.path)
    } catch {
      // The caller learns that it was our fault, and where to look, not what it was.
      let place = trace?.id ?? Identifier.text(Identifier.new(at: services.now()))
      logger.error(
        "a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)", "trace": "\(place)"])
      response = RouteCall.response(
        Problem(.internalServerError, "internal_error", "the gateway failed; see its log at trace \(place)"),
        at: request.uri.path)
    }
    if let trace { response.headers[.traceparent] = trace.next }
    response.headers[.xContentTypeOptions] = "nosniff"
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    services.audit.note(request, match, response.status, from: context.address, record, at: services.now())
    let ended = ContinuousClock.now
    let nanoseconds = (ended - began).nanoseconds
    metrics.count(match.route?.name, status: response.status.code, nanoseconds: nanoseconds)
    services.recent.count(status: response.status.code, nanoseconds: nanoseconds, at: ended)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(
    _ request: Request, _ match: RouteTable.Match, from address: String, _ record: CallRecord
  ) async throws -> Response {
    switch match {
    case .found(let route, let parameters):
      let call = try RouteCall(
        route, request, from: address, services: services, parameters: parameters, record: record)
      let fields = try call.admit()
      var response = try await call.mapping(route.handle)
      for field in fields { response.headers[field.name] = field.value }
      return response
    case .wrongMethod(let methods):
      var problem = Problem(
        .methodNotAllowed, "method_not_allowed", "here is only \(methods.joined(separator: ", "))")
      problem.headers[.allow] = methods.joined(separator: ", ")
      throw problem
    case .none: throw Problem(.notFound, "no_such_path", "there is nothing at this path; see /reference")
    }
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}

/// What Hummingbird keeps for a request. The rest is in `RouteCall`.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// Where the request comes from, without a port.
  var address: String { channel.remoteAddress?.ipAddress ?? "unknown" }
}

/// W3C trace context, level 1: the trace that a request belongs to.
struct TraceContext: Sendable {
  /// 32 hexadecimal digits.
  let id: String
  private let flags: String

  /// - Parameter header: the request's `traceparent`.
  /// - Returns: nil for what is none, as the standard wants it.
  init?(_ header: String) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
      parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
      parts[..<4].allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }),
      parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
    else { return nil }
    id = String(parts[1])
    flags = String(parts[3])
  }

  /// What goes on: the same trace, and an id of this hop.
  var next: String {
    let hop = String(UInt64.random(in: 1...UInt64.max), radix: 16)
    return "00-\(id)-\(String(repeating: "0", count: 16 - hop.utf8.count))\(hop)-\(flags)"
  }
}

extension HTTPField.Name {
  static let xContentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
}
