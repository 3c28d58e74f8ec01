import Kernel
import NIOCore
import NIOPosix
import Testing
import Wire

@testable import Client

@Suite struct ReadTests {
  @Test func singleRecords() async throws {
    try await withClient { (client, _) async throws in
      #expect(try await client.contract(tenant: 1, contract: 7)?.contract == 7)
      #expect(try await client.contract(tenant: 1, contract: 100) == nil)
      #expect(try await client.milestone(tenant: 1, contract: 8, ordinal: 3)?.contract == 8)
      #expect(try await client.milestone(tenant: 1, contract: 200, ordinal: 3) == nil)
      #expect(try await client.totals(tenant: 6)?.funded == 6_000)
      #expect(try await client.ping() == PongBody(now: 5, commit: 6))
    }
  }

  @Test func scansGoOnUntilThereIsNoCursor() async throws {
    try await withClient { (client, _) async throws in
      var found: [UInt128] = []
      var cursor: UInt64? = 0
      while let at = cursor {
        let page = try await client.contracts(tenant: 1, state: .active, cursor: at, limit: 4)
        #expect(page.commit == 77)
        found += page.records.map(\.contract)
        cursor = page.next
      }
      #expect(found == (1...10).map { UInt128($0) })
      #expect(try await client.milestones(tenant: 1, state: .approved).records.count == 10)
      #expect(try await client.milestones(tenant: 1, due: 0..<5, state: nil).records.count == 10)
      #expect(try await client.milestones(tenant: 1, contract: 3)?.records.count == 10)
      #expect(
        try await client.timers(tenant: 1, contract: 3)?.records.map(\.contract) == Array(repeating: 3, count: 10))
      #expect(try await client.timers(tenant: 1, due: 0..<5, limit: 4).next == 4)
      await #expect(throws: ClientError.readStatus(.tenantScope)) { try await client.contracts(tenant: 9) }
    }
  }

  @Test func aReadSurvivesALostConnection() async throws {
    try await withClient { (client, server) async throws in
      for round in 1...20 {
        async let contract = client.contract(tenant: 1, contract: UInt128(round))
        try await server.withConnections { $0.cut() }
        #expect(try await contract?.contract == UInt128(round))
      }
    }
  }

  @Test func readsShareTheWindowWithSubmits() async throws {
    try await withClient(react: { _ in .hold }, configure: { $0.requestWindow = 2 }) { (client, server) async throws in
      let submits = (1...3).map { amount in Task { try await client.submit(batch(Int64(amount))).count } }
      try await waitUntil { server.state.withLock { $0.sessions.values.first?.lastRequest == 2 } }
      let read = Task { try await client.totals(tenant: 6)?.funded }
      try await waitUntil { try await client.eventLoop.submit { client.core.waitingQueries.count == 1 }.get() }
      #expect(server.state.withLock { $0.received.filter { $0.kind == .read }.isEmpty })
      try await server.withConnections { $0.releaseHeld() }
      // The read goes before the submit that waited longer.
      #expect(try await read.value == 6_000)
      try await waitUntil { server.state.withLock { $0.sessions.values.first?.lastRequest == 3 } }
      try await server.withConnections { $0.releaseHeld() }
      for submit in submits { #expect(try await submit.value == 1) }
    }
  }

  @Test func aBadQueryEndsTheClientWithItsReason() async throws {
    try await withClient { (client, _) async throws in
      await #expect(throws: ClientError.refused(ErrorBody(.badQuery, text: "as told"))) {
        _ = try await client.contract(tenant: 1, contract: 0)
      }
    }
  }
}

@Suite struct SubscriptionTests {
  /// Progress that comes while the reader is between two calls ends its next wait at once, and only that one.
  @Test func progressBetweenTwoCallsIsTold() async throws {
    try await withClient { (client, _) async throws in
      let subscription = EventSubscription(number: 99, core: client.core)
      let place = EventPosition(commit: 12, index: 0)
      #expect(subscription.progress == nil)
      subscription.advance(to: place)
      #expect(try await Self.word(of: subscription.next(countMax: 1, within: 60_000)) == "progress 12-0")
      #expect(subscription.progress == place)
      #expect(subscription.mailbox.withLock { $0.waitNumber } == 0, "nothing was waited for")
      #expect(try await Self.word(of: subscription.next(countMax: 1, within: 1)) == "timed out")
      #expect(subscription.mailbox.withLock { $0.waitNumber } == 1)
    }
  }

