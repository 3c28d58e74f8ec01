import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Repository

/// One version of a document: what it says, how it differs, and what becomes of it.
enum RevisionRoutes {
  static let all = [get, differences, blame, step, sign]

  static let revision = DocumentRoutes.document + [.literal("versions"), .parameter(.revision)]

  private static let get = Route(
    method: .get, path: revision, name: "get_version", summary: "A version, and what it says",
    section: DocumentForms.section, query: [DocumentForms.environment],
    answers: [Route.Answer(.ok, "The version", .named("WholeVersion"))]
  ) { call in
    let (reference, id) = (try call.reference(), try call.revision())
    let viewer = try await call.viewer()
    return RouteCall.json(
      try await call.services.documents.run { try whole(id, at: reference, $0, viewer) })
  }

  /// - Throws: `notFound` also for a version of another document.
  static func whole(
    _ id: VersionID, at reference: Reference, _ repository: Repository, _ viewer: Viewer
  ) throws -> Documents.JSONValue {
    let version = try version(id, of: reference.document, repository, viewer)
    var members = version.members
    members["document"] = try repository.document(of: id, as: viewer).value
    members["source"] = .string(String(decoding: try repository.text(of: id, as: viewer), as: UTF8.self))
    members["signatures"] = .array(try repository.signatures(of: id, as: viewer).map(\.json))
    members["steps"] = try steps(of: id, at: reference, repository, viewer)
    return .object(members)
  }

  /// What has become of it in the environment; nothing where it never was.
  static func steps(
    of id: VersionID, at reference: Reference, _ repository: Repository, _ viewer: Viewer
  ) throws(RepositoryError) -> Documents.JSONValue {
    do { return try repository.lifecycle(of: id, at: reference, as: viewer).json } catch {
      if case .notFound = error { return [] }
      throw error
    }
  }

  /// - Throws: `notFound` also for a version of another document.
  static func version(
    _ id: VersionID, of document: DocumentID, _ repository: Repository, _ viewer: Viewer
  ) throws -> Version {
    let version = try repository.version(id, as: viewer)
    guard version.document == document else { throw RepositoryError.notFound(.version) }
    return version
  }

  private static let differences = Route(
    method: .get, path: revision + [.literal("differences")], name: "get_differences",
    summary: "What is different in the version, by meaning and as JSON Patch", section: DocumentForms.section,
    query: [
      .init(
        name: "since", schema: DocumentForms.digest,
        summary: "The version to compare with. Default: the one that it was made from")
    ],
    answers: [Route.Answer(.ok, "What changed", .named("Changes"))]
  ) { call in
    let (reference, id, since) = (try call.reference(), try call.revision(), try call.version("since"))
    let viewer = try await call.viewer()
    let (changes, patch) = try await call.services.documents.run { repository in
      let after = try version(id, of: reference.document, repository, viewer)
      guard let before = since ?? after.parents.first ?? after.origin?.version else {
        return (try repository.changes(from: id, to: id, as: viewer), JSONPatch())
      }
      return (
        try repository.changes(from: before, to: id, as: viewer), try repository.patch(from: before, to: id, as: viewer)
      )
    }
    return RouteCall.json(["changes": .array(changes.map(\.json)), "patch": patch.value])
  }

  private static let blame = Route(
    method: .get, path: revision + [.literal("blame")], name: "blame_value",
    summary: "The version that last changed a value", section: DocumentForms.section,
    query: [
      .init(
        name: "pointer", schema: .string(pattern: "^(/.*)?$", length: 0...1_000),
        summary: "Where the value is: a JSON Pointer (RFC 6901)", isRequired: true)
    ],
    answers: [Route.Answer(.ok, "The version", .named("Version"))]
  ) { call in
    let (reference, id) = (try call.reference(), try call.revision())
    guard let pointer = call.parameter("pointer").flatMap({ JSONPointer($0) }) else {
      throw Problem.badParameter("pointer", "is no JSON Pointer")
    }
    let viewer = try await call.viewer()
    let found = try await call.services.documents.run { repository in
      _ = try version(id, of: reference.document, repository, viewer)
      return try repository.blame(pointer, in: id, as: viewer)
    }
    return RouteCall.json(found.json)
  }

  private static let stepWords = Lifecycle.State.allCases.filter { $0 != .draft }.map { "\($0)" }

