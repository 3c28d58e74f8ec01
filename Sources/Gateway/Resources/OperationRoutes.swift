import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel

/// Each operation of the kernel as a POST below the record that it names.
enum OperationRoutes {
  static let all: [Route] = OperationForm.all.flatMap { form in
    switch form.code {
    case .createContract: [route(form, PathParts.contracts)]
    case .addMilestone: [route(form, PathParts.contract + [.literal("milestones")])]
    default:
      switch form.subject {
      case .contract: [route(form, PathParts.contract + [.literal(form.path)])]
      case .milestone: [route(form, PathParts.milestone + [.literal(form.path)])]
      case .either:
        [
          route(form, PathParts.contract + [.literal(form.path)], "contract_"),
          route(form, PathParts.milestone + [.literal(form.path)], "milestone_"),
        ]
      }
    }
  }

  private static func route(_ form: OperationForm, _ path: [Route.PathPart], _ prefix: String = "") -> Route {
    let creates = form.code == .createContract || form.code == .addMilestone
    return Route(
      method: .post, path: path, name: prefix + form.word, summary: form.summary,
      section: form.subject == .milestone || prefix == "milestone_" ? "Milestones" : "Contracts",
      body: .document(
        form.schema(named(form)),
        isRequired: form.needsDocument || form.code == .addMilestone),
      answers: [
        Route.Answer(creates ? .created : .ok, "Applied and durable", .named("Answer"))
      ] + (creates ? [Route.Answer(.ok, "Applied by an earlier request with this id", .named("Answer"))] : []),
      isOperation: true,
      handle: { call in try await perform(form, call, creates: creates) })
  }

  /// What no path says: a new record's name.
  private static func named(_ form: OperationForm) -> [Schema.Member] {
    switch form.code {
    case .createContract:
      [.init("contract", .described(.id, "The contract's id. Default: a new one"), isRequired: false)]
    case .addMilestone: [.init("milestone", .described(.ordinal, "The next number, from 1"))]
    default: []
    }
  }

  private static func perform(_ form: OperationForm, _ call: RouteCall, creates: Bool) async throws -> Response {
    let body = try await call.body()
    let members = try call.members(of: body)
    let session = try await call.session()
    let intent = try call.intent(session.caller)
    var frame = OperationFrame(
      tenant: try call.tenant(), contract: 0, ordinal: 0, id: intent.operation, actor: session.caller.person)
    var passed: [String] = []
    switch form.code {
    case .createContract:
      passed = ["contract"]
      frame.contract = try members.id("contract") ?? intent.contract
    case .addMilestone:
      passed = ["milestone"]
      frame.contract = try call.contract()
      guard let ordinal = try members.ordinal("milestone") else {
        throw Problem(MemberFaults("milestone", "is missing"))
      }
      frame.ordinal = ordinal
    default:
      frame.contract = try call.contract()
      if call.names(.milestone) { frame.ordinal = try call.milestone() }
    }
    var operation: SlottedOperation
    do throws(MemberFaults) {
      operation = try form.operation(members, passing: passed, in: frame)
    } catch { throw Problem(error) }
    operation = try call.expecting(operation, of: form)
    let fingerprint =
      intent.name == nil
      ? "" : Digest.hexadecimal(of: Array(body.readableBytesView) + Array((call.request.headers[.ifMatch] ?? "").utf8))
    return try await call.submitOnce(operation, of: form, intent: intent, fingerprint: fingerprint, session: session) {
      answer throws(Problem) in
      guard answer.isApplied else { throw call.refusal(answer) }
      let isNew = creates && answer.result.isAccepted
      var response = RouteCall.document(isNew ? .created : .ok) { answer.write(to: &$0) }
      if creates { response.headers[.location] = PathParts.location(of: answer.operation) }
      return response
    }
  }
}

/// The paths of records.
enum PathParts {
  static let tenant: [Route.PathPart] = [.literal("v1"), .literal("tenants"), .parameter(.tenant)]
  static let contracts = tenant + [.literal("contracts")]
  static let contract = contracts + [.parameter(.contract)]
  static let milestones = contract + [.literal("milestones")]
  static let milestone = milestones + [.parameter(.milestone)]
  static let parties = tenant + [.literal("parties")]
  static let party = parties + [.parameter(.party)]

  static func location(of operation: Operation) -> String {
    let contract = "/v1/tenants/\(operation.tenant)/contracts/\(Identifier.text(operation.contract))"
    return operation.ordinal == 0 ? contract : "\(contract)/milestones/\(operation.ordinal)"
  }
}

extension [JSONMember] {
  /// An id by name; nil when it is not there.
  func id(_ name: String) throws(Problem) -> UInt128? {
    guard let member = first(where: { $0.name == name }) else { return nil }
    guard case .string(let text) = member.value, let id = Identifier.id(text) else {
      throw Problem(MemberFaults(name, "is no id: a string with a decimal number below 2^128 or a UUID, not 0"))
    }
    return id
  }

  /// A milestone's number by name; nil when it is not there.
  func ordinal(_ name: String) throws(Problem) -> UInt16? {
    guard let member = first(where: { $0.name == name }) else { return nil }
    guard case .integer(let number) = member.value, let ordinal = UInt16(exactly: number), ordinal > 0 else {
      throw Problem(MemberFaults(name, "is no milestone: an integer from 1 to 65535"))
    }
    return ordinal
  }
}
