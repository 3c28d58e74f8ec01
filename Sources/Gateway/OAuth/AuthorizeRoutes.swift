import Access
import Client
import Formats
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Where a person lets an application act: sign in with a key, look at what is asked for, allow or deny it.
///
/// Nobody is sent anywhere before the person has proved a key and the server has said that the address is the application's: an open
/// redirector is of use to nobody else.
enum AuthorizeRoutes {
  static let all = [
    Route(
      method: .get, path: [.literal("oauth"), .literal("authorize")], name: "authorize",
      summary: "Sign in to let an application act, RFC 6749, 4.1",
      section: TokenRoutes.section,
      query: AuthorizeQuery.names.map {
        .init(name: $0, schema: .string(length: 0...2_048), summary: AuthorizeQuery.summary($0))
      },
      answers: pages, needsKey: false,
      handle: answering { call in page(AuthorizePage.signIn(try AuthorizeQuery { call.parameter($0) })) }),
    Route(
      method: .post, path: [.literal("oauth"), .literal("authorize")], name: "sign_in",
      summary: "The form of that page", section: TokenRoutes.section,
      body: .form(
        .object(
          (AuthorizeQuery.names + ["key", "one_time_code"]).map { .init($0, .string(), isRequired: $0 == "key") })),
      answers: pages, needsKey: false, handle: answering { call in try await signIn(call) }),
    Route(
      method: .post, path: [.literal("oauth"), .literal("consent")], name: "consent",
      summary: "Allow or deny what was asked for", section: TokenRoutes.section,
      body: .form(.object([.init("ticket", .string()), .init("decision", .words(["allow", "deny"]))])),
      answers: pages, needsKey: false, handle: answering { call in try await consent(call) }),
  ]

  private static let pages = [
    Route.Answer(.ok, "A page", type: "text/html", .string()), Route.Answer(.seeOther, "Back to the application", nil),
    Route.Answer(.badRequest, "A page that says what is wrong", type: "text/html", .string()),
    Route.Answer(.unauthorized, "The page again", type: "text/html", .string()),
    Route.Answer(.serviceUnavailable, "A page that says to come again", type: "text/html", .string()),
  ]

  /// Says what is wrong in a page: who reads it is a person.
  private static func answering(
    _ handle: @escaping @Sendable (RouteCall) async throws -> Response
  ) -> @Sendable (RouteCall) async throws -> Response {
    { call in
      do {
        return try await handle(call)
      } catch let error as OAuthError {
        let status: HTTPResponse.Status = error.code == .temporarilyUnavailable ? .serviceUnavailable : .badRequest
        return page(AuthorizePage.failure(error.description), status)
      }
    }
  }

