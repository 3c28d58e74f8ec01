import Client
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Store
import Wire

/// Timers that run: what will happen by itself, and when.
enum TimerRoutes {
  static let all: [Route] = [ofContract, ofTenant]
  private static let section = "Timers"

  private static let ofContract = Route(
    method: .get, path: PathParts.contract + [.literal("timers")], name: "list_contract_timers",
    summary: "The timers of a contract and its milestones that run, by milestone and kind", section: section,
    query: RecordRoutes.paging, answers: answers
  ) { call in
    let (tenant, id, page) = (try call.tenant(), try call.contract(), try call.page())
    let session = try await call.session()
    let found = try await session.reading {
      try await $0.timers(tenant: tenant, contract: id, cursor: page.cursor, limit: page.limit)
    }
    guard let found else { throw Problem.notFound("contract") }
    return call.list(found) { $0.write($1) }
  }

  private static let ofTenant = Route(
    method: .get, path: PathParts.tenant + [.literal("timers")], name: "list_timers",
    summary: "The timers of a tenant's contracts that run, in no order", section: section,
    query: [
      .init(name: "due_from", schema: .instant, summary: "Only those that fire then or later"),
      .init(name: "due_before", schema: .instant, summary: "Only those that fire before"),
    ] + RecordRoutes.paging,
    answers: answers
  ) { call in
    let (tenant, page) = (try call.tenant(), try call.page())
    let due = try call.dueSpan() ?? 0..<Instant.max
    let session = try await call.session()
    let found =
      due.isEmpty
      ? ReadPage(records: [], next: nil, commit: session.client.welcome.commit)
      : try await session.reading {
        try await $0.timers(tenant: tenant, due: due, cursor: page.cursor, limit: page.limit)
      }
    return call.list(found) { $0.write($1) }
  }

  // MARK: Description

  private static let answers = MappingForms.answers(Route.Answer(.ok, "A page of timers", .named("Timers")))

  static let components: [(String, Schema)] = [
    (
      "Timer",
      .object([
        .init("tenant", .number32), .init("contract", .id),
        .init("milestone", .described(.ordinal, "Left out where it is the contract's own"), isRequired: false),
        .init(
          "kind",
          .described(
            .words(TimerKind.allCases.map(\.word)),
            "A claim is approved, passed on to the next level, or a late milestone expires; a dispute is decided, a hold or a suspension ends; retention or what nobody asked for is paid"
          )),
        .init(
          "due",
          .described(.instant, "When it fires; in the past where it was refused: then it is tried again a day later")),
        .init(
          "amount",
          .described(
            .money, "What it moves as things are; left out where it moves nothing, or what is found only then"),
          isRequired: false),
      ])
    ),
    ("Timers", Schema.page("Timer")),
  ]
}

extension TimerKind {
  /// As a document says it.
  var word: String { name.description.lowercased() }
}

extension JSONWriter {
  fileprivate mutating func write(_ timer: TimerRecord) {
    object { writer in
      writer.member("tenant", string: String(timer.tenant))
      writer.member("contract", string: Identifier.text(timer.contract))
      if timer.ordinal > 0 { writer.member("milestone", Int64(timer.ordinal)) }
      writer.member("kind", string: TimerKind(rawValue: timer.kind)?.word ?? "unknown")
      writer.member("due", string: RFC3339.text(timer.due))
      if timer.amount != 0 { writer.member("amount", timer.amount) }
    }
  }
}
