import Access
import Client
import Formats
import HTTPTypes
import HummingbirdCore

/// The OAuth 2.0 endpoints that programs ask: RFC 6749, 7009, 7636, 7662, 8414. Keys and tokens are the server's business; here are its commands in OAuth's words.
///
/// The client of `client_credentials` is a key: its number and its secret. That of the other grants is an application.
enum TokenRoutes {
  static let section = "OAuth"

  static let all = [
    Route(
      method: .post, path: [.literal("oauth"), .literal("token")], name: "issue_token",
      summary: "A token for a key, for a code, or for a refresh token", section: section,
      body: .form(
        .object([
          .init("grant_type", .words(["client_credentials", "authorization_code", "refresh_token"])),
          text("client_id", "A key's number, or an application", isRequired: false),
          text("client_secret", "If not in `Authorization: Basic`", isRequired: false),
          text("scope", "Roles, `tenant:N`, `amount:N`; all that is allowed unless given", isRequired: false),
          text("one_time_code", "Of the key's second factor, with `client_credentials`", isRequired: false),
          text("code", "With `authorization_code`", isRequired: false),
          text("redirect_uri", "As it was asked with", isRequired: false),
          text("code_verifier", "RFC 7636", isRequired: false),
          text("refresh_token", "With `refresh_token`", isRequired: false),
        ])),
      answers: [Route.Answer(.ok, "The token", .named("Token"))] + OAuthError.answers, needsKey: false,
      handle: answering { call in try await issue(call) }),
    Route(
      method: .post, path: [.literal("oauth"), .literal("revoke")], name: "revoke_token",
      summary: "End a token and all that came with it", section: section,
      body: .form(
        .object(
          [text("token", "Access or refresh token"), text("token_type_hint", "Not needed", isRequired: false)] + client)
      ),
      answers: [Route.Answer(.ok, "It is not good any more", .object([]))] + OAuthError.answers, needsKey: false,
      handle: answering { call in try await revoke(call) }),
    Route(
      method: .post, path: [.literal("oauth"), .literal("introspect")], name: "introspect_token",
      summary: "What a token is worth; of another key's only with the role platform or admin", section: section,
      body: .form(
        .object([text("token", "Access token"), text("token_type_hint", "Not needed", isRequired: false)] + client)),
      answers: [Route.Answer(.ok, "What it is worth", .named("Introspection"))] + OAuthError.answers, needsKey: false,
      handle: answering { call in try await introspect(call) }),
    Route(
      method: .get, path: [.literal(".well-known"), .literal("oauth-authorization-server")], name: "get_oauth_metadata",
      summary: "What this authorization server can do, RFC 8414", section: section,
      answers: [Route.Answer(.ok, "Metadata", .object([], isClosed: false))], needsKey: false
    ) { call in metadata(call) },
  ]

  private static func text(_ name: String, _ summary: String, isRequired: Bool = true) -> Schema.Member {
    .init(name, .described(.string(length: 1...4_096), summary), isRequired: isRequired)
  }
  private static let client = [
    text("client_id", "If not in `Authorization: Basic`", isRequired: false),
    text("client_secret", "If not in `Authorization: Basic`", isRequired: false),
  ]

  static let components: [(String, Schema)] = [
    OAuthError.component,
    (
      "Token",
      .object([
        .init("access_token", .string()), .init("token_type", .words(["Bearer"])),
        .init("expires_in", .integer(0...3_600)),
        .init("scope", .string()), .init("refresh_token", .string(), isRequired: false),
      ])
    ),
    (
      "Introspection",
      .object([
        .init("active", .boolean), .init("scope", .string(), isRequired: false),
        .init("client_id", .string(), isRequired: false),
        .init("sub", .string(), isRequired: false), .init("token_type", .words(["Bearer"]), isRequired: false),
        .init("iat", .integer(0...Int64.max), isRequired: false),
        .init("exp", .integer(0...Int64.max), isRequired: false),
        .init("iss", .string(), isRequired: false), .init("auth_time", .integer(0...Int64.max), isRequired: false),
      ])
    ),
  ]

