import HTTPTypes
import Hummingbird
import HummingbirdCore

/// One thing that can be asked, and all that can be told about it: routing, checks and the description come from here.
final class Route: Sendable {
  let method: HTTPRequest.Method
  let path: [PathPart]
  /// Stable name, for generated clients.
  let name: String
  let summary: String
  /// Part of the reference page.
  let section: String
  let query: [QueryParameter]
  let body: Body
  let answers: [Answer]
  /// Whether it is an operation of the kernel, which an `Idempotency-Key` makes at most once.
  let isOperation: Bool
  /// Whether an `Idempotency-Key` may stand for the ids of what the request names none for.
  let takesKey: Bool
  /// What `If-Match` is compared with; nil where it is not looked at.
  let condition: Condition?
  /// Whether a key is asked for where the server has keys.
  let needsKey: Bool
  let handle: @Sendable (RouteCall) async throws -> Response

  init(
    method: HTTPRequest.Method, path: [PathPart], name: String, summary: String, section: String,
    query: [QueryParameter] = [], body: Body = .none, answers: [Answer], isOperation: Bool = false,
    takesKey: Bool = false, condition: Condition? = nil, needsKey: Bool = true,
    handle: @escaping @Sendable (RouteCall) async throws -> Response
  ) {
    self.method = method
    self.path = path
    self.name = name
    self.summary = summary
    self.section = section
    self.query = query
    self.body = body
    self.answers = answers
    self.isOperation = isOperation
    self.takesKey = takesKey
    self.condition = condition
    self.needsKey = needsKey
    self.handle = handle
  }

  enum Condition: Sendable {
    /// The version of a record.
    case version
    /// The newest version of a document; whether it must be named.
    case head(isRequired: Bool)
  }

  enum PathPart: Sendable, Hashable {
    case literal(String)
    case parameter(PathParameter)
  }

  enum PathParameter: String, Sendable, CaseIterable {
    case tenant, contract, milestone, party, webhook, cursor, key, proposal, application, asset, industry, template,
      kind, document, revision, seller
  }

  struct QueryParameter: Sendable {
    var name: String
    var schema: Schema
    var summary: String
    var isRequired = false
  }

  enum Body: Sendable {
    case none
    /// A document; see `RouteCall.byteCountMax`.
    case document(Schema, isRequired: Bool)
    /// A document as its author wrote it, JSON or YAML, of at most 1 MiB.
    case authored
    /// A text of another system, in what a mapping reads.
    case foreign
    /// Fields of a form, each once; see `Form`.
    case form(Schema)
    /// A document with many operations in it.
    case batch(Schema)
    /// Documents one behind the other, of any number.
    case stream(Schema)
  }

  struct Answer: Sendable {
    var status: HTTPResponse.Status
    var summary: String
    var type: String
    var schema: Schema?
    init(_ status: HTTPResponse.Status, _ summary: String, type: String = MediaType.json, _ schema: Schema?) {
      self.status = status
      self.summary = summary
      self.type = type
      self.schema = schema
    }
  }

  /// Parameters of the path, in order.
  var parameters: [PathParameter] {
    path.compactMap { part in if case .parameter(let parameter) = part { parameter } else { nil } }
  }

  /// The path as descriptions write it.
  var template: String {
    path.map { part in
      switch part {
      case .literal(let text): "/\(text)"
      case .parameter(let parameter): "/{\(parameter.rawValue)}"
      }
    }.joined()
  }
}

enum MediaType {
  static let json = "application/json"
  static let yaml = "application/yaml"
  static let problem = "application/problem+json"
  static let lines = "application/x-ndjson"
  static let csv = "text/csv"
  static let events = "text/event-stream"
  static let form = "application/x-www-form-urlencoded"
  static let cloudEvent = "application/cloudevents+json"
  static let html = "text/html; charset=utf-8"
  static let script = "text/javascript"
  static let css = "text/css"
  static let xml = "application/xml"
  static let svg = "image/svg+xml"
}
