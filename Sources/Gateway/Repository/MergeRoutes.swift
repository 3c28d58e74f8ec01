import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Repository

/// Changes of two sides put together, and what they do not agree on.
enum MergeRoutes {
  static let all = [upstream, merge, mergeText]

  private static let upstream = Route(
    method: .get, path: DocumentRoutes.document + [.literal("upstream")], name: "get_upstream",
    summary: "Of a fork: what became of the document that it was made of", section: DocumentForms.section,
    query: [DocumentForms.environment], answers: [Route.Answer(.ok, "What changed there", .named("UpstreamChanges"))]
  ) { call in
    let reference = try call.reference()
    let viewer = try await call.viewer()
    let (found, patch) = try await call.services.documents.run { repository in
      let found = try repository.upstreamChanges(of: reference, as: viewer)
      return (found, try repository.patch(from: found.origin.version, to: found.current, as: viewer))
    }
    return RouteCall.json([
      "origin": found.origin.json, "current": .string("\(found.current)"),
      "changes": .array(found.changes.map(\.json)), "patch": patch.value,
    ])
  }

  private static let merge = Route(
    method: .post, path: DocumentRoutes.document + [.literal("merges")], name: "merge_document",
    summary: "Brings a version's changes in, of this document or of what it was forked from",
    section: DocumentForms.section,
    query: [DocumentForms.environment], body: .document(DocumentForms.versionAndMessage, isRequired: true),
    answers: [
      Route.Answer(.ok, "Merged", .named("Version")),
      Route.Answer(.conflict, "Both sides changed the same: nothing was kept", .named("Conflicts")),
    ], condition: .head(isRequired: true)
  ) { call in
    try call.refuseKey("a merge takes no Idempotency-Key: If-Match keeps it from being made twice")
    let (reference, expected) = (try call.reference(), try call.requiredHead())
    let (theirs, message) = try await call.versionAndMessage()
    let editor = try await call.editor()
    let outcome = try await call.services.documents.run {
      try $0.merge(theirs, into: reference, expecting: expected, message: message, by: editor)
    }
    return response(outcome)
  }

  private static let mergeText = Route(
    method: .post, path: RevisionRoutes.revision + [.literal("merges")], name: "merge_text",
    summary: "What a text that was made of this version comes to with the newest one. Nothing is kept",
    section: DocumentForms.section, query: [DocumentForms.environment], body: .authored,
    answers: [Route.Answer(.ok, "Both together", .named("MergedText"))]
  ) { call in
    try call.refuseKey("it takes no Idempotency-Key: it changes nothing")
    let (reference, id) = (try call.reference(), try call.revision())
    let viewer = try await call.viewer()
    let document = try await call.authoredDocument()
    let (head, merge) = try await call.services.documents.run { repository in
      _ = try RevisionRoutes.version(id, of: reference.document, repository, viewer)
      let head = try repository.state(of: reference, as: viewer).head
      return (
        head,
        Merge(
          base: try repository.document(of: id, as: viewer).value, mine: document.value,
          theirs: try repository.authored(head, as: viewer).value)
      )
    }
    var members = merge.members(base: id)
    members["head"] = .string("\(head)")
    return RouteCall.jsonInOrder(.object(members))
  }

  static func response(_ outcome: MergeOutcome) -> Response {
    switch outcome {
    case .merged(let version): RouteCall.json(version.json, head: version.id)
    case .conflicts(let merged): RouteCall.jsonInOrder(.object(merged.merge.members(base: merged.base)), .conflict)
    }
  }
}

extension Merge {
  fileprivate func members(base: VersionID) -> JSONObject {
    var members = JSONObject()
    members["base"] = .string("\(base)")
    members["merged"] = value
    members["conflicts"] = .array(conflicts.map { $0.json(in: value) })
    return members
  }
}

extension Merge.Conflict {
  /// - Parameter merged: what the merge comes to.
  fileprivate func json(in merged: Documents.JSONValue) -> Documents.JSONValue {
    var members = JSONObject()
    members["kind"] = .string(kind.rawValue)
    members["path"] = .string(path.description)
    members["base"] = base
    members["mine"] = mine
    members["theirs"] = theirs
    members["patch"] = patchForTheirs(in: merged)?.value
    return .object(members)
  }
}
