import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Repository

/// How a document came to what it is, and how it goes on.
enum VersionRoutes {
  static let all = [history, revert, promote, tags, tag]

  /// Lines of work that a page can go on from.
  private static let frontierCountMax = 32

  private static let history = Route(
    method: .get, path: DocumentRoutes.document + [.literal("versions")], name: "list_versions",
    summary: "The versions that led to the newest one, newest first, and what has become of each in the environment",
    section: DocumentForms.section,
    query: [
      DocumentForms.environment,
      .init(
        name: "from", schema: .array(DocumentForms.digest, count: 1...frontierCountMax),
        summary: "`next` of the page before"),
      .init(name: "limit", schema: .integer(1...1_000), summary: "Most versions of a page. Default: 50"),
    ],
    answers: [Route.Answer(.ok, "A page of them", .named("Versions"))]
  ) { call in
    let reference = try call.reference()
    let limit = try call.integer("limit", in: 1...1_000) ?? 50
    let start = try call.parameter("from").map { text throws(Problem) in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let ids = parts.compactMap { VersionID(hex: String($0)) }
      guard ids.count == parts.count, ids.count <= frontierCountMax else {
        throw .badParameter("from", "is none that was given out")
      }
      return ids
    }
    let viewer = try await call.viewer()
    let (items, next) = try await call.services.documents.run { repository in
      // Who may not see the document learns nothing of its versions either.
      _ = try repository.state(of: reference, as: viewer)
      for id in start ?? [] { _ = try RevisionRoutes.version(id, of: reference.document, repository, viewer) }
      let page =
        if let start {
          try repository.history(from: start, countMax: limit, as: viewer)
        } else { try repository.history(of: reference, countMax: limit, as: viewer) }
      let items = try page.versions.map { version in
        var members = version.members
        members["steps"] = try RevisionRoutes.steps(of: version.id, at: reference, repository, viewer)
        return Documents.JSONValue.object(members)
      }
      return (items, page.next)
    }
    guard next.count <= frontierCountMax else { throw Problem(RepositoryError.tooMany(.frontier)) }
    var members = JSONObject()
    members["items"] = .array(items)
    if !next.isEmpty { members["next"] = .array(next.map { .string("\($0)") }) }
    return RouteCall.json(.object(members))
  }

  private static let revert = Route(
    method: .post, path: DocumentRoutes.document + [.literal("reverts")], name: "revert_document",
    summary: "Makes a new version that says what an older one said", section: DocumentForms.section,
    query: [DocumentForms.environment], body: .document(DocumentForms.versionAndMessage, isRequired: true),
    answers: [Route.Answer(.ok, "The new version", .named("Version"))], condition: .head(isRequired: true)
  ) { call in
    try call.refuseKey("a revert takes no Idempotency-Key: If-Match keeps it from being made twice")
    let (reference, expected) = (try call.reference(), try call.requiredHead())
    let (old, message) = try await call.versionAndMessage()
    let editor = try await call.editor()
    let version = try await call.services.documents.run {
      try $0.revert(reference, to: old, expecting: expected, message: message, by: editor)
    }
    return RouteCall.json(version.json, head: version.id)
  }

  private static let promote = Route(
    method: .post, path: DocumentRoutes.document + [.literal("promotions")], name: "promote_document",
    summary: "Moves the document here to a version that another environment has. It begins as a draft",
    section: DocumentForms.section, query: [DocumentForms.environment],
    body: .document(
      .object([.init("version", DocumentForms.digest), .init("from", DocumentForms.slug)]), isRequired: true),
    answers: [Route.Answer(.ok, "Where the document is now", .named("DocumentState"))],
    condition: .head(isRequired: false)
  ) { call in
    try call.refuseKey("a promotion takes no Idempotency-Key: If-Match keeps it from being made twice")
    let (target, expected) = (try call.reference(), try call.expectedHead())
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let version = reader.required("version", "is no version's id") { VersionID(hex: $0) }
    let source = reader.required("from", "is no name, as sandbox") { Slug($0) }
    try reader.finish()
    guard let version, let source else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let state = try await call.services.documents.run {
      try $0.promote(
        version, from: target.document.reference(in: source), to: target.environment, expecting: expected, by: editor)
    }
    return RouteCall.json(state.json(target.document.name, in: target.environment), head: state.head)
  }

  private static let tags = Route(
    method: .get, path: DocumentRoutes.document + [.literal("tags")], name: "list_tags",
    summary: "Names of versions, at most 1,000", section: DocumentForms.section,
    answers: [Route.Answer(.ok, "By name", .named("Tags"))]
  ) { call in
    let document = try call.reference().document
    let viewer = try await call.viewer()
    let tags = try await call.services.documents.run { try $0.tags(of: document, countMax: 1_000, as: viewer) }
    return RouteCall.json(["items": .array(tags.map(\.json))])
  }

  private static let tag = Route(
    method: .post, path: DocumentRoutes.document + [.literal("tags")], name: "tag_version",
    summary: "Names a version for good", section: DocumentForms.section,
    body: .document(
      .object([.init("version", DocumentForms.digest), .init("tag", DocumentForms.slug)]), isRequired: true),
    answers: [Route.Answer(.created, "The tag", .named("Tag"))]
  ) { call in
    try call.refuseKey("a tag takes no Idempotency-Key: the second one of the same name is refused")
    let document = try call.reference().document
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let version = reader.required("version", "is no version's id") { VersionID(hex: $0) }
    let name = reader.required("tag", "is no name, as agreed-2026") { Slug($0) }
    try reader.finish()
    guard let version, let name else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let tag = try await call.services.documents.run { repository in
      guard try repository.version(version, as: editor.viewer).document == document else {
        throw RepositoryError.notFound(.version)
      }
      return try repository.tag(version, as: name, by: editor)
    }
    return RouteCall.json(tag.json, .created)
  }
}

extension RouteCall {
  /// As `expectedHead`, where there is a document already.
  func requiredHead() throws(Problem) -> VersionID {
    guard let head = try expectedHead() else {
      throw Problem(
        .init(code: 428, reasonPhrase: "Precondition Required"), "precondition_required",
        "If-Match names the document's newest version, so that nothing is changed that was not seen")
    }
    return head
  }

  func versionAndMessage() async throws -> (VersionID, String) {
    var reader = DocumentReader(try members(of: try await body()))
    let version = reader.required("version", "is no version's id") { VersionID(hex: $0) }
    let message = reader.text("message", bytes: 0...Draft.messageByteCountMax) ?? ""
    try reader.finish()
    guard let version else { throw Problem(reader.faults) }
    return (version, message)
  }
}
