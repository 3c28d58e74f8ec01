import NIOConcurrencyHelpers
import NIOCore

extension EndpointWorker {
  var endpoint: WebhookEndpoint { state.withLockedValue { $0.endpoint } }
  var isEnabled: Bool { state.withLockedValue { $0.endpoint.disabled == nil } }

  /// Nothing of it is on disk yet.
  func markNew() { state.withLockedValue { ($0.isEndpointChanged, $0.isStandingChanged) = (true, true) } }

  /// Sends nothing any more, and reads nothing.
  /// - Returns: whether it was enabled.
  func end() -> Bool {
    let (wasEnabled, timer) = state.withLockedValue { state in
      state.isStopped = true
      state.reading = .off
      state.restart(at: state.queue.cursor)
      _ = state.takeTurn(context.budget)
      return (state.endpoint.disabled == nil, state.timer.take())
    }
    timer?.cancel()
    return wasEnabled
  }

  /// Starts nothing any more. What is on its way may end before `deadline`.
  func drain(before deadline: NIODeadline) {
    let (timer, promise) = state.withLockedValue { state in
      state.isStopped = true
      let promise = loop.makePromise(of: Void.self)
      state.draining = promise
      return (state.timer.take(), promise)
    }
    timer?.cancel()
    let limit = loop.scheduleTask(deadline: deadline) { promise.succeed() }
    promise.futureResult.whenComplete { _ in limit.cancel() }
    finishDraining()
  }

  /// Waits for `drain`.
  func drained() async {
    // It only succeeds.
    try? await state.withLockedValue { $0.draining }?.futureResult.get()
  }

  func finishDraining() {
    state.withLockedValue { state in
      state.queue.inFlightCount + state.staleCount == 0 ? state.draining : nil
    }?.succeed()
  }

  /// Closes its connections. What is on its way is cut off.
  func close() async { await state.withLockedValue { $0.sender }.stop() }
}
