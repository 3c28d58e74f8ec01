import Access

/// What is asked for about keys and applications, read from documents.
enum KeyForm {
  static let contentSchema = Schema.object(KeySchemas.contentMembers)
  static let createSchema = Schema.object(KeySchemas.contentMembers + credentialMembers)
  static let replaceSchema = Schema.object(
    credentialMembers + [
      .init(
        "overlap_seconds", .described(.integer(0...2_592_000), "How long the old one is good", default: .integer(0)),
        isRequired: false)
    ])
  static let applicationSchema = Schema.object([
    .init("application", .string(pattern: "^[A-Za-z0-9._-]{1,64}$")), .init("name", .string(pattern: "^[ -~]{1,64}$")),
    .init("redirect_uris", .array(.string(length: 1...512), count: 1...8)),
    .init("secret_sha256", .described(digest, "Of its secret, if it keeps one"), isRequired: false),
  ])

  private static let digest = Schema.string(pattern: "^[0-9a-f]{64}$")
  private static let credentialMembers: [Schema.Member] = [
    .init(
      "secret_sha256", .described(digest, "Of a secret, which is made and kept where it is used"), isRequired: false),
    .init("certificate_sha256", .described(digest, "Of a client certificate's DER form"), isRequired: false),
    .init("issuer", .described(.string(length: 1...255), "An outside issuer, with `subject`"), isRequired: false),
    .init("subject", .string(length: 1...255), isRequired: false),
  ]

  static func content(_ reader: inout DocumentReader) -> AccessKey.Content {
    let name = reader.text("name", bytes: 1...64)
    if name == nil, !reader.contains("name") { reader.fault("name", "is missing") }
    let tenants = reader.texts("tenants", count: 1...1_024, "is no tenant's number") { number($0) != nil }
    if !reader.contains("roles") { reader.fault("roles", "is missing") }
    let roles = reader.texts("roles", count: 1...Role.allCases.count, "is no role") { Role(rawValue: $0) != nil }
    let operations = reader.texts("operations", count: 1...64, "is no operation, as RELEASE") { !$0.isEmpty }
    var content = AccessKey.Content(
      name: name ?? "", tenants: tenants?.compactMap(number), roles: (roles ?? []).compactMap { Role(rawValue: $0) },
      person: reader.text("person", "is no person's number", number) ?? 0,
      expires: reader.text("expires", "is no instant, as 2026-04-01T09:30:00.000Z") { Instants.read($0) },
      operations: operations, amountMax: reader.integer("amount_max", in: 0...OperationForm.amountMax))
    content.stepUp = reader.object("step_up") { inner in
      StepUp(
        operations: inner.texts("operations", count: 0...64, "is no operation, as RELEASE") { !$0.isEmpty } ?? [],
        above: inner.integer("above", in: 0...OperationForm.amountMax) ?? 0,
        commands: inner.boolean("commands") ?? false)
    }
    return content
  }

  /// What is to prove a key: one of the ways.
  static func credential(_ reader: inout DocumentReader) -> AccessKey.Credential {
    let secret = reader.text("secret_sha256", bytes: 64...64)
    let certificate = reader.text("certificate_sha256", bytes: 64...64)
    let issuer = reader.text("issuer", bytes: 1...255)
    let subject = reader.text("subject", bytes: 1...255)
    let names = ["secret_sha256", "certificate_sha256", "issuer"].filter { reader.contains($0) }
    if names.count != 1 || reader.contains("issuer") != reader.contains("subject") {
      reader.fault(
        names.first ?? "secret_sha256",
        "there is to be one of secret_sha256, certificate_sha256, or issuer with subject")
    }
    if let issuer, let subject { return .subject(subject, of: issuer) }
    return certificate.map { .init(.certificate, digest: $0) } ?? .init(.secret, digest: secret ?? "")
  }

  static func application(_ reader: inout DocumentReader) -> Application {
    for name in ["application", "name", "redirect_uris"] where !reader.contains(name) {
      reader.fault(name, "is missing")
    }
    return Application(
      id: reader.text("application", bytes: 1...64) ?? "", name: reader.text("name", bytes: 1...64) ?? "",
      redirectURIs: reader.texts("redirect_uris", count: 1...8, "is no address") { (1...512).contains($0.utf8.count) }
        ?? [],
      secretDigest: reader.text("secret_sha256", bytes: 64...64))
  }

  private static func number(_ text: String) -> UInt32? { Identifier.decimal(text, UInt32.self) }
}
