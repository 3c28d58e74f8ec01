import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Store
import Wire

/// How the server and this gateway fare.
enum StatusRoutes {
  static let all = [
    Route(
      method: .get, path: [.literal("v1"), .literal("status")], name: "get_status",
      summary: "The newest commit, and this gateway's requests and how long they took, of all callers",
      section: "Status",
      answers: [Route.Answer(.ok, "How it fares", .named("Status"))]
    ) { call in
      // Whoever has a good key may know it: it names nobody.
      let session = try await call.session()
      let commit = try await session.reading { try await $0.ping().commit }
      let summary = call.services.recent.summary(percentiles.map(\.permille))
      return RouteCall.document { writer in
        writer.object { writer in
          writer.member("commit", string: String(commit))
          writer.member("time", string: RFC3339.text(call.services.now()))
          writer.member("requests", summary.answered)
          writer.member("failed", summary.failed)
          writer.key("window")
          writer.object { writer in
            writer.member("seconds", summary.seconds)
            writer.member("requests", summary.recent)
            writer.member("failed", summary.recentFailed)
            writer.key("microseconds")
            writer.object { writer in
              for (percentile, found) in zip(percentiles, summary.percentiles) {
                writer.member(percentile.name, found.microseconds)
              }
            }
          }
        }
      }
    }
  ]

  private static let percentiles: [(name: String, permille: Int64)] = [
    ("p50", 500), ("p90", 900), ("p99", 990), ("max", 1_000),
  ]

  private static let count = Schema.integer(0...Int64.max)

  static let components: [(String, Schema)] = [
    (
      "Status",
      .object([
        .init("commit", .described(.string(pattern: "^[0-9]+$"), "The server's newest commit")),
        .init("time", .instant),
        .init(
          "requests", .described(count, "Answered since the gateway began; it grows only, so its difference is a rate")),
        .init("failed", .described(count, "Of these, answered 5xx")),
        .init(
          "window",
          .described(
            .object([
              .init("seconds", .integer(0...Int64(RecentRequests.windowSeconds))), .init("requests", count),
              .init("failed", count),
              .init(
                "microseconds",
                .described(
                  .object(percentiles.map { .init($0.name, count) }),
                  "Until the answer began, rounded up by a quarter at most; 0 without requests")),
            ]), "The last whole seconds, a minute at most")),
      ])
    )
  ]
}
