import Client
import NIOConcurrencyHelpers
import Wire

extension EndpointWorker {
  /// What became of an event that was offered.
  enum Offer {
    /// Taken, or not wanted.
    case taken
    /// No room: it comes again when there is.
    case full
    /// To be read on from somewhere else.
    case moved
  }

  /// Hands the endpoint an event of its tenant, in order of the log.
  ///
  /// - Parameters:
  ///   - reading: who hands it over. Whose turn is over is told that there is no room.
  ///   - document: the event as it is sent, for all endpoints; made by the first that wants it.
  func offer(_ event: Event, by reading: Reading, _ document: inout WebhookEvent?) -> Offer {
    state.withLockedValue { state in
      guard state.reading == reading else { return .full }
      if state.resumes(at: event.position) { return .moved }
      guard state.endpoint.filter.passes(event) else { return .taken }
      guard context.budget.hasRoom(own: state.countedEvents) else { return .full }
      let written = document ?? WebhookEvent(event, trace: context.traces.trace(of: event.record.operation))
      document = written
      guard state.queue.offer(written) else { return .full }
      context.budget.countEvents(state.queue.windowCount - state.countedEvents)
      state.countedEvents = state.queue.windowCount
      return .taken
    }
  }

  /// A reader begins.
  /// - Returns: its turn, and where it begins; nil when there is nothing to read for any more.
  func beginReading() -> (turn: Reading, from: EventPosition, takesRefused: Bool)? {
    state.withLockedValue { state in
      guard state.reading == .queued, !state.isStopped else { return nil }
      state.turnCount += 1
      state.reading = .reader(state.turnCount)
      _ = state.resumes(at: state.queue.next)
      return (state.reading, state.queue.next, state.endpoint.filter.takesRefused)
    }
  }

  /// Everything before a place was offered by the reader.
  /// - Returns: `moved` when it is to be read on from somewhere else.
  func advance(to position: EventPosition, by turn: Reading) -> Offer {
    state.withLockedValue { state in
      guard state.reading == turn else { return .full }
      if state.resumes(at: position) { return .moved }
      state.queue.advance(to: position)
      return .taken
    }
  }

  /// The reader ends. Who was disabled meanwhile stays so.
  /// - Parameter isFull: waits until it has room; else for the next reader.
  /// - Returns: whether it takes a place in the queue for a reader.
  func endReading(_ turn: Reading, isFull: Bool) -> Bool {
    state.withLockedValue { state in
      guard state.reading == turn else { return false }
      state.reading = isFull ? .full : .queued
      return isFull ? state.takeTurn(context.budget) : true
    }
  }

  /// The head's follower takes over from the reader. Under its lock.
  func joinHead(_ turn: Reading) -> Bool {
    state.withLockedValue { state in
      guard state.reading == turn else { return false }
      state.reading = .head
      return true
    }
  }

  /// The head's follower lets go: at `place` there was no room, or it can follow no more. Under its lock.
  /// - Returns: whether it takes a place in the queue for a reader.
  func leaveHead(at place: EventPosition, isFull: Bool) -> Bool {
    state.withLockedValue { state in
      guard state.reading == .head else { return false }
      state.queue.advance(to: place)
      state.reading = isFull ? .full : .queued
      return isFull ? state.takeTurn(context.budget) : true
    }
  }

  /// The log does not have what comes next.
  func lose(_ turn: Reading, _ reason: (EventPosition) -> WebhookEndpoint.Reason) {
    let lost = state.withLockedValue { state -> WebhookEndpoint.Reason? in
      guard state.reading == turn else { return nil }
      let reason = reason(state.queue.next)
      state.disable(reason, at: context.now())
      return reason
    }
    if let lost { report(lost) }
  }
}

extension EndpointWorker.State {
  /// Goes on behind a range that was sent again, when its end is reached.
  /// - Returns: whether it did.
  fileprivate mutating func resumes(at position: EventPosition) -> Bool {
    guard let replay = standing.replay, !hasResumed, position >= replay.end else { return false }
    hasResumed = true
    queue.advance(to: replay.resumption)
    return true
  }
}