  /// Answers what goes wrong in OAuth's own way.
  static func answering(
    _ handle: @escaping @Sendable (RouteCall) async throws -> Response
  ) -> @Sendable (RouteCall) async throws -> Response {
    { call in
      do {
        return try await handle(call)
      } catch let error as OAuthError {
        return error.response
      } catch let error as AccessError {
        return OAuthError(error).response
      } catch let error as ClientError {
        return OAuthError(error, unknown: .invalidGrant, "it is not good, or not any more").response
      }
    }
  }

  // MARK: Tokens

  private static func issue(_ call: RouteCall) async throws -> Response {
    let form = try await call.form()
    let client = try ClientCredentials(call, form)
    switch form["grant_type"] {
    case "client_credentials": return try await issueForKey(call, form, client)
    case "authorization_code":
      guard let code = form["code"], let uri = form["redirect_uri"], let verifier = form["code_verifier"] else {
        throw OAuthError(.invalidRequest, "code, redirect_uri and code_verifier are needed")
      }
      guard code.hasPrefix("mpc_") else { throw OAuthError(.invalidGrant, "the code is not good") }
      let refresh = RefreshText()
      return try await exchange(call, code, refresh) { access in
        .redeem(
          application: client.application, redirectURI: uri, verifier: verifier, token: access.digest,
          refresh: refresh.grant)
      }
    case "refresh_token":
      guard let text = form["refresh_token"] else { throw OAuthError(.invalidRequest, "refresh_token is needed") }
      guard let next = RefreshText(text: text)?.next else {
        throw OAuthError(.invalidGrant, "the refresh token is not good")
      }
      return try await exchange(call, text, next) { access in
        .refresh(application: client.application, scope: form["scope"], token: access.digest, refresh: next.grant)
      }
    case nil: throw OAuthError(.invalidRequest, "grant_type is missing")
    default: throw OAuthError(.unsupportedGrantType, "client_credentials, authorization_code or refresh_token")
    }
  }

  private static func issueForKey(
    _ call: RouteCall, _ form: Form, _ client: ClientCredentials
  ) async throws -> Response {
    let session = try await client.session(call)
    let access = TokenText(.access)
    let answer = try await session.ask(
      .issueToken(digest: access.digest, scope: form["scope"], seconds: nil, oneTimeCode: form["one_time_code"]))
    return response(answer, access, nil)
  }

  /// Shows something once, for an access token and the refresh token after it.
  private static func exchange(
    _ call: RouteCall, _ shown: String, _ refresh: RefreshText, _ command: (TokenText) -> AccessCommand
  ) async throws -> Response {
    let access = TokenText(.access)
    let command = command(access)
    let answer = try await call.services.sessions.once(secret: shown) { client throws(ClientError) in
      try await client.manage(command.json)
    }
    let read = try AccessAnswer(json: answer)
    if case .refused(let kind, let text) = read { throw AccessError(kind, text) }
    return response(read, access, refresh)
  }

  private static func response(_ answer: AccessAnswer, _ access: TokenText, _ refresh: RefreshText?) -> Response {
    guard case .token(let record) = answer else {
      return OAuthError(.temporarilyUnavailable, "the kernel answered something else").response
    }
    var response = RouteCall.document { writer in
      writer.object { writer in
        writer.member("access_token", string: access.text)
        writer.member("token_type", string: "Bearer")
        writer.member("expires_in", (record.expires - record.created) / 1_000)
        writer.member("scope", string: record.scope)
        if let refresh { writer.member("refresh_token", string: refresh.text) }
      }
    }
    response.headers[.pragma] = "no-cache"
    return response
  }

  // MARK: Looking and ending

  private static func revoke(_ call: RouteCall) async throws -> Response {
    guard let token = try await call.form()["token"] else { throw OAuthError(.invalidRequest, "token is needed") }
    guard token.hasPrefix("mpa_") || token.hasPrefix("mpr_") else {
      throw OAuthError(.unsupportedTokenType, "keys are revoked by administrators")
    }
    do throws(ClientError) {
      _ = try await call.services.sessions.once(secret: token) { client throws(ClientError) in
        try await client.manage(AccessCommand.endToken(digest: nil).json)
      }
    } catch {
      // What is not good need not be ended (RFC 7009, 2.2).
      guard OAuthError(error, unknown: .invalidGrant, "").code == .invalidGrant else { throw error }
    }
    return RouteCall.document { $0.object { _ in } }
  }

