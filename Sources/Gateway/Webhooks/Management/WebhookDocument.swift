import Client
import Formats
import NIOConcurrencyHelpers
import Store
import Wire

/// An endpoint as it is shown: everything but its secrets.
struct WebhookDocument: Sendable {
  var endpoint: WebhookEndpoint
  var standing: EndpointStanding
  var retryCount: Int
  var deadLetterCount: Int
  /// Commits between what it has and the newest one.
  var lag: UInt64

  var state: String {
    if endpoint.disabled != nil { return "disabled" }
    return standing.failingSince == nil ? "active" : "failing"
  }

  func write(to writer: inout JSONWriter, secret: WebhookSecret? = nil, at now: Int64) {
    writer.object { writer in
      writer.member("id", string: Identifier.text(endpoint.id))
      writer.member("tenant", string: String(endpoint.tenant))
      writer.member("version", Int64(endpoint.version))
      writer.member("url", string: endpoint.url.text)
      writer.member("description", string: endpoint.summary)
      writer.key("types")
      writer.array(endpoint.filter.types ?? []) { $0.string($1) }
      writer.member("contract", optional: endpoint.filter.contract.map { Identifier.text($0) })
      writer.member("refused", isTrue: endpoint.filter.takesRefused)
      writer.member("filter", optional: endpoint.filter.expression?.text)
      writer.member("ordered", isTrue: endpoint.isOrdered)
      writer.member("rate", Int64(endpoint.ratePerSecond ?? 0))
      writer.member("created", string: RFC3339.text(endpoint.created))
      if let secret { writer.member("secret", string: secret.text) }
      writer.key("secrets")
      writer.array(endpoint.secrets.filter { $0.isGood(at: now) }) { writer, secret in
        writer.object { writer in
          writer.member("created", string: RFC3339.text(secret.created))
          writer.member("expires", optional: secret.expires.map { RFC3339.text($0) })
        }
      }
      writeHealth(to: &writer)
    }
  }

  private func writeHealth(to writer: inout JSONWriter) {
    writer.member("state", string: state)
    if let disabled = endpoint.disabled {
      writer.key("disabled")
      writer.object { writer in
        writer.member("reason", string: disabled.reason.name)
        writer.member("time", string: RFC3339.text(disabled.time))
        switch disabled.reason {
        case .gap(let from, let until):
          writer.member("from", string: EventName.text(from))
          writer.member("until", string: EventName.text(until))
        case .ahead(let place): writer.member("until", string: EventName.text(place))
        case .owner, .gone, .failing: break
        }
      }
    }
    writer.member("next", string: EventName.text(standing.cursor))
    writer.member("lag", Int64(clamping: lag))
    writer.member("retries", Int64(retryCount))
    writer.member("dead_letters", Int64(deadLetterCount))
    writer.member("success_percent", optional: standing.successPercent)
    writer.member("last_success", optional: standing.lastSuccess.map { RFC3339.text($0) })
    writer.member("failing_since", optional: standing.failingSince.map { RFC3339.text($0) })
    guard let failure = standing.lastFailure else { return }
    writer.key("last_error")
    writer.object { writer in
      writer.member("time", string: RFC3339.text(failure.time))
      writer.member("status", optional: failure.status.map { Int64($0) })
      writer.member("error", string: failure.error)
    }
  }

  // MARK: Description

  private static let place = Schema.string(pattern: EventName.pattern)
  private static let count = Schema.integer(0...Int64.max)

  static let schema = Schema.object(members)
  /// With the secret, which is shown this once.
  static let createdSchema = Schema.object(
    members + [.init("secret", .described(.string(pattern: "^whsec_[A-Za-z0-9+/]+={0,2}$"), "Shown this once"))])

  private static let members: [Schema.Member] = [
    .init("id", .id), .init("tenant", .number32), .init("version", .version), .init("url", .string()),
    .init("description", .string()), .init("types", .array(.words(CloudEvent.types))),
    .init("contract", .id, isRequired: false), .init("refused", .boolean),
    .init("filter", EventExpression.schema, isRequired: false), .init("ordered", .boolean),
    .init("rate", .integer(0...Int64(WebhookEndpoint.rates.upperBound))), .init("created", .instant),
    .init(
      "secrets",
      .array(.object([.init("created", .instant), .init("expires", .instant, isRequired: false)]))),
    .init("state", .words(["active", "failing", "disabled"])),
    .init(
      "disabled",
      .object([
        .init("reason", .words(["owner", "gone", "failing", "gap", "ahead"])), .init("time", .instant),
        .init("from", place, isRequired: false), .init("until", place, isRequired: false),
      ]), isRequired: false),
    .init("next", .described(place, "Everything before it is delivered, a dead letter, or waits for another try")),
    .init("lag", .described(count, "Commits of the log behind the newest")),
    .init("retries", .described(count, "Events that wait for another try")), .init("dead_letters", count),
    .init(
      "success_percent", .described(.integer(0...100), "Of about the newest 1,000 attempts"), isRequired: false),
    .init("last_success", .instant, isRequired: false), .init("failing_since", .instant, isRequired: false),
    .init(
      "last_error",
      .object([
        .init("time", .instant), .init("status", .integer(100...999), isRequired: false), .init("error", .string()),
      ]), isRequired: false),
  ]
}

extension EndpointWorker {
  /// - Parameter newest: the newest commit.
  func document(newest: UInt64) -> WebhookDocument {
    state.withLockedValue { state in
      var standing = state.standing
      standing.cursor = state.queue.cursor
      return WebhookDocument(
        endpoint: state.endpoint, standing: standing, retryCount: state.queue.rowCount,
        deadLetterCount: state.deadLetterCount, lag: state.lag(newest))
    }
  }
}
