import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Repository
import Texts

/// Documents of a tenant that are kept in versions, and what is in force of them.
enum DocumentRoutes {
  static let all =
    [kinds, list, get, save, check, fork, log] + VersionRoutes.all + MergeRoutes.all + RevisionRoutes.all
    + MarketRoutes.all

  private static let everyKind = PathParts.tenant + [.literal("documents")]
  static let documents = everyKind + [.parameter(.kind)]
  static let document = documents + [.parameter(.document)]

  private static let kinds = Route(
    method: .get, path: everyKind, name: "list_document_kinds",
    summary:
      "Kinds of documents that have a meaning here. Documents of any other kind are kept as well, and stay drafts",
    section: DocumentForms.section, answers: [Route.Answer(.ok, "All of them, by name", .named("DocumentKinds"))]
  ) { call in
    _ = try await call.viewer()
    let items = call.services.documents.kinds.map { kind -> Documents.JSONValue in
      ["kind": .string(kind.kind.slug.text), "moves_money": .bool(kind.movesMoney), "checked": .bool(kind.isChecked)]
    }
    return RouteCall.json(["items": .array(items)])
  }

  private static let list = Route(
    method: .get, path: documents, name: "list_documents", summary: "Documents of a kind by name",
    section: DocumentForms.section,
    query: [
      DocumentForms.environment,
      .init(name: "cursor", schema: DocumentForms.name, summary: "`next` of the page before"),
      .init(name: "limit", schema: .integer(1...1_000), summary: "Most documents of a page. Default: 100"),
    ],
    answers: [Route.Answer(.ok, "A page of them", .named("Documents"))]
  ) { call in
    let (kind, environment) = (try call.kind(), try call.environment())
    let limit = try call.integer("limit", in: 1...1_000) ?? 100
    let after = try call.parameter("cursor").map { text throws(Problem) in
      guard let name = DocumentForms.name(text) else { throw .badParameter("cursor", "is none that was given out") }
      return name
    }
    let tenant = Tenant(rawValue: try call.tenant())
    let viewer = try await call.viewer()
    let page = try await call.services.documents.run {
      try $0.names(of: tenant, in: environment, kind, after: after, countMax: limit, as: viewer)
    }
    var members = JSONObject()
    members["items"] = .array(page.entries.map { $0.state.json($0.name, in: environment) })
    if let next = page.next { members["next"] = .string(DocumentForms.text(next)) }
    return RouteCall.json(.object(members))
  }

  private static let get = Route(
    method: .get, path: document, name: "get_document", summary: "A document: its newest version, and what is in force",
    section: DocumentForms.section, query: [DocumentForms.environment],
    answers: [Route.Answer(.ok, "The document", .named("DocumentHead"))]
  ) { call in
    let reference = try call.reference()
    let viewer = try await call.viewer()
    let (state, version) = try await call.services.documents.run { repository in
      let state = try repository.state(of: reference, as: viewer)
      return (state, try RevisionRoutes.whole(state.head, at: reference, repository, viewer))
    }
    return RouteCall.json(
      ["state": state.json(reference.document.name, in: reference.environment), "version": version], head: state.head)
  }

  private static let save = Route(
    method: .put, path: document, name: "save_document",
    summary: "Keeps a new version. If-Match names the newest one so far; without it there is to be none yet",
    section: DocumentForms.section,
    query: [
      DocumentForms.environment, .init(name: "message", schema: DocumentForms.message, summary: "Why"),
      .init(name: "label", schema: DocumentForms.label, summary: "What makers call it: a semantic version, as 1.2.0"),
      .init(
        name: "merging", schema: DocumentForms.digest,
        summary: "A version whose changes are in the text, too: how conflicts of a merge are resolved"),
    ],
    body: .authored,
    answers: [
      Route.Answer(.ok, "A new version", .named("Version")), Route.Answer(.created, "The first one", .named("Version")),
    ], condition: .head(isRequired: false)
  ) { call in
    try call.refuseKey("a document takes no Idempotency-Key: If-Match keeps it from being saved twice")
    let (reference, expected) = (try call.reference(), try call.expectedHead())
    let merging = try call.version("merging")
    let label = try call.label(call.parameter("label"))
    let editor = try await call.editor()
    let (text, syntax) = try await call.authoredText()
    let draft = Draft(text, syntax, message: call.parameter("message") ?? "", label: label)
    let version = try await call.services.documents.run {
      try $0.save(draft, to: reference, expecting: expected, merging: merging, by: editor)
    }
    return RouteCall.json(version.json, expected == nil ? .created : .ok, head: version.id)
  }

  private static let check = Route(
    method: .post, path: document + [.literal("checks")], name: "check_document",
    summary: "What is to be said of a text before it may be used. Nothing is kept", section: DocumentForms.section,
    query: [TemplateRoutes.language], body: .authored,
    answers: [Route.Answer(.ok, "Everything that was found", .named("Report"))]
  ) { call in
    try call.refuseKey("a check takes no Idempotency-Key: it changes nothing")
    let (reference, language) = (try call.reference(), try call.language())
    _ = try await call.viewer()
    let document = try await call.authoredDocument()
    let findings = try await call.services.documents.findings(in: document, at: reference)
    return RouteCall.json(findings.report(in: language))
  }