  /// A wait says what ended it, whatever has come by the time its reader looks.
  @Test func aWaitSaysWhatEndedIt() async throws {
    try await withClient { (client, _) async throws in
      let subscription = EventSubscription(number: 99, core: client.core)
      func isWaiting() -> Bool { subscription.mailbox.withLock { $0.waiter != nil } }
      // Progress, and an event right behind it: not silence, though `progress` is not known any more.
      async let told = subscription.next(countMax: 10)
      try await waitUntil { isWaiting() }
      subscription.advance(to: EventPosition(commit: 5))
      for record in Self.log(2, firstCommit: 5) { subscription.deliver(Event(record: record, extensionSlot: [])) }
      #expect(try await Self.word(of: told) == "progress 5-0")
      #expect(subscription.progress == nil)
      #expect(try await Self.word(of: subscription.next(countMax: 10)) == "2 events")
      // Events that lie ready come before progress, and progress after them.
      subscription.deliver(Event(record: Self.log(1, firstCommit: 6)[0], extensionSlot: []))
      subscription.advance(to: EventPosition(commit: 7))
      #expect(try await Self.word(of: subscription.next(countMax: 10)) == "1 events")
      #expect(try await Self.word(of: subscription.next(countMax: 10)) == "progress 7-0")
      async let event = subscription.next(countMax: 10)
      try await waitUntil { isWaiting() }
      subscription.deliver(Event(record: Self.log(1, firstCommit: 8)[0], extensionSlot: []))
      #expect(try await Self.word(of: event) == "1 events")
      async let silence = subscription.next(countMax: 10, within: 1)
      #expect(try await Self.word(of: silence) == "timed out")
      async let end = subscription.next(countMax: 10)
      try await waitUntil { isWaiting() }
      subscription.cancel()
      #expect(try await Self.word(of: end) == "end")
    }
  }

  static func word(of arrival: EventSubscription.Arrival?) -> String {
    switch arrival {
    case .events(let events): "\(events.count) events"
    case .progress(let place): "progress \(place.commit)-\(place.index)"
    case .timedOut: "timed out"
    case nil: "end"
    }
  }

  /// `count` events over commits of three, every fourth with an extension.
  static func log(_ count: Int, firstCommit: UInt64 = 1) -> [EventRecord] {
    (0..<count).map { index -> EventRecord in
      let position = EventPosition(commit: firstCommit + UInt64(index / 3), index: UInt32(index % 3))
      let operation = Operation(.release, tenant: 1, contract: 2, ordinal: 1, id: 3, extended: index % 4 == 0)
      return EventRecord(
        position: position, stamp: Int64(index), sequence: UInt64(index), shard: 0, result: OperationResult(code: .ok),
        operation: operation)
    }
  }

  @Test(arguments: [1, 2, 5, 1_000] as [UInt32]) func eventsComeInOrderInsideTheCredit(credit: UInt32) async throws {
    let log = Self.log(100)
    try await withClient(prepare: { $0.events = log }, configure: { $0.eventCredit = credit }) {
      (client, server) async throws in
      let subscription = try await client.subscribe(from: EventPosition(commit: 0))
      var positions: [EventPosition] = []
      for try await event in subscription {
        positions.append(event.position)
        #expect(event.extensionSlot.count == (event.record.operation.hasExtension ? 64 : 0))
        #expect(event.extensionSlot.allSatisfy { $0 == 0xEE })
        if positions.count == 100 { subscription.cancel() }
      }
      #expect(positions == log.map(\.position))
      let state = server.state.withLock { $0 }
      #expect(state.subscribes.map(\.credit) == [credit])
      #expect(state.creditGiven <= 100)
    }
  }

  @Test(arguments: [3, 4, 50]) func eachEventComesOnceOverALostConnection(cutAfter: Int) async throws {
    let log = Self.log(90)
    try await withClient(
      prepare: { state in
        state.events = log
        state.cutAfterEvents = cutAfter
      }, configure: { $0.eventCredit = 20 }
    ) { (client, server) async throws in
      let subscription = try await client.subscribe(from: EventPosition(commit: 2), scope: .one(4), acceptedOnly: true)
      var positions: [EventPosition] = []
      for try await event in subscription {
        positions.append(event.position)
        if positions.count == 87 { subscription.cancel() }
      }
      #expect(positions == log.dropFirst(3).map(\.position))
      let subscribes = server.state.withLock { $0.subscribes }
      #expect(subscribes.count == 2)
      #expect(subscribes.allSatisfy { $0.scope == .one(4) && $0.acceptedOnly })
    }
  }

  @Test func aPositionThatIsGoneIsSaid() async throws {
    let log = Self.log(10, firstCommit: 50)
    try await withClient(prepare: { $0.events = log }) { client, _ in
      let subscription = try await client.subscribe(from: EventPosition(commit: 3))
      await #expect(throws: ClientError.subscriptionEnded(EventsEnd(.positionTooOld, value: 50))) {
        for try await _ in subscription {}
      }
    }
  }

  @Test func aSubscriptionEndsWithItsClient() async throws {
    try await withClient { (client, _) async throws in
      let subscription = try await client.subscribe(from: EventPosition(commit: 1))
      await client.close()
      for try await _ in subscription { Issue.record("there are no events") }
      await #expect(throws: ClientError.closed) { _ = try await client.subscribe(from: EventPosition(commit: 1)) }
    }
    try await withClient { (client, _) async throws in
      let subscription = try await client.subscribe(from: EventPosition(commit: 1))
      client.abort()
      await #expect(throws: ClientError.outcomeUnknown("aborted by the caller")) {
        for try await _ in subscription {}
      }
    }
  }
}
