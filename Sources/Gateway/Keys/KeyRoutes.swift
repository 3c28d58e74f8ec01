import Access
import Formats
import HTTPTypes
import HummingbirdCore

/// Keys, what waits for a second administrator, and second factors. The server decides; here are its commands as resources.
enum KeyRoutes {
  static let all: [Route] = [
    own, list, create, change, replace, revoke, removeFactor, proposals, approve, reject, enrol,
  ]

  static let section = "Keys"
  static let access: [Route.PathPart] = [.literal("v1"), .literal("access")]
  private static let keys = access + [.literal("keys")]
  private static let key = keys + [.parameter(.key)]
  private static let proposal = access + [.literal("proposals"), .parameter(.proposal)]
  private static let waiting = Route.Answer(.accepted, "It waits for another administrator", .named("Waiting"))

  private static let own = Route(
    method: .get, path: access + [.literal("key")], name: "get_own_key",
    summary: "The caller's key, as its secret or token allows it",
    section: section, answers: [Route.Answer(.ok, "The key", .named("Key"))]
  ) { call in try await answer(call, .whoAmI) }

  private static let list = Route(
    method: .get, path: keys, name: "list_keys",
    summary: "All keys, revoked and expired ones included; for administrators", section: section,
    query: RouteCall.numberedPaging, answers: [Route.Answer(.ok, "A page of keys", .named("Keys"))]
  ) { call in
    let (after, limit) = try call.numberedPage()
    guard case .keys(let keys) = try await call.ask(.listKeys(after: UInt32(clamping: after), limit: limit)) else {
      throw Problem.unreadable
    }
    return call.page(keys, next: keys.count == limit ? keys.last.map { String($0.id) } : nil) { $0.write($1) }
  }

  private static let create = Route(
    method: .post, path: keys, name: "create_key", summary: "Asks for a key; another administrator approves it",
    section: section,
    body: .document(KeyForm.createSchema, isRequired: true), answers: [waiting]
  ) { call in
    var reader = try await call.keyDocument()
    let (content, credential) = (KeyForm.content(&reader), KeyForm.credential(&reader))
    try reader.finish()
    return try await answer(call, .create(content: content, credential: credential))
  }

  private static let change = Route(
    method: .post, path: key + [.literal("change")], name: "change_key",
    summary: "Asks for other roles, tenants or limits of a key: all that it is to have", section: section,
    body: .document(KeyForm.contentSchema, isRequired: true), answers: [waiting]
  ) { call in
    let id = try call.number(.key, "key")
    var reader = try await call.keyDocument()
    let content = KeyForm.content(&reader)
    try reader.finish()
    return try await answer(call, .change(key: id, content: content))
  }

  private static let replace = Route(
    method: .post, path: key + [.literal("replace")], name: "replace_credential",
    summary: "Asks for something else that proves a key; its tokens end when nothing overlaps", section: section,
    body: .document(KeyForm.replaceSchema, isRequired: true), answers: [waiting]
  ) { call in
    let id = try call.number(.key, "key")
    var reader = try await call.keyDocument()
    let credential = KeyForm.credential(&reader)
    let overlap = reader.integer("overlap_seconds", in: 0...2_592_000) ?? 0
    try reader.finish()
    return try await answer(call, .replace(key: id, credential: credential, overlapSeconds: overlap))
  }

  private static let revoke = Route(
    method: .post, path: key + [.literal("revoke")], name: "revoke_key",
    summary: "Revokes a key and its tokens, at once and for good",
    section: section, answers: [Route.Answer(.ok, "The key", .named("Key"))]
  ) { call in try await answer(call, .revoke(key: try call.number(.key, "key"))) }

  private static let removeFactor = Route(
    method: .post, path: key + [.literal("remove-factor")], name: "remove_factor",
    summary: "Asks for the removal of a second factor that its holder has lost", section: section, answers: [waiting]
  ) { call in try await answer(call, .removeFactor(key: try call.number(.key, "key"))) }

  private static let proposals = Route(
    method: .get, path: access + [.literal("proposals")], name: "list_proposals",
    summary: "What waits for a second administrator",
    section: section, query: RouteCall.numberedPaging,
    answers: [Route.Answer(.ok, "A page of proposals", .named("Proposals"))]
  ) { call in
    let (after, limit) = try call.numberedPage()
    guard
      case .proposals(let proposals) = try await call.ask(.listProposals(after: UInt32(clamping: after), limit: limit))
    else {
      throw Problem.unreadable
    }
    return call.page(proposals, next: proposals.count == limit ? proposals.last.map { String($0.id) } : nil) {
      $0.write($1)
    }
  }

  private static let approve = Route(
    method: .post, path: proposal + [.literal("approve")], name: "approve_proposal",
    summary: "Approves what another person asked for; it takes effect",
    section: section,
    answers: [
      Route.Answer(.ok, "The key or the application", .one([.named("Key"), .named("Application")])),
      Route.Answer(.noContent, "Done", nil),
    ]
  ) { call in try await answer(call, .approve(proposal: try call.number(.proposal, "proposal"))) }

  private static let reject = Route(
    method: .post, path: proposal + [.literal("reject")], name: "reject_proposal", summary: "Rejects or withdraws it",
    section: section,
    answers: [Route.Answer(.noContent, "Done", nil)]
  ) { call in try await answer(call, .reject(proposal: try call.number(.proposal, "proposal"))) }

  private static let enrol = Route(
    method: .post, path: access + [.literal("second-factor")], name: "enrol_factor",
    summary: "Gives the caller's key a second factor (RFC 6238): its secret, and a code of it as proof",
    section: section,
    body: .document(
      .object([
        .init("secret", .described(.string(pattern: "^[A-Z2-7]{26,103}$"), "Base 32, made where it is shown")),
        .init("one_time_code", .string(pattern: "^[0-9]{6}$")),
        .init(
          "current", .described(.string(pattern: "^[0-9]{6}$"), "A code of the factor that it replaces"),
          isRequired: false),
      ]), isRequired: true), answers: [Route.Answer(.noContent, "Done", nil)]
  ) { call in
    var reader = try await call.keyDocument()
    for name in ["secret", "one_time_code"] where !reader.contains(name) { reader.fault(name, "is missing") }
    let secret = reader.text("secret", bytes: 26...103) ?? ""
    let code = reader.text("one_time_code", bytes: 6...6) ?? ""
    let current = reader.text("current", bytes: 6...6)
    try reader.finish()
    return try await answer(call, .enrolFactor(secret: secret, oneTimeCode: code, current: current))
  }

  /// Asks, and writes the answer as the document that it is.
  static func answer(_ call: RouteCall, _ command: AccessCommand) async throws -> Response {
    switch try await call.ask(command) {
    case .done: return Response(status: .noContent)
    case .proposed(let id):
      return RouteCall.document(.accepted) { writer in writer.object { $0.member("proposal", string: String(id)) } }
    case .key(let key): return RouteCall.document { $0.write(key) }
    case .applications(let applications) where applications.count == 1:
      return RouteCall.document { $0.write(applications[0]) }
    default: throw Problem.unreadable
    }
  }
}

extension Problem {
  static let unreadable = Problem(
    .serviceUnavailable, "unavailable", "the server's answer is another one than was asked for")
}