  private static let fork = Route(
    method: .post, path: document + [.literal("forks")], name: "fork_document",
    summary: "Makes the document of another one, of this tenant or of the platform, and remembers which",
    section: DocumentForms.section, query: [DocumentForms.environment],
    body: .document(
      .object([
        .init("tenant", .described(.number32, "0 for the platform"), isRequired: false),
        .init("document", DocumentForms.name),
        .init("environment", .described(DocumentForms.slug, "Default: live"), isRequired: false),
        .init("version", .described(DocumentForms.digest, "Default: the newest"), isRequired: false),
        .init("message", DocumentForms.message, isRequired: false),
        .init("label", DocumentForms.label, isRequired: false),
      ]), isRequired: true),
    answers: [Route.Answer(.created, "The first version", .named("Version"))]
  ) { call in
    try call.refuseKey("a fork takes no Idempotency-Key: the second one of the same name is refused")
    let target = try call.reference()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let tenant = reader.text("tenant", "is no number of a tenant") { Identifier.decimal($0, UInt32.self) }
    let name = reader.required("document", "is no name of a document") { DocumentForms.name($0) }
    let environment = reader.text("environment", "is no name, as live") { Slug($0) } ?? DocumentService.live
    let version = reader.text("version", "is no version's id") { VersionID(hex: $0) }
    let message = reader.text("message", bytes: 0...Draft.messageByteCountMax) ?? ""
    let label = reader.text("label", "is no semantic version") { Label($0) }
    try reader.finish()
    guard let name else { throw Problem(MemberFaults("document", "is missing")) }
    let source = Reference(
      DocumentID(tenant.map { Tenant(rawValue: $0) } ?? target.tenant, target.document.kind, name), in: environment)
    let editor = try await call.editor()
    let forked = try await call.services.documents.run {
      try $0.fork(source, at: version, to: target, message: message, label: label, by: editor)
    }
    return RouteCall.json(forked.json, .created, head: forked.id)
  }

  private static let log = Route(
    method: .get, path: [.literal("v1"), .literal("documents"), .literal("log")], name: "export_document_log",
    summary: "What was done with documents of all tenants, oldest first: each line has the SHA-256 of the line before",
    section: DocumentForms.section,
    query: [
      .init(name: "after", schema: .integer(0...Int64.max), summary: "The number of the last line that is known"),
      .init(name: "limit", schema: .integer(1...1_000), summary: "Most lines of a page. Default: 100"),
    ],
    answers: [Route.Answer(.ok, "A page of lines", .named("DocumentLog"))]
  ) { call in
    let (after, limit) = (try call.integer("after", in: 0...Int.max) ?? 0, try call.integer("limit", in: 1...1_000))
    try DocumentAuthority.check(try await call.session().ownKey(), Tenant.platform.rawValue)
    let bytes = try await call.services.documents.run {
      try $0.exportLog(after: UInt64(after), countMax: limit ?? 100)
    }
    let lines = bytes.split(separator: 0x0A)
    return RouteCall.json(["lines": .array(lines.map { .string(String(decoding: $0, as: UTF8.self)) })])
  }
}

extension RouteCall {
  func label(_ text: String?) throws(Problem) -> Label? {
    guard let text else { return nil }
    guard let label = Label(text) else { throw .badParameter("label", "is no semantic version, as 1.2.0") }
    return label
  }

  /// The body as it was written.
  fileprivate func authoredText() async throws -> ([UInt8], Version.Syntax) {
    let buffer = try await body()
    let type = (request.headers[.contentType] ?? "").prefix(while: { $0 != ";" }).lowercased().filter { $0 != " " }
    guard [MediaType.json, MediaType.yaml].contains(type) else {
      throw Problem(
        .unsupportedMediaType, "unsupported_media_type",
        "a document is sent as \(MediaType.json) or \(MediaType.yaml)")
    }
    return (Array(buffer.readableBytesView), type == MediaType.json ? .json : .yaml)
  }

  /// The body as a document, with places for what is found in it. To be asked for behind `viewer` or `editor`, and read beside the loop: a
  /// text may take a second.
  func authoredDocument() async throws -> Document {
    let (text, syntax) = try await authoredText()
    return try await services.documents.run { _ in
      do throws(DocumentFault) {
        return syntax == .json ? try Document(json: text) : try Document(yaml: String(decoding: text, as: UTF8.self))
      } catch { throw Problem(error) }
    }
  }
}

extension DocumentReader {
  /// As `text`; a fault when it is not there.
  mutating func required<Value>(_ name: String, _ detail: String, _ read: (String) -> Value?) -> Value? {
    if !contains(name) { fault(name, "is missing") }
    return text(name, detail, read)
  }
}
