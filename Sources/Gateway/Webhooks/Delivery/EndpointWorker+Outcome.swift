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
    if let asked, DeliveryAnswer.tooMuch.contains(attempt.status) {
      state.restsUntil = max(state.restsUntil, attempt.time + asked)
    }
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
