import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Store
import Wire

/// What became of deliveries, and how they are made again.
enum WebhookLogRoutes {
  static let all: [Route] = [deliveries, deadLetters, replay]

  private static let limit = Route.QueryParameter(
    name: "limit", schema: .integer(1...1_000), summary: "Most lines of a page. Default: 100")

  private static let deliveries = Route(
    method: .get, path: WebhookRoutes.endpoint + [.literal("deliveries")], name: "list_webhook_deliveries",
    summary: "The newest 1,000 attempts, the newest first", section: WebhookRoutes.section,
    query: [
      .init(name: "cursor", schema: .string(pattern: "^[1-9][0-9]{0,18}$"), summary: "`next` of the page before"),
      limit,
    ],
    answers: [Route.Answer(.ok, "A page of attempts", .named("WebhookDeliveries"))]
  ) { call in
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let cursor = try call.integer("cursor", in: 1...Int.max).map { UInt64($0) } ?? .max
    let manager = try await call.manager()
    let (worker, webhooks) = (try manager.endpoint(), call.services.webhooks)
    try await webhooks.write()
    var rows: [DeliveryRow] = []
    try webhooks.reading { () throws(StoreError) in
      try webhooks.context.catalog.visit(.webhookDeliveries, of: worker.id) { _, value in
        if let row = DeliveryRow(value), row.number < cursor { rows.append(row) }
        return .next
      }
    }
    rows.sort { $0.number > $1.number }
    let next = rows.count > limit ? String(rows[limit - 1].number) : nil
    return call.page(rows.prefix(limit), next: next) { writer, row in
      writer.object { writer in
        writer.member("number", Int64(clamping: row.number))
        writer.member("event", string: EventName.text(row.attempt.position))
        writer.member("time", string: RFC3339.text(row.attempt.time))
        writer.member("attempt", Int64(row.attempt.number))
        writer.member("delivered", isTrue: row.attempt.isAccepted)
        writer.member("status", optional: row.attempt.status.map { Int64($0) })
        writer.member("error", optional: row.attempt.error)
        writer.member("milliseconds", row.attempt.milliseconds)
      }
    }
  }

  private static let deadLetters = Route(
    method: .get, path: WebhookRoutes.endpoint + [.literal("dead-letters")], name: "list_webhook_dead_letters",
    summary: "Events that were given up after their last try, in order of the log", section: WebhookRoutes.section,
    query: [
      .init(name: "cursor", schema: .string(pattern: EventName.pattern), summary: "`next` of the page before"), limit,
    ],
    answers: [Route.Answer(.ok, "A page of dead letters", .named("WebhookDeadLetters"))]
  ) { call in
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let cursor = try call.parameter("cursor").map { text throws(Problem) in
      guard let position = EventName.position(text) else { throw .badParameter("cursor", "is none that was given out") }
      return position
    }
    let manager = try await call.manager()
    let (worker, webhooks) = (try manager.endpoint(), call.services.webhooks)
    try await webhooks.write()
    var letters: [DeadLetter] = []
    try webhooks.reading { () throws(StoreError) in
      let start = cursor.map { WebhookKey.event(worker.id, $0.next) }
      try webhooks.context.catalog.visit(.webhookDeadLetters, of: worker.id, from: start) { _, value in
        if let letter = DeadLetter(value) { letters.append(letter) }
        return letters.count > limit ? .stop : .next
      }
    }
    let next = letters.count > limit ? letters[limit - 1].event.id : nil
    return call.page(letters.prefix(limit), next: next) { writer, letter in
      writer.object { writer in
        writer.member("id", string: letter.event.id)
        writer.member("type", string: letter.event.type)
        writer.member("time", string: RFC3339.text(letter.event.time))
        writer.member("attempts", Int64(letter.attempts))
        writer.member("died", string: RFC3339.text(letter.time))
        writer.member("status", optional: letter.status.map { Int64($0) })
        writer.member("error", optional: letter.error)
        writer.key("event")
        // It was written as JSON.
        writer.number(String(decoding: letter.event.body, as: UTF8.self))
      }
    }
  }

  private static let replay = Route(
    method: .post, path: WebhookRoutes.endpoint + [.literal("replay")], name: "replay_webhook",
    summary: "Sends events again: dead letters, or the log from a place on. Ids stay as they were",
    section: WebhookRoutes.section, body: .document(WebhookReplay.schema, isRequired: true),
    answers: [Route.Answer(.accepted, "They will be sent", .named("WebhookReplay"))]
  ) { call in
    try call.refuseKey("a replay takes no Idempotency-Key: ids of events tell what came before")
    let replay = try WebhookReplay(try call.members(of: try await call.body()))
    let manager = try await call.manager()
    let (worker, webhooks) = (try manager.endpoint(), call.services.webhooks)
    switch replay {
    case .log(let after, let until):
      try await webhooks.replayLog(worker, after: after, until: until)
      return RouteCall.document(.accepted) { writer in
        writer.object { writer in
          writer.member("source", string: "log")
          writer.member("next", string: EventName.text(after.next))
        }
      }
    case .deadLetters(let choice):
      let revival = try await webhooks.revive(worker) { choice.takes($0) }
      return RouteCall.document(.accepted) { writer in
        writer.object { writer in
          writer.member("source", string: "dead_letters")
          writer.member("replayed", Int64(revival.count))
          writer.member("remaining", Int64(revival.remaining))
        }
      }
    }
  }

  static let components: [(String, Schema)] = [
    (
      "WebhookDelivery",
      .object([
        .init("number", .integer(1...Int64.max)), .init("event", .string(pattern: EventName.pattern)),
        .init("time", .instant), .init("attempt", .integer(1...Int64.max)), .init("delivered", .boolean),
        .init("status", .integer(100...999), isRequired: false), .init("error", .string(), isRequired: false),
        .init("milliseconds", .integer(0...Int64.max)),
      ])
    ),
    ("WebhookDeliveries", WebhookRoutes.page("WebhookDelivery")),
    (
      "WebhookDeadLetter",
      .object([
        .init("id", .string(pattern: EventName.pattern)), .init("type", .words(CloudEvent.types)),
        .init("time", .instant), .init("attempts", .integer(1...Int64.max)), .init("died", .instant),
        .init("status", .integer(100...999), isRequired: false), .init("error", .string(), isRequired: false),
        .init("event", .named("Event")),
      ])
    ),
    ("WebhookDeadLetters", WebhookRoutes.page("WebhookDeadLetter")),
    (
      "WebhookReplay",
      .object([
        .init("source", .words(["log", "dead_letters"])),
        .init("next", .string(pattern: EventName.pattern), isRequired: false),
        .init("replayed", .integer(0...Int64.max), isRequired: false),
        .init(
          "remaining", .described(.integer(0...Int64.max), "Those that did not fit: ask again later"), isRequired: false
        ),
      ])
    ),
  ]
}
