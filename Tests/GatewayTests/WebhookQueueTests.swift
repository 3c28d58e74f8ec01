import Testing
import Wire

@testable import Gateway

@Suite("The queue of an endpoint")
struct WebhookQueueTests {
  private func event(_ commit: UInt64, key: String = "a") -> WebhookEvent {
    WebhookEvent(
      position: EventPosition(commit: commit), type: "t", key: key, time: Int64(commit), body: Array("\(commit)".utf8))
  }

  private func queue(
    ordered: Bool = false, window: Int = 8, rows: Int = 4, cursor: UInt64 = 1, kept: [WaitingRow] = []
  ) -> DeliveryQueue {
    DeliveryQueue(
      isOrdered: ordered, limits: .init(windowCount: window, rowCount: rows), cursor: EventPosition(commit: cursor),
      rows: kept)
  }

  private func commits(_ queue: inout DeliveryQueue, at now: Int64 = 0) -> [UInt64] {
    var commits: [UInt64] = []
    while let delivery = queue.take(at: now) { commits.append(delivery.position.commit) }
    return commits
  }

  private func offer(
    _ queue: inout DeliveryQueue, _ event: WebhookEvent, at location: SourceLocation = #_sourceLocation
  ) {
    let isTaken = queue.offer(event)
    #expect(isTaken, "there is no room", sourceLocation: location)
  }

  private func isIdle(_ queue: inout DeliveryQueue, at now: Int64) -> Bool { queue.take(at: now) == nil }

  private func next(_ queue: inout DeliveryQueue, at now: Int64) throws -> DeliveryQueue.Delivery {
    let delivery = queue.take(at: now)
    return try #require(delivery)
  }

  @Test("the cursor is the first event that is not settled")
  func cursor() throws {
    var queue = queue()
    for commit in 1...3 { offer(&queue, event(UInt64(commit))) }
    let taken = (0..<3).compactMap { _ in queue.take(at: 0) }
    #expect(isIdle(&queue, at: 0))
    queue.settle(taken[1], event(2), as: .delivered)
    #expect(queue.cursor.commit == 1)
    queue.settle(taken[0], event(1), as: .delivered)
    #expect(queue.cursor.commit == 3)
    queue.settle(taken[2], event(3), as: .failed(due: 50, status: 500, error: nil))
    // Its row stands for it.
    #expect(queue.cursor == EventPosition(commit: 3, index: 1))
    guard case .row(let row)? = queue.takeChanges()[EventPosition(commit: 3)] else {
      Issue.record("there is no row")
      return
    }
    #expect(row.attempts == 1)
    #expect(row.due == 50)
    #expect(queue.nextDue == 50)
    #expect(isIdle(&queue, at: 49))
    let again = try next(&queue, at: 50)
    #expect(again.isRetry)
    #expect(again.attempts == 1)
    queue.settle(again, event(3), as: .delivered)
    #expect(queue.rowCount == 0)
  }

  @Test("there is room for so many, and for no more")
  func room() throws {
    var queue = queue(window: 2)
    offer(&queue, event(1))
    offer(&queue, event(2))
    let isTaken = queue.offer(event(3))
    #expect(!isTaken)
    #expect(queue.next == EventPosition(commit: 2, index: 1))
    let first = try next(&queue, at: 0)
    queue.settle(first, event(1), as: .delivered)
    #expect(queue.wantsMore)
    offer(&queue, event(3))
    // What came before is passed over.
    offer(&queue, event(1))
    #expect(queue.windowCount == 2)
  }

  @Test("an event starts only while there is room for the row that it may need, and nothing is dropped")
  func rowLimit() throws {
    var queue = queue(rows: 2)
    for commit in 1...4 { offer(&queue, event(UInt64(commit))) }
    let taken = (0..<4).compactMap { _ in queue.take(at: 0) }
    #expect(taken.map(\.position.commit) == [1, 2])
    for delivery in taken {
      queue.settle(delivery, event(delivery.position.commit), as: .failed(due: 10, status: nil, error: "timeout"))
    }
    #expect(commits(&queue).isEmpty)
    #expect(queue.cursor.commit == 3)
    // The next step of the ladder shows that it is there again.
    let retry = try next(&queue, at: 10)
    queue.settle(retry, event(retry.position.commit), as: .delivered)
    #expect(commits(&queue, at: 9) == [3])
  }

  @Test("a dead letter takes its row with it")
  func dead() throws {
    var queue = queue()
    offer(&queue, event(1))
    let delivery = try next(&queue, at: 0)
    queue.settle(delivery, event(1), as: .failed(due: 5, status: 500, error: nil))
    let again = try next(&queue, at: 5)
    queue.settle(again, event(1), as: .dead(time: 6, status: 500, error: nil))
    #expect(queue.rowCount == 0)
    guard case .dead(let letter)? = queue.takeChanges()[EventPosition(commit: 1)] else {
      Issue.record("there is no dead letter")
      return
    }
    #expect(letter.attempts == 2)
    queue.revive(letter.event, at: 9)
    let alive = try next(&queue, at: 9)
    #expect(alive.attempts == 0)
    #expect(alive.isRetry)
  }

  @Test("old and new events take turns")
  func turns() {
    let kept = (1...3).map { WaitingRow(event: event(UInt64($0)), attempts: 1, due: 0) }
    var queue = queue(rows: 100, cursor: 4, kept: kept)
    for commit in 4...6 { offer(&queue, event(UInt64(commit))) }
    #expect(commits(&queue) == [1, 4, 2, 5, 3, 6])
  }

