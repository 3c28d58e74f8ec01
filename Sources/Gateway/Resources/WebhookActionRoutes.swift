import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Store

/// What can be done with an endpoint.
enum WebhookActionRoutes {
  static let all: [Route] = [test, rotate, enable, disable]

  private static let test = Route(
    method: .post, path: WebhookRoutes.endpoint + [.literal("test")], name: "test_webhook",
    summary: "Sends a signed test event now, once, and tells what the receiver said", section: WebhookRoutes.section,
    answers: [Route.Answer(.ok, "What the receiver said", .named("WebhookTest"))]
  ) { call in
    let manager = try await call.manager()
    let (id, answer) = try await call.services.webhooks.test(try manager.endpoint())
    return RouteCall.document { writer in
      writer.object { writer in
        writer.member("id", string: id)
        writer.member("delivered", isTrue: answer.isAccepted)
        writer.member("status", optional: answer.status.map { Int64($0) })
        writer.member("error", optional: answer.error)
        writer.member("milliseconds", answer.milliseconds)
      }
    }
  }

  /// Seconds for which an old secret signs as well.
  private static let overlaps: ClosedRange<Int64> = 0...604_800
  private static let standardOverlap: Int64 = 86_400

  private static let rotate = Route(
    method: .post, path: WebhookRoutes.endpoint + [.literal("rotate")], name: "rotate_webhook_secret",
    summary: "Another secret, shown in this answer only. The old one signs as well for a while",
    section: WebhookRoutes.section,
    body: .document(
      .object([
        .init(
          "overlap_seconds",
          .described(.integer(overlaps), "How long both sign", default: .integer(standardOverlap)), isRequired: false)
      ]), isRequired: false),
    answers: [Route.Answer(.ok, "The new secret", .named("WebhookWithSecret"))], condition: .version
  ) { call in
    try call.refuseKey("a secret is rotated without Idempotency-Key: If-Match makes it happen once")
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let overlap = reader.integer("overlap_seconds", in: overlaps) ?? standardOverlap
    try reader.finish()
    let manager = try await call.manager()
    let worker = try manager.endpoint()
    let secret = try await call.services.webhooks.rotate(
      worker, version: try call.expectedVersion(), overlap: overlap * 1_000)
    return RouteCall.document { writer in
      worker.document(newest: manager.newest).write(to: &writer, secret: secret, at: call.services.now())
    }
  }

  private static let enable = Route(
    method: .post, path: WebhookRoutes.endpoint + [.literal("enable")], name: "enable_webhook",
    summary: "Events are sent again, from where they ended; behind a gap, from where the log begins again",
    section: WebhookRoutes.section,
    answers: [Route.Answer(.ok, "Enabled", .named("Webhook"))], condition: .version
  ) { call in
    let manager = try await call.manager()
    let worker = try manager.endpoint()
    try await call.services.webhooks.enable(worker, version: try call.expectedVersion())
    return call.record(worker, manager)
  }

  private static let disable = Route(
    method: .post, path: WebhookRoutes.endpoint + [.literal("disable")], name: "disable_webhook",
    summary: "Nothing is sent until it is enabled again; events wait in the log", section: WebhookRoutes.section,
    answers: [Route.Answer(.ok, "Disabled", .named("Webhook"))], condition: .version
  ) { call in
    let manager = try await call.manager()
    let worker = try manager.endpoint()
    try await call.services.webhooks.disable(worker, version: try call.expectedVersion())
    return call.record(worker, manager)
  }

  static let components: [(String, Schema)] = [
    (
      "WebhookTest",
      .object([
        .init("id", .string()), .init("delivered", .boolean), .init("status", .integer(100...999), isRequired: false),
        .init("error", .words(DeliveryFailure.allCases.map(\.rawValue)), isRequired: false),
        .init("milliseconds", .integer(0...Int64.max)),
      ])
    )
  ]
}
