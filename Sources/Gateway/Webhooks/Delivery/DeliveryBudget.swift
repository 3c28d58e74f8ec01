import NIOConcurrencyHelpers

/// What all endpoints share: deliveries on their way, and events in memory. Each endpoint may have a few beyond what there is, so that those who
/// hold much, as receivers do that never answer, keep nobody else waiting.
final class DeliveryBudget: Sendable {
  private let state = NIOLockedValueBox<(inFlight: Int, events: Int)>((0, 0))
  private let inFlightMax: Int
  private let eventMax: Int

  /// Events in memory, of all endpoints: some 128 MiB.
  static let eventCountMax = 1 << 17
  /// Events that every endpoint may have.
  static let ownEventCount = 32

  init(inFlightMax: Int, eventMax: Int = eventCountMax) {
    self.inFlightMax = inFlightMax
    self.eventMax = eventMax
  }

  /// Takes a place for a delivery.
  /// - Parameter own: how many the endpoint has already.
  func takeDelivery(own: Int) -> Bool {
    state.withLockedValue { state in
      guard own == 0 || state.inFlight < inFlightMax else { return false }
      state.inFlight += 1
      return true
    }
  }

  func giveDelivery() { state.withLockedValue { $0.inFlight -= 1 } }

  func hasRoom(own: Int) -> Bool { own < Self.ownEventCount || state.withLockedValue { $0.events < eventMax } }

  /// Counts events that came into memory, or left it.
  func countEvents(_ difference: Int) { if difference != 0 { state.withLockedValue { $0.events += difference } } }
}
