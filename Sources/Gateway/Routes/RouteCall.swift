import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Mappings
import NIOCore
import Repository

/// One request on its way through a route: what was asked, by whom, and how to answer.
struct RouteCall: Sendable {
  let route: Route
  private(set) var request: Request
  let services: GatewayServices
  /// The caller's secret or token; nil when none was sent, or none is asked for.
  let secret: String?
  private let channel: any Channel
  let record: CallRecord
  private let parameters: [Route.PathParameter: Substring]
  private let query: [String: String]

  /// Bytes of a document: one operation needs a few hundred.
  static let byteCountMax = 64 << 10
  /// Bytes of a batch: 8,190 operations with everything said.
  static let batchByteCountMax = 8 << 20

  /// - Throws: `Problem` when the query is none, or names what the route has not.
  init(
    _ route: Route, _ request: Request, from channel: any Channel, services: GatewayServices,
    parameters: [Route.PathParameter: Substring], record: CallRecord
  ) throws(Problem) {
    self.route = route
    self.request = request
    self.services = services
    self.parameters = parameters
    self.channel = channel
    self.record = record
    secret = route.needsKey ? try Self.secret(of: request) : nil
    query = try Self.query(of: request, route)
  }

  private static func secret(of request: Request) throws(Problem) -> String? {
    guard let text = request.headers[.authorization] else { return nil }
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .unauthorised }
    return String(parts[1])
  }

  /// Parameters as forms write them: a plus is a space, as curl, browsers and many libraries have it.
  private static func query(of request: Request, _ route: Route) throws(Problem) -> [String: String] {
    var query: [String: String] = [:]
    for part in (request.uri.query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
      let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Form.field(pair[0]), let value = pair.count > 1 ? Form.field(pair[1]) : "" else {
        throw .badParameter(String(decoding: pair[0], as: UTF8.self), "is not escaped as the text of a query is")
      }
      guard route.query.contains(where: { $0.name == name }) else { throw .badParameter(name, "is not known here") }
      guard query.updateValue(value, forKey: name) == nil else { throw .badParameter(name, "comes twice") }
    }
    for parameter in route.query where parameter.isRequired && query[parameter.name] == nil {
      throw .badParameter(parameter.name, "is missing")
    }
    return query
  }

  // MARK: What was asked

  /// Where the request comes from.
  var address: String { channel.peerAddress }

  /// Whether the path has a parameter.
  func names(_ parameter: Route.PathParameter) -> Bool { parameters[parameter] != nil }

  func tenant() throws(Problem) -> UInt32 {
    guard let number = Identifier.decimal(parameters[.tenant] ?? "", UInt32.self) else { throw .notFound("tenant") }
    return number
  }

  func contract() throws(Problem) -> UInt128 {
    guard let id = Identifier.id(parameters[.contract] ?? "") else { throw .notFound("contract") }
    return id
  }

  func milestone() throws(Problem) -> UInt16 {
    guard let ordinal = Identifier.decimal(parameters[.milestone] ?? "", UInt16.self), ordinal > 0 else {
      throw .notFound("milestone")
    }
    return ordinal
  }

  func webhook() throws(Problem) -> UInt128 {
    guard let id = Identifier.id(parameters[.webhook] ?? "") else { throw .notFound("webhook") }
    return id
  }

  func cursor() throws(Problem) -> String {
    guard let name = parameters[.cursor], EventCursor.isName(name) else { throw .notFound("cursor") }
    return String(name)
  }

  /// A part of the path, as it stands there.
  func text(_ parameter: Route.PathParameter) -> String { String(parameters[parameter] ?? "") }

  func parameter(_ name: String) -> String? { query[name] }

  /// A parameter that is an integer in a range.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let text = query[name] else { return nil }
    guard let value = Identifier.decimal(text, Int.self), range.contains(value) else {
      throw .badParameter(name, "is no integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func instant(_ name: String) throws(Problem) -> Int64? {
    guard let text = query[name] else { return nil }
    // The plus of an offset that was not escaped has become a space.
    let offset = text.lastIndex(of: " ").map { "\(text[..<$0])+\(text[text.index(after: $0)...])" }
    guard let instant = Instants.read(text) ?? offset.flatMap(Instants.read) else {
      throw .badParameter(name, "is no instant, as 2026-04-01T09:30:00.000Z")
    }
    return instant
  }

  /// The bytes of the document in the body.
  func body() async throws -> ByteBuffer {
    var limit = Self.byteCountMax
    if case .batch = route.body { limit = Self.batchByteCountMax }
    if case .authored = route.body { limit = Draft.textByteCountMax }
    if case .foreign = route.body { limit = MappingLimits.inputByteCountMax }
    record.awaitsBody = true
    defer { record.awaitsBody = false }
    do {
      return try decoded(try await request.body.collect(upTo: limit), byteCountMax: limit)
    } catch is NIOTooManyBytesError {
      throw Problem.tooLarge(limit)
    } catch let problem as Problem {
      throw problem
    } catch {
      // The connection broke off, or what came is no HTTP: whoever is there is told so.
      throw Problem(.badRequest, "broken_body", "the body did not come to its end")
    }
  }

  /// Members of a document; none for an empty body.
  func members(of buffer: ByteBuffer) throws(Problem) -> [JSONMember] {
    guard buffer.readableBytes > 0 else { return [] }
    try requireType(MediaType.json)
    let value: JSONValue
    do throws(JSONFault) {
      value = try JSONValue(reading: buffer.readableBytesUInt8Span)
    } catch { throw Problem(error) }
    guard case .object(let members) = value else {
      throw Problem(.unprocessableContent, "invalid_document", "the document is \(value.kind), not an object")
    }
    return members
  }

  /// - Throws: `Problem` when the body does not say that it is of this type.
  func requireType(_ wanted: String) throws(Problem) {
    // Without a type a page of another site could send it through a browser.
    let field = request.headers[.contentType] ?? ""
    if field == wanted { return }
    let type = field.prefix(while: { $0 != ";" }).lowercased().filter { $0 != " " }
    guard type == wanted else {
      throw Problem(
        .unsupportedMediaType, "unsupported_media_type", "the body is to be \(wanted)")
    }
  }

  /// The caller's session with the kernel.
  func session() async throws(Problem) -> KernelSession {
    let session = try await services.sessions.session(secret: secret)
    record.key = session.caller.key
    prove(session.caller)
    if names(.tenant), let tenant = try? tenant(), session.caller.tenants?.contains(tenant) ?? true {
      record.tenant = tenant
      record.standing = services.quotas.standing(of: tenant, asking: session)
    }
    try admitTenant(session.caller)
    return session
  }

  /// The same without `If-None-Match`: whether the caller has the answer already is told of what is made of it.
  func withoutCondition() -> RouteCall {
    var (call, head) = (self, request.head)
    head.headerFields[.ifNoneMatch] = nil
    call.request = Request(head: head, body: request.body)
    return call
  }

  /// Operations are about to be submitted: their events are to say the request's trace.
  func keepTrace(of operations: [SlottedOperation]) {
    if let trace = record.trace { services.traces.keep(trace, operations) }
  }

  // MARK: How to answer

  static func response(_ problem: Problem, at path: String) -> Response {
    var response = document(problem.status, type: MediaType.problem) { problem.write(instance: path, to: &$0) }
    for field in problem.headers { response.headers[field.name] = field.value }
    return response
  }

  static func document(
    _ status: HTTPResponse.Status = .ok, type: String = MediaType.json, _ body: (inout JSONWriter) -> Void
  ) -> Response {
    var writer = JSONWriter()
    body(&writer)
    return document(writer, status, type: type)
  }

  /// A document that is written already.
  static func document(
    _ written: JSONWriter, _ status: HTTPResponse.Status = .ok, type: String = MediaType.json
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: written.bytes)))
  }
}
