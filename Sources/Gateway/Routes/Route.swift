import HTTPTypes
import Hummingbird
import HummingbirdCore

/// One thing that can be asked, and all that can be told about it: routing, checks and the description come from here.
struct Route: Sendable {
  var method: HTTPRequest.Method
  var path: [PathPart]
  /// Stable name, for generated clients.
  var name: String
  var summary: String
  /// Part of the reference page.
  var section: String
  var query: [QueryParameter] = []
  var body: Body = .none
  var answers: [Answer]
  /// Whether it is an operation of the kernel, which an `Idempotency-Key` makes at most once.
  var isOperation = false
  /// Whether an `Idempotency-Key` may stand for the ids of what the request names none for.
  var takesKey = false
  /// What `If-Match` is compared with; nil where it is not looked at.
  var condition: Condition?
  /// Whether a key is asked for where the server has keys.
  var needsKey = true
  var handle: @Sendable (RouteCall) async throws -> Response

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
