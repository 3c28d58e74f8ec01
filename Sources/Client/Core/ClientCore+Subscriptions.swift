import NIOCore
import Wire

/// A live subscription and how to start it again.
struct SubscriptionEntry {
  var subscription: EventSubscription
  var scope: TenantScope
  var acceptedOnly: Bool
  var reportsProgress: Bool
  /// The first event that has not come.
  var from: EventPosition
}

extension ClientCore {
  /// Any thread.
  func subscribe(
    from: EventPosition, scope: TenantScope, acceptedOnly: Bool, reportsProgress: Bool
  ) async throws(ClientError) -> EventSubscription {
    let result: Result<EventSubscription, ClientError> = await withCheckedContinuation { waiter in
      eventLoop.execute { [self] in
        guard !isClosed else {
          waiter.resume(returning: .failure(closeReason))
          return
        }
        let number = newNumber()
        let subscription = EventSubscription(number: number, core: self)
        let entry = SubscriptionEntry(
          subscription: subscription, scope: scope, acceptedOnly: acceptedOnly, reportsProgress: reportsProgress,
          from: from)
        subscriptions[number] = entry
        if case .ready = state { start(entry) }
        waiter.resume(returning: .success(subscription))
      }
    }
    return try result.get()
  }

  /// Most events a subscription may hold unread.
  private var creditMax: UInt32 { max(1, min(configuration.eventCredit, limits.eventCreditMax)) }

  private func start(_ entry: SubscriptionEntry) {
    // What is buffered uses up credit; what was handed out is part of the new credit.
    let buffered = entry.subscription.mailbox.withLock { mailbox in
      mailbox.ungranted = 0
      mailbox.grantCount = max(1, creditMax / 2)
      return mailbox.bufferedCount
    }
    let credit = creditMax - min(creditMax, UInt32(buffered))
    var body = SubscribeBody(from: entry.from, credit: credit)
    body.scope = entry.scope
    body.acceptedOnly = entry.acceptedOnly
    body.reportsProgress = entry.reportsProgress
    let header = FrameHeader(.subscribe, session: session, request: entry.subscription.number)
    send(header, bodyByteCount: SubscribeBody.byteCount) { body.store(into: &$0) }
    flushSoon()
  }

  func resubscribe() {
    for (_, entry) in subscriptions.sorted(by: { $0.key < $1.key }) { start(entry) }
  }

  /// Gives back the credit of events that were read.
  func grant(_ number: UInt64) {
    guard case .ready = state, let entry = subscriptions[number] else { return }
    let credit = entry.subscription.mailbox.withLock { mailbox in
      let credit = mailbox.ungranted
      mailbox.ungranted = 0
      return credit
    }
    if credit == 0 { return }
    send(FrameHeader(.credit, count: credit, session: session, request: number))
    flushSoon()
  }

  func unsubscribe(_ number: UInt64) {
    guard subscriptions.removeValue(forKey: number) != nil, case .ready = state else { return }
    send(FrameHeader(.credit, flags: [.cancels], session: session, request: number))
    flushSoon()
  }

  func eventsCame(_ header: FrameHeader, _ body: RawSpan) throws(FrameError) {
    // Events that were under way when the subscription was cancelled.
    guard var entry = subscriptions[header.request] else { return }
    if header.flags.contains(.ended) {
      let end = try EventsEnd(decoding: body)
      subscriptions[header.request] = nil
      entry.subscription.finish(.subscriptionEnded(end))
      return
    }
    if header.flags.contains(.progress) {
      let progress = try EventsProgress(decoding: body)
      entry.from = progress.next
      subscriptions[header.request] = entry
      return entry.subscription.advance(to: progress.next)
    }
    var offset = 0
    for _ in 0..<header.count {
      let record = try EventRecord(decoding: body, at: offset)
      let end = offset + record.encodedByteCount
      var slot = ByteBuffer()
      slot.writeBytes(body.extracting(offset + EventRecord.byteCount..<end))
      entry.subscription.deliver(Event(record: record, extensionSlot: Array(slot.readableBytesView)))
      entry.from = EventPosition(commit: record.commit, index: record.index + 1)
      offset = end
    }
    guard offset == body.byteCount else { throw FrameError(.countMismatch, place: 12, value: UInt64(header.count)) }
    subscriptions[header.request] = entry
  }

  func failSubscriptions(_ error: ClientError) {
    let live = subscriptions
    subscriptions = [:]
    for entry in live.values { entry.subscription.finish(error) }
  }
}
