import NIOCore
public import Wire

/// One operation of the log, applied or refused, as a subscriber sees it.
public struct Event: Sendable {
  public var record: EventRecord
  /// The operation's 64-byte extension; empty when it has none.
  public var extensionSlot: [UInt8]
  /// The event's place in the log, and its stable id.
  public var position: EventPosition { record.position }
}

/// The log from a position on, event by event, without end.
///
/// For one reader at a time. Survives a broken connection: each event is delivered once, in log order of its shard. The
/// server sends only as many events as the reader has room for (`ClientConfiguration.eventCredit`).
public final class EventSubscription: AsyncSequence, Sendable {
  public typealias Element = Event

  /// What ended a wait for events.
  public enum Arrival: Sendable {
    /// At least one.
    case events([Event])
    /// Everything before this place that was asked for has been handed out: `progress` moved on. Events behind it may lie ready already.
    case progress(EventPosition)
    /// The time is over, and nothing was said.
    case timedOut

    /// The events; empty when it was none.
    public var events: [Event] {
      if case .events(let events) = self { events } else { [] }
    }
  }

  /// Nil: there is nothing more to come.
  typealias WaitResult = Result<Arrival?, ClientError>

  struct Mailbox: Sendable {
    var events: [Event] = []
    /// Index of the next event to hand out.
    var taken = 0
    /// Events handed out and not yet given back to the server as credit.
    var ungranted: UInt32 = 0
    /// So many are given back at a time: half of what the server may send, not one by one.
    var grantCount: UInt32 = 1
    var end: ClientError?
    /// Everything before it has come.
    var progress: EventPosition?
    /// Where it moved on to while nobody waited: the next wait is over at once, or what was looked at just before would never be looked at
    /// again.
    var untoldProgress: EventPosition?
    var waiter: CheckedContinuation<WaitResult, Never>?
    /// Tells one wait from the next, for a deadline that comes late.
    var waitNumber: UInt64 = 0
    var deadline: Scheduled<Void>?

    var bufferedCount: Int { events.count - taken }

    /// The next events, at most `countMax`; empty when there is none.
    mutating func take(_ countMax: Int) -> [Event] {
      let first = taken
      taken += Swift.min(countMax, bufferedCount)
      ungranted += UInt32(taken - first)
      guard taken == events.count else { return Array(events[first..<taken]) }
      taken = 0
      if first == 0 {
        // All of them: the array itself goes, nothing is copied.
        defer { events = [] }
        return events
      }
      defer { events.removeAll(keepingCapacity: true) }
      return Array(events[first...])
    }
  }

  let mailbox = Locked(Mailbox())
  let number: UInt64
  private let core: ClientCore

  init(number: UInt64, core: ClientCore) {
    self.number = number
    self.core = core
  }

  public func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

  /// Ends the subscription. A waiting reader gets the end of the sequence.
  public func cancel() {
    finish(nil)
    core.eventLoop.execute { [core, number] in core.unsubscribe(number) }
  }

  public struct Iterator: AsyncIteratorProtocol {
    let subscription: EventSubscription

    /// The next event; nil after `cancel`.
    /// - Throws: `subscriptionEnded`, and what ended the client.
    public mutating func next() async throws(ClientError) -> Event? { try await subscription.next() }

    /// As above; the subscription keeps to its own executor either way.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> Event? {
      try await subscription.next()
    }
  }

  func next() async throws(ClientError) -> Event? {
    while let arrival = try await next(countMax: 1) {
      // Progress without an event is nothing to an iteration.
      if let event = arrival.events.first { return event }
    }
    return nil
  }

  /// The next events, as many as lie ready, at most `countMax`; waits for one, or for progress, when there is none. For readers that
  /// handle many at once, instead of iterating. One call at a time.
  ///
  /// - Parameter milliseconds: how long to wait; for ever unless given.
  /// - Returns: nil after `cancel`.
  /// - Throws: `subscriptionEnded`, and what ended the client.
  /// - Precondition: `countMax` is at least 1.
  public func next(countMax: Int, within milliseconds: Int64? = nil) async throws(ClientError) -> Arrival? {
    precondition(countMax > 0, "a reader without room has nothing to ask for")
    let result = await withCheckedContinuation { (waiter: CheckedContinuation<WaitResult, Never>) in
      let (ready, number) = mailbox.withLock { mailbox -> (WaitResult?, UInt64) in
        if mailbox.bufferedCount > 0 { return (.success(.events(mailbox.take(countMax))), 0) }
        if let end = mailbox.end { return (end == .closed ? .success(nil) : .failure(end), 0) }
        if let place = mailbox.untoldProgress.take() { return (.success(.progress(place)), 0) }
        precondition(mailbox.waiter == nil, "a subscription has one reader")
        mailbox.waiter = waiter
        mailbox.waitNumber += 1
        return (nil, mailbox.waitNumber)
      }
      if let ready { return waiter.resume(returning: ready) }
      guard let milliseconds else { return }
      let deadline = core.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { self.endWait(number) }
      mailbox.withLock { $0.deadline = deadline }
    }
    // A deadline that is met holds on to nothing.
    mailbox.withLock { $0.deadline.take() }?.cancel()
    grantIfDue()
    return try result.get()
  }

  /// Everything before this place that was asked for has been handed out, and the log ended there when the server said so; nil while
  /// that is not known. Only with `reportsProgress`. A reader is told when it moves on, also when that was since its last wait.
  public var progress: EventPosition? {
    mailbox.withLock { $0.bufferedCount == 0 ? $0.progress : nil }
  }

  /// On the event loop.
  func advance(to place: EventPosition) {
    let waiter = mailbox.withLock { mailbox -> CheckedContinuation<WaitResult, Never>? in
      mailbox.progress = place
      mailbox.untoldProgress = mailbox.waiter == nil ? place : nil
      return mailbox.waiter.take()
    }
    waiter?.resume(returning: .success(.progress(place)))
  }

  /// Nothing came in time.
  private func endWait(_ number: UInt64) {
    mailbox.withLock { $0.waitNumber == number ? $0.waiter.take() : nil }?.resume(returning: .success(.timedOut))
  }

  private func grantIfDue() {
    let due = mailbox.withLock { $0.ungranted >= $0.grantCount }
    if due { core.eventLoop.execute { [core, number] in core.grant(number) } }
  }

  /// On the event loop.
  func deliver(_ event: Event) {
    let waiter = mailbox.withLock { mailbox -> CheckedContinuation<WaitResult, Never>? in
      guard mailbox.end == nil else { return nil }
      guard let waiter = mailbox.waiter.take() else {
        mailbox.events.append(event)
        return nil
      }
      mailbox.ungranted += 1
      return waiter
    }
    waiter?.resume(returning: .success(.events([event])))
  }

  /// Ends the sequence, with nil for a normal end. What is buffered is still handed out.
  func finish(_ error: ClientError?) {
    let waiter = mailbox.withLock { mailbox -> CheckedContinuation<WaitResult, Never>? in
      if mailbox.end == nil { mailbox.end = error ?? .closed }
      return mailbox.waiter.take()
    }
    if let error, error != .closed {
      waiter?.resume(returning: .failure(error))
    } else {
      waiter?.resume(returning: .success(nil))
    }
  }
}
