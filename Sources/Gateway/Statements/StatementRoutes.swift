import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import NIOCore
import Wire

/// What moved money, with what was there before and after: made of the log by the kernel's own rules.
enum StatementRoutes {
  static let all: [Route] = [contract, party]
  private static let section = "Statements"

  private static let contract = Route(
    method: .get, path: PathParts.contract + [.literal("statement")], name: "get_contract_statement",
    summary: "What moved a contract's money in a span of time: JSON, or CSV with `Accept: text/csv`", section: section,
    query: span, answers: answers
  ) { call in
    let (tenant, id) = (try call.tenant(), try call.contract())
    let (span, limit) = (try call.statementSpan(), try call.integer("limit", in: 1...1_000) ?? 100)
    let session = try await call.session()
    guard let record = try await session.reading({ try await $0.contract(tenant: tenant, contract: id) }) else {
      throw Problem.notFound("contract")
    }
    let subject = LedgerSubject.contract(tenant: tenant, id: id)
    let (_, list, commit) = try await call.book(of: subject, session)
    try call.check(list, of: subject, has: record.buckets)
    return call.answer(StatementPage(subject, list, span, limit: limit, commit: commit))
  }

  private static let party = Route(
    method: .get, path: PathParts.party + [.literal("statement")], name: "get_party_statement",
    summary:
      "What moved the money of all of a tenant's contracts in which a party has a role: JSON, or CSV with `Accept: text/csv`",
    section: section,
    query: [
      .init(
        name: "role", schema: .words(PartyRole.allCases.map(\.rawValue)), summary: "The party's role in the contracts",
        isRequired: true)
    ] + span, answers: answers
  ) { call in
    let (tenant, party) = (try call.tenant(), try call.number(.party, "party"))
    let (span, limit) = (try call.statementSpan(), try call.integer("limit", in: 1...1_000) ?? 100)
    guard let role = call.parameter("role").flatMap({ PartyRole(rawValue: $0) }) else {
      throw Problem.badParameter("role", "is neither payer nor payee")
    }
    let session = try await call.session()
    try await session.checkReader(of: tenant)
    // The server decides who reads: a book that is there already would ask it nothing.
    _ = try await session.reading { try await $0.totals(tenant: tenant) }
    let subject = LedgerSubject.party(tenant: tenant, id: party, role: role)
    let (_, list, commit) = try await call.book(of: subject, session)
    return call.answer(StatementPage(subject, list, span, limit: limit, commit: commit))
  }

  // MARK: Description

  private static let span: [Route.QueryParameter] = [
    .init(name: "from", schema: .instant, summary: "Only what was applied then or later. Default: from the beginning"),
    .init(name: "to", schema: .instant, summary: "Only what was applied before. Default: all so far"),
    .init(name: "cursor", schema: .string(pattern: EventName.pattern), summary: "`next` of the page before"),
    .init(name: "limit", schema: .integer(1...1_000), summary: "Most movements of a page. Default: 100"),
  ]

  private static let answers = [
    Route.Answer(
      .ok, "A page of the statement; `opening` of the first page and `closing` of the last are those of the span",
      .named("Statement")),
    Route.Answer(
      .ok, "The same as lines: one that opens, one a movement, one that closes; `Link` names the next page",
      type: MediaType.csv, .string()),
  ]

  static let components: [(String, Schema)] = [
    (
      "Movement",
      .object([
        .init("event", .described(.string(pattern: EventName.pattern), "The event's id")),
        .init("sequence", .described(.string(pattern: "^[0-9]{30}$"), "The same, so that it sorts as text")),
        .init("time", .instant), .init("contract", .id), .init("milestone", .ordinal, isRequired: false),
        .init("operation", .words(OperationForm.all.map(\.word))), .init("mode", .string(), isRequired: false),
        .init("actor", .number32), .init("id", .described(.id, "The operation's id")),
        .init("amount", .described(.sum, "What was moved, or the net of a release or decision")),
        .init(
          "changes",
          .described(
            .object(Totals().named.map { .init($0.0, .sum, isRequired: false) }),
            "By how much each bucket grew; those that did not change are left out")),
      ])
    ),
    (
      "Statement",
      .object([
        .init("tenant", .number32), .init("contract", .id, isRequired: false),
        .init("party", .number32, isRequired: false),
        .init("role", .words(PartyRole.allCases.map(\.rawValue)), isRequired: false),
        .init("from", .instant, isRequired: false), .init("to", .instant, isRequired: false),
        .init("opening", .described(.named("Buckets"), "What was there before the first movement of the page")),
        .init("items", .array(.named("Movement"))),
        .init("closing", .described(.named("Buckets"), "What is there behind the last movement of the page")),
        .init("next", .string(pattern: EventName.pattern), isRequired: false),
        .init("commit", .described(.string(pattern: "^[0-9]+$"), "The log was read through this commit")),
      ])
    ),
  ]
}

extension RouteCall {
  fileprivate func statementSpan() throws(Problem) -> StatementSpan {
    let (from, to) = (try instant("from"), try instant("to"))
    if let from, let to, from > to {
      throw .badParameter("to", "lies before from", .unprocessableContent)
    }
    guard let text = parameter("cursor") else { return StatementSpan(from: from, to: to) }
    guard let after = EventName.position(text) else { throw .badParameter("cursor", "is none that was given out") }
    return StatementSpan(from: from, to: to, after: after)
  }

  fileprivate func answer(_ page: StatementPage) -> Response {
    var response: Response
    if request.headers[.accept]?.contains(MediaType.csv) ?? false {
      response = Response(
        status: .ok, headers: [.contentType: "\(MediaType.csv); charset=utf-8; header=present"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: page.csv)))
    } else {
      response = Self.document { page.write(to: &$0) }
    }
    response.headers[.cacheControl] = "private, no-store"
    response.headers[.vary] = "Accept, Authorization"
    if let next = page.next { response.headers[.link] = link(next: EventName.text(next)) }
    return response
  }
}
