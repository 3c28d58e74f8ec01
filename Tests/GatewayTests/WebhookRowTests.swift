import Access
import Testing
import Wire

@testable import Gateway

@Suite("What webhooks remember")
struct WebhookRowTests {
  private func endpoint() throws -> WebhookEndpoint {
    var endpoint = WebhookEndpoint(
      id: 77 << 64, tenant: 4_294_967_295, version: 9, url: try WebhookURL("https://example.com/h?a=1", .kept),
      secrets: [WebhookSecret(at: 5), WebhookSecret(bytes: Array(0..<64), created: 1, expires: 99)], created: 4)
    endpoint.summary = "a \"quoted\" line\nनिर्माण"
    endpoint.filter = WebhookFilter(types: CloudEvent.types, contract: UInt128.max, takesRefused: true)
    endpoint.isOrdered = true
    endpoint.ratePerSecond = 100
    return endpoint
  }

  @Test("an endpoint comes back as it was, whatever it is disabled for")
  func endpoints() throws {
    var endpoint = try endpoint()
    #expect(WebhookEndpoint(endpoint.bytes) == endpoint)
    let place = EventPosition(commit: 12, index: 3)
    for reason in [.owner, .gone, .failing, .gap(from: place, until: EventPosition(commit: 99)), .ahead(place)]
      as [WebhookEndpoint.Reason]
    {
      endpoint.disabled = .init(reason: reason, time: 7)
      #expect(WebhookEndpoint(endpoint.bytes) == endpoint)
    }
    endpoint.filter = WebhookFilter()
    endpoint.ratePerSecond = nil
    #expect(WebhookEndpoint(endpoint.bytes) == endpoint)
  }

  @Test("a standing comes back as it was")
  func standings() {
    var standing = EndpointStanding(cursor: EventPosition(commit: 4, index: 2))
    #expect(EndpointStanding(standing.bytes) == standing)
    let position = EventPosition(commit: 1)
    standing.count(DeliveryAttempt(position: position, time: 3, number: 1, status: 200, milliseconds: 1))
    standing.count(DeliveryAttempt(position: position, time: 4, number: 1, error: "timeout", milliseconds: 1))
    standing.count(DeliveryAttempt(position: position, time: 5, number: 2, status: 500, milliseconds: 1))
    standing.replay = .init(end: EventPosition(commit: 7), resumption: EventPosition(commit: 9))
    #expect(EndpointStanding(standing.bytes) == standing)
    #expect(standing.failingSince == 4)
    #expect(standing.lastSuccess == 3)
    #expect(standing.lastFailure == .init(time: 5, status: 500, error: "status"))
    #expect(standing.successPercent == 33)
    #expect(standing.attemptCount == 3)
  }

  @Test("rows of events come back as they were")
  func events() throws {
    let event = WebhookEvent(
      position: EventPosition(commit: UInt64(Int64.max), index: 999_999_999), type: "t", key: "1/contracts/2", time: 5,
      body: Array(#"{"a":"\"\\ \n"}"#.utf8))
    let row = try #require(
      WaitingRow(WaitingRow(event: event, attempts: 3, due: 9, status: 503, error: "status").bytes))
    #expect(row.event.body == event.body)
    #expect(row.event.position == event.position)
    #expect((row.attempts, row.due, row.status, row.error) == (3, 9, 503, "status"))
    let letter = try #require(DeadLetter(DeadLetter(event: event, attempts: 10, time: 8, error: "timeout").bytes))
    #expect(letter.event.key == event.key)
    #expect((letter.attempts, letter.time, letter.error) == (10, 8, "timeout"))
    #expect(letter.status == nil)
    let attempt = DeliveryAttempt(position: event.position, time: 1, number: 2, status: 302, milliseconds: 15_000)
    #expect(
      DeliveryRow(DeliveryRow(number: 1_001, attempt: attempt).bytes) == DeliveryRow(number: 1_001, attempt: attempt))
  }

  @Test("what is no row of this version is none")
  func damage() throws {
    let newer = Array(#"{"version":2,"cursor":"1-0","attempts":"0"}"#.utf8)
    for bytes in [[], [0x7B], Array("{}".utf8), Array(#"{"version":1}"#.utf8), newer] as [[UInt8]] {
      #expect(WebhookEndpoint(bytes) == nil)
      #expect(EndpointStanding(bytes) == nil)
      #expect(WaitingRow(bytes) == nil)
      #expect(DeadLetter(bytes) == nil)
      #expect(DeliveryRow(bytes) == nil)
    }
  }

  @Test("keys of events sort as the log does, and belong to one endpoint")
  func keys() {
    let places = [(1, 0), (1, 5), (2, 0), (256, 1), (1 << 40, 0)].map {
      EventPosition(commit: UInt64($0.0), index: UInt32($0.1))
    }
    let keys = places.map { WebhookKey.event(9, $0) }
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    #expect(keys.map { WebhookKey.position($0, of: 9) } == places)
    #expect(WebhookKey.position(keys[0], of: 8) == nil)
  }

  @Test("who may manage the endpoints of a tenant")
  func authority() {
    func key(_ roles: [Role], _ tenants: [UInt32]?) -> AccessKey.Content {
      AccessKey.Content(name: "k", tenants: tenants, roles: roles)
    }
    #expect(WebhookAuthority.allows(nil, 7))
    for role in Role.allCases {
      let isManager = [.platform, .operator, .admin].contains(role)
      #expect(WebhookAuthority.allows(key([role], nil), 7) == isManager)
      #expect(WebhookAuthority.allows(key([role], [6, 7]), 7) == isManager)
      #expect(!WebhookAuthority.allows(key([role], [6, 8]), 7))
    }
    #expect(WebhookAuthority.allows(key([.payer, .operator], [7]), 7))
  }

  @Test("the budget: everybody may have one delivery, and a few events")
  func budget() {
    let budget = DeliveryBudget(inFlightMax: 2, eventMax: 100)
    #expect(budget.takeDelivery(own: 0))
    #expect(budget.takeDelivery(own: 1))
    #expect(!budget.takeDelivery(own: 2))
    #expect(budget.takeDelivery(own: 0))
    budget.giveDelivery()
    budget.giveDelivery()
    #expect(budget.takeDelivery(own: 1))
    budget.countEvents(100)
    #expect(!budget.hasRoom(own: 32))
    #expect(budget.hasRoom(own: 31))
    budget.countEvents(-1)
    #expect(budget.hasRoom(own: 32))
  }
}
