import Formats
import HTTPTypes

/// AsyncAPI 3.0 of events: how they come, and what each type looks like.
enum AsyncAPI {
  /// - Parameter routes: those that answer events.
  static func document(of routes: [Route]) -> [UInt8] {
    let channels = routes.flatMap { [stream($0), page($0)] } + [webhooks]
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("asyncapi", string: "3.0.0")
      writer.key("info")
      writer.object { writer in
        writer.member("title", string: "Milepost events")
        writer.member("version", string: "1")
        writer.member("description", string: about)
      }
      writer.member("defaultContentType", string: MediaType.cloudEvent)
      writer.key("servers")
      writer.object { writer in
        writeServer("gateway", "Where this document comes from", asksKey: true, to: &writer)
        writeServer("receiver", "An endpoint that a tenant named", asksKey: false, to: &writer)
      }
      writer.key("channels")
      writer.object { writer in for channel in channels { write(channel, to: &writer) } }
      writer.key("operations")
      writer.object { writer in for channel in channels { writeOperation(of: channel, to: &writer) } }
      writer.key("components")
      writer.object { writeComponents(to: &$0) }
    }
    return writer.bytes
  }

  private static let about = """
    Everything that happened, as CloudEvents 1.0, in the order of the log. `id` is an event's place in the log; it stays the same however often \
    the event comes. Events with the same `partitionkey` are of one record.
    """

  // MARK: Channels

  private struct Channel {
    var name: String
    var title: String
    var about: String
    var server: String
    /// Nil for an address that somebody else decides.
    var address: String?
    var parameters: [Route.PathParameter] = []
    var messages: [String]
    var method: HTTPRequest.Method
    var query: [Route.QueryParameter] = []
  }

  /// Messages by name: a type of event is its own name.
  private static let pageMessage = "events_page"

  private static func stream(_ route: Route) -> Channel {
    channel(
      route, "stream",
      "Server-sent events with `Accept: text/event-stream`: `id` is the event's, `data` its document. `Last-Event-ID` goes on",
      messages: CloudEvent.types)
  }

  private static func page(_ route: Route) -> Channel {
    channel(
      route, "page",
      "One answer with what there is, or with what comes within `wait` seconds; `after` of the answer goes on",
      messages: [pageMessage])
  }

  private static func channel(_ route: Route, _ kind: String, _ about: String, messages: [String]) -> Channel {
    Channel(
      name: "\(route.name)_\(kind)", title: route.title, about: about, server: "gateway", address: route.template,
      parameters: route.parameters, messages: messages, method: route.method, query: route.query)
  }

  private static let webhooks = Channel(
    name: "webhook", title: "Events of a tenant, sent to an endpoint",
    about: """
      POST with the headers `webhook-id` (the event's id), `webhook-timestamp` (seconds) and `webhook-signature`, as Standard Webhooks has it. \
      Each event at least once; any status 2xx accepts it
      """,
    server: "receiver", address: nil, messages: CloudEvent.types + [TestEvent.type], method: .post)

  private static func write(_ channel: Channel, to writer: inout JSONWriter) {
    writer.key(channel.name)
    writer.object { writer in
      writer.key("address")
      if let address = channel.address { writer.string(address) } else { writer.null() }
      writer.member("title", string: channel.title)
      writer.member("description", string: channel.about)
      writer.key("servers")
      writer.array([channel.server]) { $0.reference("servers", $1) }
      if !channel.parameters.isEmpty {
        writer.key("parameters")
        writer.object { writer in
          for parameter in channel.parameters {
            writer.key(parameter.rawValue)
            writer.object { writer in
              guard case .described(_, let text, _) = parameter.schema else { return }
              writer.member("description", string: text)
            }
          }
        }
      }
      writer.key("messages")
      writer.object { writer in
        for message in channel.messages {
          writer.key(message)
          writer.reference("components/messages", message)
        }
      }
    }
  }

  private static func writeOperation(of channel: Channel, to writer: inout JSONWriter) {
    writer.key("send_\(channel.name)")
    writer.object { writer in
      // Milepost sends, also where it is asked to.
      writer.member("action", string: "send")
      writer.key("channel")
      writer.reference("channels", channel.name)
      writer.member("summary", string: channel.title)
      writer.key("bindings")
      writer.object { writer in
        writer.key("http")
        writer.object { writer in
          writer.member("method", string: channel.method.rawValue)
          if !channel.query.isEmpty {
            writer.key("query")
            Schema.object(
              channel.query.map { .init($0.name, .described($0.schema, $0.summary), isRequired: $0.isRequired) }
            ).write(to: &writer)
          }
          writer.member("bindingVersion", string: "0.3.0")
        }
      }
    }
  }

  private static func writeServer(_ name: String, _ about: String, asksKey: Bool, to writer: inout JSONWriter) {
    writer.key(name)
    writer.object { writer in
      writer.member("host", string: "{host}")
      writer.member("protocol", string: "https")
      writer.member("description", string: about)
      writer.key("variables")
      writer.object { writer in
        writer.key("host")
        writer.object { $0.member("description", string: "Name or address, and port") }
      }
      guard asksKey else { return }
      writer.key("security")
      writer.array(["key"]) { $0.reference("components/securitySchemes", $1) }
    }
  }

  // MARK: Messages

  private static func writeComponents(to writer: inout JSONWriter) {
    writer.key("messages")
    writer.object { writer in
      for type in CloudEvent.types {
        write(
          type, MediaType.cloudEvent, CloudEvent.schema(types: [type], data: CloudEvent.dataSchema(of: type)),
          to: &writer)
      }
      write(TestEvent.type, MediaType.cloudEvent, TestEvent.schema, to: &writer)
      write(pageMessage, MediaType.json, .named("Events"), to: &writer)
    }
    writer.key("schemas")
    writer.object { writer in
      for (name, schema) in EventRoutes.components {
        writer.key(name)
        schema.write(to: &writer)
      }
    }
    writer.key("securitySchemes")
    writer.object { OpenAPI.writeKeyScheme(to: &$0) }
  }

  private static func write(_ name: String, _ type: String, _ payload: Schema, to writer: inout JSONWriter) {
    writer.key(name)
    writer.object { writer in
      writer.member("name", string: name)
      writer.member("contentType", string: type)
      writer.key("payload")
      payload.write(to: &writer)
    }
  }
}

extension Route {
  /// The summary up to its details.
  fileprivate var title: String { String(summary.prefix { $0 != ":" }) }
}

extension JSONWriter {
  fileprivate mutating func reference(_ place: String, _ name: String) {
    object { $0.member("$ref", string: "#/\(place)/\(name)") }
  }
}
