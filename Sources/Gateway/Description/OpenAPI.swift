import Formats
import HTTPTypes

/// OpenAPI 3.1 of the route table.
enum OpenAPI {
  static func document(of table: RouteTable) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("openapi", string: "3.1.0")
      writer.key("info")
      writer.object { writer in
        writer.member("title", string: "Milepost")
        writer.member("version", string: "1")
        writer.member("description", string: about)
      }
      writer.key("servers")
      writer.array(["/"]) { writer, url in writer.object { $0.member("url", string: url) } }
      writer.key("tags")
      writer.array(sections(table)) { writer, name in writer.object { $0.member("name", string: name) } }
      writer.key("paths")
      writer.object { writer in
        for (template, routes) in paths(table) { write(template, routes, to: &writer) }
      }
      writer.key("components")
      writer.object { writer in
        writer.key("schemas")
        writer.object { writer in
          for (name, schema) in Schema.components + BatchRoutes.components + EventRoutes.components
            + CursorRoutes.components + TokenRoutes.components + WebhookRoutes.components + KeySchemas.components
            + TemplateForms.components + DocumentForms.components + MarketForms.components + MappingForms.components
            + StatusRoutes.components + TimerRoutes.components + StatementRoutes.components + TenantRoutes.components
            + QuotaRoutes.components + UsageRoutes.components
          {
            writer.key(name)
            schema.write(to: &writer)
          }
        }
        writer.key("securitySchemes")
        writer.object { writeKeyScheme(to: &$0) }
      }
    }
    return writer.bytes
  }

  /// How a caller proves who it is.
  static func writeKeyScheme(to writer: inout JSONWriter) {
    writer.key("key")
    writer.object { writer in
      writer.member("type", string: "http")
      writer.member("scheme", string: "bearer")
      writer.member(
        "description",
        string:
          "The secret of a key, an access token, or a JWT of an issuer that the server knows. A server without keys takes none."
      )
    }
  }

  private static let about = """
    Milestone payments. Sums are integers of minor units (paise); ids are strings; instants are RFC 3339. An answer is given when it \
    is durable. A POST of one operation may be repeated with the same Idempotency-Key: it is applied once. An id in the document does the same \
    while the operation is among the last four of its record.
    """

  /// Sections in order of first use.
  static func sections(_ table: RouteTable) -> [String] {
    var sections: [String] = []
    for route in table.routes where !sections.contains(route.section) { sections.append(route.section) }
    return sections
  }

  private static func paths(_ table: RouteTable) -> [(String, [Route])] {
    var order: [String] = []
    var byTemplate: [String: [Route]] = [:]
    for route in table.routes {
      if byTemplate[route.template] == nil { order.append(route.template) }
      byTemplate[route.template, default: []].append(route)
    }
    return order.map { ($0, byTemplate[$0] ?? []) }
  }

  private static func write(_ template: String, _ routes: [Route], to writer: inout JSONWriter) {
    writer.key(template)
    writer.object { writer in
      let parameters = routes[0].parameters
      if !parameters.isEmpty {
        writer.key("parameters")
        writer.array(parameters) { writer, parameter in
          writer.object { writer in
            writer.member("name", string: parameter.rawValue)
            writer.member("in", string: "path")
            writer.key("required")
            writer.bool(true)
            writer.key("schema")
            parameter.schema.write(to: &writer)
          }
        }
      }
      for route in routes {
        writer.key(route.method.rawValue.lowercased())
        write(route, to: &writer)
      }
    }
  }

  private static func write(_ route: Route, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("operationId", string: route.name)
      writer.member("summary", string: route.summary)
      writer.key("tags")
      writer.array([route.section]) { $0.string($1) }
      if route.needsKey {
        writer.key("security")
        // Without keys nobody has to prove one.
        writer.array([true, false]) { writer, asks in
          writer.object { writer in
            guard asks else { return }
            writer.key("key")
            writer.array([] as [String]) { $0.string($1) }
          }
        }
      }
      writer.key("parameters")
      writer.array(parameters(of: route)) { writer, parameter in
        writer.object { writer in
          writer.member("name", string: parameter.name)
          writer.member("in", string: parameter.place)
          writer.key("required")
          writer.bool(parameter.isRequired)
          writer.member("description", string: parameter.summary)
          if case .array = parameter.schema {
            // One value with commas, not one parameter for each element.
            writer.member("style", string: "form")
            writer.key("explode")
            writer.bool(false)
          }
          writer.key("schema")
          parameter.schema.write(to: &writer)
        }
      }
      write(route.body, to: &writer)
      writer.key("responses")
      writer.object { writer in write(route.answers, of: route, to: &writer) }
    }
  }

  private static func write(_ body: Route.Body, to writer: inout JSONWriter) {
    let (type, schema, isRequired): (String, Schema, Bool)
    switch body {
    case .none: return
    case .document(let document, let required): (type, schema, isRequired) = (MediaType.json, document, required)
    case .authored, .foreign:
      (type, schema, isRequired) = (MediaType.json, .any, true)
    case .form(let fields): (type, schema, isRequired) = (MediaType.form, fields, true)
    case .batch(let document): (type, schema, isRequired) = (MediaType.json, document, true)
    case .stream(let line): (type, schema, isRequired) = (MediaType.lines, line, true)
    }
    writer.key("requestBody")
    writer.object { writer in
      writer.key("required")
      writer.bool(isRequired)
      writer.key("content")
      writer.object { writer in
        for type in body.texts {
          writer.key(type)
          writer.object { writer in
            writer.key("schema")
            // A text of YAML that says `true` is no string to who reads it.
            (type == MediaType.yaml ? Schema.any : Schema.string()).write(to: &writer)
          }
        }
        writer.key(type)
        writer.object { writer in
          writer.key("schema")
          schema.write(to: &writer)
        }
      }
    }
  }

  private static func write(_ answers: [Route.Answer], of route: Route, to writer: inout JSONWriter) {
    var codes: [Int] = []
    for answer in answers where !codes.contains(answer.status.code) {
      codes.append(answer.status.code)
      writer.key(String(answer.status.code))
      writer.object { writer in
        writer.member("description", string: answer.summary)
        var types = answers.filter { $0.status == answer.status }
        // What goes wrong before a route is asked is a problem everywhere.
        if answer.status.code >= 400 {
          types.append(Route.Answer(answer.status, "", type: MediaType.problem, .named("Problem")))
        }
        guard types.contains(where: { $0.schema != nil }) else { return }
        writer.key("content")
        writer.object { writer in
          for type in types {
            guard let schema = type.schema else { continue }
            writer.key(type.type)
            writer.object { writer in
              writer.key("schema")
              schema.write(to: &writer)
            }
          }
        }
      }
    }
    writer.key("default")
    writer.object { writer in
      writer.member("description", string: "A problem: see its code")
      writer.key("content")
      writer.object { writer in
        writer.key(MediaType.problem)
        writer.object { writer in
          writer.key("schema")
          Schema.named("Problem").write(to: &writer)
        }
      }
    }
  }

  struct Parameter {
    var name: String
    var place: String
    var isRequired = false
    var summary: String
    var schema: Schema
  }

  /// Query and headers.
  static func parameters(of route: Route) -> [Parameter] {
    var parameters = route.query.map {
      Parameter(name: $0.name, place: "query", isRequired: $0.isRequired, summary: $0.summary, schema: $0.schema)
    }
    if route.isOperation || route.takesKey {
      parameters.append(
        Parameter(
          name: "Idempotency-Key", place: "header",
          summary: "The same key stands for the same intent: it is applied once, however often it is sent",
          schema: .string(pattern: #"^"[!#-~]{1,64}"$"#)))
    }
    if let condition = route.condition ?? (route.isOperation ? .version : nil) {
      parameters.append(
        Parameter(
          name: "If-Match", place: "header", isRequired: condition.isRequired,
          summary: "Refuse unless the record is as in this entity tag",
          schema: .string(pattern: condition.pattern)))
    }
    return parameters
  }
}

extension Route.Body {
  /// What it may be written in besides JSON.
  fileprivate var texts: [String] {
    switch self {
    case .authored: [MediaType.yaml]
    case .foreign: [MediaType.csv, MediaType.form, MediaType.xml]
    case .none, .document, .form, .batch, .stream: []
    }
  }
}

extension Route.Condition {
  fileprivate var isRequired: Bool { if case .head(isRequired: true) = self { true } else { false } }

  /// Of the entity tags that can match.
  fileprivate var pattern: String {
    switch self {
    case .version: #"^"[1-9][0-9]{0,8}-[0-9a-f]{32}(-gzip)?"$"#
    case .head: #"^"[0-9a-f]{64}(-gzip)?"$"#
    }
  }
}

extension Route.PathParameter {
  var schema: Schema {
    switch self {
    case .tenant: .described(.number32, "A tenant's number")
    case .contract: .described(.id, "A contract's id")
    case .party: .described(.number32, "A payer's, payee's or arbiter's number")
    case .webhook: .described(.id, "An endpoint's id")
    case .key: .described(.number32, "A key's number")
    case .proposal: .described(.number32, "A proposal's number")
    case .application: .described(.string(pattern: "^[A-Za-z0-9._-]{1,64}$"), "An application's id")
    case .industry: .described(.string(pattern: "^[a-z]+$"), "The template's industry")
    case .template: .described(.string(pattern: "^[a-z][a-z0-9-]*$"), "The template's name")
    case .kind: .described(DocumentForms.slug, "What the documents are for, as template")
    case .document: .described(DocumentForms.name, "The document's name, with ~ between folders and name")
    case .seller: .described(.number32, "The tenant whose listing it is")
    case .revision: .described(DocumentForms.digest, "A version's id")
    case .asset: .described(.words(ConsoleAsset.all.map(\.name)), "A file's name")
    case .cursor: .described(.string(pattern: EventCursor.namePattern), "A cursor's name")
    case .milestone: .described(.string(pattern: "^[1-9][0-9]{0,4}$"), "A milestone's number, 1 to 65535")
    }
  }
}
