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
  let executors: LoopExecutors
  let logger: Logger

  func respond(to request: Request, context: GatewayContext) async throws -> Response {
    let encoding = ContentEncoding(request)
    let request = encoding.request
    // Of the trace that the request belongs to this is one step.
    let trace = request.headers[.traceparent].flatMap {
      TraceContext(parent: $0, state: request.headers[.tracestate])?.child
    }
    let began = ContinuousClock.now
    let match = table.match(request.method, request.uri.path[...])
    var response: Response
    let record = CallRecord(trace: trace)
    do {
      response = try await answer(request, match, in: context, record)
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
    if let trace { response.headers[.traceparent] = trace.parent }
    if let standing = record.standing { response.headers.add(standing) }
    response.headers[.xContentTypeOptions] = "nosniff"
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    response = await encoding.encoded(response, of: match.route)
    services.audit.note(request, match, response.status, from: context.channel.peerAddress, record, at: services.now())
    let ended = ContinuousClock.now
    let nanoseconds = (ended - began).nanoseconds
    services.usage.count(
      record, route: match.route?.name ?? "none", status: response.status.code, nanoseconds: nanoseconds,
      at: services.now())
    metrics.count(match.route?.name, status: response.status.code, nanoseconds: nanoseconds)
    services.recent.count(status: response.status.code, nanoseconds: nanoseconds, at: ended)
    if let trace {
      logger.debug(
        "a request was answered",
        metadata: [
          "route": "\(match.route?.name ?? "none")", "status": "\(response.status.code)", "trace": "\(trace.id)",
          "span": "\(trace.span)", "nanoseconds": "\(nanoseconds)",
        ])
    }
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(
    _ request: Request, _ match: RouteTable.Match, in context: GatewayContext, _ record: CallRecord
  ) async throws -> Response {
    switch match {
    case .found(let route, let parameters):
      let call = try RouteCall(
        route, request, from: context.channel, services: services, parameters: parameters, record: record)
      let fields = try call.admit()
      var response = try await services.deadlines.answer(
        route, record, on: context.channel.eventLoop, executor: executors.executor(of: context.channel.eventLoop),
        close: { context.channel.close(promise: nil) }
      ) { try await call.mapping(route.handle) }
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
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}

extension Channel {
  /// Where requests come from, without a port.
  var peerAddress: String { remoteAddress?.ipAddress ?? "unknown" }
}

extension HTTPField.Name {
  static let xContentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
}
