import Access
import Formats
import Store

// Keys, applications and rows of trails as documents. Numbers of keys, persons and tenants are strings, as everywhere.

extension JSONWriter {
  mutating func write(_ key: AccessKey) {
    object { writer in
      writer.member("key", string: String(key.id))
      writer.writeMembers(of: key.content)
      writer.key("credentials")
      writer.array(key.credentials) { writer, credential in
        writer.object { writer in
          writer.member("kind", string: credential.kind.rawValue)
          if let expires = credential.expires { writer.member("expires", string: RFC3339.text(expires)) }
        }
      }
      writer.member("created", string: RFC3339.text(key.created))
      if let revoked = key.revoked { writer.member("revoked", string: RFC3339.text(revoked)) }
    }
  }

  private mutating func writeMembers(of content: AccessKey.Content) {
    member("name", string: content.name)
    if let tenants = content.tenants {
      key("tenants")
      array(tenants) { $0.string(String($1)) }
    }
    key("roles")
    array(content.roles) { $0.string($1.rawValue) }
    if content.person != 0 { member("person", string: String(content.person)) }
    if let expires = content.expires { member("expires", string: RFC3339.text(expires)) }
    if let operations = content.operations {
      key("operations")
      array(operations) { $0.string($1) }
    }
    if let most = content.amountMax { member("amount_max", most) }
    guard let stepUp = content.stepUp else { return }
    key("step_up")
    object { writer in
      writer.key("operations")
      writer.array(stepUp.operations) { $0.string($1) }
      writer.member("above", stepUp.above)
      writer.key("commands")
      writer.bool(stepUp.commands)
    }
  }

  mutating func write(_ proposal: Proposal) {
    object { writer in
      writer.member("proposal", string: String(proposal.id))
      writer.member("by_key", string: String(proposal.key))
      writer.member("by_person", string: String(proposal.person))
      writer.member("made", string: RFC3339.text(proposal.made))
      writer.member("expires", string: RFC3339.text(proposal.expires))
      switch proposal.command {
      case .create(let content, let credential):
        writer.member("what", string: "create_key")
        writer.write(content, credential)
      case .change(let key, let content):
        writer.member("what", string: "change_key")
        writer.member("key", string: String(key))
        writer.write(content, nil)
      case .replace(let key, let credential, let overlap):
        writer.member("what", string: "replace_credential")
        writer.member("key", string: String(key))
        writer.member("credential", string: credential.kind.rawValue)
        writer.member("credential_sha256", string: credential.digest)
        writer.member("overlap_seconds", overlap)
      case .registerApplication(let application):
        writer.member("what", string: "register_application")
        writer.key("application")
        writer.write(application)
      case .removeFactor(let key):
        writer.member("what", string: "remove_factor")
        writer.member("key", string: String(key))
      case .setQuota(let tenant, let quota):
        writer.member("what", string: "set_quota")
        writer.member("tenant", optional: tenant.map { String($0) })
        writer.key("quota")
        writer.object { $0.writeMembers(of: quota) }
      case .clearQuota(let tenant):
        writer.member("what", string: "clear_quota")
        writer.member("tenant", optional: tenant.map { String($0) })
      default: writer.member("what", string: "unknown")
      }
    }
  }

  private mutating func write(_ content: AccessKey.Content, _ credential: AccessKey.Credential?) {
    key("content")
    object { $0.writeMembers(of: content) }
    guard let credential else { return }
    member("credential", string: credential.kind.rawValue)
    member("credential_sha256", string: credential.digest)
  }

  mutating func write(_ application: Application) {
    object { writer in
      writer.member("application", string: application.id)
      writer.member("name", string: application.name)
      writer.key("redirect_uris")
      writer.array(application.redirectURIs) { $0.string($1) }
      writer.key("keeps_secret")
      writer.bool(application.secretDigest != nil)
    }
  }