  private static func page(
    _ text: String, _ status: HTTPResponse.Status = .ok, sendsTo uri: String? = nil
  ) -> Response {
    Response(
      status: status,
      headers: [
        .contentType: MediaType.html, .contentSecurityPolicy: AuthorizePage.policy(sendsTo: uri),
        .referrerPolicy: "no-referrer",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  private static func signIn(_ call: RouteCall) async throws -> Response {
    let form = try await call.form()
    let query = try AuthorizeQuery { form[$0] }
    guard let key = form["key"] else { return page(AuthorizePage.signIn(query, "The key is missing."), .unauthorized) }
    let session: KernelSession
    do throws(Problem) {
      // Only what proves a key itself: a token makes no tokens.
      session = try await call.services.sessions.session(secret: key)
    } catch {
      guard error.status == .unauthorized else { throw OAuthError(error) }
      return page(AuthorizePage.signIn(query, "The key is not good, or not any more."), .unauthorized)
    }
    do {
      guard case .applications(let found) = try await session.ask(.application(id: query.application)),
        let application = found.first, application.allows(query.redirectURI)
      else { throw OAuthError(.invalidRequest, "redirect_uri is none of the application's") }
      return try await ask(call, query, application, session, form["one_time_code"])
    } catch let error as AccessError {
      switch error.kind {
      case .notFound: throw OAuthError(.invalidRequest, "there is no such application")
      case .wrongCode, .secondFactor, .limit:
        return page(AuthorizePage.signIn(query, "\(error.description)."), .unauthorized)
      case .badScope: return sendBack(query.redirectURI, query.state, ("error", "invalid_scope"), call)
      default: throw OAuthError(error)
      }
    } catch let error as ClientError {
      throw OAuthError(error, unknown: .invalidRequest, "the key is not good any more")
    }
  }

  private static func ask(
    _ call: RouteCall, _ query: AuthorizeQuery, _ application: Application, _ session: KernelSession,
    _ oneTimeCode: String?
  ) async throws -> Response {
    let code = TokenText(.code)
    _ = try await session.ask(
      .authorize(
        digest: code.digest,
        request: AuthorizationRequest(
          application: application.id, redirectURI: query.redirectURI, scope: query.scope, challenge: query.challenge),
        oneTimeCode: oneTimeCode))
    let now = call.services.now()
    let ticket = ConsentTickets.Ticket(
      code: code, redirectURI: query.redirectURI, state: query.state, expires: now + ConsentTickets.lifeMilliseconds)
    guard let name = call.services.consents.add(ticket, now: now) else {
      throw OAuthError(.temporarilyUnavailable, "too many people sign in at once: try again in a minute")
    }
    return page(
      AuthorizePage.consent(application, query, ticket: name, person: session.caller.person), sendsTo: query.redirectURI
    )
  }

  private static func consent(_ call: RouteCall) async throws -> Response {
    let form = try await call.form()
    guard let name = form["ticket"], let decision = form["decision"], ["allow", "deny"].contains(decision) else {
      throw OAuthError(.invalidRequest, "ticket and decision are needed")
    }
    guard let ticket = call.services.consents.take(name, now: call.services.now()) else {
      throw OAuthError(.invalidRequest, "this page is too old: go back to the application, and begin again")
    }
    // What is denied is a code that nobody has: it runs out by itself.
    let answer = decision == "allow" ? ("code", ticket.code.text) : ("error", "access_denied")
    return sendBack(ticket.redirectURI, ticket.state, answer, call)
  }

  /// Back to the application, with who answers (RFC 9207).
  private static func sendBack(
    _ uri: String, _ state: String?, _ answer: (name: String, value: String), _ call: RouteCall
  ) -> Response {
    var fields: [(name: String, value: String)] = [answer, ("iss", TokenRoutes.issuer(call))]
    if let state { fields.append(("state", state)) }
    let query = fields.map { "\($0.name)=\(Form.escaped($0.value))" }.joined(separator: "&")
    return Response(
      status: .seeOther,
      headers: [.location: "\(uri)\(uri.contains("?") ? "&" : "?")\(query)", .referrerPolicy: "no-referrer"])
  }
}

/// What an application asks a person for.
struct AuthorizeQuery: Sendable {
  var application: String
  var redirectURI: String
  var scope: String?
  var state: String?
  var challenge: String

  static let names = [
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
  ]

  static func summary(_ name: String) -> String {
    switch name {
    case "response_type": "`code`"
    case "client_id": "The application"
    case "redirect_uri": "One of its own"
    case "scope": "Roles, `tenant:N`, `amount:N`; all that the key allows unless given"
    case "state": "Comes back as it is"
    case "code_challenge": "RFC 7636"
    default: "`S256`"
    }
  }

  /// - Throws: `OAuthError`, for a page: an address that was not checked gets nothing.
  init(_ field: (String) -> String?) throws(OAuthError) {
    guard field("response_type") == "code" else { throw OAuthError(.invalidRequest, "response_type is to be code") }
    guard let application = field("client_id"), let uri = field("redirect_uri") else {
      throw OAuthError(.invalidRequest, "client_id and redirect_uri are needed")
    }
    guard field("code_challenge_method") == "S256", let challenge = field("code_challenge"), challenge.utf8.count == 43
    else {
      throw OAuthError(.invalidRequest, "code_challenge is needed, with code_challenge_method S256")
    }
    self.application = application
    redirectURI = uri
    scope = field("scope")
    state = field("state")
    self.challenge = challenge
  }

  var fields: [(name: String, value: String)] {
    [
      ("response_type", "code"), ("client_id", application), ("redirect_uri", redirectURI), ("scope", scope ?? ""),
      ("state", state ?? ""), ("code_challenge", challenge), ("code_challenge_method", "S256"),
    ]
  }
}

extension HTTPField.Name {
  static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