  private static let step = Route(
    method: .post, path: revision + [.literal("steps")], name: "step_version",
    summary: "Has a version checked, approved, scheduled, put in force or retired", section: DocumentForms.section,
    query: [DocumentForms.environment],
    body: .document(
      .object([
        .init("to", .words(stepWords)),
        .init(
          "due", .described(.string(format: "date-time"), "When it comes in force, for scheduled"), isRequired: false),
      ]), isRequired: true),
    answers: [Route.Answer(.ok, "What has become of it", .named("Lifecycle"))]
  ) { call in
    try call.refuseKey("a step takes no Idempotency-Key: it is taken once")
    let (reference, id) = (try call.reference(), try call.revision())
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let state = reader.required("to", "is no step") { word in
      Lifecycle.State.allCases.first { $0 != .draft && "\($0)" == word }
    }
    let due = reader.text("due", "is no instant, as 2026-04-01T09:30:00.000Z") { Instants.read($0) }
    if state == .scheduled, !reader.contains("due") { reader.fault("due", "is missing") }
    if state != .scheduled, reader.contains("due") { reader.fault("due", "is for scheduled only") }
    try reader.finish()
    guard let state else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let service = call.services.documents
    var report: ByteDigest?
    if state == .checked {
      let document = try await service.run { repository in
        _ = try version(id, of: reference.document, repository, editor.viewer)
        // The names of a mapping are in an order.
        return reference.document.kind == .mapping
          ? try repository.authored(id, as: editor.viewer) : try repository.document(of: id, as: editor.viewer)
      }
      let findings = try await service.findings(in: document, at: reference)
      guard !findings.hasErrors else { throw Problem(findings) }
      report = findings.digest
    }
    let lifecycle =
      switch state {
      case .checked:
        try await service.run { [report] repository in
          try repository.check(id, at: reference, report: report ?? ByteDigest(of: []), by: editor)
        }
      case .approved: try await service.run { try $0.approve(id, at: reference, by: editor) }
      case .scheduled: try await service.activate(id, at: reference, due: due ?? 0, by: editor)
      case .active: try await service.activate(id, at: reference, by: editor)
      case .retired, .draft: try await service.run { try $0.retire(id, at: reference, by: editor) }
      }
    return RouteCall.json(["version": .string("\(id)"), "steps": lifecycle.json])
  }

  private static let sign = Route(
    method: .post, path: revision + [.literal("signatures")], name: "sign_version",
    summary: "Adds a publisher's signature: Ed25519 over the 32 bytes of the version's id",
    section: DocumentForms.section,
    body: .document(
      .object([
        .init("publisher", DocumentForms.slug),
        .init("name", .string(length: 0...Publisher.nameByteCountMax), isRequired: false),
        .init("public_key", DocumentForms.digest), .init("signature", .string(pattern: "^[0-9a-f]{128}$")),
      ]), isRequired: true),
    answers: [Route.Answer(.created, "The version with it", .named("WholeVersion"))]
  ) { call in
    try call.refuseKey("a signature takes no Idempotency-Key: the second one is refused")
    let (reference, id) = (try call.reference(), try call.revision())
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let slug = reader.required("publisher", "is no name, as the-press") { Slug($0) }
    let name = reader.text("name", bytes: 0...Publisher.nameByteCountMax) ?? ""
    let key = reader.required("public_key", "is no key of 64 hexadecimal digits") { bytes($0, count: 32) }
    let signature = reader.required("signature", "is no signature of 128 hexadecimal digits") { bytes($0, count: 64) }
    try reader.finish()
    guard let slug, let key, let signature,
      let publisher = Publisher(reference.tenant, slug, publicKey: key, name: name)
    else { throw Problem(reader.faults) }
    let editor = try await call.editor()
    let document = try await call.services.documents.run { repository in
      _ = try version(id, of: reference.document, repository, editor.viewer)
      _ = try repository.sign(id, signature, by: publisher, caller: editor)
      return try whole(id, at: reference, repository, editor.viewer)
    }
    return RouteCall.json(document, .created)
  }

  private static func bytes(_ text: String, count: Int) -> [UInt8]? {
    Hexadecimal.bytes(text).flatMap { $0.count == count ? $0 : nil }
  }
}
