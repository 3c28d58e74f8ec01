import Client
import Wire

/// Events up to the end of the log, or up to a limit.
struct EventPage {
  private(set) var events: [Event] = []
  /// Where to go on: everything before it was looked at.
  private(set) var next: EventPosition
  private let limit: Int
  /// What was durable when it was asked: this much is looked at, whatever comes meanwhile.
  private let durable: UInt64
  private let deadline: ContinuousClock.Instant

  /// Milliseconds in which a server that is well says something.
  private static let patience: Int64 = 30_000

  init(limit: Int, from: EventPosition, durable: UInt64, waitSeconds: Int) {
    self.limit = limit
    next = from
    self.durable = durable
    deadline = .now + .seconds(waitSeconds)
  }

  /// - Throws: `Problem`, also when the server says nothing for long.
  mutating func read(_ subscription: EventSubscription, _ filter: EventFilter) async throws(Problem) {
    while events.count < limit {
      var patience = Self.patience
      if let end = subscription.progress, end.commit > durable {
        next = max(next, end)
        let left = deadline - .now
        guard events.isEmpty, left > .zero else { return }
        patience = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      }
      let more: [Event]?
      do throws(ClientError) {
        more = try await subscription.next(countMax: limit - events.count, within: patience)
      } catch { throw Problem(error) }
      // A gateway that stops ends what it follows.
      guard let more else { return }
      if more.isEmpty, subscription.progress == nil, patience == Self.patience { throw Problem(.closed) }
      for event in more {
        next = EventPosition(commit: event.position.commit, index: event.position.index + 1)
        if filter.passes(event) { events.append(event) }
      }
    }
  }
}
