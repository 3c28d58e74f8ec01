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
    var isThrough = false
    while events.count < limit {
      var patience = Self.patience
      if isThrough {
        let left = deadline - .now
        guard events.isEmpty, left > .zero else { return }
        patience = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      }
      let arrival: EventSubscription.Arrival?
      do throws(ClientError) {
        arrival = try await subscription.next(countMax: limit - events.count, within: patience)
      } catch { throw Problem(error) }
      switch arrival {
      // A gateway that stops ends what it follows.
      case nil: return
      case .timedOut:
        guard isThrough else { throw Problem(.closed) }
      case .progress(let place):
        next = max(next, place)
      case .events(let more):
        for event in more {
          next = event.position.next
          if filter.passes(event) { events.append(event) }
        }
      }
      isThrough = isThrough || next.commit > durable
    }
  }
}
