import Client
import Formats
import Wire

extension WebhookEndpoint {
  var bytes: [UInt8] {
    RowDocument.bytes { writer in
      writer.member("tenant", Int64(tenant))
      writer.member("id", string: Identifier.text(id))
      writer.member("changes", Int64(version))
      writer.member("url", string: url.text)
      writer.member("summary", string: summary)
      if let types = filter.types {
        writer.key("types")
        writer.array(types) { $0.string($1) }
      }
      writer.member("contract", optional: filter.contract.map { Identifier.text($0) })
      writer.member("refused", isTrue: filter.takesRefused)
      writer.member("filter", optional: filter.expression?.text)
      writer.member("ordered", isTrue: isOrdered)
      writer.member("rate", optional: ratePerSecond.map { Int64($0) })
      writer.key("secrets")
      writer.array(secrets) { writer, secret in
        writer.object { writer in
          writer.member("secret", string: secret.text)
          writer.member("created", secret.created)
          writer.member("expires", optional: secret.expires)
        }
      }
      writer.member("created", created)
      guard let disabled else { return }
      writer.member("disabled", string: disabled.reason.name)
      writer.member("disabled_at", disabled.time)
      switch disabled.reason {
      case .gap(let from, let until):
        writer.member("from", string: EventName.text(from))
        writer.member("until", string: EventName.text(until))
      case .ahead(let place): writer.member("until", string: EventName.text(place))
      case .owner, .gone, .failing: break
      }
    }
  }

  /// - Parameter rules: today's. An endpoint that they no longer allow stays as it is: deliveries are refused one by one.
  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    guard let row = RowDocument(bytes), let tenant = row.integer("tenant").flatMap({ UInt32(exactly: $0) }),
      let id = row.text("id").flatMap({ Identifier.id($0) }),
      let version = row.integer("changes").flatMap({ UInt32(exactly: $0) }), let text = row.text("url"),
      let url = try? WebhookURL(text, .kept), let created = row.integer("created")
    else { return nil }
    let secrets = row.objects("secrets").compactMap { secret -> WebhookSecret? in
      guard let text = secret.text("secret"), let created = secret.integer("created") else { return nil }
      return WebhookSecret(text: text, created: created, expires: secret.integer("expires"))
    }
    guard !secrets.isEmpty else { return nil }
    self.init(id: id, tenant: tenant, version: version, url: url, secrets: secrets, created: created)
    summary = row.text("summary") ?? ""
    if case .array(let types)? = row.value("types") {
      filter.types = types.compactMap { if case .string(let type) = $0 { type } else { nil } }
    }
    filter.contract = row.text("contract").flatMap { Identifier.id($0) }
    filter.takesRefused = row.isTrue("refused")
    if let text = row.text("filter") {
      guard let expression = try? EventExpression(text) else { return nil }
      filter.expression = expression
    }
    isOrdered = row.isTrue("ordered")
    ratePerSecond = row.integer("rate").map { Int($0) }
    guard let name = row.text("disabled") else { return }
    guard let reason = Self.reason(name, row), let time = row.integer("disabled_at") else { return nil }
    disabled = Disabling(reason: reason, time: time)
  }

  private static func reason(_ name: String, _ row: RowDocument) -> Reason? {
    switch name {
    case "owner": return .owner
    case "gone": return .gone
    case "failing": return .failing
    case "gap":
      guard let from = row.position("from"), let until = row.position("until") else { return nil }
      return .gap(from: from, until: until)
    case "ahead": return row.position("until").map { .ahead($0) }
    default: return nil
    }
  }
}

extension AddressRules {
  /// For what was taken before, whatever the rules were then: each connection is checked by today's.
  static let kept: AddressRules = {
    var configuration = WebhookConfiguration()
    configuration.allowsLoopback = true
    return AddressRules(configuration)
  }()
}

extension EndpointStanding {
  var bytes: [UInt8] {
    RowDocument.bytes { writer in
      writer.member("cursor", string: EventName.text(cursor))
      if let replay {
        writer.member("replay_end", string: EventName.text(replay.end))
        writer.member("resumption", string: EventName.text(replay.resumption))
      }
      writer.member("failing_since", optional: failingSince)
      writer.member("last_success", optional: lastSuccess)
      if let lastFailure {
        writer.key("last_failure")
        writer.object { writer in
          writer.member("time", lastFailure.time)
          writer.member("status", optional: lastFailure.status.map { Int64($0) })
          writer.member("error", string: lastFailure.error)
        }
      }
      writer.member("successes", successCount)
      writer.member("failures", failureCount)
      writer.member("attempts", string: String(attemptCount))
    }
  }

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    guard let row = RowDocument(bytes), let cursor = row.position("cursor"),
      let attempts = row.text("attempts").flatMap({ UInt64($0) })
    else { return nil }
    self.init(
      cursor: cursor, successCount: row.integer("successes") ?? 0, failureCount: row.integer("failures") ?? 0,
      attemptCount: attempts)
    if let end = row.position("replay_end"), let resumption = row.position("resumption") {
      replay = Replay(end: end, resumption: resumption)
    }
    failingSince = row.integer("failing_since")
    lastSuccess = row.integer("last_success")
    if let failure = row.object("last_failure"), let time = failure.integer("time"), let error = failure.text("error") {
      lastFailure = Failure(time: time, status: failure.integer("status").map { Int($0) }, error: error)
    }
  }
}
