import Access
import Client
import HTTPTypes

extension RouteCall {
  /// Asks the server about keys, for the caller.
  ///
  /// - Throws: `Problem` when it was refused; nothing was changed then.
  func ask(_ command: AccessCommand) async throws(Problem) -> AccessAnswer {
    let session = try await session()
    do { return try await session.ask(command) } catch let error as ClientError {
      throw session.failed(error)
    } catch let error as AccessError {
      throw Problem(error)
    } catch {
      throw Problem(.serviceUnavailable, "unavailable", "the server's answer cannot be read")
    }
  }

  /// Members of the document in the body, for a change of keys.
  func keyDocument() async throws -> DocumentReader {
    try refuseKey("changes of keys take no Idempotency-Key: look at what waits before asking again")
    return DocumentReader(try members(of: try await body()))
  }

  /// The key, proposal or tenant that the path names.
  func number(_ parameter: Route.PathParameter, _ what: String) throws(Problem) -> UInt32 {
    guard let number = Identifier.decimal(text(parameter), UInt32.self) else { throw .notFound(what) }
    return number
  }

  /// Where a page begins, and how long it is.
  func numberedPage() throws(Problem) -> (after: UInt64, limit: Int) {
    let after = try parameter("after").map { text throws(Problem) in
      guard let number = Identifier.decimal(text, UInt64.self) else { throw .badParameter("after", "is no number") }
      return number
    }
    return (after ?? 0, try integer("limit", in: 1...500) ?? 100)
  }

  static let numberedPaging: [Route.QueryParameter] = [
    .init(name: "after", schema: .string(pattern: "^(0|[1-9][0-9]{0,18})$"), summary: "`next` of the page before"),
    .init(name: "limit", schema: .integer(1...500), summary: "Most of a page. Default: 100"),
  ]
}

extension Problem {
  /// What the server refused about keys.
  init(_ error: AccessError) {
    switch error.kind {
    case .invalid: self.init(.unprocessableContent, "invalid_command", error.description)
    case .notAllowed, .noKeys: self.init(.forbidden, "not_authorised", error.description)
    case .notFound: self.init(.notFound, "not_found", error.description)
    case .otherPerson: self.init(.conflict, "other_person", error.description)
    case .limit: self.init(.conflict, "limit_reached", error.description)
    case .lastAdministrators: self.init(.conflict, "last_administrators", error.description)
    case .secondFactor:
      self = .secondFactor
      detail = error.description
    case .wrongCode: self.init(.forbidden, "wrong_code", error.description)
    case .badGrant, .badClient, .badScope: self.init(.badRequest, "invalid_command", error.description)
    case .store: self.init(.serviceUnavailable, "unavailable", "the server cannot write its catalog")
    }
  }

  /// A token made with a code of the second factor would do (RFC 9470).
  static let secondFactor: Problem = {
    var problem = Problem(.forbidden, "mfa_required", "a second factor has to be shown first")
    problem.headers[.wwwAuthenticate] = "Bearer error=\"insufficient_user_authentication\""
    return problem
  }()
}
