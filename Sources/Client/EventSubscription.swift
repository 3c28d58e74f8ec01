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

  struct Mailbox: Sendable {
    var events: [Event] = []
    /// Index of the next event to hand out.
    var taken = 0
    /// Events handed out and not yet given back to the server as credit.
    var ungranted: UInt32 = 0
    /// So many are given back at a time: half of what the server may send, not one by one.
    var grantCount: UInt32 = 1
    var end: ClientError?
    var waiter: CheckedContinuation<Result<Event?, ClientError>, Never>?

    var bufferedCount: Int { events.count - taken }

    mutating func takeFirst() -> Event? {
      guard taken < events.count else { return nil }
      let event = events[taken]
      taken += 1
      ungranted += 1
      if taken == events.count {
        events.removeAll(keepingCapacity: true)
        taken = 0
      }
      return event
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
    let result = await withCheckedContinuation { (waiter: CheckedContinuation<Result<Event?, ClientError>, Never>) in
      let ready: Result<Event?, ClientError>? = mailbox.withLock { mailbox in
        if let event = mailbox.takeFirst() { return .success(event) }
        if let end = mailbox.end { return end == .closed ? .success(nil) : .failure(end) }
        precondition(mailbox.waiter == nil, "a subscription has one reader")
        mailbox.waiter = waiter
        return nil
      }
      if let ready { waiter.resume(returning: ready) }
    }
    grantIfDue()
    return try result.get()
  }

  private func grantIfDue() {
    let due = mailbox.withLock { $0.ungranted >= $0.grantCount }
    if due { core.eventLoop.execute { [core, number] in core.grant(number) } }
  }

  /// On the event loop.
  func deliver(_ event: Event) {
    let waiter = mailbox.withLock { mailbox -> CheckedContinuation<Result<Event?, ClientError>, Never>? in
      guard mailbox.end == nil else { return nil }
      guard let waiter = mailbox.waiter.take() else {
        mailbox.events.append(event)
        return nil
      }
      mailbox.ungranted += 1
      return waiter
    }
    waiter?.resume(returning: .success(event))
  }

  /// Ends the sequence, with nil for a normal end. What is buffered is still handed out.
  func finish(_ error: ClientError?) {
    let waiter = mailbox.withLock { mailbox -> CheckedContinuation<Result<Event?, ClientError>, Never>? in
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
