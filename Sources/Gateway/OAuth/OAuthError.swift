import Access
import Client
import Formats
import HTTPTypes
import HummingbirdCore
import Wire

/// Why a token was not given, as RFC 6749, 5.2 says it.
struct OAuthError: Error, Sendable {
  enum Code: String, CaseIterable, Sendable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unauthorisedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedTokenType = "unsupported_token_type"
    case invalidScope = "invalid_scope"
    case temporarilyUnavailable = "temporarily_unavailable"
  }
  var code: Code
  /// For who writes the client: printable ASCII.
  var description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  init(_ error: AccessError) {
    let code: Code =
      switch error.kind {
      case .badGrant, .wrongCode, .secondFactor: .invalidGrant
      case .badClient: .invalidClient
      case .badScope: .invalidScope
      case .notAllowed, .noKeys: .unauthorisedClient
      case .limit, .store: .temporarilyUnavailable
      case .invalid, .notFound, .otherPerson, .lastAdministrators: .invalidRequest
      }
    self.init(code, error.description)
  }

  /// What showing something failed with that is not known; `code` says what it should have been.
  init(_ error: ClientError, unknown code: Code, _ description: String) {
    switch error {
    case .refused(let body) where body.reason == .authenticationFailed || body.reason == .authenticationMethod:
      self.init(code, description)
    default: self.init(.temporarilyUnavailable, "the kernel cannot be reached; nothing was done")
    }
  }

  init(_ problem: Problem) {
    self.init(problem.status == .unauthorized ? .invalidClient : .temporarilyUnavailable, problem.detail)
  }

  var status: HTTPResponse.Status {
    switch code {
    case .invalidClient: .unauthorized
    case .temporarilyUnavailable: .serviceUnavailable
    default: .badRequest
    }
  }

  var response: Response {
    var response = RouteCall.document(status) { writer in
      writer.object { writer in
        writer.member("error", string: code.rawValue)
        writer.member("error_description", string: description)
      }
    }
    if code == .invalidClient { response.headers[.wwwAuthenticate] = "Basic realm=\"milepost\"" }
    if code == .temporarilyUnavailable { response.headers[.retryAfter] = "1" }
    return response
  }

  /// For the description.
  static let answers = [
    Route.Answer(.badRequest, "Why not", .named("OAuthError")),
    Route.Answer(.unauthorized, "The client is not known", .named("OAuthError")),
    Route.Answer(.serviceUnavailable, "Come again", .named("OAuthError")),
  ]
  static let component = (
    "OAuthError",
    Schema.object([.init("error", .words(Code.allCases.map(\.rawValue))), .init("error_description", .string())])
  )
}