  @Test("ordered: one event of a record at a time, and records do not wait for each other")
  func ordered() throws {
    var queue = queue(ordered: true, rows: 100)
    for (commit, key) in [(1, "a"), (2, "a"), (3, "b"), (4, "a"), (5, "b")] {
      offer(&queue, event(UInt64(commit), key: key))
    }
    let (first, other) = (try next(&queue, at: 0), try next(&queue, at: 0))
    #expect([first.position.commit, other.position.commit] == [1, 3])
    #expect(isIdle(&queue, at: 0))
    queue.settle(first, event(1, key: "a"), as: .failed(due: 100, status: 500, error: nil))
    // Those behind it are set aside, so that the cursor can pass.
    #expect(queue.rowCount == 3)
    #expect(queue.cursor.commit == 3)
    #expect(isIdle(&queue, at: 0))
    queue.settle(other, event(3, key: "b"), as: .delivered)
    let behind = try next(&queue, at: 0)
    #expect(behind.position.commit == 5)
    queue.settle(behind, event(5, key: "b"), as: .delivered)
    // New events of the record queue up behind.
    offer(&queue, event(6, key: "a"))
    #expect(queue.rowCount == 4)
    for commit in [1, 2, 4, 6] as [UInt64] {
      let delivery = try next(&queue, at: 100)
      #expect(delivery.position.commit == commit)
      #expect(isIdle(&queue, at: 100))
      queue.settle(delivery, event(commit, key: "a"), as: .delivered)
    }
    #expect(queue.rowCount == 0)
    offer(&queue, event(7, key: "a"))
    #expect(commits(&queue) == [7])
  }

  @Test("ordered: what dies makes way for the next of its record")
  func orderedDead() throws {
    var queue = queue(ordered: true, rows: 100)
    offer(&queue, event(1))
    offer(&queue, event(2))
    let delivery = try next(&queue, at: 0)
    queue.settle(delivery, event(1), as: .dead(time: 0, status: 400, error: nil))
    #expect(commits(&queue) == [2])
  }

  @Test("after a restart rows are as they were, and what is read again is not doubled")
  func restart() throws {
    let kept = [
      WaitingRow(event: event(5), attempts: 3, due: 40), WaitingRow(event: event(7), due: 0),
      WaitingRow(event: event(6, key: "b"), attempts: 1, due: 20),
    ]
    var queue = queue(ordered: true, rows: 100, cursor: 4, kept: kept.sorted { $0.event.position < $1.event.position })
    for (commit, key) in [(4, "c"), (5, "a"), (6, "b"), (7, "a"), (8, "c")] {
      offer(&queue, event(UInt64(commit), key: key))
    }
    #expect(queue.rowCount == 3)
    #expect(queue.windowCount == 2)
    #expect(commits(&queue) == [4])
    #expect(commits(&queue, at: 20) == [6])
    #expect(commits(&queue, at: 40) == [5])
    queue.restart(at: EventPosition(commit: 4))
    #expect(queue.inFlightCount == 0)
    #expect(commits(&queue, at: 40) == [6, 5])
  }

  @Test("a delivery that did not take place is as if it had not been taken")
  func putBack() throws {
    var queue = queue()
    offer(&queue, event(1))
    offer(&queue, event(2))
    let first = try next(&queue, at: 0)
    queue.putBack(first)
    #expect(commits(&queue) == [1, 2])
  }

  @Test("any mix of outcomes: every event is delivered or dead, in order per record", arguments: 0..<200)
  func random(_ seed: UInt64) {
    var chance = SplitMix(seed)
    let isOrdered = seed % 2 == 0
    var queue = queue(ordered: isOrdered, window: 16, rows: 8)
    var (offered, now): (UInt64, Int64) = (0, 0)
    var flying: [(DeliveryQueue.Delivery, WebhookEvent)] = []
    var done: [UInt64: Int] = [:]
    var lastOfKey: [String: UInt64] = [:]
    func key(_ commit: UInt64) -> String { "\(commit % 5)" }
    for _ in 0..<200_000 where offered < 300 || done.count < 300 {
      now += 1
      if offered < 300, queue.offer(event(offered + 1, key: key(offered + 1))) { offered += 1 }
      if flying.count < 4, let delivery = queue.take(at: now) {
        let commit = delivery.position.commit
        flying.append((delivery, event(commit, key: key(commit))))
        if isOrdered {
          #expect(flying.filter { $0.1.key == key(commit) }.count == 1)
          #expect(lastOfKey[key(commit)] ?? 0 < commit || delivery.isRetry)
        }
      }
      guard !flying.isEmpty, chance.next() % 2 == 0 else { continue }
      let (delivery, event) = flying.remove(at: Int(chance.next() % UInt64(flying.count)))
      let commit = delivery.position.commit
      #expect(done[commit] == nil)
      #expect(queue.cursor.commit <= commit || delivery.isRetry)
      switch chance.next() % 10 {
      case 0..<5:
        if isOrdered { #expect(lastOfKey[event.key] ?? 0 < commit) }
        queue.settle(delivery, event, as: .delivered)
      case 5..<9 where delivery.attempts < 4:
        queue.settle(delivery, event, as: .failed(due: now + Int64(chance.next() % 20), status: 500, error: nil))
        continue
      default: queue.settle(delivery, event, as: .dead(time: now, status: 500, error: nil))
      }
      done[commit] = delivery.attempts
      lastOfKey[event.key] = commit
      #expect(queue.rowCount <= 8)
    }
    #expect(done.count == 300)
    #expect(queue.rowCount == 0)
    #expect(queue.windowCount == 0)
  }
}

/// Numbers that a seed decides.
private struct SplitMix {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