  mutating func write(_ event: AuditEvent) {
    object { writer in
      writer.member("row", string: String(event.number))
      writer.member("at", string: RFC3339.text(event.at))
      writer.member("kind", string: event.kind.rawValue)
      if let key = event.key { writer.member("key", string: String(key)) }
      if let address = event.address { writer.member("address", string: address) }
      writer.member("subject", string: event.subject)
      writer.member("count", Int64(event.count))
      if let trace = event.trace { writer.member("trace", string: trace) }
      if let chain = event.chain { writer.member("chain", string: chain) }
    }
  }
}

/// What those documents hold.
enum KeySchemas {
  static let contentMembers: [Schema.Member] = [
    .init("name", .described(.string(pattern: "^[ -~]{1,64}$"), "For people")),
    .init(
      "tenants", .described(.array(.number32, count: 1...1_024), "Those that it may name; all unless given"),
      isRequired: false),
    .init("roles", .array(.words(Role.allCases.map(\.rawValue)), count: 1...Role.allCases.count)),
    .init("person", .described(.number32, "The only one in whose name it may act"), isRequired: false),
    .init("expires", .instant, isRequired: false),
    .init(
      "operations",
      .described(
        .array(.string(pattern: "^[A-Z_]{1,32}$"), count: 1...64), "As `RELEASE`; all of its roles unless given"),
      isRequired: false),
    .init("amount_max", .described(.money, "Largest sum of one operation"), isRequired: false),
    .init(
      "step_up",
      .described(
        .object([
          .init("operations", .array(.string(pattern: "^[A-Z_]{1,32}$"), count: 0...64), isRequired: false),
          .init("above", .money, isRequired: false), .init("commands", .boolean, isRequired: false),
        ]), "What needs a second factor"), isRequired: false),
  ]

  static let components: [(String, Schema)] = [
    (
      "Key",
      .object(
        [.init("key", .number32)] + contentMembers + [
          .init(
            "credentials", .array(.object([.init("kind", .string()), .init("expires", .instant, isRequired: false)]))),
          .init("created", .instant), .init("revoked", .instant, isRequired: false),
        ])
    ),
    ("Keys", list("Key")),
    ("Waiting", .object([.init("proposal", .described(.number32, "Waits for another administrator"))])),
    (
      "Proposal",
      .object([
        .init("proposal", .number32), .init("by_key", .number32), .init("by_person", .number32),
        .init("made", .instant),
        .init("expires", .instant), .init("what", .string()), .init("key", .number32, isRequired: false),
        .init("content", .object(contentMembers), isRequired: false), .init("credential", .string(), isRequired: false),
        .init("credential_sha256", .string(pattern: "^[0-9a-f]{64}$"), isRequired: false),
        .init("overlap_seconds", .integer(0...2_592_000), isRequired: false),
        .init("application", .named("Application"), isRequired: false),
        .init("tenant", .described(.number32, "Of a quota; without it that of all others"), isRequired: false),
        .init("quota", .object(QuotaRoutes.members), isRequired: false),
      ])
    ),
    ("Proposals", list("Proposal")),
    (
      "Application",
      .object([
        .init("application", .string()), .init("name", .string()), .init("redirect_uris", .array(.string())),
        .init("keeps_secret", .boolean),
      ])
    ),
    ("Applications", list("Application")),
    (
      "TrailRow",
      .object([
        .init("row", .string(pattern: "^[0-9]+$")), .init("at", .instant), .init("kind", .string()),
        .init("key", .number32, isRequired: false), .init("address", .string(), isRequired: false),
        .init("subject", .string()),
        .init("count", .integer(0...Int64.max)),
        .init(
          "trace",
          .described(
            .string(pattern: "^[0-9a-f]{32}$"), "Of the first request that the row counts (W3C Trace Context)"),
          isRequired: false),
        .init("chain", .string(), isRequired: false),
      ])
    ),
    ("Trail", list("TrailRow")),
  ]

  private static func list(_ record: String) -> Schema {
    .object([.init("items", .array(.named(record))), .init("next", .string(), isRequired: false)])
  }
}
