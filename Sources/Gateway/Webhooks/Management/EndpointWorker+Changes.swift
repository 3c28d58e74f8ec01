import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import Wire

extension EndpointWorker {
  private func check(_ version: UInt32?, _ state: State) throws(Problem) {
    guard version ?? state.endpoint.version == state.endpoint.version else {
      throw Problem(.preconditionFailed, "version_conflict", "the endpoint was changed since")
    }
  }

  /// Runs `body` under the lock.
  private func locked<Value>(_ body: (inout State) throws(Problem) -> Value) throws(Problem) -> Value {
    let result = state.withLockedValue { state -> Result<Value, Problem> in
      do throws(Problem) { return .success(try body(&state)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// - Returns: the connections to an address that is not used any more.
  func change(
    version: UInt32?, _ body: (inout WebhookEndpoint) throws(Problem) -> Void
  ) throws(Problem) -> WebhookSender? {
    try locked { state throws(Problem) in
      try check(version, state)
      var endpoint = state.endpoint
      try body(&endpoint)
      guard endpoint != state.endpoint else { return nil }
      endpoint.version += 1
      let old = state.endpoint
      state.endpoint = endpoint
      state.isEndpointChanged = true
      state.signer = WebhookSigner(endpoint.secrets)
      if endpoint.ratePerSecond != old.ratePerSecond {
        state.pace = endpoint.ratePerSecond.map { PaceKeeper(perSecond: $0) }
      }
      guard endpoint.url != old.url else { return nil }
      defer {
        state.sender = WebhookSender(
          endpoint.url, configuration: context.configuration, resolver: context.resolver, loop: loop)
      }
      return state.sender
    }
  }

  /// - Returns: whether it was enabled.
  func disable(version: UInt32?) throws(Problem) -> Bool {
    try locked { state throws(Problem) in
      try check(version, state)
      guard state.endpoint.disabled == nil else { return false }
      state.disable(.owner, at: context.now())
      _ = state.takeTurn(context.budget)
      return true
    }
  }

  /// - Returns: whether it was disabled.
  func enable(version: UInt32?, newest: UInt64) throws(Problem) -> Bool {
    try locked { state throws(Problem) in
      try check(version, state)
      guard let disabled = state.endpoint.disabled else { return false }
      switch disabled.reason {
      case .gap(_, let until): state.moveOn(to: until)
      case .ahead: state.moveOn(to: EventPosition(commit: newest + 1))
      case .owner, .gone, .failing: break
      }
      state.endpoint.disabled = nil
      state.endpoint.version += 1
      state.standing.failingSince = nil
      state.restsUntil = 0
      (state.isEndpointChanged, state.isStandingChanged) = (true, true)
      state.reading = .queued
      return true
    }
  }

  /// The log is to be sent again, from a place on, up to another one.
  func replay(from position: EventPosition, end: EventPosition?) throws(Problem) {
    try locked { state throws(Problem) in
      guard state.endpoint.disabled == nil else {
        throw Problem(.conflict, "webhook_disabled", "the endpoint is disabled: enable it first")
      }
      let cursor = state.queue.cursor
      guard position < cursor else {
        throw Problem(
          .conflict, "position_ahead", "the endpoint has not come so far: it is at \(EventName.text(cursor))")
      }
      let resumption = max(cursor, state.standing.replay?.resumption ?? cursor)
      state.standing.replay = end.flatMap { end in
        end < resumption ? EndpointStanding.Replay(end: max(end, position), resumption: resumption) : nil
      }
      state.restart(at: position)
      _ = state.takeTurn(context.budget)
      state.reading = .queued
    }
  }

  // MARK: Dead letters

  /// One at a time: what is taken up again is read from the disk.
  func beginReplaying() throws(Problem) {
    try locked { state throws(Problem) in
      guard !state.isReplaying else {
        throw Problem(.conflict, "replay_running", "dead letters of this endpoint are being sent again")
      }
      state.isReplaying = true
    }
  }

  func endReplaying() { state.withLockedValue { $0.isReplaying = false } }

  /// So many are none any more.
  func forgetDeadLetters(_ count: Int) { state.withLockedValue { $0.deadLetterCount -= count } }

  var freeRowCount: Int { state.withLockedValue { $0.queue.freeRowCount } }

  func revive(_ events: [WebhookEvent]) {
    let now = context.now()
    state.withLockedValue { state in
      for event in events { state.queue.revive(event, at: now) }
    }
    forgetDeadLetters(events.count)
  }

  // MARK: A test

  func message(id: String, _ body: [UInt8], at now: Int64) -> WebhookSender.Message {
    let signature = state.withLockedValue { $0.signer }.signature(id: id, now: now, body: body)
    return WebhookSender.Message(id: id, time: now, signature: signature, body: body)
  }

  /// Sends what is in no queue.
  func sendNow(_ message: WebhookSender.Message, _ completion: @escaping @Sendable (DeliveryAnswer) -> Void) {
    let sender = state.withLockedValue { $0.sender }
    loop.execute { sender.send(message, completion) }
  }
}

extension EndpointWorker.State {
  /// The log is read from a place on, without what lies before.
  fileprivate mutating func moveOn(to position: EventPosition) {
    standing.replay = nil
    restart(at: position)
  }
}
