import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import NIOCore
import Wire

/// What can be read: contracts, milestones, ledgers. Everything read is durable.
enum RecordRoutes {
  static let all: [Route] = [contract, contracts, milestone, milestonesOfContract, milestones, ledger]

  private static let contract = Route(
    method: .get, path: PathParts.contract, name: "get_contract", summary: "A contract and its money",
    section: "Contracts", query: MappingForms.mapping,
    answers: MappingForms.answers(Route.Answer(.ok, "The contract", .named("Contract"))) + [notModified]
  ) { call in
    let (tenant, id) = (try call.tenant(), try call.contract())
    let session = try await call.session()
    guard let record = try await session.reading({ try await $0.contract(tenant: tenant, contract: id) }) else {
      throw Problem.notFound("contract")
    }
    return call.record(version: record.version) { $0.write(record) }
  }

  private static let milestone = Route(
    method: .get, path: PathParts.milestone, name: "get_milestone", summary: "A milestone and its money",
    section: "Milestones", query: MappingForms.mapping,
    answers: MappingForms.answers(Route.Answer(.ok, "The milestone", .named("Milestone"))) + [notModified]
  ) { call in
    let (tenant, id, ordinal) = (try call.tenant(), try call.contract(), try call.milestone())
    let session = try await call.session()
    let record = try await session.reading {
      try await $0.milestone(tenant: tenant, contract: id, ordinal: ordinal)
    }
    guard let record else { throw Problem.notFound("milestone") }
    return call.record(version: record.version) { $0.write(record) }
  }

  private static let contracts = Route(
    method: .get, path: PathParts.contracts, name: "list_contracts", summary: "Contracts by state and party",
    section: "Contracts",
    query: [
      .init(name: "state", schema: .contractState, summary: "Only in this state"),
      .init(
        name: "party", schema: .number32,
        summary: "Only with this payer, payee or arbiter. A page may be empty and still not be the last"),
    ] + paging,
    answers: MappingForms.answers(Route.Answer(.ok, "A page of contracts", .named("Contracts")))
  ) { call in
    let (tenant, page) = (try call.tenant(), try call.page())
    let state = try call.state { name in ContractState.allCases.first { $0.name.description == name } }
    let party = try call.number32("party")
    let session = try await call.session()
    var found = try await session.reading {
      try await $0.contracts(tenant: tenant, state: state, cursor: page.cursor, limit: page.limit)
    }
    if let party {
      found.records.removeAll { $0.payer != party && $0.payee != party && ($0.arbiter != party || party == 0) }
    }
    return call.list(found) { $0.write($1) }
  }

  private static let milestonesOfContract = Route(
    method: .get, path: PathParts.milestones, name: "list_contract_milestones",
    summary: "A contract's milestones by number", section: "Milestones", query: paging,
    answers: MappingForms.answers(Route.Answer(.ok, "A page of milestones", .named("Milestones")))
  ) { call in
    let (tenant, id, page) = (try call.tenant(), try call.contract(), try call.page())
    let session = try await call.session()
    let found = try await session.reading {
      try await $0.milestones(tenant: tenant, contract: id, cursor: page.cursor, limit: page.limit)
    }
    guard let found else { throw Problem.notFound("contract") }
    return call.list(found) { $0.write($1) }
  }

  private static let milestones = Route(
    method: .get, path: PathParts.tenant + [.literal("milestones")], name: "list_milestones",
    summary: "A tenant's milestones by state and due date", section: "Milestones",
    query: [
      .init(name: "state", schema: .milestoneState, summary: "Only in this state"),
      .init(name: "due_from", schema: .instant, summary: "Only open ones that are due then or later"),
      .init(name: "due_before", schema: .instant, summary: "Only open ones that are due before"),
    ] + paging,
    answers: MappingForms.answers(Route.Answer(.ok, "A page of milestones", .named("Milestones")))
  ) { call in
    let (tenant, page) = (try call.tenant(), try call.page())
    let state = try call.state { name in MilestoneState.allCases.first { $0.name.description == name } }
    let session = try await call.session()
    guard let due = try call.dueSpan() else {
      let found = try await session.reading {
        try await $0.milestones(tenant: tenant, state: state, cursor: page.cursor, limit: page.limit)
      }
      return call.list(found) { $0.write($1) }
    }
    let found =
      due.isEmpty
      ? ReadPage(records: [], next: nil, commit: session.client.welcome.commit)
      : try await session.reading {
        try await $0.milestones(tenant: tenant, due: due, state: state, cursor: page.cursor, limit: page.limit)
      }
    return call.list(found) { $0.write($1) }
  }

