import Client
import Formats
import HTTPTypes
import Kernel
import Wire

/// Why a request was not done, as RFC 9457 says it. `code` is stable; so is the type made of it.
struct Problem: Error, Sendable {
  var status: HTTPResponse.Status
  var code: String
  /// A sentence for people.
  var detail: String
  /// Places in the request.
  var faults: [MemberFaults.Fault] = []
  /// What the kernel answered, where it was asked.
  var answer: OperationAnswer?
  var headers = HTTPFields()

  init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  /// A document with the right syntax and wrong members.
  init(_ faults: MemberFaults) {
    self.init(.unprocessableContent, "invalid_document", "the document has members that are missing or wrong")
    self.faults = faults.all
  }

  init(_ fault: JSONFault) {
    self.init(.badRequest, "invalid_json", "byte \(fault.offset): \(fault.message)")
  }

  static let busy = unavailable("busy", "too much waits already; nothing was applied")

  /// What may go well in a second.
  static func unavailable(_ code: String, _ detail: String) -> Problem {
    var problem = Problem(.serviceUnavailable, code, detail)
    problem.headers[.retryAfter] = "1"
    return problem
  }

  static let unauthorised: Problem = {
    var problem = Problem(
      .unauthorized, "unauthorised", "a key or token that is good is needed: Authorization: Bearer ...")
    problem.headers[.wwwAuthenticate] = "Bearer"
    return problem
  }()

  static let otherTenant = Problem(.forbidden, "tenant_mismatch", "the key is not for this tenant")
  private static let badCursor = Problem(
    .gone, "invalid_cursor", "the cursor is none that was given out, or it is too old: begin again")

  /// The code for what may have been applied or not.
  static let outcomeUnknown = "outcome_unknown"

  /// A name that some documents have and this one lacks.
  static func notFound(_ what: String) -> Problem { Problem(.notFound, "not_found", "there is no such \(what)") }

  /// - Parameter status: 422 for what no schema can say.
  static func badParameter(
    _ name: String, _ detail: String, _ status: HTTPResponse.Status = .badRequest
  ) -> Problem {
    var problem = Problem(status, "invalid_parameter", "parameter \(name) \(detail)")
    problem.faults = MemberFaults(name, detail).all
    return problem
  }

  /// What the kernel's server could not do for us.
  init(_ error: ClientError) {
    switch error {
    case .refused(let body) where body.reason == .authenticationFailed || body.reason == .authenticationMethod:
      self = .unauthorised
    case .refused(let body) where body.reason == .notAuthorised || body.reason == .tenantScope:
      self.init(.forbidden, "not_authorised", "the key does not allow it")
    case .readStatus(.tenantScope): self = .otherTenant
    case .subscriptionEnded(let end) where end.reason == .tenantScope: self = .otherTenant
    case .readStatus(.badCursor): self = .badCursor
    case .refused(let body) where body.reason == .badCursor: self = .badCursor
    case .subscriptionEnded(let end) where end.reason == .positionTooOld:
      self.init(
        .gone, "position_too_old", "the log no longer reaches back so far; it begins at \(end.value)-0")
    case .subscriptionEnded(let end) where end.reason == .positionAhead:
      self.init(.conflict, "position_ahead", "the log ends at commit \(end.value)")
    case .outcomeUnknown:
      self.init(
        .serviceUnavailable, Self.outcomeUnknown,
        "the connection was lost: whether it was applied is not known; send it again with the same ids")
    default:
      self = .unavailable("unavailable", "the kernel cannot be reached; nothing was applied")
    }
  }

  /// An operation that was refused.
  ///
  /// - Precondition: the result is no acceptance.
  init(_ answer: OperationAnswer) {
    let status = ResultCode(rawValue: answer.result.code)?.httpStatus ?? .conflict
    self.init(
      status, answer.code, "\(answer.form.word) was refused: \(answer.code.replacing("_", with: " "))")
    self.answer = answer
    // RFC 9470: a token made with a code of the second factor would do.
    if answer.result.code == ResultCode.mfaRequired.rawValue { headers = Problem.secondFactor.headers }
  }

  /// Type of a code: a place on the reference page.
  static func type(of code: String) -> String { "/reference#problem-\(code)" }

  /// The document.
  func write(instance: String?, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("type", string: Self.type(of: code))
      writer.member("title", string: code.replacing("_", with: " "))
      writer.member("status", Int64(status.code))
      writer.member("detail", string: detail)
      if let instance { writer.member("instance", string: instance) }
      writer.member("code", string: code)
      if let answer {
        writer.key("result")
        answer.write(to: &writer)
      }
      if !faults.isEmpty {
        writer.key("errors")
        writer.array(faults) { writer, fault in
          writer.object { writer in
            writer.member("pointer", string: fault.pointer)
            writer.member("detail", string: fault.detail)
          }
        }
      }
    }
  }
}

extension ResultCode {
  /// What a refusal is to HTTP. Acceptance, and the repetition of what was applied, are no problems.
  var httpStatus: HTTPResponse.Status {
    switch self {
    case .ok, .exists: .ok
    case .notFound, .milestoneNotFound: .notFound
    case .contractPruned: .gone
    case .tenantMismatch, .mfaRequired, .selfApproval, .notAuthorised: .forbidden
    case .linkedEventFailed: .init(code: 424, reasonPhrase: "Failed Dependency")
    case .linkedEventChainOpen, .chainSpansTenants, .badOperation, .reservedBits, .badExtension, .badId, .badOrdinal,
      .badAmount, .amountOverflow, .badReference, .zeroAmount, .sameParty, .badTerms:
      .unprocessableContent
    default: .conflict
    }
  }
}
