import NIOCore
import Wire

extension EndpointWorker {
  /// What its lock guards.
  struct State {
    var endpoint: WebhookEndpoint
    var signer: WebhookSigner
    var pace: PaceKeeper?
    var sender: WebhookSender
    var queue: DeliveryQueue
    var standing: EndpointStanding
    var reading: Reading
    /// Turns of readers so far.
    var turnCount = 0
    /// The range that is sent again lies behind.
    var hasResumed = false
    /// Deliveries at once: grows with each success, and shrinks with each failure, so that a receiver that is gone holds one place.
    var concurrency = 8
    /// The receiver asked for time, for all that it would get. Milliseconds.
    var restsUntil: Int64 = 0
    /// Deliveries of a queue that was restarted since. Nothing is sent until they have ended.
    var staleCount = 0
    /// Counts restarts.
    var generation = 0
    /// Events that the budget was told of.
    var countedEvents = 0
    var deadLetterCount: Int
    var attempts: [DeliveryRow] = []
    var isEndpointChanged = false
    var isStandingChanged = false
    var isPumping = false
    var timer: Scheduled<Void>?
    var isStopped = false
    /// Waits for what is on its way.
    var draining: EventLoopPromise<Void>?
    /// Dead letters are being taken up again.
    var isReplaying = false

    mutating func count(_ attempt: DeliveryAttempt) {
      standing.count(attempt)
      isStandingChanged = true
      attempts.append(DeliveryRow(number: standing.attemptCount, attempt: attempt))
      // Older ones would be written over at once.
      if attempts.count >= 2 * Int(DeliveryRow.countMax) {
        attempts.removeFirst(attempts.count - Int(DeliveryRow.countMax))
      }
    }

    /// Nothing is sent from now on, until somebody enables it again. What was not settled is read again then.
    mutating func disable(_ reason: WebhookEndpoint.Reason, at time: Int64) {
      endpoint.disabled = .init(reason: reason, time: time)
      endpoint.version += 1
      isEndpointChanged = true
      reading = .off
      restart(at: queue.cursor)
    }

    mutating func restart(at position: EventPosition) {
      staleCount += queue.inFlightCount
      generation += 1
      hasResumed = false
      queue.restart(at: position)
      isStandingChanged = true
    }

    /// Tells the budget what changed.
    /// - Returns: whether it takes a place in the queue for a reader.
    mutating func takeTurn(_ budget: DeliveryBudget) -> Bool {
      budget.countEvents(queue.windowCount - countedEvents)
      countedEvents = queue.windowCount
      guard reading == .full, !isStopped, queue.wantsMore, budget.hasRoom(own: countedEvents) else { return false }
      reading = .queued
      return true
    }
  }
}