  private static let ledger = Route(
    method: .get, path: PathParts.tenant + [.literal("ledger")], name: "get_ledger",
    summary: "The sums of all of a tenant's contracts", section: "Ledger",
    query: MappingForms.mapping, answers: MappingForms.answers(Route.Answer(.ok, "The sums", .named("Ledger")))
  ) { call in
    let tenant = try call.tenant()
    let session = try await call.session()
    // A tenant is there as soon as it is named: before that its sums are zero.
    let totals = try await session.reading { try await $0.totals(tenant: tenant) } ?? Totals()
    return RouteCall.document { writer in
      writer.object { writer in
        writer.member("tenant", string: String(tenant))
        writer.key("buckets")
        writer.write(totals)
      }
    }
  }

  static let notModified = Route.Answer(.notModified, "As named in If-None-Match", nil)

  static let paging: [Route.QueryParameter] =
    [
      .init(name: "cursor", schema: .string(pattern: "^[1-9a-f][0-9a-f]{0,15}$"), summary: "`next` of the page before"),
      .init(name: "limit", schema: .integer(1...1_000), summary: "Most records of a page. Default: 100"),
    ] + MappingForms.mapping
}

extension KernelSession {
  /// Reads through the session's client.
  func reading<Record>(
    _ read: (MilepostClient) async throws -> Record
  ) async throws -> Record {
    do { return try await read(client) } catch let error as ClientError { throw failed(error) }
  }
}

extension RouteCall {
  /// Where a page begins, and how long it is.
  func page() throws(Problem) -> (cursor: UInt64, limit: UInt32) {
    let limit = try integer("limit", in: 1...1_000) ?? 100
    guard let text = parameter("cursor") else { return (0, UInt32(limit)) }
    guard (1...16).contains(text.utf8.count), text.utf8.first != 0x30,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let cursor = UInt64(text, radix: 16)
    else { throw .badParameter("cursor", "is none that was given out") }
    return (cursor, UInt32(limit))
  }

  /// From `due_from` until before `due_before`; nil when neither is given. Empty when nothing can lie between them.
  func dueSpan() throws(Problem) -> Range<Instant>? {
    let (from, before) = (try instant("due_from"), try instant("due_before"))
    guard from != nil || before != nil else { return nil }
    return (from ?? 0)..<max(from ?? 0, before ?? .max)
  }

  fileprivate func state<State>(_ find: (String) -> State?) throws(Problem) -> State? {
    guard let name = parameter("state") else { return nil }
    guard let state = find(name) else { throw .badParameter("state", "is no such state") }
    return state
  }

  fileprivate func number32(_ name: String) throws(Problem) -> UInt32? {
    guard let text = parameter(name) else { return nil }
    guard let number = Identifier.decimal(text, UInt32.self) else {
      throw .badParameter(name, "is no decimal number below 2^32")
    }
    return number
  }

  /// One record with its entity tag; nothing but the tag where the caller has it already.
  func record(version: UInt32, _ body: (inout JSONWriter) -> Void) -> Response {
    var writer = JSONWriter()
    body(&writer)
    let tag = EntityTag.text(version: version, of: writer.bytes)
    let headers: HTTPFields = [.eTag: tag, .cacheControl: "private, no-cache", .vary: "Authorization"]
    if let known = request.headers[.ifNoneMatch], EntityTag.list(known, names: tag) {
      return Response(status: .notModified, headers: headers)
    }
    var response = Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    response.headers[.contentType] = MediaType.json
    return response
  }

  /// One page of records, with a link to the next.
  func list<Record>(_ page: ReadPage<Record>, _ write: (inout JSONWriter, Record) -> Void) -> Response {
    let next = page.next.map { String($0, radix: 16) }
    var response = Self.document { writer in
      writer.object { writer in
        writer.key("items")
        writer.array(page.records, write)
        if let next { writer.member("next", string: next) }
        writer.member("commit", string: String(page.commit))
      }
    }
    response.headers[.cacheControl] = "private, no-store"
    if let next { response.headers[.link] = link(next: next) }
    return response
  }

  /// The header `Link` to the next page.
  func link(next cursor: String) -> String {
    var query = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
    query.append("cursor=\(cursor)")
    return "<\(request.uri.path)?\(query.joined(separator: "&"))>; rel=\"next\""
  }
}

extension HTTPField.Name {
  static let link = HTTPField.Name("Link")!
}