  private static func introspect(_ call: RouteCall) async throws -> Response {
    let form = try await call.form()
    guard let token = form["token"] else { throw OAuthError(.invalidRequest, "token is needed") }
    let session = try await ClientCredentials(call, form).session(call)
    let answer = try await session.ask(.introspect(digest: TokenText.digest(of: token)))
    let issuer = issuer(call)
    return RouteCall.document { writer in
      writer.object { writer in
        writer.key("active")
        guard case .token(let record) = answer else { return writer.bool(false) }
        writer.bool(true)
        writer.member("scope", string: record.scope)
        writer.member("client_id", string: record.application ?? String(record.key))
        writer.member("sub", string: String(record.key))
        writer.member("token_type", string: "Bearer")
        writer.member("iat", record.created / 1_000)
        writer.member("exp", record.expires / 1_000)
        writer.member("iss", string: issuer)
        if let shown = record.secondFactor { writer.member("auth_time", shown / 1_000) }
      }
    }
  }

  // MARK: Metadata

  /// Who issues: the address that people know this gateway by.
  static func issuer(_ call: RouteCall) -> String {
    call.services.publicURL
      ?? "\(call.services.isEncrypted ? "https" : "http")://\(call.request.head.authority ?? "localhost")"
  }

  private static func metadata(_ call: RouteCall) -> Response {
    let issuer = issuer(call)
    return RouteCall.document { writer in
      writer.object { writer in
        writer.member("issuer", string: issuer)
        for (name, path) in [
          ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("revocation_endpoint", "revoke"),
          ("introspection_endpoint", "introspect"),
        ] {
          writer.member(name, string: "\(issuer)/oauth/\(path)")
        }
        for (name, words) in [
          ("response_types_supported", ["code"]), ("response_modes_supported", ["query"]),
          ("grant_types_supported", ["authorization_code", "client_credentials", "refresh_token"]),
          ("token_endpoint_auth_methods_supported", ["client_secret_basic", "client_secret_post", "none"]),
          ("revocation_endpoint_auth_methods_supported", ["none"]),
          ("introspection_endpoint_auth_methods_supported", ["client_secret_basic", "client_secret_post"]),
          ("code_challenge_methods_supported", ["S256"]), ("scopes_supported", Role.allCases.map(\.rawValue)),
        ] {
          writer.key(name)
          writer.array(words) { $0.string($1) }
        }
        writer.key("authorization_response_iss_parameter_supported")
        writer.bool(true)
        writer.member("service_documentation", string: "\(issuer)/reference")
      }
    }
  }
}

/// Who asks for a token: `client_secret_basic` or `client_secret_post` of RFC 6749, 2.3.1.
struct ClientCredentials: Sendable {
  private let id: String?
  private let secret: String?

  /// - Throws: `OAuthError` when the header is no good one, or both ways are used.
  init(_ call: RouteCall, _ form: Form) throws(OAuthError) {
    guard let header = call.request.headers[.authorization] else {
      (id, secret) = (form["client_id"], form["client_secret"])
      return
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "basic", let bytes = Base64URL.bytes(standard: parts[1]),
      let colon = bytes.firstIndex(of: 0x3A), let id = Form.field(bytes[..<colon]),
      let secret = Form.field(bytes[bytes.index(after: colon)...]), !secret.isEmpty
    else { throw OAuthError(.invalidClient, "Authorization is to be Basic, of client id and secret") }
    guard form["client_secret"] == nil, form["client_id"].map({ $0 == id }) ?? true else {
      throw OAuthError(.invalidRequest, "the client proves itself in one way, not in two")
    }
    (self.id, self.secret) = (id, secret)
  }

  /// As an application.
  var application: ApplicationProof { ApplicationProof(id: id ?? "", secret: secret) }

  /// The session of the key with this number and secret.
  ///
  /// - Throws: `OAuthError`.
  func session(_ call: RouteCall) async throws(OAuthError) -> KernelSession {
    guard let id, let secret else { throw OAuthError(.invalidClient, "client_id and client_secret are needed") }
    let session: KernelSession
    do throws(Problem) { session = try await call.services.sessions.session(secret: secret) } catch {
      throw OAuthError(error)
    }
    guard session.caller.key.map(String.init) == id else {
      throw OAuthError(.invalidClient, "client_id is the number of the key that client_secret is of")
    }
    return session
  }
}

extension HTTPField.Name {
  static let pragma = HTTPField.Name("Pragma")!
}
