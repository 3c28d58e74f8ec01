import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Wire

/// The log as events: a stream that never ends, or what has come since.
enum EventRoutes {
  static let all = [
    route([.literal("v1"), .literal("events")], "follow_events", "Events of all tenants that the key allows"),
    route(
      PathParts.tenant + [.literal("events")], "follow_tenant_events", "Events of a tenant",
      [
        .init(
          name: "cursor", schema: .string(pattern: EventCursor.namePattern),
          summary: "Begin behind this cursor of the tenant, which stays where it is until it is set")
      ] + MappingForms.mapping),
  ]

  private static func route(
    _ path: [Route.PathPart], _ name: String, _ summary: String, _ own: [Route.QueryParameter] = []
  ) -> Route {
    Route(
      method: .get, path: path, name: name,
      summary: "\(summary): as a stream with `Accept: text/event-stream`, else those that are there, or come soon",
      section: "Events",
      query: [
        .init(
          name: "after", schema: .string(pattern: EventName.pattern),
          summary: "The last event that is known; `0-0` for all that the log has. Default: from now on. "
            + "`Last-Event-ID` goes before all that says where to begin"),
        .init(
          name: "since", schema: .instant,
          summary: "Begin with the first commit that has an event of this time or later"),
        .init(
          name: "type", schema: .array(.words(CloudEvent.types), count: 1...CloudEvent.types.count),
          summary: "Only of these types, with commas between"),
        .init(name: "contract", schema: .id, summary: "Only of this contract"),
        .init(name: "refused", schema: .words(["true", "false"]), summary: "With refused operations"),
        .init(
          name: "filter", schema: EventExpression.schema,
          summary: "Only events of which it is true: \(EventExpression.about)"),
        .init(name: "limit", schema: .integer(1...1_000), summary: "Most events of an answer. Default: 100"),
        .init(
          name: "wait", schema: .integer(0...30), summary: "Seconds to wait for the first event of an answer"),
      ] + own,
      answers: [
        Route.Answer(.ok, "Events", .named("Events")),
        Route.Answer(.ok, "A stream of events", type: MediaType.events, .string()),
      ] + (own.isEmpty ? [] : MappingForms.texts)
    ) { call in
      let filter = try await call.eventFilter()
      if call.request.headers[.accept]?.contains(MediaType.events) ?? false {
        guard call.parameter("mapping") == nil else { throw Problem.badParameter("mapping", "is not for a stream") }
        return try await stream(call, filter)
      }
      return try await page(call, filter)
    }
  }

  static let components: [(String, Schema)] = [
    ("Event", CloudEvent.schema(types: CloudEvent.types, data: .object([], isClosed: false))),
    ("Events", .object([.init("items", .array(.named("Event"))), .init("after", .string())])),
  ]

  private static func follow(
    _ call: RouteCall, _ filter: EventFilter
  ) async throws(Problem) -> (Follower, EventSubscription, EventPosition) {
    let follower = try await call.services.sessions.follower(secret: call.secret)
    let client = follower.client
    let from = filter.from ?? EventPosition(commit: client.welcome.commit + 1)
    do throws(ClientError) {
      let subscription = try await client.subscribe(
        from: from, scope: filter.scope, acceptedOnly: !filter.takesRefused, reportsProgress: true)
      return (follower, subscription, from)
    } catch { throw Problem(error) }
  }

  // MARK: What has come

  private static func page(_ call: RouteCall, _ filter: EventFilter) async throws -> Response {
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let wait = try call.integer("wait", in: 0...30) ?? 0
    let (follower, subscription, from) = try await follow(call, filter)
    var reading = EventPage(limit: limit, from: from, durable: follower.client.welcome.commit, waitSeconds: wait)
    try await reading.read(subscription, filter)
    withExtendedLifetime(follower) { subscription.cancel() }
    return RouteCall.document { writer in
      writer.object { writer in
        writer.key("items")
        writer.array(reading.events) { writer, event in
          CloudEvent.write(event, trace: call.services.traces.trace(of: event.record.operation), to: &writer)
        }
        writer.member("after", string: filter.name(before: reading.next))
      }
    }
  }

  // MARK: The stream

  private static func stream(_ call: RouteCall, _ filter: EventFilter) async throws -> Response {
    let headers: HTTPFields = [.contentType: MediaType.events, .cacheControl: "no-store"]
    // Nobody would read it.
    guard call.request.method != .head else { return Response(status: .ok, headers: headers) }
    let (follower, subscription, from) = try await follow(call, filter)
    let services = call.services
    // A position that is gone is an answer, not a stream that ends: wait for the first sign.
    let first: [Event]
    do throws(ClientError) {
      first = try await subscription.next(countMax: countMax, within: firstSign)?.events ?? []
    } catch { throw Problem(error) }
    // The name of the place before the first event, so that a reader that comes again loses nothing, though it has seen nothing.
    let begin = filter.name(before: from)
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        let number = services.streams.add(subscription)
        defer {
          services.streams.remove(number)
          withExtendedLifetime(follower) { subscription.cancel() }
        }
        try await writer.write(ByteBuffer(string: "retry: 2000\nid: \(begin)\n\n"))
        try await write(first, subscription, filter, services.traces, &writer)
        try await writer.finish(nil)
      })
  }

  /// Milliseconds in which the server says at once when a position cannot be had.
  private static let firstSign: Int64 = 100
  /// Events of one write to the socket.
  private static let countMax = 1_024
  /// After so many milliseconds without events the place that was reached is sent, so that a reader that is gone is noticed, and one that
  /// comes again does not start far back.
  private static let heartbeat: Int64 = 15_000

  private static func write(
    _ first: [Event], _ subscription: EventSubscription, _ filter: EventFilter, _ traces: TraceStore,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    var events = first
    var lastWrite = ContinuousClock.now
    while true {
      var text = JSONWriter(byteCount: 768 * events.count)
      for event in events where filter.passes(event) {
        text.raw("id: ")
        text.write(event.position)
        text.raw("\ndata: ")
        CloudEvent.write(event, trace: traces.trace(of: event.record.operation), to: &text)
        text.raw("\n\n")
      }
      if text.bytes.isEmpty, ContinuousClock.now - lastWrite >= .milliseconds(heartbeat) {
        // A block without data moves the reader's last id on, and is no event.
        if let place = subscription.progress { text.raw("id: \(filter.name(before: place))\n") }
        text.raw(": still here\n\n")
      }
      if !text.bytes.isEmpty {
        try await writer.write(ByteBuffer(bytes: text.bytes))
        lastWrite = .now
      }
      do throws(ClientError) {
        guard let arrival = try await subscription.next(countMax: countMax, within: heartbeat) else { return }
        events = arrival.events
      } catch {
        // The status is sent already; the reader comes again with its last id, and is told then.
        var problem = JSONWriter()
        problem.raw("event: problem\ndata: ")
        Problem(error).write(instance: nil, to: &problem)
        problem.raw("\n\n")
        try await writer.write(ByteBuffer(bytes: problem.bytes))
        return
      }
    }
  }
}
