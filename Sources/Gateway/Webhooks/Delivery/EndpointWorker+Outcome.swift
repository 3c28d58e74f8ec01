import Client
import NIOCore
import Wire

extension EndpointWorker {
  /// What the end of a delivery means.
  /// - Returns: why the endpoint is disabled by it, if it is.
  func settle(
    _ delivery: DeliveryQueue.Delivery, _ event: WebhookEvent, _ answer: DeliveryAnswer, _ generation: Int,
    _ state: inout State
  ) -> WebhookEndpoint.Reason? {
    guard state.generation == generation else {
      // Its queue was restarted: the event comes again.
      state.staleCount -= 1
      return nil
    }
    guard answer.error != DeliveryFailure.stopped.rawValue else {
      state.queue.putBack(delivery)
      return nil
    }
    let attempt = DeliveryAttempt(
      position: event.position, time: context.now(), number: delivery.attempts + 1, status: answer.status,
      error: answer.error, milliseconds: answer.milliseconds)
    state.count(attempt)
    if attempt.isAccepted {
      state.concurrency = min(state.concurrency + 1, context.configuration.endpointInFlightCountMax)
      state.queue.settle(delivery, event, as: .delivered)
      context.metrics.count(.delivered, milliseconds: attempt.milliseconds)
      return nil
    }
    state.concurrency = max(1, state.concurrency / 2)
    if let reason = disabling(attempt, state.standing) {
      context.metrics.count(.failed, milliseconds: attempt.milliseconds)
      state.queue.putBack(delivery)
      // It may have been taken away meanwhile.
      guard state.endpoint.disabled == nil, state.reading != .off else { return nil }
      state.disable(reason, at: attempt.time)
      return reason
    }
    let asked = answer.retryAfter.flatMap { RetryAfter.milliseconds($0, now: attempt.time) }
    let pause = context.configuration.ladder.pause(after: attempt.number, asked: asked, chance: .random(in: 0..<1))
    if let pause {
      context.metrics.count(.failed, milliseconds: attempt.milliseconds)
      state.queue.settle(
        delivery, event, as: .failed(due: attempt.time + pause, status: attempt.status, error: attempt.error))
    } else {
      context.metrics.count(.dead, milliseconds: attempt.milliseconds)
      state.deadLetterCount += 1
      state.queue.settle(
        delivery, event, as: .dead(time: attempt.time, status: attempt.status, error: attempt.error))
    }
    return nil
  }

  private func disabling(_ attempt: DeliveryAttempt, _ standing: EndpointStanding) -> WebhookEndpoint.Reason? {
    if attempt.status == DeliveryAnswer.gone { return .gone }
    guard let since = standing.failingSince, attempt.time - since >= context.configuration.failingMillisecondsMax else {
      return nil
    }
    return .failing
  }
}

extension EndpointWorker.State {
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
